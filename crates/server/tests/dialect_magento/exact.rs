//! Verdicts as Magento computes them, where that is asked for.

use crate::shop::{SCRIPT, Shop, required, unauthorized};

const EXACT: &str = "[dialect.magento]\ncompat = \"exact\"\n";
const ROUTES: &str = r#"
[[acl]]
id = "Acme::stock"
children = [{ id = "Acme::shelves" }]
[[route]]
match = "GET /rest/V1/me/stock"
access = "self"
realm = "customer"
[[route]]
match = "GET /rest/V1/stock/shelves"
access = "Acme::shelves"
realm = "admin"
"#;

fn shops() -> [Shop; 2] {
    ["[dialect.magento]\n", EXACT].map(|dialect| Shop::with(&format!("{dialect}{ROUTES}")))
}

/// What each of several callers gets.
fn statuses(shop: &Shop, path: &str, callers: &[&[&str]]) -> Vec<u16> {
    callers.iter().map(|lines| shop.ask("GET", path, lines).status).collect()
}

#[test]
fn one_resource_stands_for_everything_also_for_what_is_declared_elsewhere() {
    let [strict, exact] = shops();
    for (shop, owner) in [(&strict, 401), (&exact, 200)] {
        let tokens = ["owner", "boss", "help"].map(|login| shop.token("admin", login));
        let callers = tokens.each_ref().map(|token| vec![token.as_str()]);
        let callers: Vec<&[&str]> = callers.iter().map(Vec::as_slice).collect();
        // The role of `boss` names the roots that it knew of.
        let boss = if owner == 200 { 200 } else { 401 };
        assert_eq!(statuses(shop, "/rest/V1/stock/shelves", &callers), [owner, boss, 401]);
        assert_eq!(statuses(shop, "/rest/V1/customers/3", &callers), [owner, 200, 200]);
    }
}

#[test]
fn self_lets_administrators_through_who_may_everything_whatever_realm_the_route_names() {
    let [strict, exact] = shops();
    let path = "/rest/V1/me/stock";
    for (shop, owner) in [(&strict, 401), (&exact, 200)] {
        assert_eq!(shop.ask("GET", path, &[&shop.token("customer", "ada")]).status, 200);
        assert_eq!(shop.ask("GET", path, &[&shop.token("admin", "owner")]).status, owner);
        let answer = shop.ask("GET", path, &[&shop.token("admin", "help")]);
        assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
    }
    // The forced number of a customer is nobody's there.
    let owner = exact.token("admin", "owner");
    for (path, field) in [("/rest/V1/carts/mine/totals", "cartId"), ("/rest/V1/carts/mine/group", "groupId")] {
        let answer = exact.ask("GET", path, &[&owner]);
        assert_eq!((answer.status, answer.text()), (400, required(field)), "{path}");
    }
    let revoke = "/rest/V1/integration/customer/revoke-customer-token";
    let answer = exact.send("POST", revoke, &[&owner], "");
    assert_eq!((answer.status, answer.text()), (400, required("customerId")));
    assert_eq!(exact.ask("GET", path, &[&owner]).status, 200);
    assert_eq!(exact.send("POST", revoke, &[&exact.token("admin", "help")], "").text(), unauthorized("self"));
}

#[test]
fn who_is_calling_is_found_out_before_the_route_is_known() {
    let [strict, exact] = shops();
    let (own, others) = ("/rest/V1/me/stock", "/rest/V1/customers/3");
    for (shop, expected) in [(&strict, [200, 200, 200]), (&exact, [401, 401, 200])] {
        let (customer, admin) = (shop.log_in("ada"), shop.log_in_administrator("help"));
        let token = shop.token("admin", "help");
        let both = format!("{customer}; {}", admin.trim_start_matches("Cookie: "));
        let found = [
            // An administrator's token goes before a customer's session.
            shop.ask("GET", own, &[&customer, SCRIPT, &token]).status,
            // A customer's session goes before an administrator's, and has no resources.
            shop.ask("GET", others, &[&both, SCRIPT]).status,
            shop.ask("GET", others, &[&admin, SCRIPT]).status,
        ];
        assert_eq!(found, expected);
    }
}

#[test]
fn what_roles_and_guests_of_customers_have_opens_nothing() {
    let guests = "[realm.customer]\nguest_roles = [\"owner\"]\n";
    let shop = Shop::with_rules(&format!("{EXACT}{ROUTES}"), &|rules| rules.replace("[realm.customer]\n", guests));
    let answer = shop.ask("GET", "/rest/V1/stock/shelves", &[]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("Acme::shelves")));
    let clerk = shop.add("customer", "clerk", &["owner"]);
    let token = shop.token("customer", clerk.login.as_str());
    let answer = shop.ask("GET", "/rest/V1/stock/shelves", &[&token]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("Acme::shelves")));
}
