//! How often somebody may guess.

use crate::kit::PASSWORD;
use crate::shop::{INCORRECT, JSON, Shop, message};

const WRONG: &str = r#"{"errors":true,"message":"Invalid login or password."}"#;
const LOCKED: &str = r#"{"errors":true,"message":"The account is locked."}"#;
const RIGHT: &str = r#"{"errors":false,"message":"Login successful."}"#;

#[test]
fn ten_failures_lock_a_customer_for_ten_minutes() {
    let shop = Shop::open();
    for login in ["ada", "nobody"] {
        for _ in 0..10 {
            assert_eq!(shop.try_log_in(login, "wrong").text(), WRONG);
        }
        assert_eq!(shop.try_log_in(login, PASSWORD).text(), LOCKED, "of logins that nobody has it is said as well");
    }
    shop.clock.advance(599);
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), LOCKED);
    shop.clock.advance(1);
    assert_eq!(shop.try_log_in("ada", "wrong").text(), WRONG, "the first failure after a lock counts as one");
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), RIGHT);
}

#[test]
fn the_number_of_failures_is_a_setting() {
    let shop = Shop::with("[dialect.magento]\nlockout_failures = 2\n");
    assert_eq!([shop.try_log_in("ada", "wrong").text(), shop.try_log_in("ada", "wrong").text()], [WRONG; 2]);
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), LOCKED);
    let shop = Shop::with("[dialect.magento]\nlockout_failures = 0\n");
    for _ in 0..12 {
        assert_eq!(shop.try_log_in("ada", "wrong").text(), WRONG);
    }
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), RIGHT);
}

#[test]
fn six_failures_lock_the_token_endpoints_for_half_an_hour_and_log_in_goes_on() {
    let shop = Shop::open();
    for (whose, login) in [("customer", "ada"), ("admin", "boss")] {
        for _ in 0..5 {
            assert_eq!(shop.try_token(whose, login, "wrong").status, 401);
        }
        assert_eq!(shop.try_token(whose, login, PASSWORD).status, 200, "five are borne");
        for _ in 0..6 {
            assert_eq!(shop.try_token(whose, login, "wrong").status, 401);
        }
        let answer = shop.try_token(whose, login, PASSWORD);
        assert_eq!((answer.status, answer.text()), (401, message(INCORRECT)));
    }
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), RIGHT);
    shop.clock.advance(1_800);
    assert_eq!(shop.try_token("customer", "ada", PASSWORD).status, 200);
}

#[test]
fn six_failures_lock_an_administrator_for_half_an_hour() {
    let shop = Shop::open();
    let log_in = |password: &str| {
        let body = serde_json::json!({ "realm": "admin", "login": "boss", "password": password }).to_string();
        shop.send("POST", "/user/sessions", &[JSON], &body).status
    };
    for _ in 0..6 {
        assert_eq!(log_in("wrong"), 401);
    }
    assert_eq!(log_in(PASSWORD), 429);
    shop.clock.advance(1_799);
    assert_eq!(log_in(PASSWORD), 429);
    shop.clock.advance(1);
    assert_eq!(log_in(PASSWORD), 201);
}

#[test]
fn a_right_password_and_a_new_one_begin_the_count_anew() {
    let shop = Shop::open();
    let fail = || shop.try_log_in("ada", "wrong").text();
    for _ in 0..9 {
        assert_eq!(fail(), WRONG);
    }
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), RIGHT);
    for _ in 0..10 {
        assert_eq!(fail(), WRONG);
    }
    assert_eq!(shop.try_log_in("ada", PASSWORD).text(), LOCKED);
    shop.reset_password("another long secret");
    assert_eq!(shop.try_log_in("ada", "another long secret").text(), RIGHT);
}
