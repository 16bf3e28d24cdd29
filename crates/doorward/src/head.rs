//! All that a decision may look at, read once from the head of a request and its connection.

use std::borrow::Cow;

use http::header::{HOST, HeaderMap};
use http::request::Parts;
use http::{Method, Version, uri};

use crate::client::{Client, Peer, TrustedProxies, client};
use crate::path::CanonicalPath;
use crate::policy::Door;
use crate::refusal::{Reason, Refusal};

/// The head of one request, checked: one host, one path, one client.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: CanonicalPath<'a>,
    pub(crate) query: Option<&'a str>,
    pub(crate) host: Cow<'a, str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) client: Client,
    /// Whether the peer is on this machine.
    pub(crate) is_home: bool,
    pub(crate) door: Door,
}

impl<'a> Head<'a> {
    /// Reads the head of a request that came from `peer`.
    ///
    /// # Errors
    /// A refusal when authority, scheme or path are missing, doubled, malformed or contradict each other
    /// (RFC 9112, sections 3.2 and 3.3; RFC 9110, section 7.4).
    pub fn read(parts: &'a Parts, peer: &Peer, trusted: &TrustedProxies, door: Door) -> Result<Self, Refusal> {
        let client = client(peer, &parts.headers, trusted);
        if matches!(parts.method.as_str(), "CONNECT" | "TRACE" | "TRACK") {
            return Err(Reason::MethodNotAllowed.into());
        }
        // An upstream is spoken to by HTTP: nobody should take `ftp://` for what was judged (RFC 9110, section 4.2).
        if parts.uri.scheme().is_some_and(|scheme| *scheme != uri::Scheme::HTTP && *scheme != uri::Scheme::HTTPS) {
            return Err(Reason::Malformed("the target has another scheme than http and https").into());
        }
        let host = host(parts, client.secure)?;
        if parts.uri.scheme() == Some(&uri::Scheme::HTTPS) && !client.secure {
            return Err(Reason::Misdirected.into());
        }
        let raw = parts.uri.path();
        let path = match raw {
            // `OPTIONS *` asks about the server, not about a path (RFC 9110, section 9.3.7).
            "*" if parts.method == Method::OPTIONS => CanonicalPath::parse("/"),
            _ => CanonicalPath::parse(raw),
        };
        let path = path.map_err(Reason::Path)?;
        let (method, query, headers) = (&parts.method, parts.uri.query(), &parts.headers);
        Ok(Self { method, path, query, host, headers, client, is_home: peer.is_home(), door })
    }

    /// The method.
    pub fn method(&self) -> &Method {
        self.method
    }

    /// The path in its one spelling.
    pub fn path(&self) -> &CanonicalPath<'a> {
        &self.path
    }

    /// The query, as it was sent.
    pub fn query(&self) -> Option<&str> {
        self.query
    }

    /// The authority: lower case, without the scheme's own port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.headers
    }

    /// The client behind trusted proxies.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the other end of the connection is on this machine: a name for this machine means it to nobody else.
    pub fn is_home(&self) -> bool {
        self.is_home
    }

    /// The listener.
    pub fn door(&self) -> Door {
        self.door
    }

    /// The value of a header that stands there once, as text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&'a str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?;
        if values.next().is_some() { None } else { first.to_str().ok() }
    }
}

/// The one authority of a request.
fn host(parts: &Parts, secure: bool) -> Result<Cow<'_, str>, Refusal> {
    let mut lines = parts.headers.get_all(HOST).iter();
    let line = lines.next();
    if lines.next().is_some() {
        return Err(Reason::Malformed("two Host headers").into());
    }
    let line = match line.map(|line| line.to_str()) {
        Some(Ok(text)) => Some(text),
        Some(Err(_)) => return Err(Reason::Malformed("the Host header is not text").into()),
        None => None,
    };
    let authority = parts.uri.authority().map(uri::Authority::as_str);
    let canonical = |text| canonical_host(text, secure).ok_or(Reason::Malformed("the host is malformed"));
    match (authority, line) {
        (Some(authority), Some(line)) => {
            let authority = canonical(authority)?;
            if authority == canonical(line)? {
                Ok(authority)
            } else {
                Err(Reason::Malformed("Host and target differ").into())
            }
        }
        (Some(only), None) if parts.version >= Version::HTTP_2 => Ok(canonical(only)?),
        (None, Some(only)) => Ok(canonical(only)?),
        // RFC 9112, section 3.2: every HTTP/1.1 request has a Host header. An older one has no authority to speak of.
        (None, None) if parts.version < Version::HTTP_11 => Ok(Cow::Borrowed("")),
        _ => Err(Reason::Malformed("the Host header is missing").into()),
    }
}

/// Lower case, without a trailing dot and without the port that the scheme has anyway.
pub(crate) fn canonical_host(text: &str, secure: bool) -> Option<Cow<'_, str>> {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            inside.parse::<std::net::Ipv6Addr>().ok()?;
            let port = if after.is_empty() { None } else { Some(after.strip_prefix(':')?) };
            (&text[..inside.len() + 2], port)
        }
        None => match text.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (text, None),
        },
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    if !name.starts_with('[') && !is_name(name) {
        return None;
    }
    let port = match port {
        None | Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse::<u16>().ok()?),
        Some(_) => return None,
    };
    let default = if secure { 443 } else { 80 };
    let port = port.filter(|port| *port != default);
    let is_canonical = !name.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(match port {
        None if is_canonical => Cow::Borrowed(name),
        None => Cow::Owned(name.to_ascii_lowercase()),
        Some(port) if is_canonical && text.len() == name.len() + 1 + decimal_length(port) => Cow::Borrowed(text),
        Some(port) => Cow::Owned(format!("{}:{port}", name.to_ascii_lowercase())),
    })
}

/// Whether labels stand between dots. One is never empty (RFC 1034, section 3.1): `a..b` and `.` are no names.
fn is_name(text: &str) -> bool {
    let mut last = b'.';
    for byte in text.bytes() {
        let fits = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && last != b'.');
        if !fits {
            return false;
        }
        last = byte;
    }
    last != b'.'
}

fn decimal_length(port: u16) -> usize {
    port.checked_ilog10().unwrap_or(0) as usize + 1
}

/// The values of a parameter of a query, decoded.
pub(crate) fn query_values<'q>(query: Option<&'q str>, name: &str) -> impl Iterator<Item = Cow<'q, [u8]>> {
    let pairs = query.unwrap_or_default().split('&');
    pairs.filter_map(move |pair| {
        Some(percent_encoding::percent_decode_str(pair.strip_prefix(name)?.strip_prefix('=')?).into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(request: http::request::Builder) -> Result<String, Reason> {
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let peer = Peer { address: None, secure: false };
        Head::read(&parts, &peer, &TrustedProxies::default(), Door::Public)
            .map(|head| head.host().to_owned())
            .map_err(|refusal| refusal.reason().clone())
    }

    #[test]
    fn a_request_has_one_host() {
        let request = || http::Request::get("/");
        assert_eq!(read(request().header(HOST, "Example.COM.")), Ok("example.com".into()));
        assert_eq!(read(request().header(HOST, "example.com:80")), Ok("example.com".into()));
        assert_eq!(read(request().header(HOST, "example.com:8080")), Ok("example.com:8080".into()));
        assert_eq!(read(request().header(HOST, "[::1]:8080")), Ok("[::1]:8080".into()));
        for bad in [
            "a@b", "a b", "a:b", "a:99999", "", "[::1", "[zz]", "a/b", "a,b", "[::1]x", ".", "..", "a..", "a..b", ".a",
            "a.:80.", "[::1].",
        ] {
            assert!(read(request().header(HOST, bad)).is_err(), "{bad:?}");
        }
        assert!(read(request()).is_err());
        assert!(read(request().header(HOST, "a").header(HOST, "a")).is_err());
    }

    #[test]
    fn an_absolute_target_names_the_same_host() {
        let request = |target: &'static str| http::Request::get(target).header(HOST, "example.com");
        assert_eq!(read(request("http://EXAMPLE.com/a")), Ok("example.com".into()));
        assert!(read(request("http://other.example/a")).is_err());
        assert_eq!(read(request("https://example.com/a")), Err(Reason::Misdirected));
    }

    #[test]
    fn an_absolute_target_is_one_of_http() {
        for scheme in ["ftp", "ws", "gopher", "httpx"] {
            let request = http::Request::get(format!("{scheme}://example.com/a")).header(HOST, "example.com");
            assert!(matches!(read(request), Err(Reason::Malformed(_))), "{scheme}");
        }
        let request = http::Request::get("HTTP://example.com/a").header(HOST, "example.com");
        assert_eq!(read(request), Ok("example.com".into()));
    }

    #[test]
    fn methods_that_echo_or_tunnel_are_refused() {
        for method in ["TRACE", "TRACK", "CONNECT"] {
            let request = http::Request::builder().method(method).uri("/").header(HOST, "a");
            assert_eq!(read(request), Err(Reason::MethodNotAllowed));
        }
    }
}
