//! An OpenAPI document, as far as routes need it: versions 2.0 and 3.x, in JSON or YAML.
//!
//! Documents in the wild are seldom valid, so that what is not understood is passed over, and never an error.

use serde_yaml_ng::{Mapping, Value};

use super::reference::resolve;

/// The operations of an API.
pub struct Document {
    /// What the API is called, with its version.
    pub title: String,
    /// In the order of the document.
    pub operations: Vec<Operation>,
    /// What could not be read.
    pub doubts: Vec<String>,
    /// What is not clear about where the API is mounted.
    pub doubts_of_base: Vec<String>,
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
        let mut document = Self { title, operations: Vec::new(), doubts: Vec::new(), doubts_of_base: Vec::new() };
        for (path, item) in mapping(root.get("paths")) {
            let Some(path) = text_of(path) else { continue };
            // Extensions stand beside paths.
            if path.starts_with("x-") {
                continue;
            }
            let read = match path.starts_with('/') {
                true => document.read_item(&root, &path, item),
                false => Err("a path begins with `/`".into()),
            };
            if let Err(why) = read {
                document.doubts.push(format!("{path} is left out: {why}"));
            }
        }
        Ok(document)
    }

    fn read_item(&mut self, root: &Value, path: &str, item: &Value) -> Result<(), String> {
        let item = resolve(root, item)?;
        if !(item.is_mapping() || item.is_null()) {
            return Err("nothing is said about it".into());
        }
        let named = METHODS.iter().filter_map(|method| Some((method.to_uppercase(), item.get(*method)?)));
        let additional = mapping(item.get("additionalOperations"));
        let additional = additional.filter_map(|(method, operation)| Some((text_of(method)?, operation)));
        for (method, operation) in named.chain(additional) {
            let servers = [operation.get("servers"), item.get("servers"), root.get("servers")];
            let base = servers.into_iter().flatten().find_map(|servers| self.read_base(servers));
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
        Ok(())
    }

    /// Where the first server has the API. Nothing when no server is named.
    fn read_base(&mut self, servers: &Value) -> Option<String> {
        let urls: Vec<String> = servers.as_sequence()?.iter().filter_map(server_url).collect();
        let base = server_path(urls.first()?);
        let others = urls.iter().map(|url| server_path(url));
        if let Some(other) = others.clone().find(|other| other.trim_matches('/') != base.trim_matches('/')) {
            let (base, other) = (shown(&base), shown(&other));
            self.doubt_base(format!("the servers have the API at {base} and at {other}: {base} is taken"));
        }
        if urls[0].trim_start_matches("./").starts_with(|c: char| c != '/' && c != '.') && !urls[0].contains("://") {
            let (base, url) = (shown(&base), &urls[0]);
            self.doubt_base(format!("the server `{url}` is relative to where the document is: {base} is taken"));
        }
        Some(base)
    }

    fn doubt_base(&mut self, doubt: String) {
        if !self.doubts_of_base.contains(&doubt) {
            self.doubts_of_base.push(doubt);
        }
    }
}

/// The address of a server, with its variables as they are by default.
fn server_url(server: &Value) -> Option<String> {
    let mut url = text_of(server.get("url")?)?;
    for (name, variable) in mapping(server.get("variables")) {
        if let (Some(name), Some(value)) = (text_of(name), variable.get("default").and_then(text_of)) {
            url = url.replace(&format!("{{{name}}}"), &value);
        }
    }
    Some(url)
}

/// The path of an address: `/v1` of `https://{host}/v1`, and of `v1`, which is relative to wherever the document is.
fn server_path(url: &str) -> String {
    let after_host = match url.split_once("://").map(|(_, rest)| rest).or_else(|| url.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url.trim_start_matches("./"),
    };
    let path = after_host.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn shown(base: &str) -> &str {
    if base.is_empty() { "/" } else { base }
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
        assert_eq!(servers("[{ url: api/v1 }]"), "/api/v1");
        assert_eq!(servers("[{ url: ./ }]"), "");
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
    fn what_is_not_clear_about_the_base_is_said_once() {
        let doubts = |servers: &str| {
            let text = format!("openapi: 3.1.0\nservers: {servers}\npaths: {{ /a: {{ get: {{}}, put: {{}} }} }}");
            Document::parse(&text).expect("a document").doubts_of_base
        };
        let several = "[{ url: https://a.example/v1 }, { url: https://b.example/v1/ }, { url: https://c.example/v2 }]";
        assert_eq!(doubts(several), ["the servers have the API at /v1 and at /v2: /v1 is taken"]);
        assert_eq!(doubts("[{ url: v1 }]"), ["the server `v1` is relative to where the document is: /v1 is taken"]);
        for clear in ["[{ url: /v1 }]", "[{ url: / }]", "[{ url: '' }]", "[{ url: ./ }]", "[{ url: https://a/v1 }]"] {
            assert_eq!(doubts(clear), Vec::<String>::new(), "{clear}");
        }
    }

    #[test]
    fn references_within_the_document_are_followed_and_others_are_reported() {
        let text = "openapi: 3.1.0\n\
                    components: { pathItems: { pet: { get: { operationId: pet } }, 'a/b {c}': { put: { operationId: odd } },\n\
                      again: { $ref: '#/components/pathItems/pet' }, round: { $ref: '#/components/pathItems/round' } } }\n\
                    paths: { /pet: { $ref: '#/components/pathItems/again' },\n\
                      /odd: { $ref: '#/components/pathItems/a~1b%20%7Bc%7D' }, /far: { $ref: 'far.yaml' },\n\
                      /gone: { $ref: '#/components/pathItems/cat' }, /round: { $ref: '#/components/pathItems/round' },\n\
                      /text: { $ref: 7 }, near: { get: {} }, /none: 3, x-own: { $ref: '#/nowhere' } }";
        let document = Document::parse(text).expect("a document");
        let ids: Vec<_> = document.operations.iter().filter_map(|operation| operation.id.as_deref()).collect();
        assert_eq!(ids, ["pet", "odd"]);
        assert_eq!(
            document.doubts,
            [
                "/far is left out: it is described in another file, far.yaml",
                "/gone is left out: the document has no #/components/pathItems/cat",
                "/round is left out: its references lead in a circle",
                "/text is left out: its `$ref` is no text",
                "near is left out: a path begins with `/`",
                "/none is left out: nothing is said about it",
            ]
        );
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
