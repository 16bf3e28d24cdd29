//! What a page of the shop shows of its visitor.

use crate::shop::{SCRIPT, Shop};

#[test]
fn a_customer_is_named_and_a_guest_is_not() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    let path = "/customer/section/load?sections=customer&force_new_section_timestamp=true";
    let answer = shop.ask("GET", path, &[&session, SCRIPT]);
    let expected = r#"{"customer":{"fullname":"Ada Lovelace","firstname":"Ada","websiteId":1,"data_id":1750000000}}"#;
    assert_eq!((answer.status, answer.text().as_str()), (200, expected));
    let caching = answer.header("cache-control").expect("it is said");
    assert!(["max-age=0", "no-cache", "no-store"].iter().all(|word| caching.contains(word)), "{caching}");
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let answer = shop.ask("GET", path, &[SCRIPT]);
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"customer":{"data_id":1750000000}}"#));
}

#[test]
fn a_section_that_nobody_has_is_refused_in_html() {
    let shop = Shop::open();
    let answer = shop.ask("GET", "/customer/section/load?sections=customer%2Cc%3Cart", &[SCRIPT]);
    let expected = r#"{"message":"The &quot;c&lt;art&quot; section source isn&#039;t supported."}"#;
    assert_eq!((answer.status, answer.text().as_str()), (400, expected));
}

#[test]
fn a_shop_with_sections_of_its_own_answers_for_all() {
    let route = "[[route]]\nmatch = \"GET /customer/section/load\"\naccess = \"anonymous\"\n";
    let shop = Shop::with(&format!("[dialect.magento]\n{route}"));
    let answer = shop.ask("GET", "/customer/section/load?sections=cart", &[SCRIPT]);
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("data_id"));
}
