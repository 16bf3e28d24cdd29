//! The response as the caller gets it.

use super::*;

fn answered(pass: &Pass, lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = headers(lines);
    pass.edit_response(&mut headers);
    headers
}

/// What becomes of `Cache-Control` on a route for users.
fn cache_control(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| ("cache-control", *line)).collect();
    all(&answered(&pass("/page", known(Method::Session)), &lines), "cache-control").join(" | ")
}

#[test]
fn what_says_nothing_about_caches_is_kept_by_none() {
    assert_eq!(cache_control(&[]), "private, no-store");
}

#[test]
fn what_is_somebodys_own_is_kept_by_no_cache_that_others_share() {
    for (said, becomes) in [
        ("public", "private"),
        ("public, max-age=60", "private, max-age=60"),
        ("max-age=60", "private, max-age=60"),
        ("PUBLIC , s-maxage=60", "private"),
        ("max-age=60, s-maxage=\"60\"", "private, max-age=60"),
        ("must-revalidate, max-age=0", "private, max-age=0"),
        ("proxy-revalidate", "private"),
        ("no-cache", "private, no-cache"),
        ("private=\"set-cookie\", max-age=60", "private, max-age=60"),
        ("immutable", "private, immutable"),
        ("max-age=9, no-cache=\"a, private, b\"", "private, max-age=9, no-cache=\"a, b\""),
        ("no-store, public", "private, no-store"),
        ("", "private"),
        (",, ,", "private"),
    ] {
        assert_eq!(cache_control(&[said]), becomes, "{said}");
    }
    assert_eq!(cache_control(&["max-age=60", "public"]), "private, max-age=60");
}

#[test]
fn what_is_private_already_is_left_as_it_is() {
    for said in ["private", "no-store", "private, max-age=60", "Private", "no-cache, NO-STORE"] {
        assert_eq!(cache_control(&[said]), said);
    }
}

#[test]
fn a_value_that_cannot_be_read_is_not_trusted() {
    let mut headers = HeaderMap::new();
    headers.insert("cache-control", HeaderValue::from_bytes(b"public, x=\xff").expect("a value"));
    pass("/page", known(Method::Session)).edit_response(&mut headers);
    assert_eq!(headers["cache-control"], "private, no-store");
}

#[test]
fn headers_that_overrule_cache_control_go() {
    let lines = [
        ("cdn-cache-control", "max-age=60"),
        ("surrogate-control", "max-age=60"),
        ("x-accel-expires", "60"),
        ("cache-control", "private"),
    ];
    let headers = answered(&pass("/page", known(Method::Session)), &lines);
    for name in ["cdn-cache-control", "surrogate-control", "x-accel-expires"] {
        assert!(!headers.contains_key(name), "{name}");
    }
    let headers = answered(&pass("/open", Caller::Guest), &lines);
    assert_eq!(headers["cdn-cache-control"], "max-age=60");
}

#[test]
fn caches_may_keep_what_everybody_sees_and_not_what_depends_on_the_caller() {
    let said = [("cache-control", "public, max-age=60")];
    assert_eq!(answered(&pass("/open", Caller::Guest), &said)["cache-control"], "public, max-age=60");
    assert!(!answered(&pass("/open", Caller::Guest), &[]).contains_key("cache-control"));
    for caller in [Caller::Guest, known(Method::Session)] {
        assert_eq!(answered(&pass("/maybe", caller.clone()), &said)["cache-control"], "private, max-age=60");
        assert_eq!(answered(&pass("/maybe", caller), &[])["cache-control"], "private, no-store");
    }
}

#[test]
fn an_upstream_sets_no_cookie_of_doorwards_in_any_spelling() {
    let lines: Vec<(&'static str, &str)> = [
        "a=1; Path=/",
        "__Host-doorward-default=evil; Path=/; Secure",
        "DOORWARD-device=evil",
        " doorward-guest = evil",
        "=doorward-default=evil",
        "==__Host-doorward-default=evil",
        "doorward-default",
        "b=2; Domain=doorward-default",
    ]
    .into_iter()
    .map(|line| ("set-cookie", line))
    .collect();
    for (path, caller) in [("/open", Caller::Guest), ("/own/a", known(Method::Session))] {
        let headers = answered(&pass(path, caller), &lines);
        assert_eq!(all(&headers, "set-cookie"), ["a=1; Path=/", "b=2; Domain=doorward-default"]);
    }
}

#[test]
fn an_upstream_states_no_identity_and_makes_no_proxy_serve_files() {
    let lines = [
        ("x-doorward-user", "root"),
        ("x_doorward_roles", "root"),
        ("x-accel-redirect", "/etc"),
        ("x-sendfile", "/etc"),
        ("x-other", "stays"),
    ];
    let headers = answered(&pass("/open", Caller::Guest), &lines);
    assert_eq!(headers["x-other"], "stays");
    assert!(lines[..4].iter().all(|(name, _)| !headers.contains_key(*name)));
}

#[test]
fn cookies_of_dead_sessions_expire_beside_those_of_the_upstream() {
    let mut pass = pass("/maybe", Caller::Guest);
    pass.expired = vec![HeaderValue::from_static("__Host-doorward-default=; Max-Age=0")];
    let headers = answered(&pass, &[("set-cookie", "a=1")]);
    assert_eq!(all(&headers, "set-cookie"), ["a=1", "__Host-doorward-default=; Max-Age=0"]);
}

#[test]
fn an_own_resource_sets_its_own_cookies_and_a_new_one_is_not_expired() {
    let mut own = pass("/user/csrf", Caller::Guest);
    own.expired = vec![HeaderValue::from_static("__Host-doorward-default=; Max-Age=0")];
    let set = "__Host-doorward-default=new; Path=/";
    assert_eq!(all(&answered(&own, &[("set-cookie", set)]), "set-cookie"), [set]);
    let guest = "__Host-doorward-guest=g";
    assert_eq!(
        all(&answered(&own, &[("set-cookie", guest)]), "set-cookie"),
        [guest, "__Host-doorward-default=; Max-Age=0"]
    );
}

#[test]
fn a_listed_origin_may_read_and_others_may_not_whatever_the_upstream_says() {
    let said = [("access-control-allow-origin", "*"), ("access-control-allow-credentials", "true"), ("vary", "Accept")];
    let mut pass = pass("/own/a", known(Method::Session));
    pass.cors = Some(listed("https://app.example"));
    let headers = answered(&pass, &said);
    assert_eq!(all(&headers, "access-control-allow-origin"), ["https://app.example"]);
    assert!(!headers.contains_key("access-control-allow-credentials"));
    assert_eq!(all(&headers, "vary"), ["Accept", "Origin"]);
    pass.cors = None;
    let headers = answered(&pass, &said);
    assert!(
        !headers.contains_key("access-control-allow-origin")
            && !headers.contains_key("access-control-allow-credentials")
    );
    assert_eq!(all(&headers, "vary"), ["Accept", "Origin"]);
}

#[test]
fn where_the_rules_say_nothing_of_other_origins_the_upstream_does() {
    let said = [("access-control-allow-origin", "*")];
    let headers = answered(&pass("/open", Caller::Guest), &said);
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert!(!headers.contains_key("vary"));
}

#[test]
fn protective_headers_are_there_and_never_weaken_what_the_upstream_says() {
    let headers = answered(&pass("/open", Caller::Guest), &[("content-security-policy", "default-src 'self'")]);
    assert_eq!(all(&headers, "content-security-policy"), ["default-src 'self'"]);
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["strict-transport-security"], "max-age=63072000; includeSubDomains");
    let mut plain = pass("/open", Caller::Guest);
    plain.secure = false;
    assert!(!answered(&plain, &[]).contains_key("strict-transport-security"));
    let off = policy("headers.protect = false\n");
    assert!(answered(&pass_under(&off, "/open", Caller::Guest), &[]).is_empty());
}
