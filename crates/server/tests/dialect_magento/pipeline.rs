//! The steps of a request, in their order, and what each answers.

use crate::shop::{JSON, SCRIPT, Shop, message, required, unauthorized};

#[test]
fn a_method_of_no_service_is_refused_before_anything_else() {
    let shop = Shop::open();
    for (method, path) in [("OPTIONS", "/rest/V1/customers/me"), ("PATCH", "/rest/nope"), ("OPTIONS", "/rest/")] {
        let answer = shop.ask(method, path, &[]);
        let expected = format!(r#"{{"message":"The %1 HTTP method is not supported.","parameters":["{method}"]}}"#);
        assert_eq!((answer.status, answer.text()), (405, expected), "{path}");
        assert_eq!(answer.header("allow"), None);
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    }
    assert_eq!(shop.ask("HEAD", "/rest/V1/directory/countries", &[]).status, 405);
}

#[test]
fn a_path_without_version_or_with_an_unknown_store_is_no_request() {
    let shop = Shop::open();
    for path in
        ["/rest", "/rest/", "/rest/nope/V1/customers/me", "/rest/admin/V1/customers/me", "/rest/v1/customers/me"]
    {
        let answer = shop.ask("GET", path, &[]);
        assert_eq!((answer.status, answer.text()), (400, message("Specified request cannot be processed.")), "{path}");
    }
}

#[test]
fn what_no_route_has_is_not_found_whatever_the_method() {
    let shop = Shop::open();
    let expected = message("Request does not match any route.");
    for (method, path) in [
        ("GET", "/rest/V1"),
        ("GET", "/rest/V1/nothing"),
        ("GET", "/rest/V1/Customers/me"),
        ("DELETE", "/rest/V1/carts/mine"),
        ("POST", "/rest/V1/customers/me"),
        ("GET", "/rest/V1/integration/admin/token"),
    ] {
        let answer = shop.ask(method, path, &[]);
        assert_eq!((answer.status, answer.text()), (404, expected.clone()), "{method} {path}");
        assert!(answer.header("allow").is_none() && answer.header("www-authenticate").is_none());
    }
}

#[test]
fn store_codes_say_nothing_about_rights_but_that_nobody_is_a_customer_of_all() {
    let shop = Shop::open();
    let (me, boss) = (shop.token("customer", "ada"), shop.token("admin", "boss"));
    for path in ["/rest/V1/customers/me", "/rest/default/V1/customers/me", "/rest/V1/customers/me/"] {
        assert_eq!(shop.ask("GET", path, &[&me]).status, 200, "{path}");
    }
    let answer = shop.ask("GET", "/rest/all/V1/customers/me", &[&me]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
    assert_eq!(shop.ask("GET", "/rest/all/V1/customers/3", &[&boss]).status, 200);
    assert_eq!(shop.ask("GET", "/rest/all/V1/directory/countries", &[]).status, 200);
}

#[test]
fn whoever_may_not_is_told_all_that_the_route_asks_for() {
    let shop = Shop::open();
    let help = shop.token("admin", "help");
    let both = "Magento_Customer::manage, Magento_Customer::delete";
    for lines in [&[][..], &[help.as_str()][..]] {
        let answer = shop.send("PUT", "/rest/V1/customers/3", lines, "");
        assert_eq!((answer.status, answer.text()), (401, unauthorized(both)));
        assert_eq!(answer.header("www-authenticate"), None);
    }
    assert_eq!(shop.ask("GET", "/rest/V1/customers/3", &[&help]).status, 200);
    let boss = shop.token("admin", "boss");
    assert_eq!(shop.send("PUT", "/rest/V1/customers/3", &[&boss, JSON], "{}").status, 200);
}

#[test]
fn https_is_asked_for_after_everything_else() {
    let shop = Shop::open();
    let me = shop.token("customer", "ada");
    let answer = shop.send("POST", "/rest/V1/payments", &[JSON], "{}");
    assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
    let answer = shop.send("POST", "/rest/V1/payments", &[JSON, &me], "{}");
    assert_eq!((answer.status, answer.text()), (400, message("Operation allowed only in HTTPS")));
}

#[test]
fn errors_are_in_xml_for_whoever_wants_that_most() {
    let shop = Shop::open();
    let xml = "<?xml version=\"1.0\"?>\n<response>\n  <message>The consumer isn't authorized to access %resources.</message>\n  \
               <parameters>\n    <resources>self</resources>\n  </parameters>\n</response>\n";
    for accept in ["application/xml", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"] {
        let answer = shop.ask("GET", "/rest/V1/customers/me", &[&format!("Accept: {accept}")]);
        assert_eq!((answer.status, answer.text().as_str()), (401, xml), "{accept}");
        assert_eq!(answer.header("content-type"), Some("application/xml; charset=utf-8"));
    }
    for accept in ["", "*/*", "application/json", "text/xml;q=0.5, application/*", "nonsense"] {
        let answer = shop.ask("GET", "/rest/V1/customers/me", &[&format!("Accept: {accept}")]);
        assert_eq!(answer.text(), unauthorized("self"), "{accept}");
    }
}

#[test]
fn what_everybody_may_begins_no_session() {
    let shop = Shop::open();
    let answer = shop.ask("GET", "/rest/V1/directory/countries", &[SCRIPT, "Authorization: Bearer nonsense"]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.all("set-cookie").count(), 0);
}

#[test]
fn forced_values_come_from_the_caller() {
    let shop = Shop::open();
    let (me, bob) = (shop.token("customer", "ada"), shop.token("customer", "bob"));
    let seen = shop.ask("GET", "/rest/V1/customers/me?customer_id=1&customerId=2", &[&me]).text();
    assert!(seen.contains(&format!("customerId={}", shop.ada.id.as_str())) && !seen.contains("customer_id"), "{seen}");
    assert!(shop.ask("GET", "/rest/V1/carts/mine/totals", &[&me]).text().contains("cartId=7"));
    let answer = shop.ask("GET", "/rest/V1/carts/mine/totals", &[&bob]);
    assert_eq!((answer.status, answer.text()), (404, message("Current customer does not have an active cart.")));
    let answer = shop.ask("GET", "/rest/V1/carts/mine/group", &[&bob]);
    assert_eq!((answer.status, answer.text()), (400, required("groupId")));
    let answer = shop.send("PUT", "/rest/V1/carts/mine/group", &[&bob, JSON], "{}");
    let both = format!(
        r#"{{"message":"One or more input exceptions have occurred.","errors":[{},{}]}}"#,
        required("groupId"),
        required("websiteId")
    );
    assert_eq!((answer.status, answer.text()), (400, both));
}

#[test]
fn other_kinds_of_requests_are_routes_like_any() {
    let routes = "[[route]]\nmatch = \"GET /rest/schema\"\naccess = \"anonymous\"\n\
                  [[route]]\nmatch = \"POST /rest/async/V1/things\"\naccess = \"Magento_Sales::sales\"\nrealm = \"admin\"\n";
    let shop = Shop::with(&format!("[dialect.magento]\n{routes}"));
    assert_eq!(shop.ask("GET", "/rest/schema?services=all", &[]).status, 200);
    assert_eq!(shop.ask("GET", "/rest/default/schema", &[]).status, 200);
    let answer = shop.send("POST", "/rest/all/async/V1/things", &[JSON], "{}");
    assert_eq!((answer.status, answer.text()), (401, unauthorized("Magento_Sales::sales")));
    let answer = shop.ask("GET", "/rest/async/V1/nothing", &[]);
    assert_eq!((answer.status, answer.text()), (404, message("Request does not match any route.")));
}

#[test]
fn a_path_has_one_spelling_and_its_letters_have_a_case() {
    let shop = Shop::open();
    let me = shop.token("customer", "ada");
    // `m` in another spelling is the letter still, for the route and for the shop.
    let answer = shop.ask("GET", "/rest/V1/customers/%6De", &[&me]);
    assert!(answer.status == 200 && answer.text().starts_with("/rest/V1/customers/me?"), "{}", answer.text());
    assert_eq!(shop.ask("GET", "/rest/V1/customers/ME", &[&me]).text(), unauthorized("Magento_Customer::manage"));
    // What a parameter holds is the shop's to read.
    let help = shop.token("admin", "help");
    assert_eq!(shop.ask("GET", "/rest/V1/customers/a+b%20c", &[&help]).status, 200);
    for path in ["/rest/V1/customers/a%2Fb", "/rest/V1/customers/a;b", "/rest/V1/customers//billingAddress"] {
        let answer = shop.ask("GET", path, &[&help]);
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.text().starts_with("{\"message\":\"Send it in its one spelling"), "{path}: {}", answer.text());
    }
}

#[test]
fn a_weight_of_nothing_is_a_weight() {
    let shop = Shop::open();
    for (accept, is_xml) in [
        ("application/xml;q=0", true),
        ("application/json;q=0.1, text/*", true),
        ("application/json;q=0.2;level=1, text/xml;q=0.1", false),
        ("text/html", false),
        ("image/png, */*;q=0.1", false),
    ] {
        let answer = shop.ask("GET", "/rest/V1/customers/me", &[&format!("Accept: {accept}")]);
        assert_eq!(answer.text().starts_with("<?xml"), is_xml, "{accept}");
    }
}
