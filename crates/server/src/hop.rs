//! What an upstream is told of the way that a request came (RFC 7239; RFC 9110, section 7.6.3).

use std::cell::RefCell;
use std::fmt::Write as _;
use std::net::IpAddr;

use doorward::Fields;
use http::Version;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The hop that a request came over.
pub(crate) struct Hop<'a> {
    /// The peer's address; absent on Unix sockets.
    pub(crate) peer: Option<IpAddr>,
    /// The client behind trusted proxies.
    pub(crate) client: IpAddr,
    /// Whether the client spoke TLS, to us or to a trusted proxy.
    pub(crate) secure: bool,
    /// The authority that the client asked for.
    pub(crate) host: &'a str,
    /// Our name in `Via`.
    pub(crate) pseudonym: &'a str,
}

/// The lines that the last request of a connection got: the next one gets the same, where nobody before us has said anything
/// and it asks for the same authority.
#[derive(Default)]
pub(crate) struct LastHop(RefCell<Option<Told>>);

/// What was told, and of what.
struct Told {
    host: HeaderValue,
    secure: bool,
    version: Version,
    headers: HeaderMap,
}

impl LastHop {
    /// Says who the client is. `by_proxy` where a trusted proxy has said it already.
    pub(crate) fn add(&self, fields: &mut impl Fields, version: Version, hop: &Hop<'_>, by_proxy: bool) {
        if by_proxy && fields.has(&X_REAL_IP) {
            // It was believed with the rest, and not every proxy writes it: it says what the others say.
            fields.set_text(&X_REAL_IP, &hop.client.to_string());
        }
        if by_proxy || fields.has(&header::VIA) {
            return add(fields, version, hop);
        }
        let mut last = self.0.borrow_mut();
        let same =
            last.take().filter(|last| last.host == hop.host && last.secure == hop.secure && last.version == version);
        let told = last.insert(same.unwrap_or_else(|| {
            let mut headers = HeaderMap::new();
            add(&mut headers, version, hop);
            let host = HeaderValue::from_str(hop.host).unwrap_or(HeaderValue::from_static(""));
            Told { host, secure: hop.secure, version, headers }
        }));
        // Nobody before us has said anything: there are no such lines yet.
        for (name, value) in &told.headers {
            fields.add(name, value);
        }
    }
}

/// Says who the client is: anew, or after what trusted proxies said, which is all that is left by now.
fn add(fields: &mut impl Fields, version: Version, hop: &Hop<'_>) {
    let mut text = String::with_capacity(64);
    // Where a proxy has written only one of the two, the other one must not say that the proxy is the client.
    let (has_list, has_standard) = (fields.has(&X_FORWARDED_FOR), fields.has(&header::FORWARDED));
    let from = |begun: bool, other: bool| if other && !begun { Some(hop.client) } else { hop.peer };
    match from(has_list, has_standard) {
        Some(address) => write!(text, "{address}").expect("a string grows"),
        None => text.push_str("unknown"),
    }
    append(fields, &X_FORWARDED_FOR, &text);
    text.clear();
    match from(has_standard, has_list) {
        Some(IpAddr::V4(address)) => write!(text, "for={address}").expect("a string grows"),
        Some(IpAddr::V6(address)) => write!(text, "for=\"[{address}]\"").expect("a string grows"),
        None => text.push_str("for=unknown"),
    }
    let proto = if hop.secure { "https" } else { "http" };
    write!(text, ";proto={proto};host=\"{}\"", hop.host).expect("a string grows");
    append(fields, &header::FORWARDED, &text);
    fields.set_text(&X_FORWARDED_PROTO, proto);
    fields.set_text(&X_FORWARDED_HOST, hop.host);
    text.clear();
    let version = match version {
        Version::HTTP_2 => "2.0",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    };
    write!(text, "{version} {}", hop.pseudonym).expect("a string grows");
    append(fields, &header::VIA, &text);
}

/// Adds to a list, which stays one line.
fn append(fields: &mut impl Fields, name: &HeaderName, text: &str) {
    let Ok(last) = HeaderValue::from_str(text) else { return };
    let mut before = fields.values(name).peekable();
    if before.peek().is_none() {
        drop(before);
        fields.set(name, &last);
        return;
    }
    let mut whole = Vec::new();
    for line in before.chain([last.as_bytes()]) {
        if !whole.is_empty() {
            whole.extend_from_slice(b", ");
        }
        whole.extend_from_slice(line);
    }
    fields.set(name, &HeaderValue::from_bytes(&whole).unwrap_or(last));
}

#[cfg(test)]
mod tests {
    use http::request::Parts;

    use super::*;
    use crate::headers::clean_request;

    fn hop() -> Hop<'static> {
        let peer = "192.0.2.7".parse().ok();
        let client = "192.0.2.7".parse().expect("an address");
        Hop { peer, client, secure: false, host: "api.example", pseudonym: "doorward-1" }
    }

    fn parts(lines: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder();
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    fn tell(parts: &mut Parts, hop: &Hop<'_>) {
        let is_told = parts.headers.contains_key(X_FORWARDED_FOR) || parts.headers.contains_key(header::FORWARDED);
        LastHop::default().add(&mut parts.headers, parts.version, hop, is_told);
    }

    #[test]
    fn the_next_request_of_a_connection_is_told_of_its_own_authority() {
        let last = LastHop::default();
        let told = |hop: &Hop<'_>, version| {
            let mut headers = HeaderMap::new();
            last.add(&mut headers, version, hop, false);
            let mut expected = HeaderMap::new();
            add(&mut expected, version, hop);
            assert_eq!(headers, expected);
        };
        for host in ["api.example", "api.example", "other.example", "api.example"] {
            told(&Hop { host, ..hop() }, Version::HTTP_11);
        }
        told(&Hop { secure: true, ..hop() }, Version::HTTP_11);
        told(&hop(), Version::HTTP_10);
    }

    #[test]
    fn a_proxy_that_writes_one_list_is_not_the_client_in_the_other() {
        let client = "198.51.100.9".parse().expect("an address");
        let hop = Hop { client, secure: true, ..hop() };
        let mut request = parts(&[("X-Forwarded-For", "198.51.100.9")]);
        tell(&mut request, &hop);
        assert_eq!(request.headers[X_FORWARDED_FOR], "198.51.100.9, 192.0.2.7");
        assert_eq!(request.headers[header::FORWARDED], "for=198.51.100.9;proto=https;host=\"api.example\"");
        let mut request = parts(&[("Forwarded", "for=198.51.100.9;proto=https")]);
        tell(&mut request, &hop);
        assert_eq!(request.headers[X_FORWARDED_FOR], "198.51.100.9");
    }

    #[test]
    fn what_an_untrusted_peer_says_of_the_client_is_said_anew() {
        let spoofed = [
            ("X-Forwarded-For", "1.1.1.1"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "evil"),
            ("Forwarded", "for=1.1.1.1"),
            ("X-Real-IP", "1.1.1.1"),
        ];
        let mut request = parts(&spoofed);
        clean_request(&mut request.headers, false);
        tell(&mut request, &hop());
        assert_eq!(request.headers[X_FORWARDED_FOR], "192.0.2.7");
        assert_eq!(request.headers[X_FORWARDED_PROTO], "http");
        assert_eq!(request.headers[X_FORWARDED_HOST], "api.example");
        assert_eq!(request.headers[header::FORWARDED], "for=192.0.2.7;proto=http;host=\"api.example\"");
        assert_eq!(request.headers[header::VIA], "1.1 doorward-1");
        assert!(!request.headers.contains_key("x-real-ip"));
    }

    #[test]
    fn what_a_trusted_peer_says_is_continued() {
        let mut request = parts(&[
            ("X-Forwarded-For", "1.1.1.1"),
            ("X-Forwarded-For", "2.2.2.2"),
            ("Forwarded", "for=1.1.1.1"),
            ("Via", "1.0 front"),
        ]);
        clean_request(&mut request.headers, true);
        tell(&mut request, &hop());
        assert_eq!(request.headers[X_FORWARDED_FOR], "1.1.1.1, 2.2.2.2, 192.0.2.7");
        assert_eq!(request.headers[header::FORWARDED], "for=1.1.1.1, for=192.0.2.7;proto=http;host=\"api.example\"");
        assert_eq!(request.headers[header::VIA], "1.0 front, 1.1 doorward-1");
    }
}
