//! Who is calling: a token, then a customer's session, then an administrator's, else a guest.

use crate::shop::{JSON, SCRIPT, Shop, required, unauthorized};

#[test]
fn a_session_counts_for_scripts_alone() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    assert_eq!(shop.me(&[&session, SCRIPT]), 200);
    for header in ["X-Other: 1", "X-Requested-With: xmlhttprequest", "X-Requested-With: XMLHttpRequest2"] {
        let answer = shop.ask("GET", "/rest/V1/customers/me", &[&session, header]);
        assert_eq!((answer.status, answer.text()), (401, unauthorized("self")), "{header}");
    }
}

#[test]
fn the_session_of_an_administrator_works_under_the_same_condition() {
    let shop = Shop::open();
    let session = shop.log_in_administrator("help");
    assert_eq!(shop.ask("GET", "/rest/V1/customers/3", &[&session, SCRIPT]).status, 200);
    assert_eq!(shop.ask("GET", "/rest/V1/customers/3", &[&session]).status, 401);
}

#[test]
fn a_token_goes_before_a_session_and_a_bad_one_has_no_opinion() {
    let shop = Shop::open();
    let (session, help) = (shop.log_in("ada"), shop.token("admin", "help"));
    let path = "/rest/V1/customers/me";
    // The administrator, who may not everything, is who calls.
    assert_eq!(shop.ask("GET", path, &[&session, SCRIPT, &help]).status, 401);
    for bad in
        ["Authorization: Bearer nonsense", "Authorization: Bearer", "Authorization: Basic eDp5", "Authorization: x"]
    {
        assert_eq!(shop.ask("GET", path, &[&session, SCRIPT, bad]).status, 200, "{bad}");
        let answer = shop.ask("GET", path, &[bad]);
        assert_eq!((answer.status, answer.text()), (401, unauthorized("self")), "{bad}");
        assert_eq!(shop.ask("GET", "/rest/V1/directory/countries", &[bad]).status, 200, "{bad}");
    }
}

#[test]
fn a_token_is_two_words_with_one_space() {
    let shop = Shop::open();
    let token = shop.token("customer", "ada");
    let text = token.rsplit(' ').next().expect("a token");
    assert_eq!(shop.me(&[&format!("Authorization: bEARER {text}")]), 200);
    assert_eq!(shop.me(&[&format!("Authorization: Bearer  {text}")]), 401);
    assert_eq!(shop.me(&[&format!("Authorization: Bearer {text} x")]), 401);
    assert_eq!(shop.me(&[&format!("Authorization: Token {text}")]), 401);
}

#[test]
fn self_is_for_customers_and_for_administrators_who_may_everything() {
    let shop = Shop::open();
    let path = "/rest/V1/customers/me";
    assert_eq!(shop.me(&[&shop.token("customer", "ada")]), 200);
    let answer = shop.ask("GET", path, &[&shop.token("admin", "help")]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
    // Whoever may everything is nobody's customer all the same: the number of an administrator is that of some customer, too.
    let boss = shop.token("admin", "boss");
    for path in [path, "/rest/V1/customers/me?customerId=1"] {
        let answer = shop.ask("GET", path, &[&boss]);
        assert_eq!((answer.status, answer.text()), (400, required("customerId")));
    }
    // Where nothing of a customer is forced there is nothing to miss.
    assert_eq!(shop.ask("GET", "/rest/V1/customers/me/newsletter", &[&boss]).status, 200);
}

#[test]
fn a_customer_never_has_a_resource() {
    let shop = Shop::open();
    let answer = shop.ask("GET", "/rest/V1/customers/3", &[&shop.token("customer", "ada")]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("Magento_Customer::manage")));
}

#[test]
fn the_header_of_scripts_is_proof_enough_but_no_other_site_may_send_it() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    let put = |lines: &[&str]| {
        let lines: Vec<&str> = lines.iter().copied().chain([session.as_str(), SCRIPT, JSON]).collect();
        shop.send("PUT", "/rest/V1/carts/mine", &lines, "{}").status
    };
    assert_eq!(put(&[]), 200);
    assert_eq!(put(&[&format!("Origin: http://{}", shop.address())]), 200);
    assert_eq!(put(&["Origin: https://evil.example"]), 401);
    assert_eq!(put(&["Sec-Fetch-Site: cross-site"]), 401);
    // Whoever has no session has nothing that another site could use; and a token is sent on purpose.
    assert_eq!(shop.send("POST", "/rest/V1/guest-carts", &[JSON, "Origin: https://app.example"], "{}").status, 200);
    let token = shop.token("customer", "ada");
    let lines = [token.as_str(), JSON, "Origin: https://app.example"];
    assert_eq!(shop.send("PUT", "/rest/V1/carts/mine", &lines, "{}").status, 200);
    let answer = shop.send("POST", "/rest/V1/integration/customer/revoke-customer-token", &lines[..], "{}");
    assert_eq!(answer.status, 200);
}
