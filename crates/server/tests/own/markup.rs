//! What people are called, and what browsers call themselves, is text and nothing else.

use serde_json::json;

use crate::house::{Door, House, PASSWORD, Session};

const NASTY: [&str; 9] = [
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' autofocus='",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}{% include \"/etc/passwd\" %}",
    "<svg/onload=alert(1)>",
    "&lt;b&gt; &amp; \u{2028}",
    "<!--<script>-->",
];

const ELEMENTS: [&str; 33] = [
    "!doctype", "html", "head", "meta", "title", "link", "script", "body", "main", "header", "nav", "h1", "h2", "p",
    "a", "form", "input", "label", "select", "option", "button", "strong", "span", "div", "dl", "dt", "dd", "section",
    "ul", "li", "time", "em", "img",
];
const ATTRIBUTES: [&str; 39] = [
    "html",
    "lang",
    "charset",
    "name",
    "content",
    "rel",
    "href",
    "type",
    "src",
    "nonce",
    "class",
    "role",
    "data-wait",
    "method",
    "action",
    "value",
    "for",
    "id",
    "required",
    "autocomplete",
    "autocapitalize",
    "spellcheck",
    "autofocus",
    "minlength",
    "maxlength",
    "aria-describedby",
    "aria-labelledby",
    "aria-label",
    "datetime",
    "hidden",
    "readonly",
    "selected",
    "checked",
    "alt",
    "data-show",
    "data-show-password",
    "data-hide",
    "data-hide-password",
    "data-over",
];

/// Reads a page as a browser does, and fails at what no template has.
fn check(page: &str, nasty: &str) {
    let mut rest = page;
    let mut scripts = 0;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let is_end = rest.starts_with('/');
        let name = rest
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '!' && c != '-')
            .next()
            .unwrap_or_default();
        assert!(ELEMENTS.contains(&name), "<{name}> by {nasty}:\n{page}");
        scripts += usize::from(name == "script" && !is_end);
        rest = rest.trim_start_matches('/').strip_prefix(name).expect("the name");
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let attribute = rest.split(['=', ' ', '>', '\n']).next().unwrap_or_default();
            assert!(ATTRIBUTES.contains(&attribute), "{attribute:?} by {nasty}:\n{page}");
            rest = &rest[attribute.len()..];
            if let Some(value) = rest.strip_prefix("=\"") {
                let (value, after) = value.split_once('"').expect("a quote at the end");
                let is_place = matches!(attribute, "href" | "src" | "action");
                assert!(!is_place || value.starts_with('/'), "{attribute}={value} by {nasty}");
                rest = after;
            }
        }
    }
    assert_eq!(scripts, 1, "{nasty}:\n{page}");
}

#[test]
fn markup_in_names_is_inert_in_pages() {
    for (number, nasty) in NASTY.into_iter().enumerate() {
        let house = House::open();
        let root = house.root();
        let body = json!({
            "realm": "customer", "login": format!("u{number}"), "name": nasty, "email": format!("a@{nasty}"),
        });
        let made = house.admin(&root, "POST", "/admin/users", Some(&body));
        assert_eq!((made.status, &made.json()["name"]), (201, &json!(nasty)));
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        let code = house.admin(&root, "POST", &format!("/admin/users/{id}/codes"), None).json()["code"].clone();
        let redeem = json!({ "code": code, "password": PASSWORD });
        assert_eq!(house.call(Door::Public, "POST", "/user/password-reset", None, Some(&redeem)).status, 204);

        let agent: String = nasty.chars().filter(char::is_ascii).collect();
        let lines = ["Content-Type: application/json".to_owned(), format!("User-Agent: {agent}")];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let body = json!({ "realm": "customer", "login": format!("u{number}"), "password": PASSWORD }).to_string();
        let entered = house.send(Door::Public, "POST", "/user/sessions", &lines, Some(&body));
        let session = Session::of(&entered, "doorward-customer");
        let cookie = format!("Cookie: {}", session.cookie);
        let account = house.send(Door::Public, "GET", "/account", &[&cookie], None).text();
        assert!(!nasty.starts_with("{{") || account.contains("{{7*7}}"), "{account}");
        for target in ["/account", "/logout"] {
            check(&house.send(Door::Public, "GET", target, &[&cookie], None).text(), nasty);
        }
    }
}

#[test]
fn markup_in_addresses_and_forms_is_inert() {
    let house = House::open();
    for nasty in NASTY {
        let encoded: String = nasty.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let shown = house.send(
            Door::Public,
            "GET",
            &format!("/login?realm={encoded}&return_to={encoded}&done={encoded}"),
            &[],
            None,
        );
        check(&shown.text(), nasty);
        let lines = ["Content-Type: application/x-www-form-urlencoded"];
        let body = format!("token={encoded}&realm={encoded}&login={encoded}&password={encoded}&return_to={encoded}");
        let again = house.send(Door::Public, "POST", "/login", &lines, Some(&body));
        assert_eq!(again.status, 403);
        check(&again.text(), nasty);
    }
}

#[test]
fn a_host_that_somebody_made_up_is_nowhere_in_a_page() {
    let house = House::open();
    let port = house.address(Door::Public).port();
    for line in ["X-Forwarded-Host: evil.example", "X-Host: evil.example", "Forwarded: host=evil.example"] {
        let page = house.send(Door::Public, "GET", "/login", &[line], None);
        assert!(page.status == 200 && !page.text().contains("evil") && !page.text().contains(&port.to_string()));
    }
}
