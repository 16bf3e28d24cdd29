//! Guests are a user with roles of their own, and rights that are missing are 401 for everybody.

use crate::site::{COOKIE, Site, WANTS_JSON, is_error, json};

#[test]
fn guests_may_what_the_role_of_the_anonymous_user_grants() {
    let site = Site::open();
    assert_eq!(site.ask("GET", "/content/objects/7", &[]).status, 200);
    let seen = site.upstream.last();
    assert_eq!((seen.header("x-doorward-method"), seen.has("x-doorward-user")), (Some("guest"), false));
    let answer = site.ask("DELETE", "/content/objects/7", &[WANTS_JSON]);
    assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
    let description = "The User does not have the 'DELETE /api/ezp/v2/content/objects/7' 'content/edit' permission";
    assert_eq!(json(&answer)["ErrorMessage"]["errorDescription"], description);
    assert_eq!(answer.header("www-authenticate"), None);
}

#[test]
fn who_is_logged_in_and_may_not_is_answered_alike() {
    let site = Site::open();
    let session = site.log_in("bob");
    let answer = site.ask("DELETE", "/content/objects/7", &[&session.cookie, &session.proof, WANTS_JSON]);
    assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
    assert_eq!((answer.header("www-authenticate"), answer.header("set-cookie")), (None, None));
}

#[test]
fn without_a_role_for_guests_they_are_refused_and_can_log_in_all_the_same() {
    let site = Site::with("");
    let settings = format!(
        "upstream = \"{}\"\n[dialect.ez]\n[[acl]]\nid = \"content/read\"\n[[route]]\nmatch = \"GET /api/ezp/v2/x\"\naccess = \"content/read\"\n",
        site.upstream.url()
    );
    site.house.reload(&settings).expect("reloads");
    assert!(is_error(&site.ask("GET", "/x", &[WANTS_JSON]), 401, "Unauthorized"));
    assert_eq!(site.log_in("ada").cookie.split('=').next(), Some(&*format!("Cookie: {COOKIE}")));
}

#[test]
fn a_request_says_whom_it_expects_to_be_logged_in() {
    let site = Site::open();
    let session = site.log_in("ada");
    for (path, cookie, expected, status) in [
        ("/content/objects/7", Some(&session), "ada", 200),
        ("/content/objects/7", Some(&session), "bob", 401),
        ("/content/objects/7", None, "ada", 401),
        ("/content/objects/7", None, "anonymous", 200),
        ("/user/users", Some(&session), "ada", 200),
        ("/user/users", None, "ada", 401),
        ("/", Some(&session), "ada", 200),
        ("/", None, "ada", 401),
        ("/user/sessions/current", Some(&session), "bob", 401),
    ] {
        let header = format!("X-Expected-User: {expected}");
        let mut lines = vec![&*header, WANTS_JSON];
        lines.extend(cookie.map(|session| &*session.cookie));
        let answer = site.ask("GET", path, &lines);
        assert_eq!(answer.status, status, "{path} {expected}: {}", answer.text());
        if status == 401 {
            assert!(is_error(&answer, 401, "Unauthorized"));
            let description = "Expectation failed. User changed.";
            assert_eq!(json(&answer)["ErrorMessage"]["errorDescription"], description);
        }
    }
    assert!(site.is_alive(&session));
}

#[test]
fn a_dead_session_is_a_guest_and_its_cookie_goes() {
    let site = Site::open();
    let session = site.log_in("ada");
    site.house.end_sessions_of("ada");
    let answer = site.ask("GET", "/content/objects/7", &[&session.cookie]);
    assert_eq!(answer.status, 200);
    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with(&format!("{COOKIE}=deleted;"))));
}
