//! Parameters in bodies, and bodies that cannot be read.

use crate::shop::{JSON, Shop, message};

const ME: &str = "/rest/V1/customers/me";

fn placed(text: &str, value: &str) -> String {
    format!(r#"{{"message":"{text}","parameters":["{value}"]}}"#)
}

#[test]
fn what_is_forced_wins_in_every_spelling() {
    let shop = Shop::open();
    let (me, id) = (shop.token("customer", "ada"), shop.ada.id.as_str());
    for body in [
        r#"{"customer":{"id":"-1","Id":"1"}}"#,
        r#"{"customer":{"websiteId":2,"website_id":3,"WEBSITE_ID":4}}"#,
        r#"{"Customer":{"id":9},"customer":{}}"#,
        r#"{"customer_id":1,"customer":{"ID":2}}"#,
        "{}",
    ] {
        // `customerId` may be taken for `customer.id`, too.
        let query = "customerId=1&customer[id]=2&fields=id";
        let answer = shop.send("PUT", &format!("{ME}?{query}"), &[&me, JSON], body);
        let text = answer.text();
        let (target, sent) = text.split_once('\n').expect("what the shop got");
        assert_eq!(target, format!("{ME}?fields=id"), "{body}");
        let sent: serde_json::Value = serde_json::from_str(sent).expect("JSON");
        let expected = serde_json::json!({ "id": id.parse::<u64>().expect("a number"), "website_id": 1 });
        assert_eq!(sent["customer"], expected, "{body}");
        assert!(sent.get("Customer").is_none(), "{body}");
    }
}

#[test]
fn a_scalar_where_something_is_forced_into_is_400() {
    let shop = Shop::open();
    let me = shop.token("customer", "ada");
    for body in [r#"{"customer":""}"#, r#"{"customer":[1]}"#, r#"{"customer":7}"#] {
        let answer = shop.send("PUT", ME, &[&me, JSON], body);
        assert_eq!((answer.status, answer.header("content-type")), (400, Some("application/json; charset=utf-8")));
    }
}

#[test]
fn bodies_that_cannot_be_read_are_refused_in_magentos_words() {
    let shop = Shop::open();
    let me = shop.token("customer", "ada");
    for (line, body, expected) in [
        (JSON, "{", message("Decoding error.")),
        (JSON, r#"{"a":1,"a":2}"#, message("Decoding error.")),
        ("X-Other: 1", "{}", message("Content-Type header is empty.")),
        ("Content-Type: ;;", "{}", message("Content-Type header is invalid.")),
        ("Content-Type: application/json; charset=latin1", "{}", message("UTF-8 is the only supported charset.")),
        (
            "Content-Type: text/plain",
            "{}",
            placed("Server cannot understand Content-Type HTTP header media type %1", "text\\/plain"),
        ),
        (
            "Content-Type: application/x-www-form-urlencoded",
            "a=1",
            placed(
                "Server cannot understand Content-Type HTTP header media type %1",
                "application\\/x-www-form-urlencoded",
            ),
        ),
        (
            "Content-Type: application/xml",
            "<a/>",
            placed("Server cannot understand Content-Type HTTP header media type %1", "application\\/xml"),
        ),
    ] {
        let answer = shop.send("PUT", ME, &[&me, line], body);
        assert_eq!((answer.status, answer.text()), (400, expected), "{line}");
    }
    // Who may is asked before what was sent.
    assert_eq!(shop.send("PUT", ME, &[JSON], "{").status, 401);
}

#[test]
fn more_requests_than_a_route_takes_are_429() {
    let shop = Shop::with(
        "[dialect.magento]\n[[route]]\nmatch = \"POST /rest/V1/guest-carts/:id/order\"\naccess = \"anonymous\"\nlimits = { rate = \"1/h\" }\n",
    );
    let order = || shop.send("POST", "/rest/V1/guest-carts/7/order", &[JSON], "{}");
    assert_eq!(order().status, 200);
    let answer = order();
    assert_eq!((answer.status, answer.text()), (429, message("Too Many Requests")));
}
