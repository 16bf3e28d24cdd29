//! Forced parameters in queries and forms: no alias is left, the values are set, and everything else is as it was.

#![no_main]

use doorward_fuzz::{forced, is_alias, is_on_the_way, value};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// A name or a value, decoded once. Bytes that are no UTF-8 stand for themselves alone.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(['&', ';']).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), value.to_owned()))
        .collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, sent)) = bytes.split_first() else { return };
    let Ok(sent) = std::str::from_utf8(sent) else { return };
    let (forced, wanted) = forced(*choice);

    let made = forced.query(Some(sent));
    let form = forced.body(Some("application/x-www-form-urlencoded"), None, sent.as_bytes());
    assert_eq!(made.as_ref().map(String::as_bytes).ok(), form.as_ref().map(|body| &body.bytes[..]).ok());
    assert_eq!(made.is_ok(), forced.drop_from_query(Some(sent)).is_ok());
    let Ok(made) = made else { return };

    let original = pairs(sent);
    let related = |name: &str| wanted.iter().any(|(path, _)| is_alias(name, path));
    assert!(
        !original
            .iter()
            .any(|(name, _)| wanted.iter().any(|(path, _)| is_on_the_way(name, path) && !is_alias(name, path)))
    );
    let kept: Vec<_> = original.into_iter().filter(|(name, _)| !related(name)).collect();
    let result = pairs(&made);
    assert_eq!(&result[..kept.len()], &kept[..]);
    assert_eq!(result.len(), kept.len() + wanted.len());
    for (path, text) in wanted {
        let set: Vec<_> = result.iter().filter(|(name, _)| is_alias(name, path)).collect();
        let [(_, found)] = &set[..] else { panic!("{set:?}") };
        let expected = match value(text) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        assert_eq!(decoded(found), expected);
    }
    assert_eq!(pairs(&forced.drop_from_query(Some(sent)).expect("a query")), kept);

    // To force once more changes nothing.
    assert_eq!(pairs(&forced.query(Some(&made)).expect("a query")), result);
    // With a `;` a door that cannot rewrite is in doubt, and refuses.
    assert!(forced.query_is_forced(Some(&made)) || made.contains(';'));
});
