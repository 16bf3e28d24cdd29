//! Who may what: every kind of caller, every kind of demand.

use crate::shop::{Shop, unauthorized};

/// What is asked for, and what a guest, a customer, an administrator with everything and one with some resources get.
const TABLE: [(&str, &str, [bool; 4]); 5] = [
    ("/rest/V1/directory/countries", "", [true, true, true, true]),
    ("/rest/V1/customers/me/newsletter", "self", [false, true, true, false]),
    ("/rest/V1/customers/3", "Magento_Customer::manage", [false, false, true, true]),
    ("/rest/V1/customers/3/orders", "Magento_Sales::sales", [false, false, true, false]),
    // No module declares it: it stands beside the tree.
    ("/rest/V1/far/thing", "Acme_Far::thing", [false, false, true, false]),
];

#[test]
fn callers_get_what_magento_gives_them() {
    let orders = "[[route]]\nmatch = \"GET /rest/V1/customers/:id/orders\"\naccess = \"Magento_Sales::sales\"\nrealm = \"admin\"\n";
    for compat in ["strict", "exact"] {
        let shop = Shop::with(&format!("[dialect.magento]\ncompat = \"{compat}\"\n{orders}"));
        let tokens = [("customer", "ada"), ("admin", "boss"), ("admin", "help")];
        let tokens = tokens.map(|(whose, login)| shop.token(whose, login));
        let callers: Vec<Vec<&str>> =
            std::iter::once(Vec::new()).chain(tokens.iter().map(|token| vec![token.as_str()])).collect();
        for (path, asks, expected) in TABLE {
            for (lines, may) in callers.iter().zip(expected) {
                let answer = shop.ask("GET", path, lines);
                assert_eq!(answer.status == 200, may, "{compat} {path} {lines:?}: {}", answer.text());
                if !may {
                    assert_eq!((answer.status, answer.text()), (401, unauthorized(asks)), "{compat} {path}");
                }
            }
        }
    }
}

#[test]
fn whoever_has_no_role_has_nothing() {
    let shop = Shop::open();
    shop.add("admin", "temp", &[]);
    let token = shop.token("admin", "temp");
    for (path, asks, _) in TABLE.into_iter().skip(1).filter(|(path, ..)| !path.ends_with("orders")) {
        let answer = shop.ask("GET", path, &[&token]);
        assert_eq!((answer.status, answer.text()), (401, unauthorized(asks)), "{path}");
    }
}

#[test]
fn credentials_of_integrations_say_nothing() {
    let shop = Shop::open();
    let oauth = "Authorization: OAuth oauth_consumer_key=\"k\", oauth_token=\"t\", oauth_signature=\"s\"";
    let answer = shop.ask("GET", "/rest/V1/customers/3", &[oauth]);
    assert_eq!((answer.status, answer.text()), (401, unauthorized("Magento_Customer::manage")));
    assert_eq!(shop.ask("GET", "/rest/V1/directory/countries", &[oauth]).status, 200);
}
