//! Forced parameters in JSON: no alias is left at any step, the values are set, and everything else is as it was.

#![no_main]

use doorward_fuzz::{forced, is_related, value};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fn check(object: &Map<String, Value>, depth: usize, wanted: &[(&[&str], &str)]) {
    for key in object.keys() {
        for (path, _) in wanted {
            assert!(key == path[depth] || !is_related(key, depth, path), "{key:?} is left beside {path:?}");
        }
    }
    for (path, text) in wanted {
        let found = object.get(path[depth]);
        if path.len() == depth + 1 {
            assert_eq!(found, Some(&value(text)));
            continue;
        }
        let below: Vec<_> = wanted
            .iter()
            .filter(|(other, _)| other.len() > depth + 1 && other[..=depth] == path[..=depth])
            .copied()
            .collect();
        check(found.and_then(Value::as_object).expect("an object"), depth + 1, &below);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, sent)) = bytes.split_first() else { return };
    // The JSON library takes a key of its own for something else when it reads a `Value`, as this target does and the parser
    // does not.
    let own = [&b"serde_json"[..], b"private", b"RawValue"];
    if own.iter().any(|word| sent.windows(word.len()).any(|part| part == *word)) {
        return;
    }
    let (forced, wanted) = forced(*choice);
    let Ok(body) = forced.body(Some("application/json"), None, sent) else { return };
    let made: Value = serde_json::from_slice(&body.bytes).expect("what is made is JSON");
    let made = made.as_object().expect("an object");
    check(made, 0, wanted);

    // What was accepted was JSON, or nothing.
    let empty = sent.trim_ascii().is_empty();
    let original: Value = if empty { Value::Object(Map::new()) } else { serde_json::from_slice(sent).expect("JSON") };
    let original = original.as_object().expect("an object");
    let unrelated = |object: &Map<String, Value>| -> Vec<(String, Value)> {
        let other = |key: &str| !wanted.iter().any(|(path, _)| is_related(key, 0, path));
        object.iter().filter(|(key, _)| other(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    assert_eq!(unrelated(made), unrelated(original));

    // To force once more changes nothing.
    let again = forced.body(Some("application/json"), None, &body.bytes).expect("a body");
    let again: Value = serde_json::from_slice(&again.bytes).expect("JSON");
    assert_eq!(again.as_object(), Some(made));
});
