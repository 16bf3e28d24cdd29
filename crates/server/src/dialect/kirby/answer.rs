//! What an answer looks like: the envelope, and JSON as PHP writes it.

use doorward::problem::php_json_pretty;
use serde_json::{Map, Value, json};

/// A part of a list.
pub(super) struct Pagination {
    /// From 1; 0 when there is nothing.
    pub(super) page: u64,
    pub(super) total: u64,
    pub(super) offset: u64,
    pub(super) limit: u64,
}

/// One thing.
pub(super) fn model(data: Value) -> Value {
    json!({"code": 200, "data": data, "status": "ok", "type": "model"})
}

/// Several things of a kind.
pub(super) fn collection(data: Vec<Value>, pagination: &Pagination) -> Value {
    let Pagination { page, total, offset, limit } = pagination;
    json!({
        "code": 200,
        "data": data,
        "pagination": {"page": page, "total": total, "offset": offset, "limit": limit},
        "status": "ok",
        "type": "collection",
    })
}

/// Something was done.
pub(super) fn done() -> Value {
    json!({"status": "ok", "message": "ok", "code": 200})
}

/// An object with these members, by name. PHP knows no empty object: it writes a list.
pub(super) fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    let mut members: Vec<(String, Value)> = members.into_iter().collect();
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    match members.is_empty() {
        true => json!([]),
        false => Value::Object(Map::from_iter(members)),
    }
}

/// The text of an answer.
pub(super) fn text(value: &Value, pretty: bool) -> String {
    if pretty { php_json_pretty(value) } else { doorward::problem::php_json(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_as_php_writes_it() {
        let value = json!({"a": ["/", "Zo\u{eb}", "\u{1f600}"], "b": [], "c": {"d": 1}});
        assert_eq!(text(&value, false), r#"{"a":["\/","Zo\u00eb","\ud83d\ude00"],"b":[],"c":{"d":1}}"#);
        let pretty = "{\n    \"a\": [\n        \"\\/\",\n        \"Zo\\u00eb\",\n        \"\\ud83d\\ude00\"\n    ],\n    \
                      \"b\": [],\n    \"c\": {\n        \"d\": 1\n    }\n}";
        assert_eq!(text(&value, true), pretty);
    }

    #[test]
    fn members_are_sorted_and_nothing_is_a_list() {
        assert_eq!(object([("b".to_owned(), json!(1)), ("a".to_owned(), json!(2))]).to_string(), r#"{"a":2,"b":1}"#);
        assert_eq!(object([]).to_string(), "[]");
    }
}
