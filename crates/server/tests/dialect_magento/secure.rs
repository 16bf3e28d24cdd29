//! What is different over https.

use crate::kit::PASSWORD;
use crate::shop::{JSON, SCRIPT, Shop, credentials, unauthorized};

/// By way of a proxy that spoke https with the client.
const SECURE: [&str; 3] = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example"];

fn open() -> Shop {
    let behind = "trusted_proxies = [\"127.0.0.1\"]\npublic_url = [\"https://shop.example\"]\n";
    Shop::with_rules("[dialect.magento]\n", &|rules| {
        format!("{behind}{rules}").replace("allow_plain_http = true\n", "")
    })
}

fn with<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    SECURE.iter().chain(lines).copied().collect()
}

#[test]
fn a_route_for_https_answers_there() {
    let shop = open();
    let token = shop.send("POST", "/rest/V1/integration/customer/token", &with(&[JSON]), &credentials("ada", PASSWORD));
    let token = format!("Authorization: Bearer {}", token.text().trim_matches('"'));
    assert_eq!(shop.send("POST", "/rest/V1/payments", &with(&[JSON, &token]), "{}").status, 200);
    let answer = shop.send("POST", "/rest/V1/payments", &with(&[JSON]), "{}");
    assert_eq!((answer.status, answer.text()), (401, unauthorized("self")));
}

#[test]
fn cookies_are_for_https_alone_for_every_path_and_for_no_script() {
    let shop = open();
    let attributes = |line: &str| -> Vec<String> { line.split("; ").skip(1).map(str::to_owned).collect() };
    let answer = shop.send("POST", "/customer/ajax/login", &with(&[SCRIPT, JSON]), &credentials("ada", PASSWORD));
    let customer = answer.all("set-cookie").find(|line| line.starts_with("PHPSESSID=")).expect("a session").to_owned();
    let body = serde_json::json!({ "realm": "admin", "login": "help", "password": PASSWORD }).to_string();
    let answer = shop.send("POST", "/user/sessions", &with(&[JSON, "Origin: https://shop.example"]), &body);
    let admin = answer.all("set-cookie").find(|line| line.starts_with("admin=")).expect("a session").to_owned();
    for line in [customer, admin] {
        let attributes = attributes(&line);
        for wanted in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(attributes.iter().any(|found| found == wanted), "{wanted}: {line}");
        }
        assert!(!line.contains("Domain="), "{line}");
    }
}

#[test]
fn no_session_comes_from_an_address() {
    let shop = Shop::open();
    let session = shop.log_in("ada");
    let value = session.rsplit('=').next().expect("a value");
    for query in [format!("PHPSESSID={value}"), format!("SID={value}"), format!("access_token={value}")] {
        assert_eq!(shop.ask("GET", &format!("/rest/V1/customers/me?{query}"), &[SCRIPT]).status, 401, "{query}");
    }
}
