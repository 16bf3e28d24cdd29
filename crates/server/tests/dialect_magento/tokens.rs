//! Tokens for programs.

use doorward::{Actor, UserState};

use crate::kit::PASSWORD;
use crate::shop::{INCORRECT, JSON, SCRIPT, Shop, credentials, message, unauthorized};

const TOKEN: &str = "/rest/V1/integration/customer/token";
const REVOKE: &str = "/rest/V1/integration/customer/revoke-customer-token";

#[test]
fn a_token_is_a_json_string_and_comes_without_a_cookie() {
    let shop = Shop::open();
    let answer = shop.try_token("customer", "ada", PASSWORD);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let text = answer.text();
    assert!(text.len() == 45 && text.starts_with('"') && text.ends_with('"'), "{}", text.len());
    assert_eq!(answer.all("set-cookie").count(), 0);
    let lines = [JSON, "Accept: application/xml"];
    let answer = shop.send("POST", TOKEN, &lines, &credentials("ada", PASSWORD));
    let text = answer.text();
    assert!(text.starts_with("<?xml version=\"1.0\"?>\n<response>") && text.ends_with("</response>\n"));
}

#[test]
fn what_is_missing_is_named() {
    let shop = Shop::open();
    let one = |name: &str| {
        format!(
            r#"{{"message":"\"%fieldName\" is required. Enter and try again.","parameters":{{"fieldName":"{name}"}}}}"#
        )
    };
    let both = format!(
        r#"{{"message":"One or more input exceptions have occurred.","errors":[{},{}]}}"#,
        one("username"),
        one("password")
    );
    for (body, expected) in [
        ("{}", both.clone()),
        (r#"{"username":"","password":""}"#, both.clone()),
        ("", both),
        (r#"{"username":"ada","password":""}"#, one("password")),
        (r#"{"password":"x"}"#, one("username")),
    ] {
        for whose in ["customer", "admin"] {
            let answer = shop.send("POST", &format!("/rest/V1/integration/{whose}/token"), &[JSON], body);
            assert_eq!((answer.status, answer.text()), (400, expected.clone()), "{body}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_400() {
    let shop = Shop::open();
    let body = credentials("ada", PASSWORD);
    for (line, body, expected) in [
        (JSON, "{", message("Decoding error.")),
        ("X-Other: 1", &body, message("Content-Type header is empty.")),
        ("Content-Type: ;;", &body, message("Content-Type header is invalid.")),
        ("Content-Type: application/json; charset=latin1", &body, message("UTF-8 is the only supported charset.")),
        (
            "Content-Type: text/plain",
            &body,
            r#"{"message":"Server cannot understand Content-Type HTTP header media type %1","parameters":["text\/plain"]}"#
                .to_owned(),
        ),
    ] {
        let answer = shop.send("POST", TOKEN, &[line], body);
        assert_eq!((answer.status, answer.text()), (400, expected), "{line}");
    }
    assert_eq!(shop.send("POST", TOKEN, &["Content-Type: application/json; charset=utf-8"], &body).status, 200);
}

#[test]
fn every_wrong_pair_is_one_answer() {
    let shop = Shop::open();
    for (whose, login) in [("customer", "ada"), ("customer", "nobody"), ("customer", "boss"), ("admin", "ada")] {
        let answer =
            shop.try_token(whose, login, if login == "ada" && whose == "customer" { "wrong" } else { PASSWORD });
        assert_eq!((answer.status, answer.text()), (401, message(INCORRECT)), "{whose} {login}");
    }
}

#[test]
fn a_customers_token_lasts_an_hour_and_an_administrators_four() {
    let shop = Shop::open();
    let (me, boss) = (shop.token("customer", "ada"), shop.token("admin", "boss"));
    let boss = || shop.ask("GET", "/rest/V1/customers/3", &[&boss]).status;
    for _ in 0..59 {
        shop.clock.advance(60);
        assert_eq!(shop.me(&[&me]), 200);
    }
    // Use makes it no longer.
    shop.clock.advance(60);
    assert_eq!((shop.me(&[&me]), boss()), (401, 200));
    shop.clock.advance(3 * 3_600 - 1);
    assert_eq!(boss(), 200);
    shop.clock.advance(1);
    assert_eq!(boss(), 401);
}

#[test]
fn a_cookie_is_no_token_and_a_token_no_cookie() {
    let shop = Shop::open();
    let (session, token) = (shop.log_in("ada"), shop.token("customer", "ada"));
    let session = session.rsplit('=').next().expect("a value");
    let token = token.rsplit(' ').next().expect("a value");
    assert_eq!(shop.me(&[&format!("Authorization: Bearer {session}")]), 401);
    assert_eq!(shop.me(&[SCRIPT, &format!("Cookie: PHPSESSID={token}")]), 401);
    let answer = shop.ask("GET", "/user/me", &[&format!("Cookie: PHPSESSID={token}")]);
    assert_eq!(answer.status, 401);
    let answer = shop.ask("GET", "/user/me", &[&format!("Authorization: Bearer {token}")]);
    assert_eq!(answer.status, 401, "Doorward's own resources take no tokens");
}

#[test]
fn a_customer_revokes_tokens_and_stays_logged_in() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    let (first, second, other) =
        (shop.token("customer", "ada"), shop.token("customer", "ada"), shop.token("customer", "bob"));
    let answer = shop.send("POST", REVOKE, &[], "");
    assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
    let answer = shop.send("POST", REVOKE, &[&first], "");
    assert_eq!((answer.status, answer.text().as_str()), (200, "true"));
    assert_eq!((shop.me(&[&first]), shop.me(&[&second]), shop.me(&[&other])), (401, 401, 200));
    assert_eq!(shop.me(&[&session, SCRIPT]), 200);
}

#[test]
fn all_that_ends_sessions_ends_tokens() {
    let shop = Shop::open();
    let token = shop.token("customer", "ada");
    let ended = shop.block_on(shop.engine.end_sessions_of(&Actor::console(), &shop.ada));
    assert!(ended.is_ok());
    assert_eq!(shop.me(&[&token]), 401);
}

#[test]
fn a_customer_who_is_disabled_has_no_token_any_more() {
    let shop = Shop::open();
    let (token, session) = (shop.token("customer", "ada"), shop.log_in("ada"));
    let disabled = shop.block_on(shop.engine.set_state(&Actor::console(), &shop.ada, UserState::Disabled));
    assert!(disabled.is_ok());
    assert_eq!((shop.me(&[&token]), shop.me(&[&session, SCRIPT])), (401, 401));
    let answer = shop.try_token("customer", "ada", PASSWORD);
    assert_eq!((answer.status, answer.text()), (401, message(INCORRECT)));
}

#[test]
fn a_new_password_ends_tokens_and_sessions() {
    let shop = Shop::open();
    let (token, session) = (shop.token("customer", "ada"), shop.log_in("ada"));
    shop.reset_password("another long secret");
    assert_eq!((shop.me(&[&token]), shop.me(&[&session, SCRIPT])), (401, 401));
    assert_eq!(shop.try_token("customer", "ada", "another long secret").status, 200);
}

#[test]
fn tokens_are_given_in_every_store() {
    let shop = Shop::open();
    for (store, status) in [("all", 200), ("default", 200), ("nope", 400)] {
        for (whose, login) in [("customer", "ada"), ("admin", "boss")] {
            let path = format!("/rest/{store}/V1/integration/{whose}/token");
            assert_eq!(shop.send("POST", &path, &[JSON], &credentials(login, PASSWORD)).status, status, "{path}");
        }
    }
}
