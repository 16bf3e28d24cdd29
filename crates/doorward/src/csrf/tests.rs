use super::*;
use http::HeaderValue;

const OWN: &str = "https://app.example";
const LISTED: &str = "https://shop.example";

fn judged(lines: &[(&'static str, &str)], check: Check, token: TokenState) -> Result<(), CsrfRefusal> {
    let headers: HeaderMap = lines
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")))
        .collect();
    let origins = Origins::new(vec![OWN.into()], vec![LISTED.into()]);
    judge(&Evidence::read(&headers, None, true), &origins, check, token)
}

const FULL: Check = Check::Full { proof: Proof::TokenOrOrigin };
const STRICT: Check = Check::Full { proof: Proof::Token };
use CsrfRefusal::{CrossSite, ForeignOrigin, NoProof, NullOrigin, WrongToken};
use TokenState::{Absent, Right, Wrong};

#[test]
fn an_origin_must_be_equal_byte_for_byte() {
    for origin in [
        "https://evil.example",
        "https://app.example.evil",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example:443",
        "https://APP.example",
        "https://app.example/",
        "https://u@app.example",
        "",
        "https://sub.app.example",
        "https://app.example https://app.example",
        "https://app.example,https://app.example",
    ] {
        for check in [FULL, STRICT, Check::OriginOnly] {
            assert_eq!(judged(&[("origin", origin)], check, Right), Err(ForeignOrigin), "{origin}");
        }
    }
    assert_eq!(judged(&[("origin", OWN), ("origin", OWN)], FULL, Right), Err(ForeignOrigin));
    assert_eq!(judged(&[("origin", LISTED)], FULL, Absent), Ok(()));
    assert_eq!(judged(&[("origin", OWN)], FULL, Absent), Ok(()));
}

#[test]
fn a_hidden_origin_needs_the_browsers_word_and_the_token() {
    assert_eq!(judged(&[("origin", "null")], FULL, Right), Err(NullOrigin));
    assert_eq!(judged(&[("origin", "null"), ("sec-fetch-site", "same-origin")], FULL, Absent), Err(NullOrigin));
    assert_eq!(judged(&[("origin", "null"), ("sec-fetch-site", "same-origin")], FULL, Right), Ok(()));
    assert_eq!(judged(&[("origin", "null"), ("sec-fetch-site", "none")], FULL, Right), Err(NullOrigin));
}

#[test]
fn another_site_is_refused_even_with_the_token_unless_it_is_listed() {
    for site in ["cross-site", "same-site"] {
        assert_eq!(judged(&[("sec-fetch-site", site)], FULL, Right), Err(CrossSite));
        assert_eq!(judged(&[("sec-fetch-site", site), ("origin", LISTED)], FULL, Absent), Ok(()));
        assert_eq!(judged(&[("sec-fetch-site", site)], Check::OriginOnly, Absent), Err(CrossSite));
    }
    assert_eq!(
        judged(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")], FULL, Right),
        Err(CrossSite)
    );
}

#[test]
fn a_token_that_was_sent_must_be_right() {
    assert_eq!(judged(&[("origin", OWN), ("sec-fetch-site", "same-origin")], FULL, Wrong), Err(WrongToken));
    assert_eq!(judged(&[], FULL, Right), Ok(()));
    assert_eq!(judged(&[], STRICT, Right), Ok(()));
}

#[test]
fn without_a_token_the_browser_must_vouch() {
    assert_eq!(judged(&[("sec-fetch-site", "same-origin")], FULL, Absent), Ok(()));
    for lines in [
        &[][..],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "nonsense")],
        &[("sec-fetch-site", "Same-Origin")],
    ] {
        assert_eq!(judged(lines, FULL, Absent), Err(NoProof), "{lines:?}");
    }
    assert_eq!(judged(&[("origin", OWN), ("sec-fetch-site", "same-origin")], STRICT, Absent), Err(NoProof));
}

#[test]
fn a_log_in_needs_no_proof_but_comes_from_no_foreign_site() {
    assert_eq!(judged(&[], Check::OriginOnly, Absent), Ok(()));
    assert_eq!(judged(&[("origin", OWN)], Check::OriginOnly, Wrong), Ok(()));
}

#[test]
fn this_machines_own_origin_is_ours_at_any_port() {
    let headers: HeaderMap = [(ORIGIN, HeaderValue::from_static("http://127.0.0.1:8080"))].into_iter().collect();
    let judged = |host, secure| judge(&Evidence::read(&headers, host, secure), &Origins::default(), FULL, Absent);
    assert_eq!(judged(Some("127.0.0.1:8080"), false), Ok(()));
    assert_eq!(judged(Some("127.0.0.1:3000"), false), Err(ForeignOrigin));
    assert_eq!(judged(Some("127.0.0.1:8080"), true), Err(ForeignOrigin));
    assert_eq!(judged(None, false), Err(ForeignOrigin));
}

#[test]
fn a_token_is_masked_anew_and_bound_to_its_cookie() {
    let (one, two) = (token("cookie").expect("random"), token("cookie").expect("random"));
    assert_ne!(one, two);
    assert_eq!(one.len(), 43);
    assert!(verify("cookie", one.as_bytes()) && verify("cookie", two.as_bytes()));
    assert!(!verify("other", one.as_bytes()));
    for sent in [&b""[..], b"x", b"\xff", &one.as_bytes()[1..], &[one.as_bytes(), b"A"].concat()] {
        assert!(!verify("cookie", sent));
    }
}

#[test]
fn a_guests_cookie_dies_of_age_and_cannot_be_made_elsewhere() {
    let text = guest_cookie(&[1; 32], 1_000).expect("random");
    assert!(guest_cookie_is_live(&[1; 32], &text, 1_000 + GUEST_LIFETIME - 1));
    assert!(!guest_cookie_is_live(&[1; 32], &text, 1_000 + GUEST_LIFETIME));
    assert!(!guest_cookie_is_live(&[2; 32], &text, 1_000));
    assert!(!guest_cookie_is_live(&[1; 32], "text", 1_000));
}

proptest::proptest! {
    #[test]
    fn no_sent_token_passes_by_chance(sent in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60)) {
        proptest::prop_assert!(!verify("cookie", &sent));
    }
}
