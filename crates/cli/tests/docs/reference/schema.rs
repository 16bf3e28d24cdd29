//! The schema of `doorward.toml`, as people read it.

use serde_json::{Map, Value};

use super::tables::TABLES;

/// The schema.
pub struct Schema(Value);

/// A key of a table.
pub struct Key {
    pub name: String,
    /// What its value is.
    pub kind: String,
    /// What holds without it.
    pub default: String,
    /// What it does.
    pub what: String,
    /// The words that it may have, with their meanings.
    pub words: Vec<(String, String)>,
}

impl Schema {
    /// What `doorward schema` prints.
    pub fn read() -> Self {
        Self(doorward::policy::schema().to_value())
    }

    /// The definitions that are tables.
    pub fn tables(&self) -> Vec<String> {
        let definitions = self.definitions().iter().filter(|(_, definition)| definition.get("properties").is_some());
        definitions.map(|(name, _)| name.clone()).collect()
    }

    /// What is said about a table.
    pub fn description(&self, name: &str) -> String {
        text_of(self.table(name), "description")
    }

    /// The keys of a table.
    pub fn keys(&self, name: &str) -> Vec<Key> {
        let table = self.table(name);
        let required =
            |key: &str| table["required"].as_array().is_some_and(|names| names.iter().any(|name| name == key));
        let properties = table["properties"].as_object().expect("a table has keys");
        properties.iter().map(|(key, value)| self.key(key, value, required(key))).collect()
    }

    /// The kinds of values, with how they are written.
    pub fn values(&self) -> Vec<(String, String)> {
        let plain = |name: &str| {
            let definition = &self.definitions()[name];
            (name != "SecretUrl"
                && name != "Name"
                && definition["type"] == "string"
                && definition["pattern"].is_string())
            .then(|| (name.to_lowercase(), text_of(definition, "description")))
        };
        let mut values: Vec<_> = self.definitions().keys().filter_map(|name| plain(name)).collect();
        values.push(("name".into(), "Letters, digits, `_`, `.` and `-`, at most 64.".into()));
        values.sort();
        values
    }

    fn key(&self, name: &str, value: &Value, is_required: bool) -> Key {
        let default = match &value["default"] {
            Value::Null if is_required => "needed".into(),
            Value::Null | Value::Object(_) => String::new(),
            Value::Array(items) if items.is_empty() => String::new(),
            default => format!("`{}`", default.to_string().replace("\",\"", "\", \"")),
        };
        let description = text_of(value, "description").replace('\n', " ");
        Key {
            name: name.into(),
            kind: self.kind(value),
            default,
            what: description.replace('|', "\\|"),
            words: self.words(value),
        }
    }

    /// What a value is, in words.
    fn kind(&self, value: &Value) -> String {
        if let Some(name) = reference(value) {
            return self.kind_of(name);
        }
        if let Some(choices) = value["anyOf"].as_array() {
            let kinds: Vec<String> =
                choices.iter().filter(|choice| choice["type"] != "null").map(|choice| self.kind(choice)).collect();
            return match &kinds[..] {
                [one, many] if *many == format!("list of {one}") => format!("{one}, or a list"),
                kinds => kinds.join(", or "),
            };
        }
        match value["type"].as_array().and_then(|kinds| kinds.first()).unwrap_or(&value["type"]).as_str() {
            Some("boolean") => "`true` or `false`".into(),
            Some("integer") => number(value),
            Some("number") => "number".into(),
            Some("array") => format!("list of {}", self.kind(&value["items"])),
            Some("object") => match (&value["additionalProperties"], value["patternProperties"].as_object()) {
                (_, Some(named)) => {
                    format!("tables by name: {}", named.values().map(|value| self.kind(value)).collect::<String>())
                }
                (more, _) => format!("table of {}", self.kind(more)),
            },
            _ => "text".into(),
        }
    }

    fn kind_of(&self, name: &str) -> String {
        let definition = &self.definitions()[name];
        match name {
            "SecretUrl" => return "address".into(),
            "Name" => return "[name](#values)".into(),
            "ForceRule" => return "text, number, `true`, `false`, or a table".into(),
            "Title" => return "text, or table of text by language".into(),
            "Listener" => return "address, or [table](#listen)".into(),
            "Upstreams" => return "address, or [tables](#upstreamname)".into(),
            "CorsRule" => return "`true`, `false`, or [table](#cors)".into(),
            _ => {}
        }
        if let Some(table) = TABLES.iter().find(|table| table.definition == name) {
            let anchor: String = table.heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect();
            return format!("[table](#{})", anchor.to_lowercase().replace(' ', "-"));
        }
        let words = words_of(definition);
        if !words.is_empty() {
            return words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        }
        format!("[{}](#values)", name.to_lowercase())
    }

    fn words(&self, value: &Value) -> Vec<(String, String)> {
        let direct = reference(value);
        let optional = value["anyOf"].as_array().and_then(|choices| choices.iter().find_map(reference));
        direct.or(optional).map(|name| words_of(&self.definitions()[name])).unwrap_or_default()
    }

    fn table(&self, name: &str) -> &Value {
        if name.is_empty() { &self.0 } else { &self.definitions()[name] }
    }

    fn definitions(&self) -> &Map<String, Value> {
        self.0["$defs"].as_object().expect("definitions")
    }
}

fn reference(value: &Value) -> Option<&str> {
    value["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn words_of(definition: &Value) -> Vec<(String, String)> {
    let choices = definition["oneOf"].as_array().into_iter().flatten();
    choices.filter_map(|choice| Some((choice["const"].as_str()?.to_owned(), text_of(choice, "description")))).collect()
}

fn number(value: &Value) -> String {
    match (value["minimum"].as_i64().filter(|least| *least > 0), value["maximum"].as_i64()) {
        (Some(least), Some(most)) => format!("whole number, {least} to {most}"),
        (Some(least), None) => format!("whole number, at least {least}"),
        _ => "whole number".into(),
    }
}

fn text_of(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}
