//! A plain listener that serves nothing: pages are sent to https, everything else is refused, and credentials are not read.

use doorward::policy::Origin;
use http::header::{ACCEPT, CACHE_CONTROL, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

/// Where requests over plain HTTP belong.
pub(crate) struct SecureOrigins {
    /// Authorities of own origins over https, the first one for whoever names another host.
    authorities: Vec<Box<str>>,
    /// The port of our own TLS, where the file names no origin.
    port: Option<u16>,
}

impl SecureOrigins {
    /// The origins over https of these.
    pub(crate) fn new(own: &[Origin], port: Option<u16>) -> Self {
        let authorities =
            own.iter().filter(|origin| origin.is_secure()).map(|origin| origin.authority().into()).collect();
        Self { authorities, port }
    }

    /// The authority that serves what `host` asked for. Only configured names come back.
    fn authority(&self, host: &str) -> Option<String> {
        let name = without_port(host);
        let same = self.authorities.iter().find(|authority| without_port(authority) == name);
        match same.or(self.authorities.first()) {
            Some(authority) => Some(authority.to_string()),
            None => match self.port? {
                443 => Some(name.to_owned()),
                port => Some(format!("{name}:{port}")),
            },
        }
    }

    /// The redirect for a page; `None` for what is no page, or belongs nowhere. `host` is one that is served, `path` canonical.
    pub(crate) fn redirect(&self, parts: &Parts, host: &str, path: &str) -> Option<Response<()>> {
        if !is_page(parts) {
            return None;
        }
        let authority = self.authority(host)?;
        let location = match parts.uri.query() {
            Some(query) => format!("https://{authority}{path}?{query}"),
            None => format!("https://{authority}{path}"),
        };
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(location).ok()?);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }
}

/// A person who opens an address, as far as one can tell. A script that is redirected would send its credentials in clear again.
fn is_page(parts: &Parts) -> bool {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return false;
    }
    match parts.headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => parts.headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html")),
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(method: &str, lines: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().method(method).uri("/a?b=c");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    fn location(origins: &SecureOrigins, host: &str) -> Option<String> {
        let page = parts("GET", &[("Accept", "text/html,*/*")]);
        let response = origins.redirect(&page, host, "/a")?;
        Some(response.headers()[LOCATION].to_str().expect("text").to_owned())
    }

    fn origins(texts: &[&str], port: Option<u16>) -> SecureOrigins {
        SecureOrigins { authorities: texts.iter().map(|text| (*text).into()).collect(), port }
    }

    #[test]
    fn a_page_is_sent_to_the_configured_origin() {
        let named = origins(&["shop.example", "admin.example:8443"], Some(8443));
        assert_eq!(location(&named, "admin.example:8080").as_deref(), Some("https://admin.example:8443/a?b=c"));
        assert_eq!(location(&named, "evil.example").as_deref(), Some("https://shop.example/a?b=c"));
        let unnamed = origins(&[], Some(8443));
        assert_eq!(location(&unnamed, "[::1]:8080").as_deref(), Some("https://[::1]:8443/a?b=c"));
        assert_eq!(location(&origins(&[], Some(443)), "localhost").as_deref(), Some("https://localhost/a?b=c"));
        assert_eq!(location(&origins(&[], None), "localhost"), None);
    }

    #[test]
    fn only_pages_are_redirected() {
        assert!(is_page(&parts("GET", &[("Sec-Fetch-Mode", "navigate")])));
        assert!(is_page(&parts("HEAD", &[("Accept", "text/html")])));
        assert!(!is_page(&parts("GET", &[("Accept", "application/json")])));
        assert!(!is_page(&parts("GET", &[("Accept", "text/html"), ("Sec-Fetch-Mode", "cors")])));
        assert!(!is_page(&parts("POST", &[("Sec-Fetch-Mode", "navigate")])));
        assert!(!is_page(&parts("GET", &[])));
    }
}
