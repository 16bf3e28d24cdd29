//! Bearer tokens, where a dialect gives them: good in one place, over https, and nowhere else.

use crate::kit::{House, PASSWORD};
use crate::planted::{JSON, PLAIN, SECURE, ask, open};

const TOKEN: &str = "/rest/V1/integration/customer/token";
const ME: &str = "/rest/V1/customers/me";

fn token(house: &House) -> String {
    let body = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
    let answer = ask(house, &SECURE, "POST", TOKEN, &[JSON], &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).expect("a JSON string")
}

#[test]
fn a_bearer_token_counts_in_its_header_alone() {
    let house = open();
    let token = token(&house);
    let status = |path: &str, lines: &[&str]| ask(&house, &SECURE, "GET", path, lines, "").status;
    assert_eq!(status(ME, &[&format!("Authorization: Bearer {token}")]), 200);
    for query in ["access_token", "token", "bearer"] {
        assert_eq!(status(&format!("{ME}?{query}={token}"), &[]), 401, "{query}");
    }
    for line in [format!("Proxy-Authorization: Bearer {token}"), format!("X-Authorization: Bearer {token}")] {
        assert_eq!(status(ME, &[&line]), 401, "{line}");
    }
    // What it opens is of its own dialect.
    for path in ["/api/ezp/v2/content/objects/1", "/kirby/pages/1", "/user/me"] {
        assert_eq!(status(path, &[&format!("Authorization: Bearer {token}")]), 401, "{path}");
    }
}

#[test]
fn a_bearer_token_that_came_over_plain_http_ends_and_none_is_given_there() {
    let house = open();
    let line = format!("Authorization: Bearer {}", token(&house));
    assert_eq!(ask(&house, &PLAIN, "GET", ME, &[&line], "").status, 401);
    assert_eq!(ask(&house, &SECURE, "GET", ME, &[&line], "").status, 401);
    let body = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
    let answer = ask(&house, &PLAIN, "POST", TOKEN, &[JSON], &body);
    assert_eq!(answer.status, 400, "{}", answer.text());
}
