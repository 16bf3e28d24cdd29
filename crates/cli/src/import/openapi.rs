//! An OpenAPI document, as far as routes need it: versions 2.0 and 3.x, in JSON or YAML.
//!
//! Documents in the wild are seldom valid, so that what is not understood is passed over, and never an error.

use serde_yaml_ng::{Mapping, Value};

/// The operations of an API.
pub struct Document {
    /// What the API is called, with its version.
    pub title: String,
    /// In the order of the document.
    pub operations: Vec<Operation>,
    /// What could not be read.
    pub doubts: Vec<String>,
}

/// Method and path, and what is said about them.
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// As written: `/pets/{id}`.
    pub path: String,
    /// The path at which the API is mounted: `/v2`, or nothing.
    pub base: String,
    /// The `operationId`.
    pub id: Option<String>,
    /// What it does.
    pub summary: Option<String>,
    /// How callers authenticate. `None` when nothing is said, empty when nobody must.
    pub security: Option<Vec<String>>,
    /// Whether it is on its way out.
    pub deprecated: bool,
}

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is neither JSON nor YAML, or no OpenAPI document. What is wrong, with the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let root: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?
        } else {
            serde_yaml_ng::from_str(text).map_err(|error| format!("not YAML: {error}"))?
        };
        if root.get("openapi").is_none() && root.get("swagger").is_none() {
            return Err("not an OpenAPI document: it says neither `openapi` nor `swagger`".into());
        }
        let info = |key| root.get("info").and_then(|info| text_of(info.get(key)?)).unwrap_or_default();
        let title = format!("{} {}", info("title"), info("version")).trim().to_owned();
        let mut document = Self { title, operations: Vec::new(), doubts: Vec::new() };
        for (path, item) in mapping(root.get("paths")) {
            let Some(path) = text_of(path) else { continue };
            // Extensions (`x-…`) stand beside paths.
            if path.starts_with('/') {
                document.read_item(&root, &path, item);
            }
        }
        Ok(document)
    }

    fn read_item(&mut self, root: &Value, path: &str, item: &Value) {
        let Some(item) = resolve(root, item) else {
            self.doubts.push(format!("{path} is described in another file, and is left out"));
            return;
        };
        let named = METHODS.iter().filter_map(|method| Some((method.to_uppercase(), item.get(*method)?)));
        let additional = mapping(item.get("additionalOperations"));
        let additional = additional.filter_map(|(method, operation)| Some((text_of(method)?, operation)));
        for (method, operation) in named.chain(additional) {
            let servers = [operation.get("servers"), item.get("servers"), root.get("servers")];
            let base = servers.into_iter().flatten().find_map(server_path);
            let base = base.or_else(|| text_of(root.get("basePath")?)).unwrap_or_default();
            let security = operation.get("security").or_else(|| root.get("security"));
            self.operations.push(Operation {
                method,
                path: path.to_owned(),
                base,
                id: operation.get("operationId").and_then(text_of),
                summary: operation.get("summary").or_else(|| item.get("summary")).and_then(text_of),
                security: security.and_then(Value::as_sequence).map(|all| all.iter().filter_map(requirement).collect()),
                deprecated: operation.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
            });
        }
    }
}

/// A path item, or the one within the document that it refers to.
fn resolve<'v>(root: &'v Value, item: &'v Value) -> Option<&'v Value> {
    let Some(reference) = item.get("$ref").and_then(Value::as_str) else { return Some(item) };
    let pointer = reference.strip_prefix("#/")?;
    let found =
        pointer.split('/').try_fold(root, |value, step| value.get(step.replace("~1", "/").replace("~0", "~")))?;
    // One step only: a reference that leads to a reference may lead in a circle.
    if found.get("$ref").is_some() { None } else { Some(found) }
}

/// The path of the first server: `/v1` of `https://{host}/v1`.
fn server_path(servers: &Value) -> Option<String> {
    let server = servers.as_sequence()?.first()?;
    let mut url = text_of(server.get("url")?)?;
    for (name, variable) in mapping(server.get("variables")) {
        if let (Some(name), Some(value)) = (text_of(name), variable.get("default").and_then(text_of)) {
            url = url.replace(&format!("{{{name}}}"), &value);
        }
    }
    let after_host = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url.strip_prefix("//").map_or(url.as_str(), |rest| rest.find('/').map_or("", |slash| &rest[slash..])),
    };
    let path = after_host.split(['?', '#']).next().unwrap_or_default();
    Some(if path.starts_with('/') { path.to_owned() } else { String::new() })
}

/// One way to authenticate: `oauth(read write)`, or `a + b` where both are needed. Empty: none is.
fn requirement(value: &Value) -> Option<String> {
    let scheme = |(name, scopes): (&Value, &Value)| {
        let name = text_of(name)?;
        let scopes: Vec<String> = scopes.as_sequence().into_iter().flatten().filter_map(text_of).collect();
        Some(if scopes.is_empty() { name } else { format!("{name}({})", scopes.join(" ")) })
    };
    value.as_mapping()?;
    Some(mapping(Some(value)).filter_map(scheme).collect::<Vec<_>>().join(" + "))
}

fn mapping(value: Option<&Value>) -> impl Iterator<Item = (&Value, &Value)> {
    value.and_then(Value::as_mapping).into_iter().flat_map(Mapping::iter)
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Operation {
        Document::parse(text).expect("a document").operations.remove(0)
    }

    #[test]
    fn the_path_of_the_first_server_is_the_base() {
        let servers = |servers: &str| {
            first(&format!("openapi: 3.1.0\nservers: {servers}\npaths: {{ /a: {{ get: {{}} }} }}")).base
        };
        assert_eq!(servers(r#"[{ url: "https://api.example.com/v1/" }]"#), "/v1/");
        assert_eq!(servers(r#"[{ url: "/api" }, { url: "/other" }]"#), "/api");
        assert_eq!(servers(r#"[{ url: "https://{host}/{v}", variables: { v: { default: 2 } } }]"#), "/2");
        assert_eq!(servers(r#"[{ url: "https://api.example.com" }]"#), "");
        assert_eq!(servers(r#"[{ url: "//api.example.com/x" }]"#), "/x");
        assert_eq!(servers("[]"), "");
        assert_eq!(first(r#"{"swagger":"2.0","basePath":"/v2","paths":{"/a":{"get":{}}}}"#).base, "/v2");
    }

    #[test]
    fn a_server_of_an_operation_goes_before_that_of_the_document() {
        let text = "openapi: 3.0.0\nservers: [{ url: /a }]\npaths: { /x: { get: { servers: [{ url: /b }] } } }";
        assert_eq!(first(text).base, "/b");
    }

    #[test]
    fn security_is_of_the_operation_or_else_of_the_document() {
        let security = |own: &str| {
            first(&format!("openapi: 3.0.0\nsecurity: [{{ key: [] }}]\npaths: {{ /x: {{ get: {{ {own} }} }} }}"))
                .security
        };
        assert_eq!(security(""), Some(vec!["key".into()]));
        assert_eq!(security("security: []"), Some(vec![]));
        assert_eq!(
            security("security: [{ oauth: [read, write], key: [] }]"),
            Some(vec!["oauth(read write) + key".into()])
        );
    }

    #[test]
    fn references_within_the_document_are_followed_and_others_are_reported() {
        let text = "openapi: 3.1.0\n\
                    components: { pathItems: { pet: { get: { operationId: pet } } } }\n\
                    paths: { /pet: { $ref: '#/components/pathItems/pet' }, /far: { $ref: 'far.yaml' } }";
        let document = Document::parse(text).expect("a document");
        assert_eq!(document.operations.len(), 1);
        assert_eq!(document.operations[0].id.as_deref(), Some("pet"));
        assert_eq!(document.doubts, ["/far is described in another file, and is left out"]);
    }

    #[test]
    fn what_is_no_document_is_refused_and_what_is_odd_is_passed_over() {
        assert!(Document::parse("{").is_err_and(|wrong| wrong.starts_with("not JSON")));
        assert!(Document::parse("a: [").is_err_and(|wrong| wrong.starts_with("not YAML")));
        assert!(Document::parse("a: 1").is_err());
        let odd = "openapi: 3.0.0\npaths: { 7: x, /a: 3, /b: { get: 4, x-y: 1, parameters: [] }, x-z: {} }";
        let document = Document::parse(odd).expect("a document");
        assert_eq!(document.operations.len(), 1);
    }
}
