use http::header::{HeaderMap, HeaderValue};

use super::*;
use proptest::prelude::*;

#[test]
fn a_client_cannot_state_an_identity_in_any_spelling() {
    let mut headers = HeaderMap::new();
    for name in [
        "x-doorward-user",
        "x_doorward_user",
        "x-doorward_roles",
        "x.doorward.login",
        "x-doorward-anything",
        "remote-user",
        "remote_user",
        "x-forwarded-user",
    ] {
        headers.append(HeaderName::from_static(name), HeaderValue::from_static("root"));
        headers.append(HeaderName::from_static(name), HeaderValue::from_static("again"));
    }
    headers.append("x-door", HeaderValue::from_static("stays"));
    headers.append("x-forwarded-username", HeaderValue::from_static("stays"));
    strip(&mut headers);
    assert_eq!(headers.len(), 2);
}

#[test]
fn every_name_of_ours_is_an_identity() {
    for name in [USER, LOGIN, REALM, ROLES, METHOD, SESSION, CSRF] {
        assert!(is_identity(name.as_str()), "{name}");
        assert!(is_identity(name.as_str().to_ascii_uppercase()));
        assert!(is_identity(name.as_str().replace('-', "_")));
    }
    for name in [
        "",
        "x",
        "x-doorwar",
        "x-doorward",
        "xx-doorward-user",
        "x-forwarded-for",
        "remote-use",
        "remote-users",
        "x-remote",
        "accept",
    ] {
        assert!(!is_identity(name), "{name}");
    }
}

#[test]
fn a_login_beyond_ascii_is_percent_encoded() {
    for (login, value) in [
        ("anna@example.com", "anna@example.com"),
        ("zo\u{eb}@example.com", "zo%C3%AB@example.com"),
        ("100%", "100%25"),
        ("a b", "a b"),
        ("\u{1f511}", "%F0%9F%94%91"),
        ("zo\u{eb}, \"x\";\\", "zo%C3%AB%2C %22x%22%3B%5C"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(LOGIN, spelled(login));
        assert_eq!(headers[LOGIN], value);
    }
}

proptest! {
    #[test]
    fn whatever_an_upstream_reads_it_decodes_to_the_login(login in "\\P{Cc}{1,30}") {
        let mut headers = HeaderMap::new();
        headers.insert(LOGIN, spelled(&login));
        let value = headers[LOGIN].to_str().expect("visible ASCII").to_owned();
        prop_assert_eq!(percent_encoding::percent_decode_str(&value).decode_utf8().expect("UTF-8"), login);
    }

    #[test]
    fn a_name_is_an_identity_when_it_is_one_without_its_separators(name in "[xXrR][-_.~+A-Za-z0-9]{0,24}") {
        let folded: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let expected = folded.starts_with("x-doorward-") || FOREIGN.contains(&&*folded);
        prop_assert_eq!(is_identity(&name), expected);
    }
}
