//! Section 4: HTTP Basic, and its refusals in their order.

use crate::kit::PASSWORD;
use crate::site::{Site, UNAUTHENTICATED, json, said};

const ON: &str =
    "trusted_proxies = [\"127.0.0.1\"]\npublic_url = [\"https://api.example\"]\n[dialect.kirby]\nbasicAuth = true\n";
const INSECURE: &str = "[dialect.kirby]\nbasicAuth = true\nallowInsecure = true\n";
const HTTPS: &str = "X-Forwarded-Proto: https";

fn basic(login: &str, password: &str) -> String {
    format!("Authorization: Basic {}", encoded(format!("{login}:{password}").as_bytes()))
}

/// RFC 4648, section 4.
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[test]
fn off_it_is_as_if_the_header_were_not_there() {
    let site = Site::open("[dialect.kirby]\n");
    site.add("admin0001", "ada@example.com", &["admin"]);
    let answer = site.send("GET", "/api/auth", &[&basic("ada@example.com", PASSWORD)], "");
    assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED));
}

#[test]
fn plain_http_is_refused_before_the_password_is_looked_at() {
    let site = Site::open(ON);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let body = r#"{"status":"error","message":"Basic authentication is only allowed over HTTPS","code":403,"key":"error.permission","details":[]}"#;
    for header in
        [basic("ada@example.com", PASSWORD), basic("ada@example.com", "wrong"), "Authorization: Basic !!!".into()]
    {
        for target in ["/api/auth", "/api/site", "/api/system"] {
            let answer = site.send("GET", target, &[&header, "X-Forwarded-For: 192.0.2.1"], "");
            assert_eq!((answer.status, answer.text().as_str()), (403, body), "{target}");
        }
    }
}

#[test]
fn what_is_wrong_is_403_and_never_a_challenge() {
    let site = Site::open(INSECURE);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let wrong = r#"{"status":"error","message":"Invalid login","code":403,"key":"error.access.login","details":[]}"#;
    for header in [
        basic("ada@example.com", "wrong password here"),
        basic("nobody@example.com", PASSWORD),
        format!("Authorization: Basic {}", encoded(b"no colon")),
        "Authorization: Basic !!!".into(),
        // Stricter than there: without padding, and with something behind it.
        basic("ada@example.com", PASSWORD).trim_end_matches('=').to_owned(),
        format!("{} x", basic("ada@example.com", PASSWORD)),
    ] {
        let answer = site.send("GET", "/api/auth", &[&header], "");
        assert_eq!((answer.status, answer.text().as_str()), (403, wrong), "{header}");
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.all("set-cookie").count(), 0);
    }
}

#[test]
fn what_is_no_basic_is_ignored() {
    let site = Site::open(INSECURE);
    for header in ["Authorization: Basic", "Authorization: Bearer x", "Authorization: Basic\tYTpi"] {
        let answer = site.send("GET", "/api/auth", &[header], "");
        assert_eq!((answer.status, answer.text().as_str()), (401, UNAUTHENTICATED), "{header}");
    }
}

#[test]
fn the_right_pair_is_let_in_without_a_token_and_gets_no_cookie() {
    let site = Site::open(INSECURE);
    site.add("admin0001", "ada@example.com", &["admin"]);
    for login in ["ada@example.com", "ADA@Example.com", "admin0001"] {
        let answer = site.send("GET", "/api/auth", &[&basic(login, PASSWORD)], "");
        assert_eq!((answer.status, json(&answer)["data"]["id"].clone()), (200, "admin0001".into()), "{login}");
        assert_eq!(answer.header("cache-control"), Some("no-store, private"));
        assert_eq!(answer.all("set-cookie").count(), 0);
    }
    let header = basic("ada@example.com", PASSWORD).replace("Basic ", "bAsIc   ");
    assert_eq!(site.send("GET", "/api/site", &[&header], "").status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-method"), Some("basic"));
    assert_eq!(site.send("POST", "/api/pages/a", &[&header], "").status, 200);
}

#[test]
fn over_https_it_is_let_in() {
    let site = Site::open(ON);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let lines =
        [&*basic("ada@example.com", PASSWORD), HTTPS, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: api.example"];
    let answer = site.send("GET", "/api/auth", &lines, "");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn it_wins_over_a_session() {
    let site = Site::open(INSECURE);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("eve00001", "eve@example.com", &["editor"]);
    let mut browser = site.logged_in("eve@example.com");
    let answer = browser.send("GET", "/api/auth", &[&basic("ada@example.com", PASSWORD)], "");
    assert_eq!(json(&answer)["data"]["id"], "admin0001");
    let answer = browser.send("GET", "/api/auth", &[&basic("ada@example.com", "wrong password here")], "");
    assert_eq!(said(&answer), (403, "error.access.login".into()));
}

#[test]
fn an_unknown_route_is_404_whatever_the_header_says() {
    let site = Site::open(INSECURE);
    let answer = site.send("GET", "/api/nothing", &[&basic("nobody", "nothing")], "");
    assert_eq!(said(&answer), (404, "null".into()));
}

#[test]
fn wrong_credentials_are_refused_at_log_out_and_system_too() {
    let site = Site::open(INSECURE);
    let header = basic("nobody", "nothing at all here");
    assert_eq!(said(&site.send("POST", "/api/auth/logout", &[&header], "")), (403, "error.access.login".into()));
    assert_eq!(said(&site.send("GET", "/api/system", &[&header], "")), (403, "error.access.login".into()));
}

#[test]
fn addresses_are_the_bytes_that_are_sent() {
    let site = Site::open(INSECURE);
    site.add("zoe00001", "zo\u{eb}@example.com", &["admin"]);
    let answer = site.send("GET", "/api/auth", &[&basic("zo\u{eb}@example.com", PASSWORD)], "");
    assert_eq!((answer.status, json(&answer)["data"]["id"].clone()), (200, "zoe00001".into()));
}

/// Section 5.
#[test]
fn whoever_is_locked_is_told_so_in_a_header_and_nothing_else_of_theirs_ends() {
    let site = Site::open(INSECURE);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut browser = site.logged_in("bob@example.com");
    let known_good = basic("ada@example.com", PASSWORD);
    assert_eq!(site.send("GET", "/api/auth", &[&known_good], "").status, 200);
    let wrong = r#"{"status":"error","message":"Invalid login","code":403,"key":"error.access.login","details":[]}"#;
    for login in ["ada@example.com", "bob@example.com"] {
        let waits = (0..40).find_map(|attempt| {
            let header = basic(login, &format!("wrong password {attempt}"));
            let answer = site.send("GET", "/api/auth", &[&header], "");
            assert_eq!((answer.status, answer.text().as_str()), (403, wrong));
            answer.header("retry-after").map(str::to_owned)
        });
        let seconds: u32 = waits.expect("nobody has to wait").parse().expect("seconds");
        assert!(seconds > 0);
    }
    for login in ["bob@example.com", "BOB@example.com", "editor01"] {
        let answer = site.send("GET", "/api/auth", &[&basic(login, PASSWORD)], "");
        assert_eq!((answer.status, answer.text().as_str()), (403, wrong), "{login}");
        assert!(answer.header("retry-after").is_some());
    }
    let mut other = site.browser();
    other.fetch_token();
    let answer = other.log_in("bob@example.com", PASSWORD);
    assert_eq!((answer.status, answer.text().as_str()), (403, wrong));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(browser.get("/api/auth").status, 200, "sessions go on");
    assert_eq!(site.send("GET", "/api/auth", &[&known_good], "").status, 200, "and so does who was right just before");
}

#[test]
fn what_is_refused_for_its_transport_is_not_counted() {
    let site = Site::open(ON);
    site.add("admin0001", "ada@example.com", &["admin"]);
    for attempt in 0..40 {
        let header = basic("ada@example.com", &format!("wrong password {attempt}"));
        let answer = site.send("GET", "/api/auth", &[&header, "X-Forwarded-For: 192.0.2.1"], "");
        assert_eq!((said(&answer), answer.header("retry-after")), ((403, "error.permission".into()), None));
    }
    let right = basic("ada@example.com", PASSWORD);
    let lines = [&*right, HTTPS, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: api.example"];
    assert_eq!(site.send("GET", "/api/auth", &lines, "").status, 200);
}
