//! Which stores a customer belongs to.

use doorward::policy::{Draft, Policy, Settings};

use crate::shop::{Shop, message, unauthorized};

const WEBSITES: &str = "[dialect.magento]\nstores = [\"default\"]\n\
                        [dialect.magento.websites]\n1 = [\"default\", \"fr\"]\n2 = [\"de\"]\n";

#[test]
fn a_customer_belongs_to_the_stores_of_one_website() {
    let shop = Shop::with(WEBSITES);
    let (ada, bob) = (shop.token("customer", "ada"), shop.token("customer", "bob"));
    for (store, status) in [("", 200), ("/default", 200), ("/fr", 200), ("/de", 401), ("/all", 401)] {
        let answer = shop.ask("GET", &format!("/rest{store}/V1/customers/me"), &[&ada]);
        assert_eq!(answer.status, status, "{store}");
        if status == 401 {
            assert_eq!(answer.text(), unauthorized("self"));
        }
        // Whoever has no website has no store.
        assert_eq!(shop.ask("GET", &format!("/rest{store}/V1/customers/me"), &[&bob]).status, 401);
    }
    let answer = shop.ask("GET", "/rest/es/V1/customers/me", &[&ada]);
    assert_eq!((answer.status, answer.text()), (400, message("Specified request cannot be processed.")));
    // Resources, and what everybody may, are the same in all stores.
    assert_eq!(shop.ask("GET", "/rest/de/V1/customers/3", &[&shop.token("admin", "help")]).status, 200);
    assert_eq!(shop.ask("GET", "/rest/de/V1/directory/countries", &[]).status, 200);
}

#[test]
fn without_websites_customers_belong_to_all_stores() {
    let shop = Shop::with("[dialect.magento]\nstores = [\"default\", \"de\"]\n");
    for login in ["ada", "bob"] {
        let token = shop.token("customer", login);
        assert_eq!(shop.ask("GET", "/rest/de/V1/customers/me", &[&token]).status, 200, "{login}");
    }
}

#[test]
fn stores_that_leave_open_what_is_meant_are_complained_about() {
    for (text, told) in [
        ("stores = [\"default\"]\nwebsites = { 1 = [\"de\"] }", "no website has the store `default`"),
        ("stores = []\nwebsites = { 1 = [\"de\"] }", "nothing says which store is meant"),
        ("websites = { 1 = [\"default\"], 2 = [\"default\"] }", "the store `default` is of the website 1 already"),
    ] {
        let text = format!("[realm.customer]\n[realm.admin]\n[dialect.magento]\n{text}\n");
        let (settings, rules) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
        let wrong = Policy::compile(&Draft::new(&settings, &[rules])).expect_err("refused").to_string();
        assert!(wrong.contains(told), "{wrong}");
    }
}
