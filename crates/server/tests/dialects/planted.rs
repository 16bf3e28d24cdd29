//! Cookies without the prefix `__Host-`: what others may plant under their names, or overhear, is worth nothing.

use doorward::{Actor, UserDraft};

use crate::kit::{Answer, House, PASSWORD, Upstream};

const RULES: &str = r#"
trusted_proxies = ["127.0.0.1"]
public_url = ["https://api.example"]
[realm.editors]
[realm.site]
[realm.customer]
[realm.admin]
[dialect.ez]
users = "editors"
[dialect.kirby]
root = "/kirby"
users = "site"
[dialect.magento]
stores = ["de"]
[[acl]]
id = "content/publish"
[role.anonymous]
[[route]]
match = "GET,PATCH /api/ezp/v2/content/objects/:id"
access = "self"
[[route]]
match = "PUBLISH /api/ezp/v2/content/objects/:id"
access = "content/publish"
[[route]]
match = "GET,PATCH /kirby/pages/:id"
access = "self"
[[route]]
match = "GET,PUT /rest/V1/customers/me"
access = "self"
realm = "customer"
"#;

/// By way of a proxy that spoke https with the client.
pub const SECURE: [&str; 3] =
    ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: api.example"];
/// By way of one that did not.
pub const PLAIN: [&str; 3] = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: api.example"];

/// How a client of a dialect logs in, and what it may then.
pub struct Way {
    pub realm: &'static str,
    pub cookie: &'static str,
    pub log_in: (&'static str, &'static [&'static str]),
    pub body: fn(&str) -> String,
    pub read: (&'static str, &'static [&'static str]),
    pub change: &'static str,
    /// The header of the token; none where there is no token.
    pub proof: Option<&'static str>,
}

pub const SCRIPT: &str = "X-Requested-With: XMLHttpRequest";
pub const JSON: &str = "Content-Type: application/json";
pub const WAYS: [Way; 3] = [
    Way {
        realm: "editors",
        cookie: "eZSESSID98defd6ee70dfb1dea416cecdf391f58",
        log_in: (
            "/api/ezp/v2/user/sessions",
            &["Content-Type: application/vnd.ez.api.SessionInput+json", "Accept: application/vnd.ez.api.Session+json"],
        ),
        body: |login| format!(r#"{{"SessionInput":{{"login":"{login}","password":"{PASSWORD}"}}}}"#),
        read: ("/api/ezp/v2/content/objects/1", &[]),
        change: "PATCH",
        proof: Some("X-CSRF-Token"),
    },
    Way {
        realm: "site",
        cookie: "kirby_session",
        log_in: ("/kirby/auth/login", &[JSON]),
        body: |login| format!(r#"{{"email":"{login}","password":"{PASSWORD}"}}"#),
        read: ("/kirby/pages/1", &[]),
        change: "PATCH",
        proof: Some("X-CSRF"),
    },
    Way {
        realm: "customer",
        cookie: "PHPSESSID",
        log_in: ("/customer/ajax/login", &[SCRIPT, JSON]),
        body: |login| format!(r#"{{"username":"{login}","password":"{PASSWORD}"}}"#),
        read: ("/rest/V1/customers/me", &[SCRIPT]),
        change: "PUT",
        proof: None,
    },
];

/// What a client holds once it has logged in.
pub struct Held {
    /// `name=value`.
    pub pair: String,
    /// What the cookie was set with.
    line: String,
    pub token: Option<String>,
}

pub fn open() -> House {
    let house = House::before(&Upstream::echo(), RULES);
    for way in &WAYS {
        for login in ["ada", "mallory"] {
            let draft = UserDraft {
                realm: Some(way.realm.into()),
                password: Some(PASSWORD.as_bytes().to_vec().into()),
                ..UserDraft::new(login)
            };
            let added = house.block_on(house.engine.create_user(&Actor::console(), draft));
            added.map_err(|refusal| refusal.code()).expect("added");
        }
    }
    house
}

pub fn ask(house: &House, by: &[&str], method: &str, path: &str, lines: &[&str], body: &str) -> Answer {
    let lines: Vec<&str> = by.iter().chain(lines).copied().collect();
    let mut client = house.client();
    match body {
        "" => client.request(method, path, &lines).answer(),
        body => client.request_with(method, path, &lines, body).answer(),
    }
}

pub fn log_in(house: &House, way: &Way, login: &str, shown: Option<&str>) -> Held {
    let mut cookies: Vec<String> = shown.map(str::to_owned).into_iter().collect();
    let mut lines: Vec<String> = way.log_in.1.iter().map(|line| (*line).to_owned()).collect();
    if way.cookie == "kirby_session" {
        // A page of Kirby's has a token before it logs in.
        let answer = ask(house, &SECURE, "GET", "/user/csrf?realm=site", &[], "");
        assert_eq!(answer.status, 200, "{}", answer.text());
        cookies.extend(answer.all("set-cookie").filter_map(|line| line.split(';').next()).map(str::to_owned));
        lines.push(format!("X-CSRF: {}", text(&answer, "csrf_token").expect("a token")));
    }
    if !cookies.is_empty() {
        lines.push(format!("Cookie: {}", cookies.join("; ")));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let answer = ask(house, &SECURE, "POST", way.log_in.0, &lines, &(way.body)(login));
    assert!(matches!(answer.status, 200 | 201), "{}: {}", way.realm, answer.text());
    let beginning = format!("{}=", way.cookie);
    let line = answer.all("set-cookie").find(|line| line.starts_with(&beginning)).expect("a cookie").to_owned();
    let token = answer.header("x-csrf").map(str::to_owned).or_else(|| text(&answer, "csrfToken"));
    Held { pair: line.split(';').next().expect("a pair").to_owned(), line, token }
}

/// The value of a member, wherever it stands in the body.
fn text(answer: &Answer, name: &str) -> Option<String> {
    let body = answer.text();
    let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// The status of what only somebody who is logged in may read.
fn read(house: &House, by: &[&str], way: &Way, cookies: &str, token: Option<&str>) -> u16 {
    send(house, by, way, "GET", cookies, token)
}

fn send(house: &House, by: &[&str], way: &Way, method: &str, cookies: &str, token: Option<&str>) -> u16 {
    let cookie = format!("Cookie: {cookies}");
    let proof = way.proof.zip(token).map(|(name, token)| format!("{name}: {token}"));
    let lines: Vec<&str> = way.read.1.iter().copied().chain([&*cookie]).chain(proof.as_deref()).collect();
    ask(house, by, method, way.read.0, &lines, "").status
}

#[test]
fn the_cookie_of_a_dialect_is_for_https_and_no_script() {
    let house = open();
    for way in &WAYS {
        let held = log_in(&house, way, "ada", None);
        for attribute in ["; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"] {
            assert!(held.line.contains(attribute), "{attribute}: {}", held.line);
        }
        assert!(!held.line.contains("Domain"), "other hosts do not get it: {}", held.line);
        assert_eq!(read(&house, &SECURE, way, &held.pair, held.token.as_deref()), 200, "{}", way.realm);
    }
}

#[test]
fn two_cookies_under_the_name_of_a_dialect_are_nobodys() {
    let house = open();
    for way in &WAYS {
        let (ada, mallory) = (log_in(&house, way, "ada", None), log_in(&house, way, "mallory", None));
        for pairs in [format!("{}; {}", ada.pair, mallory.pair), format!("{}; {}", mallory.pair, ada.pair)] {
            assert_eq!(read(&house, &SECURE, way, &pairs, ada.token.as_deref()), 400, "{}", way.realm);
        }
    }
}

#[test]
fn a_token_that_was_planted_under_the_name_of_a_dialect_is_never_adopted() {
    let house = open();
    for way in &WAYS {
        let planted = format!("{}={}", way.cookie, "A".repeat(43));
        let held = log_in(&house, way, "ada", Some(&planted));
        assert_ne!(held.pair, planted);
        assert_eq!(read(&house, &SECURE, way, &planted, held.token.as_deref()), 401, "{}", way.realm);
        assert_eq!(read(&house, &SECURE, way, &held.pair, held.token.as_deref()), 200, "{}", way.realm);
    }
}

#[test]
fn in_a_session_that_was_planted_a_page_does_nothing_with_its_own_token() {
    let house = open();
    for way in WAYS.iter().filter(|way| way.proof.is_some()) {
        let (ada, mallory) = (log_in(&house, way, "ada", None), log_in(&house, way, "mallory", None));
        assert_eq!(send(&house, &SECURE, way, way.change, &mallory.pair, ada.token.as_deref()), 401, "{}", way.realm);
        assert_eq!(send(&house, &SECURE, way, way.change, &ada.pair, ada.token.as_deref()), 200, "{}", way.realm);
    }
}

#[test]
fn a_session_of_one_dialect_is_nobodys_under_the_name_of_another() {
    let house = open();
    for way in &WAYS {
        let held = log_in(&house, way, "ada", None);
        let (_, value) = held.pair.split_once('=').expect("a pair");
        for other in WAYS.iter().filter(|other| other.realm != way.realm) {
            let pair = format!("{}={value}", other.cookie);
            assert_eq!(read(&house, &SECURE, other, &pair, held.token.as_deref()), 401, "{}", way.realm);
        }
    }
}

#[test]
fn a_cookie_of_a_dialect_that_came_over_plain_http_ends_its_session() {
    let house = open();
    for way in &WAYS {
        let held = log_in(&house, way, "ada", None);
        assert_eq!(read(&house, &PLAIN, way, &held.pair, held.token.as_deref()), 401, "{}", way.realm);
        assert_eq!(read(&house, &SECURE, way, &held.pair, held.token.as_deref()), 401, "{}", way.realm);
        // Nor is one given there.
        let lines: Vec<&str> = way.log_in.1.to_vec();
        let answer = ask(&house, &PLAIN, "POST", way.log_in.0, &lines, &(way.body)("ada"));
        assert_eq!(answer.all("set-cookie").count(), 0, "{}", answer.text());
        assert!(!answer.text().contains("successful"), "{}", answer.text());
    }
}
