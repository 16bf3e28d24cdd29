//! The same by https.

use serde_json::json;

use super::premises::{Premises, call, complaints, kept};
use super::{ez, kirby, magento};
use crate::peers::{PASSWORD, add_user};

#[test]
fn by_https_the_cookie_of_each_dialect_is_kept_from_plain_http_and_from_scripts() {
    let credentials = json!({ "username": "ada@example.com", "password": PASSWORD });
    let ways = [
        (ez::RULES, ez::CLIENT, "", ez::COOKIE, format!("logIn('ada@example.com', '{PASSWORD}')"), 201),
        (kirby::RULES, kirby::CLIENT, "", kirby::COOKIE, format!("logIn('ada@example.com', '{PASSWORD}')"), 200),
        (
            magento::RULES,
            magento::CLIENT,
            "--realm customer",
            magento::COOKIE,
            format!("ask('POST', '/customer/ajax/login', {credentials})"),
            200,
        ),
    ];
    for (rules, client, realm, cookie, log_in, status) in ways {
        let premises = Premises::open_by_https(rules, client);
        add_user(&premises.place, &format!("ada@example.com {realm}"));
        let page = premises.page();
        assert_eq!(call(&page, &log_in)["status"], status, "{cookie}");
        assert_eq!(kept(&page, cookie), Some(json!([true, "Lax", "/", true])), "{cookie}");
        assert_eq!(complaints(&page, &[]), Vec::<String>::new(), "{cookie}");
    }
}
