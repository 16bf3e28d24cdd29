//! Section 1: logging in, staying logged in, logging out. Section 3: the cookie.

use crate::kit::PASSWORD;
use crate::site::{DONE, PLAIN, Site, UNAUTHENTICATED, json, said};

const USER: &str = r#"{"avatar":null,"email":"ada@example.com","id":"admin0001","language":"en","name":"Ada","permissions":{"access":{"account":true,"#;

#[test]
fn a_client_logs_in_with_fetch_and_learns_the_new_token() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    let before = browser.token.clone();
    let answer = browser.log_in("ada@example.com", PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().starts_with(&format!(r#"{{"code":200,"status":"ok","user":{USER}"#)), "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store, private"));
    let cookie = answer.all("set-cookie").find(|line| line.starts_with("kirby_session=")).expect("a cookie");
    let (value, attributes) = cookie.split_once("; ").expect("attributes");
    assert_eq!(value.len(), "kirby_session=".len() + 43, "{value}");
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax"]);
    assert_ne!(browser.token, before);
    let answer = browser.get("/api/auth");
    assert_eq!(answer.status, 200);
    let begins = format!(r#"{{"code":200,"data":{USER}"#);
    assert!(answer.text().starts_with(&begins) && answer.text().ends_with(r#"},"status":"ok","type":"model"}"#));
    assert_eq!(answer.header("cache-control"), Some("no-store, private"));
}

/// As Kirby's clients do: one token for all, and what an answer says of another is not read.
#[test]
fn a_client_that_never_reads_another_token_goes_on_with_its_first_one() {
    const NEW: &str = "a kettle of four storks";
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("eve00001", "eve@example.com", &["editor"]);
    let mut browser = site.browser();
    browser.fetch_token();
    let first = browser.token.clone();
    let mut ask = |method: &str, target: &str, body: &str| {
        browser.token = first.clone();
        browser.with_token(method, target, body)
    };
    let pair = |email: &str, password: &str| serde_json::json!({"email": email, "password": password}).to_string();
    assert_eq!(ask("POST", "/api/auth/login", &pair("ada@example.com", PASSWORD)).status, 200);
    assert_eq!(json(&ask("GET", "/api/auth", ""))["data"]["id"], "admin0001");
    assert_eq!(ask("PATCH", "/api/account/name", "name=Ada+L.").status, 200);
    assert_eq!(ask("GET", "/api/site", "").status, 200, "what is the upstream's too");
    let password = serde_json::json!({"password": NEW, "currentPassword": PASSWORD}).to_string();
    assert_eq!(ask("PATCH", "/api/account/password", &password).status, 200);
    assert_eq!(ask("GET", "/api/auth", "").status, 200);
    assert_eq!(ask("POST", "/api/auth/login", &pair("eve@example.com", PASSWORD)).status, 200);
    assert_eq!(json(&ask("GET", "/api/auth", ""))["data"]["id"], "eve00001");
    assert_eq!(ask("POST", "/api/auth/logout", "").status, 200);
    assert_eq!(ask("GET", "/api/auth", "").text(), UNAUTHENTICATED);
    assert_eq!(ask("POST", "/api/auth/login", &pair("ada@example.com", NEW)).status, 200);
    assert_eq!(ask("GET", "/api/auth", "").status, 200);
}

/// Whoever brought a guest's cookie into somebody's browser has tokens that go with it, but not the one that was sent.
#[test]
fn no_other_token_of_before_the_log_in_is_of_use_after_it() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    let fixed = browser.token.clone();
    browser.fetch_token();
    let sent = browser.token.clone();
    assert_ne!(fixed, sent);
    assert_eq!(browser.log_in("ada@example.com", PASSWORD).status, 200);
    let kept = browser.cookie("doorward-guest").is_some();
    assert!(kept, "the cookie with which both go is still there");
    for (token, status) in [(&fixed, 401), (&sent, 200)] {
        browser.token = token.clone();
        assert_eq!(browser.get("/api/auth").status, status);
    }
    // It goes with this session and no other.
    let mut other = site.logged_in("ada@example.com");
    other.token = sent;
    assert_eq!(other.get("/api/auth").text(), UNAUTHENTICATED);
}

#[test]
fn the_kept_token_is_one_below_the_root_alone() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    let first = browser.token.clone().expect("a token");
    browser.log_in("ada@example.com", PASSWORD);
    let answer = browser.send("DELETE", "/user/sessions", &[&format!("X-CSRF: {first}")], "");
    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[test]
fn a_body_is_json_or_a_form_with_names_in_any_case_and_long_is_optional() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let password = PASSWORD.replace(' ', "+");
    for (body, lines) in [
        (format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#), vec![]),
        (
            format!(r#"{{"Email":"ADA@example.com","PassWord":"{PASSWORD}","long":null}}"#),
            vec!["Content-Type: application/json"],
        ),
        (
            format!("email=ada%40example.com&password={password}&long=0"),
            vec!["Content-Type: application/x-www-form-urlencoded"],
        ),
        (format!("EMAIL=admin0001&password={password}"), vec!["Content-Type: text/plain"]),
    ] {
        let mut browser = site.browser();
        browser.fetch_token();
        let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
        let lines: Vec<&str> = lines.into_iter().chain([token.as_str()]).collect();
        let answer = browser.send("POST", "/api/auth/login", &lines, &body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        assert_eq!(browser.get("/api/auth").status, 200, "{body}");
    }
}

#[test]
fn long_is_remembered_for_as_long_as_the_realm_says() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    for (long, age) in [("true", true), ("1", true), ("\"0\"", false), ("false", false)] {
        let mut browser = site.browser();
        browser.fetch_token();
        let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}","long":{long}}}"#);
        let answer = browser.post("/api/auth/login", &body);
        let cookie = answer.all("set-cookie").find(|line| line.starts_with("kirby_session=")).expect("a cookie");
        assert_eq!(cookie.contains("Max-Age=1209600"), age, "{long}: {cookie}");
    }
}

#[test]
fn a_wrong_pair_is_403_whoever_it_names() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let wrong = r#"{"status":"error","message":"Invalid login","code":403,"key":"error.access.login","details":[]}"#;
    for (email, password) in [("ada@example.com", "wrong password here"), ("eve@example.com", PASSWORD)] {
        let mut browser = site.browser();
        browser.fetch_token();
        let answer = browser.log_in(email, password);
        assert_eq!((answer.status, answer.text().as_str()), (403, wrong), "{email}");
        assert_eq!(answer.all("set-cookie").count(), 0);
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[test]
fn failures_are_counted_by_user_whatever_the_spelling_and_answered_alike() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let spellings = ["ada@example.com", "ADA@example.com", "admin0001", "Ada@Example.com"];
    let mut browser = site.browser();
    browser.fetch_token();
    let mut locked = false;
    for attempt in 0..40 {
        let answer = browser.log_in(spellings[attempt % 4], "wrong password here");
        assert_eq!(said(&answer), (403, "error.access.login".into()));
        if answer.header("retry-after").is_some() {
            locked = true;
            break;
        }
    }
    assert!(locked, "nobody has to wait");
    for spelling in spellings {
        let answer = browser.log_in(spelling, PASSWORD);
        assert_eq!(said(&answer), (403, "error.access.login".into()), "{spelling}");
    }
}

#[test]
fn what_cannot_be_a_log_in_is_400() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.browser();
    browser.fetch_token();
    for body in [
        r#"{"email":["a"],"password":"x"}"#,
        r#"{"email":"a@b","password":{}}"#,
        r#"{"password":"something"}"#,
        r#"{"email":"a@b","password":""}"#,
        r#"{"email":"a@b","password":"0"}"#,
        r#"{"email":"a@b"}"#,
        "{",
        "[]",
        "",
    ] {
        let answer = browser.post("/api/auth/login", body);
        assert_eq!(said(&answer), (400, "error.invalidArgument".into()), "{body}");
    }
    let answer = browser.post("/api/auth/login", r#"{"email":"ada@example.com","password":12345678}"#);
    assert_eq!(said(&answer), (403, "error.access.login".into()));
}

#[test]
fn no_log_in_asks_for_a_code() {
    let site = Site::open(PLAIN);
    let mut browser = site.browser();
    assert_eq!(said(&browser.post("/api/auth/code", r#"{"code":"123456"}"#)), (400, "error.invalidArgument".into()));
    browser.fetch_token();
    let answer = browser.post("/api/auth/code", r#"{"code":"123 456"}"#);
    let body = r#"{"status":"error","message":"Invalid code","code":403,"key":"error.access.code","details":{"challengeDestroyed":true}}"#;
    assert_eq!((answer.status, answer.text().as_str()), (403, body));
    assert_eq!(said(&browser.post("/api/auth/code", "{}")), (400, "error.invalidArgument".into()));
}

#[test]
fn logging_out_needs_no_token_and_always_succeeds() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let answer = site.send("POST", "/api/auth/logout", &[], "");
    assert_eq!((answer.status, answer.text().as_str()), (200, DONE));
    assert_eq!(answer.all("set-cookie").count(), 0);
    let mut browser = site.logged_in("ada@example.com");
    let session = format!("Cookie: kirby_session={}", browser.cookie("kirby_session").expect("a cookie"));
    let answer = browser.send("POST", "/api/auth/logout", &[], "");
    assert_eq!((answer.status, answer.text().as_str()), (200, DONE));
    assert!(browser.cookie("kirby_session").is_none());
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    assert_eq!(site.send("GET", "/api/auth", &[&session, &token], "").text(), UNAUTHENTICATED);
    // The token that came with it is good for the next log-in.
    assert_eq!(browser.log_in("ada@example.com", PASSWORD).status, 200);
}

#[test]
fn ping_always_succeeds() {
    let site = Site::open("[dialect.kirby]\nbasicAuth = true\nallowInsecure = true\n");
    site.add("admin0001", "ada@example.com", &["admin"]);
    for lines in [vec![], vec!["Authorization: Basic bm9ib2R5Om5vdGhpbmc="], vec!["Cookie: kirby_session=x"]] {
        let answer = site.send("POST", "/api/auth/ping", &lines, "");
        assert_eq!((answer.status, answer.text().as_str()), (200, DONE), "{lines:?}");
    }
    let mut browser = site.logged_in("ada@example.com");
    assert_eq!(browser.send("POST", "/api/auth/ping", &[], "").text(), DONE);
}

#[test]
fn logging_in_again_replaces_the_session() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("eve00001", "eve@example.com", &["editor"]);
    let mut browser = site.logged_in("ada@example.com");
    let first = format!("Cookie: kirby_session={}", browser.cookie("kirby_session").expect("a cookie"));
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    assert_eq!(browser.log_in("eve@example.com", PASSWORD).status, 200);
    assert_eq!(json(&browser.get("/api/auth"))["data"]["id"], "eve00001");
    assert_eq!(site.send("GET", "/api/auth", &[&first, &token], "").status, 401, "no alias across a log-in");
}

#[test]
fn nobody_logs_anybody_in_or_out_from_another_site() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut browser = site.logged_in("ada@example.com");
    let token = format!("X-CSRF: {}", browser.token.clone().expect("a token"));
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    for foreign in ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"] {
        let answer = browser.send("POST", "/api/auth/logout", &[foreign], "");
        assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED), "{foreign}");
        let answer = browser.send("GET", "/api/auth/logout", &[foreign, "X-HTTP-Method-Override: POST"], "");
        assert_eq!(answer.status, 401, "{foreign}");
        let answer = browser.send("POST", "/api/auth/login", &[foreign, &token], &body);
        assert_eq!(answer.status, 401, "{foreign}");
    }
    assert_eq!(browser.get("/api/auth").status, 200);
}

#[test]
fn where_no_cookie_is_given_nobody_logs_in() {
    let site = Site::open(
        "trusted_proxies = [\"127.0.0.1\"]\npublic_url = [\"https://api.example\"]\n[dialect.kirby]\ncsrf = false\n",
    );
    site.add("admin0001", "ada@example.com", &["admin"]);
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    let answer = site.send("POST", "/api/auth/login", &["X-Forwarded-For: 192.0.2.1"], &body);
    assert_eq!(said(&answer), (403, "error.permission".into()));
    let lines = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: api.example"];
    let answer = site.send("POST", "/api/auth/login", &lines, &body);
    let cookie = answer.all("set-cookie").find(|line| line.starts_with("kirby_session=")).expect("a cookie");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[test]
fn a_body_that_is_too_long_is_refused_in_the_same_words() {
    let site = Site::open(PLAIN);
    let mut browser = site.browser();
    browser.fetch_token();
    let answer = browser.post("/api/auth/login", &format!("email={}", "a".repeat(2 << 20)));
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(json(&answer)["status"], "error");
}

/// Browsers send the host of an address in ASCII, whatever was typed.
#[test]
fn an_address_is_known_in_both_spellings_of_its_host() {
    let site = Site::open("[dialect.kirby]\nbasicAuth = true\nallowInsecure = true\n");
    site.add("admin0001", "ada@m\u{fc}nchen.example", &["admin"]);
    site.add("editor01", "eve@xn--kln-sna.example", &["editor"]);
    for (email, id) in [
        ("ada@xn--mnchen-3ya.example", "admin0001"),
        ("Ada@XN--MNCHEN-3YA.example", "admin0001"),
        ("ada@m\u{fc}nchen.example", "admin0001"),
        ("eve@xn--kln-sna.example", "editor01"),
    ] {
        let mut browser = site.browser();
        browser.fetch_token();
        let answer = browser.log_in(email, PASSWORD);
        assert_eq!((answer.status, json(&answer)["user"]["id"].clone()), (200, id.into()), "{email}");
    }
    let mut browser = site.browser();
    browser.fetch_token();
    for email in ["eve@xn--mnchen-3ya.example", "ada@xn--!.example"] {
        assert_eq!(said(&browser.log_in(email, PASSWORD)), (403, "error.access.login".into()), "{email}");
    }
}

#[test]
fn both_spellings_of_an_address_have_one_wait_whether_somebody_has_it_or_not() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@m\u{fc}nchen.example", &["admin"]);
    site.add("editor01", "eve@xn--kln-sna.example", &["editor"]);
    let waits = |spellings: [&str; 2]| {
        let mut browser = site.browser();
        browser.fetch_token();
        let mut wrong = |email: &str| browser.log_in(email, "wrong password here").header("retry-after").is_some();
        let sent = spellings.into_iter().cycle().take(6);
        sent.map(&mut wrong).collect::<Vec<_>>()
    };
    for spellings in [
        ["ada@xn--mnchen-3ya.example", "ada@m\u{fc}nchen.example"],
        ["eve@k\u{f6}ln.example", "eve@xn--kln-sna.example"],
        ["bob@xn--mnchen-3ya.example", "bob@m\u{fc}nchen.example"],
    ] {
        assert_eq!(waits(spellings), [false, false, false, false, false, true], "{spellings:?}");
    }
}
