//! `/openapi.json`.

use std::collections::BTreeSet;

use doorward::policy::builtin::{OwnAccess, own};
use serde_json::{Value, json};

use crate::house::{Door, House, RULES};

fn description(house: &House) -> Value {
    let answer = house.send(Door::Admin, "GET", "/openapi.json", &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    answer.json()
}

/// Pages, their files, and figures in another format.
fn speaks_json(path: &str) -> bool {
    path != "/"
        && !["/login", "/logout", "/account", "/panel", "/metrics"]
            .iter()
            .any(|page| path == *page || path.starts_with(&format!("{page}/")))
}

#[test]
fn every_resource_that_speaks_json_is_described_and_nothing_else() {
    let house = House::open();
    let described: BTreeSet<(String, String)> = description(&house)["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("an item").keys().filter(|key| *key != "parameters");
            methods.map(|method| (path.clone(), method.to_uppercase())).collect::<Vec<_>>()
        })
        .collect();
    let segment = |text: &str| text.strip_prefix(':').map_or_else(|| text.to_owned(), |name| format!("{{{name}}}"));
    let served: BTreeSet<(String, String)> = own()
        .iter()
        .filter(|route| speaks_json(&route.path))
        .flat_map(|route| {
            let path = route.path.split('/').map(segment).collect::<Vec<_>>().join("/");
            route.methods.split(',').map(move |method| (path.clone(), method.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(described, served);
}

#[test]
fn the_description_is_whole() {
    let house = House::open();
    let document = description(&house);
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a place in the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let mut names = BTreeSet::new();
    let schemes = document["components"]["securitySchemes"].as_object().expect("schemes");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no name"));
            assert!(names.insert(name.to_owned()), "{name} names two operations");
            assert!(operation["summary"].is_string(), "{method} {path} says nothing");
            let answers = operation["responses"].as_object().expect("responses");
            assert!(
                !answers.is_empty() && answers.values().all(|answer| answer["description"].is_string()),
                "{method} {path}"
            );
            let declared: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let placed: BTreeSet<&str> =
                path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(declared, placed, "{method} {path}");
            let needed =
                operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path} does not say who may"));
            for scheme in needed.iter().filter_map(Value::as_object).flat_map(|way| way.keys()) {
                assert!(schemes.contains_key(scheme), "{scheme}");
            }
        }
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[test]
fn it_says_who_may() {
    let house = House::with(&format!("{RULES}\n[basic]\nenabled = true\n"));
    let document = description(&house);
    let of = |path: &str, method: &str| document["paths"][path][method].clone();
    assert_eq!(of("/user/sessions", "post")["security"], json!([]));
    assert_eq!(of("/user/me", "get")["security"], json!([{ "session": [] }, { "basic": [] }]));
    assert_eq!(of("/admin/users", "post")["security"], json!([{ "csrf": [], "session": [] }]));
    for route in own() {
        let OwnAccess::Resource(resource) = route.access else { continue };
        let path = route
            .path
            .split('/')
            .map(|text| text.strip_prefix(':').map_or(text.to_owned(), |name| format!("{{{name}}}")));
        let path = path.collect::<Vec<_>>().join("/");
        for method in route.methods.split(',') {
            let said = of(&path, &method.to_lowercase())["description"].as_str().unwrap_or_default().to_owned();
            assert!(said.contains(resource), "{method} {path}: {said}");
        }
    }
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!((&schemes["session"]["in"], &schemes["session"]["name"]), (&json!("cookie"), &json!("doorward-admin")));
    assert_eq!((&schemes["csrf"]["in"], &schemes["csrf"]["name"]), (&json!("header"), &json!("x-csrf")));
    assert_eq!(schemes["basic"]["scheme"], "basic");
}

#[test]
fn it_moves_with_the_mount() {
    let house = House::with(&format!("mount = \"/auth\"\n{RULES}"));
    let answer = house.send(Door::Admin, "GET", "/auth/openapi.json", &[], None);
    assert_eq!((answer.status, &answer.json()["servers"]), (200, &json!([{ "url": "/auth" }])));
    assert_eq!(house.send(Door::Admin, "GET", "/auth/healthz/", &[], None).status, 200);
    assert_eq!(house.send(Door::Admin, "GET", "/openapi.json", &[], None).status, 404);
    let page = house.send(Door::Public, "GET", "/auth/login", &[], None).text();
    assert!(page.contains("action=\"/auth/login\"") && page.contains("href=\"/auth/login/assets/"), "{page}");
    assert_eq!(
        house.send(Door::Public, "GET", "/auth/account", &[], None).header("location"),
        Some("/auth/login?return_to=/auth/account")
    );
}
