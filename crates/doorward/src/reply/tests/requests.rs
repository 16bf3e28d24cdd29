//! The request as the upstream gets it.

use super::*;

const IDENTITY: [&str; 7] = [
    "x-doorward-user",
    "x-doorward-login",
    "x-doorward-realm",
    "x-doorward-roles",
    "x-doorward-method",
    "x-doorward-session",
    "x-doorward-csrf",
];

fn edited(pass: &Pass, lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut parts = request("/own/a", lines);
    pass.edit_request(&mut parts);
    parts.headers
}

#[test]
fn a_user_with_a_session_is_stated_in_full() {
    let headers = edited(&pass("/own/a", known(Method::Session)), &[]);
    let handle = SessionDigest::of("token").handle().to_string();
    assert_eq!(headers["x-doorward-user"], "7");
    assert_eq!(headers["x-doorward-login"], "zo%C3%AB%2C 100%25@example.com");
    assert_eq!(headers["x-doorward-realm"], "default");
    assert_eq!(headers["x-doorward-roles"], "buyer,support");
    assert_eq!(headers["x-doorward-method"], "session");
    assert_eq!(headers["x-doorward-session"], handle.as_str());
    assert_eq!(headers.len(), 6);
}

#[test]
fn a_user_without_a_session_has_no_handle() {
    for (method, word) in [(Method::Basic, "basic"), (Method::Token, "token")] {
        let headers = edited(&pass("/own/a", known(method)), &[]);
        assert_eq!(headers["x-doorward-method"], word);
        assert!(!headers.contains_key("x-doorward-session"));
    }
}

#[test]
fn of_a_guest_only_that_is_said() {
    let headers = edited(&pass("/open", Caller::Guest), &[]);
    assert_eq!(headers["x-doorward-method"], "guest");
    assert_eq!(headers.len(), 1);
}

#[test]
fn what_a_client_says_about_itself_is_gone_whoever_is_calling() {
    let lies: Vec<(&'static str, &str)> = IDENTITY
        .into_iter()
        .chain(["x_doorward_user", "x-doorward.roles", "x-doorward-anything", "remote-user", "x_forwarded_user"])
        .map(|name| (name, "root"))
        .collect();
    for (path, caller) in
        [("/open", Caller::Guest), ("/own/a", known(Method::Session)), ("/own/a", known(Method::Basic))]
    {
        let headers = edited(&pass(path, caller), &lies);
        assert!(headers.values().all(|value| value != "root"));
    }
}

#[test]
fn doorwards_own_cookies_stay_here_and_others_go_on() {
    let pass = pass("/own/a", known(Method::Session));
    let sent = "a=1; __Host-doorward-default=token; b=2; doorward-device=x; __Host-Doorward-Guest=y";
    assert_eq!(all(&edited(&pass, &[("cookie", sent)]), "cookie"), ["a=1; b=2"]);
    assert_eq!(all(&edited(&pass, &[("cookie", "__Host-doorward-default=token")]), "cookie"), [""; 0]);
    let two = [("cookie", "a=1"), ("cookie", "b=2; doorward-default=t")];
    assert_eq!(all(&edited(&pass, &two), "cookie"), ["a=1; b=2"]);
    assert_eq!(all(&edited(&pass, &[("cookie", "session=theirs")]), "cookie"), ["session=theirs"]);
}

#[test]
fn credentials_that_were_used_or_are_not_wanted_stay_here() {
    let sent = [("authorization", "Basic YTpi")];
    for (path, caller) in [
        ("/own/a", known(Method::Basic)),
        ("/own/a", known(Method::Session)),
        ("/open", Caller::Guest),
        ("/page", known(Method::Basic)),
    ] {
        assert!(!edited(&pass(path, caller), &sent).contains_key("authorization"), "{path}");
    }
    for caller in [Caller::Guest, known(Method::Session)] {
        assert_eq!(edited(&pass("/page", caller), &sent)["authorization"], "Basic YTpi");
    }
}

#[test]
fn the_token_that_was_sent_stays_here_and_one_to_hand_out_goes_on() {
    let handed = |path: &str| {
        let mut pass = pass(path, known(Method::Session));
        pass.csrf_token = Some("fresh".into());
        edited(&pass, &[("x-csrf", "sent"), ("x-doorward-csrf", "forged")])
    };
    assert_eq!(handed("/page")["x-doorward-csrf"], "fresh");
    assert!(!handed("/page").contains_key("x-csrf"));
    assert!(!handed("/own/a").contains_key("x-doorward-csrf"));
}

#[test]
fn a_target_is_as_it_was_sent_unless_something_must_change() {
    let pass_with = |path: Option<&str>, query: Option<&str>| {
        let mut pass = pass("/own/a", Caller::Guest);
        (pass.path, pass.query) = (path.map(Into::into), query.map(Into::into));
        pass
    };
    let target = |pass: &Pass, sent: &str| {
        let mut parts = request(sent, &[]);
        pass.edit_request(&mut parts);
        parts.uri.to_string()
    };
    assert_eq!(target(&pass_with(None, None), "/own/a?b=%7e"), "/own/a?b=%7e");
    assert_eq!(target(&pass_with(None, None), "/own/a?"), "/own/a?");
    assert_eq!(target(&pass_with(Some("/own/admin"), None), "/own/%61dmin?b=1"), "/own/admin?b=1");
    assert_eq!(target(&pass_with(None, Some("customerId=7")), "/own/a?customerId=9"), "/own/a?customerId=7");
    assert_eq!(target(&pass_with(None, Some("")), "/own/a?customerId=9"), "/own/a");
    assert_eq!(
        target(&pass_with(Some("/own/z"), Some("q")), "http://shop.example/own/%7a"),
        "http://shop.example/own/z?q"
    );
}

#[test]
fn what_was_judged_goes_on_in_no_other_spelling() {
    let odd = [
        "content_type",
        "content_encoding",
        "content.length",
        "transfer_encoding",
        "sec_fetch_site",
        "x_csrf",
        "x_forwarded_for",
        "x_http_method_override",
        "x_api_key",
        "x_debug",
        "x_requested_with",
    ];
    let lines: Vec<(&'static str, &str)> = odd.into_iter().map(|name| (name, "x")).collect();
    let headers = edited(&pass("/keyed", Caller::Guest), &lines);
    assert_eq!(headers.len(), 1, "{headers:?}");
    let others = [("x_colour", "red"), ("x.api.version", "1"), ("content-type", "text/plain")];
    let headers = edited(&pass("/keyed", Caller::Guest), &others);
    assert_eq!(headers.len(), 4, "{headers:?}");
}
