//! A request as it is sent: placeholders filled in.

use std::collections::BTreeMap;

use super::{Member, Table, Vector};

/// What a log-in gave: by the name of the member.
pub type Tokens = BTreeMap<String, Token>;

/// A session of a member's.
#[derive(Clone, Debug)]
pub struct Token {
    /// The name of the session cookie that was set.
    pub cookie: String,
    /// Its value.
    pub token: String,
    /// The CSRF token that came with it.
    pub csrf: String,
}

/// A request, byte for byte.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The target, as it stands in the request line.
    pub target: String,
    /// The headers, `Host` among them unless the vector has none.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; `Content-Length` is among the headers where there is one.
    pub body: Vec<u8>,
}

impl Vector {
    /// Whose sessions the request needs.
    pub fn sessions(&self) -> Vec<String> {
        let mut names: Vec<String> = self.who.strip_prefix("session ").map(str::to_owned).into_iter().collect();
        for text in self.headers.iter().chain(&self.body) {
            for kind in ["{token:", "{csrf:"] {
                names.extend(text.split(kind).skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())));
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// The request.
    pub fn request(&self, table: &Table, tokens: &Tokens) -> Sent {
        let (method, target) = self.send.split_once(' ').expect("a method and a target");
        let fill = |text: &str| fill(text, table, tokens);
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        let mut add = |name: &str, value: Vec<u8>| headers.push((name.to_owned(), value));
        if !self.host.is_empty() {
            add("Host", self.host.clone().into_bytes());
        }
        if let Some(name) = self.who.strip_prefix("session ") {
            let Token { cookie, token, .. } = &tokens[name];
            add("Cookie", format!("{cookie}={token}").into_bytes());
        }
        if let Some(name) = self.who.strip_prefix("basic ") {
            add("Authorization", format!("Basic {}", table.member(name).basic()).into_bytes());
        }
        for line in self.headers.iter() {
            let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
            add(name, fill(value));
        }
        for line in &self.answers {
            add("X-Answer", line.clone().into_bytes());
        }
        let body = self.body.as_deref().map(fill).unwrap_or_default();
        if self.body.is_some() {
            add("Content-Length", body.len().to_string().into_bytes());
        }
        Sent { method: method.into(), target: target.into(), headers, body }
    }
}

/// Replaces `{token:anna}`, `{csrf:anna}`, `{basic:anna}`, `{base64:text}`, `{hex:ff00}` and `{repeat:9:x}`.
fn fill(text: &str, table: &Table, tokens: &Tokens) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.extend_from_slice(before.as_bytes());
        let inside = after.split_once('}').and_then(|(inside, after)| Some((inside.split_once(':')?, after)));
        let Some(((kind, value), after)) = inside.filter(|((kind, _), _)| is_kind(kind)) else {
            filled.push(b'{');
            rest = after;
            continue;
        };
        match kind {
            "token" => filled.extend_from_slice(tokens[value].token.as_bytes()),
            "csrf" => filled.extend_from_slice(tokens[value].csrf.as_bytes()),
            "basic" => filled.extend_from_slice(member(table, value).basic().as_bytes()),
            "base64" => filled.extend_from_slice(base64(&unescape(value)).as_bytes()),
            "hex" => filled.extend(unhex(value)),
            _ => {
                let (times, unit) = value.split_once(':').expect("how often, and what");
                filled.extend_from_slice(unit.repeat(times.parse().expect("a number")).as_bytes());
            }
        }
        rest = after;
    }
    filled.extend_from_slice(rest.as_bytes());
    filled
}

fn is_kind(kind: &str) -> bool {
    matches!(kind, "token" | "csrf" | "basic" | "base64" | "hex" | "repeat")
}

fn member<'t>(table: &'t Table, name: &str) -> &'t Member {
    table.member(name)
}

/// `\xff` is a byte.
fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.extend(unhex(digits));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

fn unhex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(pair).collect()
}

/// RFC 4648, section 4: what tests need of it.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sextet = (group >> (18 - 6 * place)) as usize & 63;
            text.push(if place <= chunk.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}
