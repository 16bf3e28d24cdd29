//! Operations as routes.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use doorward::policy::{Pattern, Segment};

use super::openapi::{Document, Operation};

/// Operations, translated.
pub struct Translated {
    /// In the order of the document.
    pub routes: Vec<Route>,
    /// What was left out or altered, and why.
    pub doubts: Vec<String>,
}

/// A route that nobody has decided on.
pub struct Route {
    /// The operation: `GET /pets/{id}`.
    pub what: String,
    /// What is known about it, for comments.
    notes: Vec<String>,
    method: String,
    /// As rules write it.
    path: String,
    pattern: Pattern,
}

/// Makes a route of each operation. `base` is where the API is mounted, if that is not what the document says.
pub fn translate(document: &Document, base: Option<&str>) -> Translated {
    let mut doubts: Vec<String> = document.doubts.iter().map(|doubt| one_line(doubt)).collect();
    if base.is_none() {
        let unclear = document.doubts_of_base.iter();
        doubts.extend(unclear.map(|doubt| format!("{}; --base PATH names another", one_line(doubt))));
    }
    let gets = document.operations.iter().filter(|operation| operation.method == "GET");
    let gets: HashSet<&str> = gets.map(|operation| operation.path.as_str()).collect();
    let mut seen: HashMap<(String, String), String> = HashMap::new();
    let mut routes = Vec::new();
    for operation in &document.operations {
        let (route, altered) = match Route::of(operation, base) {
            Ok(read) => read,
            Err(why) => {
                doubts.push(format!("{} is left out: {why}", what(operation)));
                continue;
            }
        };
        // GET means HEAD too.
        if route.method == "HEAD" && gets.contains(operation.path.as_str()) {
            continue;
        }
        let requests = (route.method.clone(), shape(&route.pattern));
        if let Some(other) = seen.get(&requests) {
            doubts.push(format!("{} is left out: {other} has the same requests, those of {}", route.what, route.path));
            continue;
        }
        doubts.extend(altered.map(|why| format!("{} becomes {}, {why}", route.what, route.path)));
        seen.insert(requests, route.what.clone());
        routes.push(route);
    }
    Translated { routes, doubts }
}

impl Route {
    /// The route, and what was altered to get there.
    fn of(operation: &Operation, base: Option<&str>) -> Result<(Self, Option<&'static str>), String> {
        let method = operation.method.clone();
        if matches!(method.as_str(), "TRACE" | "TRACK" | "CONNECT") {
            return Err(format!("{method} is never allowed"));
        }
        let is_token = method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') && (1..=32).contains(&method.len());
        if !is_token {
            return Err("a method has 1 to 32 capital letters".into());
        }
        let (path, altered) = spelled(base.unwrap_or(&operation.base), &operation.path);
        let pattern = Pattern::parse(&path).map_err(|wrong| one_line(&wrong.to_string()))?;
        Ok((Self { what: what(operation), notes: notes(operation, altered), method, path, pattern }, altered))
    }

    /// The route as rules say it.
    pub fn rule(&self) -> String {
        let matched = toml::Value::String(format!("{} {}", self.method, self.path));
        format!("[[route]]\nmatch = {matched}\naccess = \"deny\"\n")
    }

    /// The route with what is known about it.
    pub fn text(&self) -> String {
        commented(&self.notes) + &self.rule()
    }

    /// The route in comments, for somebody to put in force later.
    pub fn left_out(&self, why: &str) -> String {
        let mut lines = self.notes.clone();
        lines.push(format!("left out: {}", spaced(why)));
        lines.extend(self.rule().lines().map(str::to_owned));
        commented(&lines)
    }
}

fn what(operation: &Operation) -> String {
    format!("{} {}", one_line(&operation.method), one_line(&operation.path))
}

/// A path below a base, as rules write it, and in what they differ.
pub fn spelled(base: &str, path: &str) -> (String, Option<&'static str>) {
    let whole = path.split(['?', '#']).next().unwrap_or_default();
    let mut altered = (whole.len() < path.len()).then_some("which takes every query");
    let base = base.trim_matches('/');
    let slashed = if base.is_empty() { whole.to_owned() } else { format!("/{base}{whole}") };
    if slashed.contains("//") {
        altered = Some("as no request has an empty segment");
    }
    let mut spelled = String::new();
    let mut names = HashSet::new();
    let segments: Vec<&str> = slashed.split('/').filter(|segment| !segment.is_empty()).collect();
    for (place, segment) in segments.iter().enumerate() {
        let is_last = place + 1 == segments.len();
        spelled.push('/');
        if segment.contains('{') {
            let (sign, name, is_whole) = parameter(segment, is_last);
            if !is_whole {
                altered = Some("which takes more: a parameter is a whole segment");
            }
            spelled.push(sign);
            spelled.push_str(&unique(&name, &mut names));
        } else {
            spelled.push_str(&encoded(segment));
        }
    }
    if spelled.is_empty() {
        spelled.push('/');
    }
    (spelled, altered)
}

/// What the document says about an operation.
fn notes(operation: &Operation, altered: Option<&str>) -> Vec<String> {
    let line = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let mut notes = match (line(&operation.id), line(&operation.summary)) {
        (id, summary) if id.is_empty() && summary.is_empty() => Vec::new(),
        (id, summary) if id.is_empty() || summary.is_empty() => vec![id + &summary],
        (id, summary) => vec![format!("{id}: {summary}")],
    };
    if operation.deprecated {
        notes.push("deprecated".into());
    }
    notes.extend(altered.map(|why| format!("for {}, {why}", one_line(&operation.path))));
    if let Some(security) = &operation.security {
        let is_open = security.iter().any(String::is_empty);
        let needed: Vec<String> = security.iter().filter(|one| !one.is_empty()).map(|one| one_line(one)).collect();
        notes.push(match (needed.is_empty(), is_open) {
            (true, _) => "security: none; perhaps \"anonymous\"".into(),
            (false, true) => format!("security: none, or {}", needed.join(" or ")),
            (false, false) => format!("security: {}", needed.join(" or ")),
        });
    }
    notes
}

fn commented(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "# {line}");
    }
    text
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

/// For a comment or a message: one line and not too long, whatever the document says.
pub fn one_line(text: &str) -> String {
    let joined = spaced(text);
    match joined.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}

/// Words in one line.
fn spaced(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str, base: &str) -> Operation {
        let (method, path, base) = (method.into(), path.into(), base.into());
        Operation { method, path, base, id: None, summary: None, security: None, deprecated: false }
    }

    fn path(path: &str) -> String {
        Route::of(&operation("GET", path, ""), None).map_or_else(|why| why, |(route, _)| route.path)
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
            Route::of(&operation("GET", "/x", base), over).map_or_else(|why| why, |(route, _)| route.path)
        };
        assert_eq!(with("/v2/", None), "/v2/x");
        assert_eq!(with("/v2", Some("/")), "/x");
        assert_eq!(with("", Some("api/v3")), "/api/v3/x");
    }

    #[test]
    fn what_is_altered_is_said() {
        let altered = |path: &str| {
            let (_, altered) = Route::of(&operation("GET", path, "/v1"), None).expect("a route");
            altered.unwrap_or_default()
        };
        assert!(altered("/a//b").contains("empty segment"));
        assert!(altered("/report.{format}").contains("a whole segment"));
        assert!(altered("/search?q={q}").contains("every query"));
        assert_eq!(altered("/a/{b}/"), "");
    }

    #[test]
    fn a_summary_cannot_write_rules() {
        let mut evil = operation("GET", "/x", "");
        evil.summary = Some("a\n[[route]]\nmatch = \"* /*all\"\naccess = \"anonymous\"\u{2028}".into());
        let (route, _) = Route::of(&evil, None).expect("a route");
        let rules = |text: &str| doorward::policy::Rules::parse("x", text, &|_| None).expect("rules").routes;
        let routes = rules(&route.text());
        assert_eq!((routes.len(), &*routes[0].pattern), (1, "GET /x"));
        assert!(rules(&route.left_out("because\n[[route]]")).is_empty());
    }
}
