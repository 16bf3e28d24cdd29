//! One vector, and whether a door did what it says.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Table;

/// A request, and what must become of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it shows, as a sentence.
    pub name: String,
    /// Which requirement it belongs to, such as `A1`.
    pub row: String,
    /// Method and target, as they stand in the request line.
    pub send: String,
    /// The header `Host`; none when empty.
    #[serde(default = "host")]
    pub host: String,
    /// Whether the connection is encrypted.
    #[serde(default = "yes")]
    pub secure: bool,
    /// `guest`, `session NAME` with the session's cookie, or `basic NAME`.
    #[serde(default = "guest")]
    pub who: String,
    /// More headers, `Name: value` each, with placeholders.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The body, with placeholders.
    pub body: Option<String>,
    /// Headers of the service's answer.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Whether only a socket can carry it: HTTP libraries repair the target or refuse to hold it.
    #[serde(default)]
    pub wire: bool,
    /// The status.
    pub expect: u16,
    /// The code of the problem.
    pub code: Option<String>,
    /// Headers of the answer: `Name: value` exactly so, `Name` in any way, `!Name` not at all.
    #[serde(default)]
    pub answer: Vec<String>,
    /// What the service saw. Absent: it must not have been reached.
    pub seen: Option<Expected>,
}

/// What the service must have seen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Who is calling: `guest`, `session NAME` or `basic NAME`. Stands for all identity headers. As `who` when absent.
    pub caller: Option<String>,
    /// Method and target, when they are not as sent.
    pub request: Option<String>,
    /// Headers, as in [`Vector::answer`].
    #[serde(default)]
    pub headers: Vec<String>,
    /// The body, when it matters.
    pub body: Option<String>,
}

/// What the service saw.
#[derive(Clone, Debug, Default, Deserialize, serde::Serialize)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The target.
    pub target: String,
    /// The headers, in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What a door answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// What the service saw, if it was reached.
    pub seen: Option<Seen>,
}

fn host() -> String {
    "shop.example".into()
}

fn yes() -> bool {
    true
}

fn guest() -> String {
    "guest".into()
}

impl Vector {
    /// Everything that is not as it must be, in words; nothing when all is.
    pub fn complaints(&self, table: &Table, answered: &Answered) -> Vec<String> {
        let mut complaints = Vec::new();
        if answered.status != self.expect {
            let body = answered.body.chars().take(300).collect::<String>();
            complaints.push(format!("status {} instead of {}: {body}", answered.status, self.expect));
        }
        if let Some(code) = &self.code {
            let kind = format!("\"urn:doorward:problem:{code}\"");
            if !answered.body.contains(&kind) {
                complaints.push(format!("no {kind} in {:?}", answered.body));
            }
        }
        complaints.extend(self.answer.iter().filter_map(|line| mismatch("the answer", line, &answered.headers)));
        if answered.status == 401 && !answered.headers.iter().any(|(name, _)| name == "www-authenticate") {
            complaints.push("a 401 without a challenge".into());
        }
        if self.code.is_some() && self.expect >= 400 {
            let protection = ["Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Content-Security-Policy"];
            complaints.extend(protection.iter().filter_map(|line| mismatch("the refusal", line, &answered.headers)));
        }
        match (&self.seen, &answered.seen) {
            (None, None) => {}
            (None, Some(seen)) => complaints.push(format!("the service was reached: {} {}", seen.method, seen.target)),
            (Some(_), None) => complaints.push("the service was not reached".into()),
            (Some(expected), Some(seen)) => complaints.extend(self.unseen(table, expected, seen)),
        }
        complaints
    }

    fn unseen(&self, table: &Table, expected: &Expected, seen: &Seen) -> Vec<String> {
        let mut complaints = Vec::new();
        let request = format!("{} {}", seen.method, seen.target);
        let wanted = expected.request.as_deref().unwrap_or(&self.send);
        if request != wanted {
            complaints.push(format!("the service saw {request:?} instead of {wanted:?}"));
        }
        if let Some(body) = expected.body.as_ref().filter(|body| **body != seen.body) {
            complaints.push(format!("the service saw the body {:?} instead of {body:?}", seen.body));
        }
        let found: BTreeMap<&str, &str> = seen
            .headers
            .iter()
            .filter(|(name, _)| is_identity(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let caller = expected.caller.as_deref().unwrap_or(&self.who);
        let wanted = identity(table, caller);
        for (name, value) in &wanted {
            match found.get(name.as_str()) {
                Some(found) if value == "*" || found == value => {}
                found => complaints.push(format!("{name}: {found:?} instead of {value:?}")),
            }
        }
        for (name, value) in found {
            let is_token = name == "x-doorward-csrf" && expected.headers.iter().any(|line| line == "X-Doorward-CSRF");
            if !wanted.contains_key(name) && !is_token {
                complaints.push(format!("the service saw {name}: {value}"));
            }
        }
        complaints
            .extend(expected.headers.iter().filter_map(|line| mismatch("the service's request", line, &seen.headers)));
        complaints
    }
}

/// Whether a service might take a header of this name for an identity.
fn is_identity(name: &str) -> bool {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.starts_with("x-doorward-") || matches!(&*plain, "remote-user" | "x-remote-user" | "x-forwarded-user")
}

/// The identity headers of a caller; `*` for any value.
fn identity(table: &Table, caller: &str) -> BTreeMap<String, String> {
    let (method, name) = caller.split_once(' ').unwrap_or((caller, ""));
    let mut headers = BTreeMap::from([("x-doorward-method".to_owned(), method.to_owned())]);
    if name.is_empty() {
        return headers;
    }
    let member = table.member(name);
    let mut put = |name: &str, value: String| headers.insert(format!("x-doorward-{name}"), value);
    put("user", member.id.clone());
    put("login", member.login_header());
    put("realm", member.realm.clone());
    put("roles", member.roles_header());
    if method == "session" {
        put("session", "*".into());
    }
    headers
}

/// What is wrong with a header.
fn mismatch(whose: &str, line: &str, headers: &[(String, String)]) -> Option<String> {
    let lines = |name: &str| -> Vec<&str> {
        let name = name.to_ascii_lowercase();
        headers.iter().filter(|(found, _)| *found == name).map(|(_, value)| value.as_str()).collect()
    };
    if let Some(name) = line.strip_prefix('!') {
        let found = lines(name);
        return (!found.is_empty()).then(|| format!("{whose} has {name}: {}", found.join(" | ")));
    }
    match line.split_once(": ") {
        None => lines(line).is_empty().then(|| format!("{whose} has no {line}")),
        Some((name, value)) => {
            let found = lines(name);
            (!found.contains(&value)).then(|| format!("{whose} has {name}: {found:?} instead of {value:?}"))
        }
    }
}
