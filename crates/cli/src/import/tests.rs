//! Whatever a document says, what is written passes the check.

use std::path::Path;

use doorward::policy::{Draft, Policy, Rules, Settings};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::Written;
use super::openapi::Document;
use super::surroundings::Surroundings;

/// Pieces of paths: as people write them, as nobody should, and as Doorward's own resources have them.
const PIECES: &[&str] = &[
    "user",
    "sessions",
    "login",
    "code",
    "admin",
    "healthz",
    "account",
    "assets",
    "me",
    "auth",
    "pets",
    "{id}",
    "{id+}",
    "{*id}",
    "{a}{b}",
    "{a}-{b}",
    "report.{format}",
    "{1}",
    "{größe}",
    "größe",
    "",
    ".",
    "..",
    "%2e%2E",
    "%2f",
    "%",
    "100%",
    "a b",
    "a;b",
    "a\\b",
    ":id",
    "*",
    "*rest",
    "{",
    "}",
    "{}",
    "}{",
    "<x>",
    "${HOME}",
    "$$",
    "\"",
    "'''",
    "\"\"\"",
    "#",
    "?q={q}",
    "\n",
    "\u{7f}",
    "\u{2028}",
    "~1",
];

/// Settings and rules that routes may come among.
const AROUND: [&str; 4] = [
    "",
    "mount = \"/auth\"\n",
    "[[route]]\nmatch = \"GET /pets/:number\"\naccess = \"self\"\n[[route]]\nmatch = \"* /me\"\naccess = \"anonymous\"\n",
    "[realm.a]\n[realm.b]\n[admin]\nrealm = \"a\"\n",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<String>()]
}

fn path() -> impl Strategy<Value = String> {
    let joined = prop::collection::vec(piece(), 0..5).prop_map(|pieces| format!("/{}", pieces.join("/")));
    prop_oneof![9 => joined, 1 => piece()]
}

fn method() -> impl Strategy<Value = String> {
    let known = ["get", "put", "post", "delete", "head", "trace", "options", "patch", "query", "summary", "$ref"];
    prop_oneof![9 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

fn operation() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        any::<Option<String>>().prop_map(|text| json!({ "operationId": text, "summary": text, "deprecated": true })),
        any::<String>().prop_map(|text| json!({ "security": [{ text.clone(): [text] }, {}] })),
        piece().prop_map(|piece| json!({ "servers": [{ "url": format!("https://{piece}/{piece}") }] })),
        Just(json!(["#/paths/~1pets", 4, null])),
    ]
}

fn object(pairs: Vec<(String, Value)>) -> Value {
    Value::Object(pairs.into_iter().collect::<Map<_, _>>())
}

fn item() -> impl Strategy<Value = Value> {
    let operations = || prop::collection::vec((method(), operation()), 0..4);
    let upper = |(name, value): (String, Value)| (name.to_uppercase(), value);
    let more = operations()
        .prop_map(move |pairs| json!({ "additionalOperations": object(pairs.into_iter().map(upper).collect()) }));
    let reference = prop_oneof![
        piece().prop_map(|piece| format!("#/paths/~1{piece}")),
        any::<String>(),
        Just("#/components/pathItems/round".to_owned()),
    ];
    prop_oneof![
        6 => operations().prop_map(object),
        1 => more,
        1 => reference.prop_map(|to| json!({ "$ref": to })),
        1 => Just(json!(null)),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let paths = prop::collection::vec((path(), item()), 1..12);
    let server = path().prop_map(|url| json!({ "url": url }));
    let servers = prop::collection::vec(server, 0..3);
    (paths, servers, any::<String>()).prop_map(|(paths, servers, title)| {
        json!({
            "openapi": "3.1.0",
            "info": { "title": title, "version": 1 },
            "servers": servers,
            "paths": object(paths),
            "components": { "pathItems": { "round": { "$ref": "#/components/pathItems/round" } } },
        })
    })
}

fn around(text: &str) -> Surroundings {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("doorward.toml");
    std::fs::write(&file, text).expect("written");
    Surroundings::of(&file)
}

proptest! {
    #[test]
    fn what_is_written_passes_the_check(document in document(), base in prop::option::of(path())) {
        let document = Document::parse(&document.to_string()).expect("a document");
        for text in AROUND {
            let written = Written::of(&document, base.as_deref(), "x", &around(text));
            let (settings, own) = Settings::parse("doorward.toml", text, &|_| None).expect("settings");
            let rules = Rules::parse("routes.toml", &written.text, &|_| None);
            let rules = rules.map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{}", written.text)))?;
            prop_assert_eq!(rules.routes.len(), written.count);
            prop_assert!(rules.routes.iter().all(|route| route.access.iter().eq(["deny"])));
            let refused = Policy::compile(&Draft::new(&settings, &[own, rules])).err();
            prop_assert!(refused.is_none(), "{}\n{}", refused.unwrap_or_default(), written.text);
            prop_assert!(written.doubts.iter().all(|doubt| doubt.lines().count() == 1), "{:?}", written.doubts);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let nowhere = Surroundings::of(Path::new("/nowhere/doorward.toml"));
        for text in [
            text.clone(),
            format!("openapi: 3.1.0\n{text}"),
            format!("{{\"openapi\":\"3\",\"paths\":{text}}}"),
        ] {
            if let Ok(document) = Document::parse(&text) {
                drop(Written::of(&document, None, "x", &nowhere));
            }
        }
    }
}
