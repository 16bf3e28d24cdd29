//! People who open an address in a browser without being logged in: what a program reads in a 401 says nothing to them.

use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, ORIGIN};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::decide::is_script;
use crate::head::Head;
use crate::policy::{Found, Match, Policy, Wording};

/// Where a person logs in who is sent away from a route, and comes back from. None where a program asks, where the log-in page
/// is not ours or could give no cookie, and where a browser asks for login and password by itself.
pub(super) fn log_in_page(policy: &Policy, found: &Found<'_>, head: &Head<'_>) -> Option<HeaderValue> {
    let route = found.route;
    let takes_sessions = route.log_in_page && route.profile.wording == Wording::Problem;
    if !takes_sessions || !is_navigation(head) || asks_for_basic(policy, found, head) {
        return None;
    }
    let page = format!("{}/login", policy.mount());
    match policy.find(head.door, &Method::GET, &head.host, &page) {
        Match::Route(page) if page.route.is_own() && page.route.is_anonymous() => {}
        _ => return None,
    }
    if !route.realms.iter().any(|realm| policy.cookie_name(*realm, head.client.secure).is_some()) {
        return None;
    }
    let mut place = format!("{page}?return_to={}", encoded(&asked(head)));
    if let ([realm], [_, _, ..]) = (&*route.realm_names, policy.realms()) {
        place.push_str(&format!("&realm={}", encoded(realm.as_str())));
    }
    HeaderValue::from_str(&place).ok()
}

/// The address as it was asked for, in its one spelling. The page looks at it again: it is in everybody's hands.
fn asked(head: &Head<'_>) -> String {
    /// More than this no page takes back.
    const LONGEST: usize = 2_048;
    let path = head.path.as_str();
    match head.query {
        Some(query) if path.len() + query.len() < LONGEST => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

fn encoded(text: &str) -> impl std::fmt::Display {
    /// What stands in a query as it is, and means nothing there (RFC 3986, section 2.3).
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, UNRESERVED)
}

fn asks_for_basic(policy: &Policy, found: &Found<'_>, head: &Head<'_>) -> bool {
    let challenge = policy.challenge(found.route, head.client.secure, false);
    head.headers.contains_key(AUTHORIZATION) || challenge.is_none_or(|text| text.as_bytes().starts_with(b"Basic "))
}

/// Whether a browser opens the address as a page of its own: it says so itself, or, where it is too old to, prefers HTML.
fn is_navigation(head: &Head<'_>) -> bool {
    if !matches!(*head.method, Method::GET | Method::HEAD) || is_script(head) {
        return false;
    }
    let says = |name: &str, value: &str| head.headers.get(name).is_some_and(|said| said == value);
    if head.headers.contains_key("sec-fetch-mode") {
        let is_page = says("sec-fetch-dest", "document") || !head.headers.contains_key("sec-fetch-dest");
        return says("sec-fetch-mode", "navigate") && is_page;
    }
    !head.headers.contains_key(ORIGIN) && prefers_html(head.headers)
}

/// Whether HTML is named, and no kind of JSON more wanted (RFC 9110, section 12.5.1).
fn prefers_html(headers: &HeaderMap) -> bool {
    let (mut html, mut json) = (0, 0);
    for line in headers.get_all(ACCEPT) {
        for range in line.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight =
                parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q="))).map_or(1_000, weight);
            match &*kind {
                "text/html" => html = html.max(weight),
                kind if kind.ends_with("/json") || kind.ends_with("+json") => json = json.max(weight),
                _ => {}
            }
        }
    }
    html > 0 && html >= json
}

/// A weight in thousandths; what is none weighs nothing.
fn weight(text: &str) -> u32 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > 3 || !digits(part) || !matches!(whole, "0" | "1") {
        return 0;
    }
    let thousandths = format!("{part:0<3}").parse().unwrap_or(0);
    if whole == "1" { 1_000 } else { thousandths }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_prefer_html_and_programs_do_not() {
        let prefers = |text: &'static str| {
            prefers_html(&[(ACCEPT, HeaderValue::from_static(text))].into_iter().collect::<HeaderMap>())
        };
        for text in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Text/HTML",
            "application/json;q=0.5, text/html;q=0.7",
            "text/html; level=1; q=0.4, */*",
        ] {
            assert!(prefers(text), "{text}");
        }
        for text in
            ["*/*", "application/json", "application/json, text/html;q=0.9", "text/html;q=0", "text/html;q=x", ""]
        {
            assert!(!prefers(text), "{text}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }
}
