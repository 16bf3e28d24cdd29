//! A realm with several dialects has several cookies. What a browser shows under one name beside another is not forgotten.

use crate::kit::{House, PASSWORD, Upstream};

const RULES: &str = "[dialect.ez]\n[dialect.kirby]\n[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n";
const EZ: &str = "eZSESSID98defd6ee70dfb1dea416cecdf391f58";

/// The token of a session that nobody shows yet, and the proof that goes with it.
fn token(house: &House) -> (String, String) {
    let session = house.log_in("ada");
    let (_, token) = session.cookie.split_once('=').expect("a cookie");
    (token.to_owned(), session.proof)
}

fn is_alive(house: &House, token: &str) -> bool {
    let cookie = format!("Cookie: {EZ}={token}");
    house.client().request("GET", "/own", &[&cookie]).answer().status == 200
}

#[test]
fn a_log_in_ends_every_session_that_was_shown() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    house.add_user("ada", &[]);
    house.add_user("bob", &[]);
    let ((first, _), (second, _), (other, _)) = (token(&house), token(&house), token(&house));
    let cookies = format!("Cookie: {EZ}={first}; kirby_session={second}");
    let body = format!(r#"{{"login":"bob","password":"{PASSWORD}"}}"#);
    let lines = [&*cookies, "Content-Type: application/json"];
    let answer = house.client().request_with("POST", "/user/sessions", &lines, &body).answer();
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
    assert_eq!([&first, &second, &other].map(|token| is_alive(&house, token)), [false, false, true]);
}

#[test]
fn a_log_out_leaves_no_session_that_was_shown() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    house.add_user("ada", &[]);
    let ((first, proof), (second, _), (other, _)) = (token(&house), token(&house), token(&house));
    let cookies = format!("Cookie: {EZ}={first}; kirby_session={second}");
    let answer = house.client().request("DELETE", "/user/sessions/current", &[&cookies, &proof]).answer();
    assert!(matches!(answer.status, 200 | 204), "{}", answer.text());
    assert_eq!([&first, &second, &other].map(|token| is_alive(&house, token)), [false, false, true]);
}
