//! Operations as routes.

use std::collections::HashSet;
use std::fmt::Write as _;

use doorward::policy::{Pattern, Segment};

use super::openapi::{Document, Operation};

/// Routes as text.
pub struct Written {
    /// A file of rules.
    pub text: String,
    /// How many routes it has.
    pub count: usize,
    /// What was left out, and why.
    pub doubts: Vec<String>,
}

/// Writes a route for each operation. `base` is where the API is mounted, if that is not what the document says.
pub fn write(document: &Document, base: Option<&str>, name: &str) -> Written {
    let title = if document.title.is_empty() { "an OpenAPI document" } else { &document.title };
    let mut text = format!(
        "# Routes of {}, imported from {}.\n\
         # Each one is denied until somebody decides: \"anonymous\", \"self\", or resources of the ACL.\n",
        one_line(title),
        one_line(name),
    );
    let mut doubts = document.doubts.clone();
    let mut seen = HashSet::new();
    let mut count = 0;
    for operation in &document.operations {
        let what = format!("{} {}", one_line(&operation.method), one_line(&operation.path));
        let route = match Route::of(operation, base) {
            Ok(route) => route,
            Err(why) => {
                doubts.push(format!("{what} is left out: {why}"));
                continue;
            }
        };
        if route.method == "HEAD"
            && document.operations.iter().any(|other| other.method == "GET" && other.path == operation.path)
        {
            continue;
        }
        if !seen.insert((route.method.clone(), shape(&route.pattern))) {
            doubts.push(format!("{what} is left out: another operation has the same requests"));
            continue;
        }
        route.write(operation, &mut text);
        count += 1;
    }
    Written { text, count, doubts }
}

struct Route {
    method: String,
    pattern: Pattern,
    path: String,
    /// Whether it takes more requests than the operation does.
    is_wider: bool,
}

impl Route {
    fn of(operation: &Operation, base: Option<&str>) -> Result<Self, String> {
        let method = operation.method.clone();
        if matches!(method.as_str(), "TRACE" | "TRACK" | "CONNECT") {
            return Err(format!("{method} is never allowed"));
        }
        let is_token = method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') && (1..=32).contains(&method.len());
        if !is_token {
            return Err("no request has such a method".into());
        }
        let base = base.unwrap_or(&operation.base).trim_matches('/');
        let whole = operation.path.split(['?', '#']).next().unwrap_or_default();
        let slashed = if base.is_empty() { whole.to_owned() } else { format!("/{base}{whole}") };
        let mut path = String::new();
        let mut names = HashSet::new();
        let mut is_wider = whole.len() < operation.path.len();
        let segments: Vec<&str> = slashed.split('/').filter(|segment| !segment.is_empty()).collect();
        for (place, segment) in segments.iter().enumerate() {
            let is_last = place + 1 == segments.len();
            path.push('/');
            match segment.find('{') {
                None => path.push_str(&encoded(segment)),
                Some(_) => {
                    let (sign, name, is_whole) = parameter(segment, is_last);
                    is_wider |= !is_whole;
                    path.push(sign);
                    path.push_str(&unique(&name, &mut names));
                }
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        let pattern = Pattern::parse(&path).map_err(|wrong| wrong.to_string())?;
        Ok(Self { method, pattern, path, is_wider })
    }

    fn write(&self, operation: &Operation, text: &mut String) {
        let summary = operation.summary.as_deref().map(one_line).unwrap_or_default();
        let id = operation.id.as_deref().map(one_line).unwrap_or_default();
        let about = match (summary.as_str(), id.as_str()) {
            ("", "") => String::new(),
            ("", id) => format!("# {id}\n"),
            (summary, "") => format!("# {summary}\n"),
            (summary, id) => format!("# {id}: {summary}\n"),
        };
        let _ = write!(text, "\n{about}");
        if operation.deprecated {
            text.push_str("# deprecated\n");
        }
        if self.is_wider {
            let _ =
                writeln!(text, "# wider than {}, which cannot be told apart from others", one_line(&operation.path));
        }
        if let Some(security) = &operation.security {
            let is_open = security.iter().any(String::is_empty);
            let needed: Vec<String> = security.iter().filter(|one| !one.is_empty()).map(|one| one_line(one)).collect();
            let _ = match (needed.is_empty(), is_open) {
                (true, _) => writeln!(text, "# security: none; perhaps \"anonymous\""),
                (false, true) => writeln!(text, "# security: none, or {}", needed.join(" or ")),
                (false, false) => writeln!(text, "# security: {}", needed.join(" or ")),
            };
        }
        let matched = toml::Value::String(format!("{} {}", self.method, self.path));
        let _ = writeln!(text, "[[route]]\nmatch = {matched}\naccess = \"deny\"");
    }
}

/// `{id}` is `:id`, `{proxy+}` at the end is `*proxy`, and `{name}.json` is `:name`, which takes more.
fn parameter(segment: &str, is_last: bool) -> (char, String, bool) {
    let inner: Vec<&str> = segment.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    let is_whole = segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1) && inner.len() == 1;
    let takes_all = is_whole && inner.iter().any(|name| name.ends_with(['+', '*']) || name.starts_with(['+', '*']));
    let sign = if takes_all && is_last { '*' } else { ':' };
    (sign, inner.join("_"), is_whole && takes_all == (sign == '*'))
}

/// A name that a pattern takes, and that no parameter before it has.
fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let kept: String =
        name.chars().filter(|c| !matches!(c, '+' | '*')).map(|c| if safe(c) { c } else { '_' }).collect();
    let kept: String = kept.chars().take(60).collect();
    let begins = kept.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let name = if begins { kept } else { format!("_{kept}") };
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let fresh = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name)).unwrap_or(name);
    names.insert(fresh.clone());
    fresh
}

/// A literal segment as a pattern takes it.
fn encoded(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for (at, byte) in segment.bytes().enumerate() {
        let special = at == 0 && matches!(byte, b':' | b'*');
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte);
        if plain && !special {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A pattern without the names of its parameters: what tells requests apart.
fn shape(pattern: &Pattern) -> String {
    let mut shape = String::new();
    for segment in pattern.segments() {
        shape.push('/');
        match segment {
            Segment::Literal(text) => shape.push_str(text),
            Segment::Parameter(_) => shape.push(':'),
            Segment::Rest(_) => shape.push('*'),
        }
    }
    shape
}

/// For a comment: one line, whatever the document says.
fn one_line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str, base: &str) -> Operation {
        let (method, path, base) = (method.into(), path.into(), base.into());
        Operation { method, path, base, id: None, summary: None, security: None, deprecated: false }
    }

    fn path(path: &str) -> String {
        Route::of(&operation("GET", path, ""), None).map_or_else(|why| why, |route| route.path)
    }

    #[test]
    fn templates_become_parameters() {
        assert_eq!(path("/pets/{petId}/toys/{toy-id}"), "/pets/:petId/toys/:toy-id");
        assert_eq!(path("/files/{name}.json"), "/files/:name");
        assert_eq!(path("/{a}/{a}"), "/:a/:a2");
        assert_eq!(path("/{1st}/{größe}"), "/:_1st/:gr__e");
        assert_eq!(path("/{proxy+}"), "/*proxy");
        assert_eq!(path("/{proxy+}/x"), "/:proxy/x");
        assert_eq!(path("/"), "/");
    }

    #[test]
    fn literals_are_spelled_as_requests_are() {
        assert_eq!(path("/a/:c"), "/a/%3Ac");
        assert_eq!(path("/search?q=1"), "/search");
        assert_eq!(path("/größe"), "/gr%C3%B6%C3%9Fe");
    }

    #[test]
    fn what_no_request_can_have_is_left_out() {
        assert!(path("/a/../b").contains("no `.`"), "{}", path("/a/../b"));
        assert!(path("/a b").contains("cannot stand in a path"), "{}", path("/a b"));
        assert!(Route::of(&operation("TRACE", "/", ""), None).is_err());
        assert!(Route::of(&operation("get it", "/", ""), None).is_err());
    }

    #[test]
    fn the_base_goes_in_front() {
        let with = |base: &str, over: Option<&str>| {
            Route::of(&operation("GET", "/x", base), over).map_or_else(|why| why, |route| route.path)
        };
        assert_eq!(with("/v2/", None), "/v2/x");
        assert_eq!(with("/v2", Some("/")), "/x");
        assert_eq!(with("", Some("api/v3")), "/api/v3/x");
    }

    #[test]
    fn a_summary_cannot_write_rules() {
        let mut evil = operation("GET", "/x", "");
        evil.summary = Some("a\n[[route]]\nmatch = \"* /*all\"\naccess = \"anonymous\"\u{2028}".into());
        let document = Document { title: "t\n[[route]]".into(), operations: vec![evil], doubts: vec![] };
        let written = write(&document, None, "x\ny");
        let rules = doorward::policy::Rules::parse("x", &written.text, &|_| None).expect("rules");
        assert_eq!(rules.routes.len(), 1);
        assert_eq!(rules.routes[0].pattern, "GET /x");
    }
}
