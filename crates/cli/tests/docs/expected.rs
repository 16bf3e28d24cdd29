//! Whether an output is what a document shows: `…` stands for anything within a line, and alone for any lines.

use serde_json::Value;

const ANYTHING: &str = "…";

/// Compares a text, or says where it differs.
///
/// # Errors
/// The first line that is not there.
pub fn compare_text(shown: &str, printed: &str) -> Result<(), String> {
    let shown: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
    let printed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
    if lines_match(&shown, &printed) {
        Ok(())
    } else {
        Err(format!("shown:\n{}\n\nprinted:\n{}", shown.join("\n"), printed.join("\n")))
    }
}

fn lines_match(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&ANYTHING, rest)) => (0..=printed.len()).any(|skipped| lines_match(rest, &printed[skipped..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(other, others)| line_matches(line, other) && lines_match(rest, others))
        }
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    let Some((before, after)) = shown.split_once(ANYTHING) else { return shown == printed };
    let Some(rest) = printed.strip_prefix(before) else { return false };
    let places = rest.char_indices().map(|(place, _)| place).chain([rest.len()]);
    places.into_iter().any(|place| line_matches(after, &rest[place..]))
}

/// Compares JSON by what it means. A text with `…` stands for any text like it, `"…"` for any value, and a list that ends
/// with it may be longer.
///
/// # Errors
/// Where it differs.
pub fn compare_json(shown: &str, printed: &str) -> Result<(), String> {
    let parse = |what: &str, text: &str| {
        serde_json::from_str::<Value>(text).map_err(|error| format!("{what} is no JSON ({error}):\n{text}"))
    };
    let (shown, printed) = (parse("what is shown", shown)?, parse("what is printed", printed)?);
    if values_match(&shown, &printed) { Ok(()) } else { Err(format!("shown:\n{shown:#}\n\nprinted:\n{printed:#}")) }
}

fn values_match(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::String(text), _) if text == ANYTHING => true,
        (Value::String(text), Value::String(other)) => line_matches(text, other),
        (Value::Array(items), Value::Array(others)) => {
            let is_open = items.last().is_some_and(|last| last == ANYTHING);
            let items = if is_open { &items[..items.len() - 1] } else { items };
            let long_enough = if is_open { others.len() >= items.len() } else { others.len() == items.len() };
            long_enough && items.iter().zip(others).all(|(item, other)| values_match(item, other))
        }
        (Value::Object(members), Value::Object(others)) => {
            let is_open = members.contains_key(ANYTHING);
            let known = members.iter().filter(|(name, _)| *name != ANYTHING);
            let same =
                known.clone().all(|(name, value)| others.get(name).is_some_and(|other| values_match(value, other)));
            same && (is_open || others.len() == known.count())
        }
        _ => shown == printed,
    }
}

#[test]
fn an_ellipsis_stands_for_anything_where_it_is() {
    assert!(compare_text("a … c\n…\nend", "a b c\n1\n2\nend\n").is_ok());
    assert!(compare_text("a … c", "a b d").is_err());
    assert!(compare_text("a\n…", "a").is_ok());
    assert!(compare_text("a", "a\nb").is_err());
    assert!(compare_json(r#"{"a": "…", "b": [1, "…"], "…": 0}"#, r#"{"a": {}, "b": [1, 2], "c": 3}"#).is_ok());
    assert!(compare_json(r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#).is_err());
    assert!(compare_json(r#"{"a": "x…"}"#, r#"{"a": "yx"}"#).is_err());
}
