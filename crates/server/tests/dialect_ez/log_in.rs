//! `POST /user/sessions`, row by row.

use crate::kit::PASSWORD;
use crate::site::{
    COOKIE, ROOT, SENDS_JSON, SENDS_XML, Session, Site, WANTS_JSON, WANTS_XML, first_cookie, input, is_empty, is_error,
    json,
};

#[test]
fn good_credentials_make_a_session_and_the_body_names_the_cookie() {
    let site = Site::open();
    let answer = site.try_log_in("ada", PASSWORD, &[]);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), Some("application/vnd.ez.api.Session+json"));
    assert_eq!(answer.header("location"), None);
    let session = Session::of(&answer);
    let user = format!("{ROOT}/user/users/{}", site.ada.id);
    let escaped = |text: &str| text.replace('/', "\\/");
    let expected = format!(
        r#"{{"Session":{{"_media-type":"application\/vnd.ez.api.Session+json","_href":"{}","name":"{COOKIE}","identifier":"{}","csrfToken":"{}","User":{{"_media-type":"application\/vnd.ez.api.User+json","_href":"{}"}}}}}}"#,
        escaped(&format!("{ROOT}/user/sessions/{}", session.id)),
        session.id,
        session.token,
        escaped(&user),
    );
    assert_eq!(answer.text(), expected);
    let cookie = answer.all("set-cookie").next().expect("a cookie").to_owned();
    assert_eq!(cookie, format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", session.id));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn xml_is_spoken_as_well() {
    let site = Site::open();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SessionInput><login>ada</login><password>{PASSWORD}</password></SessionInput>"
    );
    for kind in [SENDS_XML, "Content-Type: application/vnd.ez.api.SessionInput"] {
        let answer = site.send("POST", "/user/sessions", &[kind, WANTS_XML], &body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/vnd.ez.api.Session+xml"));
        let pair = first_cookie(&answer).expect("a cookie");
        let id = pair.strip_prefix(&format!("{COOKIE}=")).expect("of this name");
        let text = answer.text();
        let beginning = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Session media-type=\"application/vnd.ez.api.Session+xml\" \
             href=\"{ROOT}/user/sessions/{id}\"><name>{COOKIE}</name><identifier>{id}</identifier><csrfToken>"
        );
        assert!(text.starts_with(&beginning), "{text}");
        let end = format!(
            "</csrfToken><User media-type=\"application/vnd.ez.api.User+xml\" href=\"{ROOT}/user/users/{}\"/></Session>\n",
            site.ada.id
        );
        assert!(text.ends_with(&end), "{text}");
    }
}

#[test]
fn a_body_that_cannot_be_read_is_a_bad_request() {
    let site = Site::open();
    let doctype = "<!DOCTYPE a [<!ENTITY b \"c\">]><a><login>&b;</login><password>x</password></a>";
    for (kind, body) in [
        ("Content-Type: application/json", &*input("ada", PASSWORD)),
        ("Content-Type: application/xml", "<SessionInput><login>a</login><password>b</password></SessionInput>"),
        ("Content-Type: application/vnd.ez.api.Session+json", &*input("ada", PASSWORD)),
        ("X-Nothing: 1", &*input("ada", PASSWORD)),
        (SENDS_JSON, ""),
        (SENDS_JSON, "null"),
        (SENDS_JSON, "[]"),
        (SENDS_JSON, "{"),
        (SENDS_XML, "<a>"),
        (SENDS_XML, doctype),
    ] {
        let answer = site.send("POST", "/user/sessions", &[kind, WANTS_JSON], body);
        assert!(is_error(&answer, 400, "Bad Request"), "{kind} {body}: {} {}", answer.status, answer.text());
        assert_eq!(answer.header("set-cookie"), None);
    }
    for (body, missing) in
        [(r#"{"SessionInput":{"password":"x"}}"#, "login"), (r#"{"SessionInput":{"login":"x"}}"#, "password")]
    {
        let answer = site.send("POST", "/user/sessions", &[SENDS_JSON, WANTS_JSON], body);
        assert!(is_error(&answer, 400, "Bad Request"));
        let expected = format!("Missing '{missing}' attribute for SessionInput.");
        assert_eq!(json(&answer)["ErrorMessage"]["errorDescription"], expected);
    }
}

#[test]
fn every_wrong_pair_has_the_same_answer_and_no_cookie() {
    let site = Site::open();
    let wrong = site.try_log_in("ada", "another", &[]);
    assert!(is_error(&wrong, 401, "Unauthorized"), "{}", wrong.text());
    assert_eq!((wrong.header("set-cookie"), wrong.header("www-authenticate")), (None, None));
    let nobody = site.try_log_in("nobody", "another", &[]);
    assert_eq!((nobody.status, nobody.text()), (wrong.status, wrong.text()));
}

#[test]
fn a_stale_cookie_never_blocks_a_log_in() {
    let site = Site::open();
    let ended = site.log_in("ada");
    assert_eq!(site.ask("DELETE", ended.path(), &[&ended.cookie, &ended.proof]).status, 204);
    let two = format!("Cookie: {COOKIE}={}; {COOKIE}=other", ended.id);
    for cookie in [ended.cookie.clone(), format!("Cookie: {COOKIE}=unknown"), two] {
        let answer = site.try_log_in("ada", PASSWORD, &[&cookie]);
        assert_eq!(answer.status, 201, "{cookie}: {}", answer.text());
        assert_ne!(Session::of(&answer).id, ended.id);
    }
}

#[test]
fn who_is_logged_in_needs_the_token_and_the_password_and_keeps_the_session() {
    let site = Site::open();
    let session = site.log_in("ada");
    for lines in [vec![&*session.cookie], vec![&*session.cookie, "X-CSRF-Token: wrong"]] {
        let answer = site.try_log_in("ada", PASSWORD, &lines);
        assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
        assert!(site.is_alive(&session));
    }
    let answer = site.try_log_in("ADA", PASSWORD, &[&session.cookie, &session.proof]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(Session::of(&answer).id, session.id);
    assert_eq!(answer.header("set-cookie"), None);
    // There the password was not looked at.
    let answer = site.try_log_in("ada", "another", &[&session.cookie, &session.proof]);
    assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
    assert!(site.is_alive(&session));
}

#[test]
fn nobody_else_gets_the_place_of_who_is_logged_in() {
    let site = Site::open();
    let session = site.log_in("ada");
    let other = site.try_log_in("bob", PASSWORD, &[&session.cookie, &session.proof]);
    assert!(is_empty(&other, 409), "{} {}", other.status, other.text());
    assert_eq!(other.header("set-cookie"), None);
    assert!(site.is_alive(&session));
    // There the one who was logged in was logged out by it.
    let wrong = site.try_log_in("bob", "another", &[&session.cookie, &session.proof]);
    assert!(is_error(&wrong, 401, "Unauthorized"), "{}", wrong.text());
    assert!(site.is_alive(&session));
}

#[test]
fn later_versions_ask_for_no_token_where_somebody_logs_in_again() {
    let kind = "Content-Type: application/vnd.ibexa.api.SessionInput+json";
    let rules = "[dialect.ez]\nvendor = \"ibexa\"\n";
    let house = crate::kit::House::open(rules);
    house.add_user("ada", &[]);
    let send = |lines: &[&str]| {
        let lines: Vec<&str> = lines.iter().copied().chain([kind, "Accept: application/json"]).collect();
        let body = input("ada", PASSWORD);
        house.client().request_with("POST", "/api/ibexa/v2/user/sessions", &lines, &body).answer()
    };
    let first = send(&[]);
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(first.header("content-type"), Some("application/vnd.ibexa.api.Session+json"));
    let name = "IBX_SESSION_ID98defd6ee70dfb1dea416cecdf391f58";
    assert_eq!(json(&first)["Session"]["name"], name);
    let session = Session::of(&first);
    let again = send(&[&session.cookie]);
    assert_eq!((again.status, Session::of(&again).id), (200, session.id));
}

#[test]
fn a_page_of_another_site_logs_nobody_in() {
    let site = Site::open();
    for line in ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"] {
        let answer = site.try_log_in("ada", PASSWORD, &[line]);
        assert!(is_error(&answer, 401, "Unauthorized"), "{line}: {}", answer.text());
    }
    let origin = format!("Origin: http://{}", site.house.address());
    assert_eq!(site.try_log_in("ada", PASSWORD, &[&origin, "Sec-Fetch-Site: same-origin"]).status, 201);
}
