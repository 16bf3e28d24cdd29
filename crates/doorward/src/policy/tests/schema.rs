//! The JSON Schema that editors read.

use super::*;

#[test]
fn the_schema_is_what_it_was() {
    insta::assert_json_snapshot!("doorward_toml", schema());
}

#[test]
fn every_part_of_the_schema_that_is_referred_to_is_there() {
    let schema = schema();
    let text = serde_json::to_string(&schema).expect("JSON");
    let defined = schema.get("$defs").and_then(|defs| defs.as_object()).expect("definitions");
    for reference in text.split("\"#/$defs/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(defined.contains_key(name), "{name}");
    }
    let properties = schema.get("properties").and_then(|all| all.as_object()).expect("properties");
    for key in ["route", "acl", "role", "listen", "realm", "dialect"] {
        assert!(properties.contains_key(key), "{key}");
    }
}

#[test]
fn no_table_takes_a_key_that_nobody_knows() {
    let schema = schema();
    let tables = schema.get("$defs").and_then(|defs| defs.as_object()).expect("definitions").iter();
    for (table, shape) in tables.chain([(&"the whole".to_owned(), schema.as_value())]) {
        if shape.get("properties").is_some() {
            assert_eq!(shape.get("additionalProperties"), Some(&false.into()), "{table}");
        }
    }
}

#[test]
fn descriptions_are_for_people_who_write_the_file() {
    let text = serde_json::to_string(&schema()).expect("JSON");
    assert!(!text.contains("```") && !text.contains("[`") && !text.contains("doorward::"));
}

#[test]
fn every_key_is_described() {
    let schema = schema();
    let tables = schema.get("$defs").and_then(|defs| defs.as_object()).expect("definitions").iter();
    for (table, shape) in tables.chain([(&"the whole".to_owned(), schema.as_value())]) {
        let properties = shape.get("properties").and_then(|all| all.as_object()).into_iter().flatten();
        for (key, property) in properties {
            assert!(
                property.get("description").is_some_and(|text| !text.as_str().unwrap_or_default().is_empty()),
                "{table}.{key}"
            );
        }
    }
}
