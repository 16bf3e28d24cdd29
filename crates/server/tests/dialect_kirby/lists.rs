//! Section 0: lists in parts.

use crate::kit::{Answer, PASSWORD};
use crate::site::{PLAIN, Site, json};
use doorward::{Actor, UserDraft};

fn seen(answer: &Answer) -> (Vec<String>, String) {
    let seen = json(answer);
    let ids = seen["data"].as_array().expect("a list").iter();
    (ids.map(|user| user["id"].as_str().expect("an id").to_owned()).collect(), seen["pagination"].to_string())
}

/// Users `u0000`, `u0001` and so on, without passwords, which would take long.
fn crowd(count: usize) -> Site {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    for number in 0..count {
        let draft =
            UserDraft { id: Some(format!("u{number:04}")), ..UserDraft::new(format!("u{number:04}@example.com")) };
        let added = site.house.block_on(site.house.engine.create_user(&Actor::console(), draft));
        added.map_err(|refusal| refusal.code()).expect("added");
    }
    site
}

#[test]
fn any_part_of_a_long_list_is_found_and_all_are_counted() {
    let site = crowd(1_204);
    let mut browser = site.logged_in("ada@example.com");
    for (query, ids, pagination) in [
        ("limit=1", vec!["admin0001"], r#"{"page":1,"total":1205,"offset":0,"limit":1}"#),
        ("limit=2&page=600", vec!["u1197", "u1198"], r#"{"page":600,"total":1205,"offset":1198,"limit":2}"#),
        ("limit=2&offset=1000", vec!["u0999", "u1000"], r#"{"page":501,"total":1205,"offset":1000,"limit":2}"#),
        // Behind the last page is the last page.
        ("limit=2&page=9999", vec!["u1203"], r#"{"page":603,"total":1205,"offset":1204,"limit":2}"#),
    ] {
        let expected = (ids.into_iter().map(str::to_owned).collect(), pagination.to_owned());
        assert_eq!(seen(&browser.get(&format!("/api/users?{query}"))), expected, "{query}");
    }
    let (ids, _) = seen(&browser.get("/api/users"));
    assert_eq!(
        (ids.len(), ids.last().map(String::as_str)),
        (100, Some("u0098")),
        "a hundred, unless more are asked for"
    );
    let (ids, pagination) = seen(&browser.get("/api/users?limit=5000&page=2"));
    assert_eq!((ids.len(), ids.first().map(String::as_str)), (205, Some("u0999")), "never more than a thousand");
    assert_eq!(pagination, r#"{"page":2,"total":1205,"offset":1000,"limit":1000}"#);
    let (ids, pagination) = seen(&browser.get("/api/users/search?q=u120&limit=3&page=2"));
    assert_eq!((ids.join(","), pagination.as_str()), ("u1203".into(), r#"{"page":2,"total":4,"offset":3,"limit":3}"#));
    let answer = browser.post("/api/users/search", r#"{"search":"u120","paginate":{"limit":3,"page":2}}"#);
    assert_eq!(seen(&answer).0, ["u1203"]);
    let answer = browser.post("/api/users/search", r#"{"q":"u120","limit":2,"offset":2}"#);
    assert_eq!(
        seen(&answer),
        (vec!["u1202".into(), "u1203".into()], r#"{"page":2,"total":4,"offset":2,"limit":2}"#.into())
    );
    assert_eq!(browser.log_in("u0001@example.com", PASSWORD).status, 403, "who has no password does not log in");
}
