//! Logging in and out by script.

use crate::kit::PASSWORD;
use crate::shop::{JSON, SCRIPT, Shop, cookie, credentials};

#[test]
fn a_right_password_begins_a_session() {
    let shop = Shop::open();
    let answer = shop.try_log_in("ada", PASSWORD);
    let expected = r#"{"errors":false,"message":"Login successful."}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let set = answer.all("set-cookie").find(|line| line.starts_with("PHPSESSID=")).expect("a session").to_owned();
    let attributes: Vec<&str> = set.split("; ").skip(1).collect();
    assert!(attributes.contains(&"Path=/") && attributes.contains(&"HttpOnly") && attributes.contains(&"SameSite=Lax"));
}

#[test]
fn a_wrong_one_is_said_with_status_200() {
    let shop = Shop::open();
    let expected = r#"{"errors":true,"message":"Invalid login or password."}"#;
    for login in ["ada", "nobody", "boss"] {
        let answer = shop.try_log_in(login, "wrong");
        assert_eq!((answer.status, answer.text().as_str()), (200, expected), "{login}");
        assert_eq!(answer.all("set-cookie").count(), 0);
    }
}

#[test]
fn what_no_script_of_the_shop_sends_is_400_without_a_body() {
    let shop = Shop::open();
    let right = credentials("ada", PASSWORD);
    for (lines, body) in [
        (&[JSON][..], right.as_str()),
        (&[SCRIPT, JSON], ""),
        (&[SCRIPT, JSON], "{}"),
        (&[SCRIPT, JSON], "username=ada"),
        (&["X-Requested-With: fetch", JSON], right.as_str()),
    ] {
        let answer = shop.send("POST", "/customer/ajax/login", lines, body);
        assert_eq!((answer.status, answer.text().as_str()), (400, ""), "{body}");
    }
}

#[test]
fn another_site_logs_nobody_in() {
    let shop = Shop::open();
    let lines = [SCRIPT, JSON, "Origin: https://evil.example"];
    let answer = shop.send("POST", "/customer/ajax/login", &lines, &credentials("ada", PASSWORD));
    assert_eq!(answer.status, 401);
    assert_eq!(answer.all("set-cookie").count(), 0);
}

#[test]
fn logging_in_again_ends_the_session_before() {
    let shop = Shop::open();
    let first = shop.log_in("ada");
    let answer = shop.send("POST", "/customer/ajax/login", &[SCRIPT, JSON, &first], &credentials("ada", PASSWORD));
    let second = cookie(&answer, "PHPSESSID").expect("a session");
    assert_ne!(first, second);
    assert_eq!((shop.me(&[&first, SCRIPT]), shop.me(&[&second, SCRIPT])), (401, 200));
}

#[test]
fn a_script_logs_out_and_an_address_does_not() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    let answer = shop.ask("GET", "/customer/ajax/logout", &[&session]);
    assert_eq!((answer.status, answer.text().as_str()), (400, ""));
    assert_eq!(shop.me(&[&session, SCRIPT]), 200);
    for _ in 0..2 {
        let answer = shop.ask("GET", "/customer/ajax/logout", &[&session, SCRIPT]);
        assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"message":"Logout Successful"}"#));
        let set = answer.all("set-cookie").find(|line| line.starts_with("PHPSESSID=;")).expect("it is taken away");
        assert!(set.contains("Max-Age=0"), "{set}");
        assert_eq!(shop.me(&[&session, SCRIPT]), 401);
    }
}

#[test]
fn what_a_log_in_form_sends_beside_username_and_password_says_nothing() {
    let shop = Shop::open();
    let body = serde_json::json!({
        "username": "ada", "password": PASSWORD, "captcha_form_id": "user_login", "captcha_string": "x", "context": "checkout",
    });
    let answer = shop.send("POST", "/customer/ajax/login", &[SCRIPT, JSON], &body.to_string());
    assert_eq!(answer.text(), r#"{"errors":false,"message":"Login successful."}"#);
}
