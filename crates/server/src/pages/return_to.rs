//! Where somebody goes after a log-in. Anybody can send people to our log-in with any place in the address, so only a path of
//! this very site counts, and a path of an origin that `[cors]` lists for scripts with cookies.

use doorward::policy::Origin;
use doorward::{Admission, CanonicalPath};

/// The place as it may be sent to a browser; none when it is neither a path of this site nor of a listed origin, or leads back here.
///
/// It is asked again when the form comes back: what the form carries is no more to be trusted than what the address said.
pub(super) fn checked(text: &str, mount: &str, listed: &[Origin]) -> Option<String> {
    if text.len() > LONGEST || !text.bytes().all(is_plain) {
        return None;
    }
    // After the very text of an origin its path begins, or nothing is left: no look-alike goes on there.
    let after = |origin: &Origin| Some((origin.to_string(), text.strip_prefix(origin.as_str())?));
    match listed.iter().filter_map(after).find(|(_, rest)| rest.is_empty() || rest.starts_with('/')) {
        Some((origin, "")) => Some(format!("{origin}/")),
        Some((origin, rest)) => path(rest).map(|(path, rest)| format!("{origin}{path}{rest}")),
        None => {
            let (path, rest) = path(text)?;
            (!leads_back(&path, mount)).then(|| format!("{path}{rest}"))
        }
    }
}

/// The origin of a place that was checked; none when it is this site.
pub(super) fn origin(place: &str) -> Option<&str> {
    let host = place.find("://")? + 3;
    // A path of this site may have such letters in its query.
    if place.starts_with('/') {
        return None;
    }
    Some(place[host..].find('/').map_or(place, |end| &place[..host + end]))
}

/// The origins whose scripts may act with our cookies.
pub(super) fn listed(admission: &Admission) -> &[Origin] {
    let cors = admission.pass().route().cors.as_ref().filter(|cors| cors.credentials);
    cors.map_or(&[], |cors| &cors.origins)
}

/// A path in its one spelling, and what follows it.
fn path(text: &str) -> Option<(String, &str)> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    // One spelling, no empty segment, no dots: what no two readers of addresses take for different places.
    let path = CanonicalPath::parse(path).ok().filter(|path| !path.has_encoded_slash())?;
    Some((path.as_str().to_owned(), rest))
}

/// Whether a path of this site is the log-in itself, or the log-out.
fn leads_back(path: &str, mount: &str) -> bool {
    let below = path.strip_prefix(mount).unwrap_or_default();
    let is_there = |page| below.strip_prefix(page).is_some_and(|rest: &str| rest.is_empty() || rest.starts_with('/'));
    ["/login", "/logout"].into_iter().any(is_there)
}

const LONGEST: usize = 2_048;

/// Characters that stand in an address as they are, for every reader of addresses.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_of_this_site_is_kept() {
        for text in ["/", "/app?x=1#y", "/app/?a=b&c=/d", "/a%20b", "/app?next=//elsewhere", "/loginx", "/a:b@c"] {
            assert_eq!(checked(text, "", &[]).as_deref(), Some(text));
        }
        assert_eq!(checked("/%61pp?x", "", &[]).as_deref(), Some("/app?x"));
        assert_eq!(checked("/login", "/auth", &[]).as_deref(), Some("/login"));
    }

    #[test]
    fn what_could_lead_elsewhere_is_dropped() {
        for text in [
            "",
            "app",
            "?x",
            "#y",
            "//e",
            "/\\e",
            "\\\\e",
            "///e",
            "/%09/e",
            "/\t/e",
            " /e",
            "\n/e",
            "/e\r\nX: y",
            "\0/e",
            "https:e",
            "http:/e",
            "https://e",
            "javascript:alert(1)",
            "JaVaScript:alert(1)",
            "data:text/html,x",
            "java\0script:x",
            "good@evil",
            "http://good@evil/",
            "good.evil",
            "evil/good",
            "https://xn--e",
            "https://example.com.",
            "https://example.com:1/",
            "/..//e",
            "/a/%2e%2e//e",
            "/a/..",
            "/./a",
            "/a//b",
            "/%2f/e",
            "/%5ce",
            "/%2e%2e/e",
            "/a%00",
            "/ä",
            "/a b",
            "/%zz",
        ] {
            assert_eq!(checked(text, "", &[]), None, "{text:?}");
        }
        assert_eq!(checked(&format!("/{}", "a".repeat(2_048)), "", &[]), None);
    }

    #[test]
    fn nobody_is_sent_back_to_log_in_or_out() {
        for text in ["/login", "/login/", "/logout?x", "/l%6fgin#x", "/login/assets/x"] {
            assert_eq!(checked(text, "", &[]), None, "{text}");
        }
        for text in ["/auth/login", "/auth/logout/"] {
            assert_eq!(checked(text, "/auth", &[]), None, "{text}");
        }
    }

    #[test]
    fn a_listed_origin_is_a_place_and_nothing_that_looks_like_it() {
        let listed = ["https://app.example", "http://127.0.0.1:3000"].map(|text| text.parse().expect("an origin"));
        let checked = |text: &str| checked(text, "", &listed);
        for (text, place) in [
            ("https://app.example", "https://app.example/"),
            ("https://app.example/", "https://app.example/"),
            ("https://app.example/a?b=https://x/#c", "https://app.example/a?b=https://x/#c"),
            ("https://app.example/login", "https://app.example/login"),
            ("http://127.0.0.1:3000/a", "http://127.0.0.1:3000/a"),
            ("/a?b=https://app.example", "/a?b=https://app.example"),
        ] {
            assert_eq!(checked(text).as_deref(), Some(place));
            assert_eq!(checked(place).as_deref(), Some(place));
        }
        for text in [
            "https://app.example.evil/",
            "https://app.example@evil/",
            "https://app.example:444/",
            "https://app.example.",
            "https://app.example?x",
            "https://app.example#x",
            "https://app.example\\evil",
            "https://app.example//evil",
            "https://app.example/../x",
            "https://evil/https://app.example/",
            "HTTPS://app.example/",
            "http://app.example/",
            "https:/app.example/",
            "//app.example/",
            "http://127.0.0.1:30000/",
        ] {
            assert_eq!(checked(text), None, "{text}");
        }
    }

    #[test]
    fn the_origin_of_a_place_is_known() {
        assert_eq!(origin("https://app.example/a?b=http://x/"), Some("https://app.example"));
        assert_eq!(origin("http://127.0.0.1:3000/"), Some("http://127.0.0.1:3000"));
        assert_eq!((origin("/a?b=https://app.example/"), origin("/")), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_kept_is_a_path_of_one_site(text in "[/\\\\.%a-f0-9:@?#\t ]{0,24}") {
            if let Some(kept) = checked(&text, "", &[]) {
                prop_assert!(kept.starts_with('/') && !kept.starts_with("//") && !kept.starts_with("/\\"));
                prop_assert_eq!(checked(&kept, "", &[]), Some(kept));
            }
        }
    }
}
