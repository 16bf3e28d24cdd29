//! Whatever is sent: no alias is left, the values are set, and everything else is as it was.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use super::*;

/// The steps of each set of rules, with the value that a user with the id 7 gets.
type Wanted = Vec<(Vec<&'static str>, Json)>;

fn rules() -> impl Strategy<Value = (&'static str, Wanted)> {
    prop::sample::select(vec![
        ("{ customerId = \"%user_id%\" }", vec![(vec!["customerId"], 7.into())]),
        ("{ \"customer.id\" = \"%user_id%\" }", vec![(vec!["customer", "id"], 7.into())]),
        (
            "{ \"customer.id\" = \"%user_id%\", \"customer.name\" = \"x\", kind = true }",
            vec![
                (vec!["customer", "id"], 7.into()),
                (vec!["customer", "name"], "x".into()),
                (vec!["kind"], true.into()),
            ],
        ),
        (
            "{ \"a.b.c\" = \"%user_id%\", \"a.d\" = 1 }",
            vec![(vec!["a", "b", "c"], 7.into()), (vec!["a", "d"], 1.into())],
        ),
    ])
}

/// Names that are spelled like the steps above, and some that are not.
const NAMES: [&str; 38] = [
    "customerId",
    "customer_id",
    "CUSTOMERID",
    "Customer-Id",
    "customer.id",
    "customer[id]",
    "customer id",
    "customer",
    "Customer",
    "CUSTOMER_",
    "customer[]",
    "customer[0]",
    "customer.name",
    "customer[other]",
    "id",
    "ID",
    "i_d",
    "name",
    "Na-me",
    "kind",
    "KIND[]",
    "a",
    "A",
    "a.b",
    "ab",
    "a[b][c]",
    "abc",
    "b",
    "B_",
    "c",
    "d",
    "a.d",
    "ad",
    "other",
    "cu\u{17f}tomerId",
    "",
    "x.y",
    "customer.id.deep",
];

/// Letters and digits alone, in one case: what readers who overlook the rest see.
fn bare(name: &str) -> String {
    name.replace('\u{17f}', "s").chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The steps of a name, such as `a[b].c`.
fn steps_of(name: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut overlooked = false;
    for character in name.chars() {
        match character {
            '.' | '[' => {
                steps.push(String::new());
                overlooked = false;
            }
            ']' => overlooked = true,
            _ if overlooked => {}
            _ => steps.last_mut().expect("a step").push(character),
        }
    }
    steps.iter().map(|step| bare(step)).collect()
}

fn is_alias(name: &str, path: &[&str]) -> bool {
    let path: Vec<String> = path.iter().map(|step| bare(step)).collect();
    bare(name) == path.concat() || steps_of(name).starts_with(&path)
}

fn is_on_the_way(name: &str, path: &[&str]) -> bool {
    let (steps, path) = (steps_of(name), path.iter().map(|step| bare(step)).collect::<Vec<_>>());
    let shared = steps.iter().zip(&path).take_while(|(one, two)| one == two).count();
    let rest = &steps[shared..];
    let is_list = rest.first().is_some_and(|step| step.bytes().all(|byte| byte.is_ascii_digit()));
    shared > 0 && shared < path.len() && (rest.is_empty() || is_list)
}

fn encoded(text: &str, how: u8) -> String {
    let byte = |(place, byte): (usize, u8)| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' if (how >> (place % 8)) & 1 == 0 => {
            char::from(byte).to_string()
        }
        b' ' if how & 1 == 0 => "+".into(),
        b'.' | b'[' | b']' if how & 2 == 0 => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    text.bytes().enumerate().map(byte).collect()
}

fn decoded(text: &str) -> String {
    let plain = text.replace('+', " ");
    percent_encoding::percent_decode_str(&plain).decode_utf8().expect("UTF-8").into_owned()
}

fn json() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        "[a-z\\\\\" ]{0,4}".prop_map(Json::from),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        let key = prop::sample::select(NAMES.to_vec());
        let object = vec((key, inner.clone()), 0..6).prop_map(|members| {
            Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        });
        prop_oneof![3 => object, 1 => vec(inner, 0..3).prop_map(Json::from)]
    })
}

/// Whether a key of an object reached by the first `depth` steps may be taken for a further one.
fn is_related(key: &str, depth: usize, path: &[&str]) -> bool {
    let rest = &path[depth..];
    let beginnings = (1..=rest.len()).map(|length| rest[..length].iter().map(|step| bare(step)).collect::<String>());
    beginnings.into_iter().any(|beginning| beginning == bare(key)) || is_alias(key, rest) || is_on_the_way(key, rest)
}

/// Checks one object of the answer against what is wanted below it.
fn check(object: &Map<String, Json>, depth: usize, wanted: &[(Vec<&str>, Json)]) -> Result<(), TestCaseError> {
    for key in object.keys() {
        for (path, _) in wanted {
            prop_assert!(key == path[depth] || !is_related(key, depth, path), "{key} is left, {path:?}");
        }
    }
    for (path, value) in wanted {
        let found = object.get(path[depth]);
        if path.len() == depth + 1 {
            prop_assert_eq!(found, Some(value));
            continue;
        }
        let below: Vec<_> = wanted
            .iter()
            .filter(|(other, _)| other.len() > depth + 1 && other[..=depth] == path[..=depth])
            .cloned()
            .collect();
        check(found.and_then(Json::as_object).expect("an object"), depth + 1, &below)?;
    }
    Ok(())
}

/// What nobody takes for a forced parameter, in order.
fn unrelated(object: &Map<String, Json>, wanted: &Wanted) -> Vec<(String, Json)> {
    let other = |key: &str| !wanted.iter().any(|(path, _)| is_related(key, 0, path));
    object.iter().filter(|(key, _)| other(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn json_is_forced((rules, wanted) in rules(), sent in json()) {
        let forced = forced(rules);
        let text = sent.to_string();
        match forced.body(Some("application/json"), None, text.as_bytes()) {
            Ok(body) => {
                let made: Json = serde_json::from_slice(&body.bytes).expect("JSON");
                let made = made.as_object().expect("an object");
                check(made, 0, &wanted)?;
                prop_assert_eq!(unrelated(made, &wanted), unrelated(sent.as_object().expect("an object"), &wanted));
                let again = forced.body(Some("application/json"), None, &body.bytes).expect("a body");
                let again: Json = serde_json::from_slice(&again.bytes).expect("JSON");
                prop_assert_eq!(again.as_object(), Some(made));
            }
            Err(error) => prop_assert_eq!(error, ForceError::ScalarOnTheWay),
        }
    }

    #[test]
    fn a_query_is_forced((rules, wanted) in rules(), pairs in vec((prop::sample::select(NAMES.to_vec()), "[a-z&=;%+é ]{0,4}", any::<u8>()), 0..8)) {
        let sent: Vec<String> = pairs.iter().map(|(name, value, how)| format!("{}={}", encoded(name, *how), encoded(value, *how))).collect();
        let scalar = pairs.iter().any(|(name, ..)| wanted.iter().any(|(path, _)| is_on_the_way(name, path) && !is_alias(name, path)));
        match forced(rules).query(Some(&sent.join("&"))) {
            Ok(made) => {
                prop_assert!(!scalar, "{made}");
                let made: Vec<(String, String)> = made.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
                    let (name, value) = pair.split_once('=').expect("a value");
                    (decoded(name), decoded(value))
                }).collect();
                let kept: Vec<(String, String)> = pairs.iter()
                    .filter(|(name, ..)| !wanted.iter().any(|(path, _)| is_alias(name, path)))
                    .map(|(name, value, _)| ((*name).to_owned(), value.clone()))
                    .collect();
                prop_assert_eq!(&made[..kept.len()], &kept[..]);
                prop_assert_eq!(made.len(), kept.len() + wanted.len());
                for (path, value) in &wanted {
                    let set = made[kept.len()..].iter().filter(|(name, _)| is_alias(name, path));
                    prop_assert_eq!(set.map(|(_, value)| value.clone()).collect::<Vec<_>>(), vec![plain(value)]);
                }
            }
            Err(error) => prop_assert!(scalar && error == ForceError::ScalarOnTheWay),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..80), text in "[\\[\\]{}\",:a-z0-9%&=;.+ ]{0,60}") {
        let forced = forced("{ \"a.b\" = \"%user_id%\" }");
        for content_type in ["application/json", "application/x-www-form-urlencoded"] {
            let _ = forced.body(Some(content_type), None, &bytes);
            let _ = forced.body(Some(content_type), None, text.as_bytes());
        }
        let _ = forced.query(Some(&text));
        let _ = forced.body(Some(&text), None, b"");
    }
}
