use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::json;

use super::*;
use crate::csrf::CsrfRefusal;
use crate::password::PasswordRefusal;
use crate::path::PathError;
use crate::policy::ForceError;
use crate::refusal::Terms;
use crate::store::Conflict;

/// What only operators may read, put wherever a reason has room for it.
const SECRET: &str = "operator-only";

/// Every reason there is.
fn reasons() -> Vec<Reason> {
    let paths = [
        PathError::Relative,
        PathError::EmptySegment,
        PathError::DotSegment,
        PathError::Escape,
        PathError::EncodedTwice,
        PathError::Character,
        PathError::NotUtf8,
        PathError::EncodedSlash,
    ];
    let csrf = [
        CsrfRefusal::ForeignOrigin,
        CsrfRefusal::NullOrigin,
        CsrfRefusal::CrossSite,
        CsrfRefusal::WrongToken,
        CsrfRefusal::NoProof,
    ];
    let passwords = [
        PasswordRefusal::TooShort(15),
        PasswordRefusal::TooLong,
        PasswordRefusal::Common,
        PasswordRefusal::Obvious,
        PasswordRefusal::Same,
    ];
    let conflicts = [
        Conflict::LoginTaken,
        Conflict::IdTaken,
        Conflict::RoleTaken,
        Conflict::RoleUnknown,
        Conflict::RoleChanged,
        Conflict::UserUnknown,
        Conflict::UserChanged,
        Conflict::SessionUnknown,
        Conflict::CodeUnknown,
        Conflict::TooManySessions,
        Conflict::LastAdministrator,
    ];
    let forces = [
        ForceError::UnsupportedMediaType,
        ForceError::ScalarOnTheWay,
        ForceError::Malformed,
        ForceError::DuplicateKey,
        ForceError::TooDeep,
        ForceError::MissingAttribute,
        ForceError::NoCart,
    ];
    let plain = [
        Reason::Malformed(SECRET),
        Reason::Misdirected,
        Reason::NotFound,
        Reason::MethodNotAllowed,
        Reason::UnknownMethod,
        Reason::AmbiguousCookie,
        Reason::AmbiguousAuthorization,
        Reason::MalformedAuthorization,
        Reason::WrongScheme,
        Reason::BadCredentials,
        Reason::WrongPassword,
        Reason::Realm("realm_required"),
        Reason::Realm("realm_unknown"),
        Reason::TooManySessions,
        Reason::Code,
        Reason::RoleInFile,
        Reason::TooManyRoles,
        Reason::Invalid("login", "too long".into()),
        Reason::NotLoggedIn,
        Reason::UnexpectedUser,
        Reason::HttpsRequired,
        Reason::Forbidden("Shop::orders".into()),
        Reason::Undecided,
        Reason::ReauthRequired,
        Reason::Throttled,
        Reason::RateLimited,
        Reason::Busy,
        Reason::Unavailable,
    ];
    let all = paths.into_iter().map(Reason::Path).chain(csrf.into_iter().map(Reason::Csrf));
    let all = all.chain(passwords.into_iter().map(Reason::Password)).chain(conflicts.into_iter().map(Reason::Conflict));
    all.chain(forces.into_iter().map(Reason::Force)).chain(plain).collect()
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

#[test]
fn every_refusal_has_a_status_a_code_and_words() {
    let mut table = String::new();
    for reason in reasons() {
        let problem = problem(&Refusal::new(reason.clone()));
        let detail = problem.detail.as_deref().unwrap_or("-");
        let code = problem.kind.strip_prefix("urn:doorward:problem:").expect("a urn");
        let _ = writeln!(table, "{reason:?}\n    {} {code}: {} {detail}", problem.status.as_u16(), problem.title);
    }
    insta::assert_snapshot!("refusals", table);
}

#[test]
fn no_refusal_tells_callers_what_only_operators_may_know() {
    for reason in reasons() {
        let response = response(&Refusal::new(reason.clone()), None);
        let text = String::from_utf8(response.body().to_vec()).expect("text");
        assert!(!text.contains(SECRET), "{text}");
        if let Reason::Path(error) = &reason {
            assert!(!text.contains(&error.to_string()), "{text}");
        }
    }
}

#[test]
fn credentials_that_are_wrong_in_whatever_way_are_answered_alike() {
    let answer = |reason| response(&Refusal::new(reason), None).into_body();
    let wrong = answer(Reason::BadCredentials);
    assert_eq!(answer(Reason::MalformedAuthorization), wrong);
}

#[test]
fn one_code_has_one_status_and_one_title() {
    let mut meant: BTreeMap<String, BTreeSet<(u16, String)>> = BTreeMap::new();
    for reason in reasons() {
        let problem = problem(&Refusal::new(reason));
        meant.entry(problem.kind).or_default().insert((problem.status.as_u16(), problem.title));
    }
    for (code, said) in meant {
        assert_eq!(said.len(), 1, "{code}: {said:?}");
    }
}

#[test]
fn a_refusal_is_a_problem_that_nobody_caches_or_runs() {
    for reason in reasons() {
        let response = response(&Refusal::new(reason.clone()), Some("r-1"));
        assert_eq!(response.status(), reason.status());
        let headers = response.headers();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(
            headers["content-security-policy"]
                .to_str()
                .expect("text")
                .contains("default-src 'none'; frame-ancestors 'none'")
        );
        let body = body(&response);
        assert_eq!(body["status"], reason.status().as_u16());
        assert_eq!(body["type"], format!("urn:doorward:problem:{}", reason.code()));
        assert_eq!(body["request_id"], "r-1");
    }
}

#[test]
fn terms_become_headers() {
    let terms = Terms {
        challenge: Some(HeaderValue::from_static("Basic realm=\"x\"")),
        allow: Some(HeaderValue::from_static("GET, HEAD")),
        retry_after: Some(30),
        expired: vec![HeaderValue::from_static("a=; Max-Age=0"), HeaderValue::from_static("b=; Max-Age=0")],
        secure: true,
        ..Terms::default()
    };
    let response = response(&Refusal::with(Reason::NotLoggedIn, terms), None);
    let headers = response.headers();
    assert_eq!(
        (&headers["www-authenticate"], &headers["allow"], &headers["retry-after"]),
        (
            &HeaderValue::from_static("Basic realm=\"x\""),
            &HeaderValue::from_static("GET, HEAD"),
            &HeaderValue::from_static("30"),
        )
    );
    assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
    assert_eq!(headers["strict-transport-security"], "max-age=63072000; includeSubDomains");
    assert!(body(&response).get("request_id").is_none());
}

#[test]
fn a_scheme_that_is_not_taken_is_told_what_is() {
    let detail = |challenge| {
        let terms = Terms { challenge: Some(HeaderValue::from_static(challenge)), ..Terms::default() };
        body(&response(&Refusal::with(Reason::WrongScheme, terms), None))["detail"].as_str().expect("text").to_owned()
    };
    assert!(detail("Basic realm=\"x\"").starts_with("Send Basic credentials, or"));
    assert!(detail("Cookie realm=\"x\"").starts_with("Log in, and send the session's cookie"));
}

#[test]
fn a_person_is_sent_to_the_log_in_and_nobody_keeps_that() {
    let terms = Terms {
        challenge: Some(HeaderValue::from_static("Cookie realm=\"x\"")),
        log_in: Some(HeaderValue::from_static("/login?return_to=%2Fa")),
        expired: vec![HeaderValue::from_static("a=; Max-Age=0")],
        ..Terms::default()
    };
    let response = response(&Refusal::with(Reason::NotLoggedIn, terms), Some("r-1"));
    assert_eq!((response.status().as_u16(), response.body().len()), (303, 0));
    let headers = response.headers();
    assert_eq!(headers["location"], "/login?return_to=%2Fa");
    assert_eq!(
        (&headers["cache-control"], &headers["set-cookie"]),
        (&"no-store".parse().expect("a value"), &"a=; Max-Age=0".parse().expect("a value"))
    );
    assert!(headers["vary"].to_str().expect("text").contains("Cookie, Accept"));
    assert!(!headers.contains_key("www-authenticate") && !headers.contains_key("content-type"));
}

#[test]
fn without_terms_there_is_nothing_to_go_by() {
    let response = response(&Refusal::new(Reason::NotFound), None);
    for name in [
        "www-authenticate",
        "allow",
        "retry-after",
        "set-cookie",
        "strict-transport-security",
        "access-control-allow-origin",
    ] {
        assert!(!response.headers().contains_key(name), "{name}");
    }
}

#[test]
fn a_problem_holds_what_it_is_given() {
    let problem =
        Problem::new(StatusCode::IM_A_TEAPOT, "teapot", "I am one.").detail("Short and stout.").member("spout", 1);
    let expected = json!({
        "type": "urn:doorward:problem:teapot", "title": "I am one.", "status": 418, "detail": "Short and stout.", "spout": 1,
    });
    assert_eq!(body(&problem.response()), expected);
}
