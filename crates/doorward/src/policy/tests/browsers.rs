//! What browsers are told: challenges, origins, protective headers.

use http::header::{HeaderMap, HeaderValue};

use super::*;

fn challenge(policy: &Policy, secure: bool, is_script: bool) -> Option<String> {
    let value = policy.challenge(only(policy), secure, is_script)?;
    Some(value.to_str().expect("text").to_owned())
}

const BASIC: &str = "[basic]\nenabled = true\nchallenge = \"The \\\"Shop\\\"\"\n";

#[test]
fn a_script_is_never_asked_for_basic_and_nobody_is_over_plain_http() {
    let policy = compiled(&format!("{BASIC}{}", route("GET /a", "\"self\"", "")));
    let cookie = "Cookie realm=\"default\", form-action=\"/login\", cookie-name=\"__Host-doorward-default\"";
    let plain = "Cookie realm=\"default\", form-action=\"/login\", cookie-name=\"doorward-default\"";
    assert_eq!(challenge(&policy, true, false).as_deref(), Some("Basic realm=\"The \\\"Shop\\\"\", charset=\"UTF-8\""));
    assert_eq!(challenge(&policy, true, true).as_deref(), Some(cookie));
    assert_eq!(challenge(&policy, false, false).as_deref(), Some(plain));
    assert_eq!(challenge(&policy, false, true).as_deref(), Some(plain));
    let policy = compiled(&format!("{BASIC}allow_insecure = true\n{}", route("GET /a", "\"self\"", "")));
    assert!(challenge(&policy, false, false).expect("a challenge").starts_with("Basic realm="));
}

#[test]
fn a_challenge_is_of_the_first_realm_that_takes_it() {
    let text = "mount = \"/auth\"\n[realm.a]\n[realm.b.basic]\nenabled = true\n";
    let policy = compiled(&format!("{text}{}", route("GET /a", "\"self\"", "realm = [\"a\", \"b\"]")));
    assert_eq!(challenge(&policy, true, false).as_deref(), Some("Basic realm=\"b\", charset=\"UTF-8\""));
    let expected = "Cookie realm=\"a\", form-action=\"/auth/login\", cookie-name=\"__Host-doorward-a\"";
    assert_eq!(challenge(&policy, true, true).as_deref(), Some(expected));
}

#[test]
fn a_challenge_cannot_be_broken_out_of() {
    let text = "[basic]\nenabled = true\nchallenge = \"a\\r\\nX: y\\\"\\\\, Basic realm=\\\"z\"\n";
    let policy = compiled(&format!("{text}{}", route("GET /a", "\"self\"", "")));
    let expected = "Basic realm=\"aX: y\\\"\\\\, Basic realm=\\\"z\", charset=\"UTF-8\"";
    assert_eq!(challenge(&policy, true, false).as_deref(), Some(expected));
}

#[test]
fn own_origins_and_listed_ones_are_told_from_each_other_and_from_others() {
    let policy = compiled("public_url = [\"https://a.example\"]\ncors.origins = [\"https://b.example\"]\n");
    assert!(format!("{:?}", policy.origins()).contains("https://a.example"));
    let settings = Arc::new(CorsSettings {
        origins: vec!["https://b.example".parse().expect("an origin")],
        ..CorsSettings::default()
    });
    assert!(CrossOrigin::of(Some("https://b.example"), &settings).is_some());
    for origin in [
        "https://a.example",
        "https://B.example",
        "https://b.example:443",
        "https://b.example/",
        "null",
        "",
        "b.example",
    ] {
        assert!(CrossOrigin::of(Some(origin), &settings).is_none(), "{origin}");
    }
}

fn cross(settings: CorsSettings) -> CrossOrigin {
    let settings = CorsSettings { origins: vec!["https://b.example".parse().expect("an origin")], ..settings };
    CrossOrigin::of(Some("https://b.example"), &Arc::new(settings)).expect("a listed origin")
}

fn listed(headers: &HeaderMap) -> Vec<String> {
    let mut all: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect();
    all.sort();
    all
}

#[test]
fn a_preflight_is_told_what_the_script_may_do() {
    let mut headers = HeaderMap::new();
    cross(CorsSettings::default()).permit(&Method::PUT, None, &mut headers);
    let expected = [
        "access-control-allow-headers: Content-Type, X-CSRF",
        "access-control-allow-methods: PUT",
        "access-control-allow-origin: https://b.example",
        "access-control-max-age: 600",
    ];
    assert_eq!(listed(&headers), expected);
    let mut headers = HeaderMap::new();
    let methods = Some(vec!["GET".to_owned(), "PUT".to_owned()]);
    cross(CorsSettings { credentials: true, methods, headers: vec![], max_age: Period(0), ..CorsSettings::default() })
        .permit(&Method::PUT, None, &mut headers);
    let expected = [
        "access-control-allow-credentials: true",
        "access-control-allow-methods: GET, PUT",
        "access-control-allow-origin: https://b.example",
        "access-control-max-age: 0",
    ];
    assert_eq!(listed(&headers), expected);
}

#[test]
fn an_answer_is_labelled_by_doorward_whatever_the_upstream_said() {
    let mut headers = HeaderMap::new();
    headers.append("access-control-allow-origin", HeaderValue::from_static("*"));
    headers.append("access-control-allow-origin", HeaderValue::from_static("https://evil.example"));
    headers.append("access-control-allow-credentials", HeaderValue::from_static("true"));
    cross(CorsSettings { expose: vec!["X-A".into(), "X-B".into()], ..CorsSettings::default() }).label(&mut headers);
    assert_eq!(
        listed(&headers),
        ["access-control-allow-origin: https://b.example", "access-control-expose-headers: X-A, X-B"]
    );
}

#[test]
fn protective_headers_are_added_where_the_upstream_sent_none() {
    let policy = compiled("");
    let mut headers = HeaderMap::new();
    policy.protect(false, &mut headers);
    let plain = [
        "content-security-policy: frame-ancestors 'none'",
        "referrer-policy: same-origin",
        "x-content-type-options: nosniff",
    ];
    assert_eq!(listed(&headers), plain);
    policy.protect(true, &mut headers);
    assert_eq!(headers["strict-transport-security"], "max-age=63072000; includeSubDomains");
    let mut said: HeaderMap = [
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "SAMEORIGIN"),
        ("strict-transport-security", "max-age=0"),
    ]
    .into_iter()
    .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
    .collect();
    policy.protect(true, &mut said);
    let expected = [
        "referrer-policy: no-referrer",
        "strict-transport-security: max-age=0",
        "x-content-type-options: nosniff",
        "x-frame-options: SAMEORIGIN",
    ];
    assert_eq!(listed(&said), expected);
}

#[test]
fn protective_headers_are_as_the_settings_say() {
    let mut headers = HeaderMap::new();
    compiled("headers.protect = false\n").protect(true, &mut headers);
    assert!(headers.is_empty());
    compiled("headers.hsts_preload = true\n").protect(true, &mut headers);
    assert_eq!(headers["strict-transport-security"], "max-age=63072000; includeSubDomains; preload");
}

#[test]
fn what_the_settings_say_for_all_is_at_hand() {
    let policy = compiled(
        "csrf = { header = \"X-Token\", report_only = true }\naudit = { retention = \"1d\", refusals = false }\npassword.memory = \"32MiB\"\n",
    );
    assert_eq!(policy.csrf_header(), "x-token");
    assert_eq!((policy.audit_retention(), policy.audits_refusals()), (86_400, false));
    assert_eq!((policy.password_cost().memory, policy.password_cost().passes), (32 << 10, 2));
    let own = policy.routes().iter().find(|route| route.is_own()).expect("a route");
    assert!(!policy.only_reports_csrf(own));
    let declared = compiled(&format!("csrf.report_only = true\n{}", open("POST /a")));
    assert!(declared.only_reports_csrf(only(&declared)));
}
