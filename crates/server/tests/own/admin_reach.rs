//! Who gets into administration.

use doorward::policy::builtin::{Doors, own};
use serde_json::json;

use crate::house::{Door, House, PASSWORD, RULES};

#[test]
fn a_customer_cannot_reach_administration() {
    let house = House::open();
    house.add("customer", "anna", &["administrator"]);
    let anna = house.log_in("customer", "anna");
    let answer = house.admin(&anna, "GET", "/admin/users", None);
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"));
    assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.contains("doorward-admin")));
}

#[test]
fn administration_is_not_on_the_public_listener() {
    let house = House::open();
    let root = house.root();
    for target in ["/admin/users", "/admin", "/metrics", "/openapi.json"] {
        let answer = house.call(Door::Public, "GET", target, Some(&root), None);
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{target}");
    }
}

#[test]
fn administration_is_public_only_where_the_file_says_so() {
    let house = House::with(&format!("{RULES}\n[panel]\npublic = true\n"));
    let root = house.root();
    assert_eq!(house.call(Door::Public, "GET", "/admin/users", Some(&root), None).status, 200);
    assert_eq!(house.call(Door::Public, "GET", "/metrics", None, None).status, 404);
}

#[test]
fn an_administrator_without_a_resource_is_told_which_one_is_missing() {
    let house = House::open();
    let support = house.with_roles("sam", &["support"]);
    assert_eq!(house.admin(&support, "GET", "/admin/users", None).status, 200);
    for (target, resource) in [
        ("/admin/audit", "Doorward::audit"),
        ("/admin/roles", "Doorward::roles"),
        ("/admin/routes", "Doorward::rules"),
        ("/admin/stats", "Doorward::panel"),
    ] {
        let answer = house.admin(&support, "GET", target, None);
        assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"));
        assert!(answer.text().contains(resource), "{}", answer.text());
    }
}

#[test]
fn basic_never_counts_in_administration() {
    let house = House::with(&format!("{RULES}\n[basic]\nenabled = true\nallow_insecure = true\n"));
    house.add("admin", "root", &["administrator"]);
    // root:the heron waits at the weir
    let basic = "Authorization: Basic cm9vdDp0aGUgaGVyb24gd2FpdHMgYXQgdGhlIHdlaXI=";
    assert_eq!(house.send(Door::Admin, "GET", "/admin/users", &[basic], None).status, 401);
    assert_eq!(house.send(Door::Admin, "GET", "/user/me?realm=admin", &[basic], None).status, 200);
}

#[test]
fn what_changes_something_needs_a_recent_password() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    house.clock.advance(600);
    let rename =
        |name: &str| house.admin(&root, "PATCH", &format!("/admin/users/{}", anna.id), Some(&json!({ "name": name })));
    assert_eq!(rename("Anna").status, 200);
    house.clock.advance(1);
    for (method, target) in [
        ("POST", "/admin/users".to_owned()),
        ("PATCH", format!("/admin/users/{}", anna.id)),
        ("DELETE", format!("/admin/users/{}", anna.id)),
        ("POST", format!("/admin/users/{}/codes", anna.id)),
        ("POST", format!("/admin/users/{}/unlock", anna.id)),
        ("DELETE", format!("/admin/users/{}/sessions", anna.id)),
        ("POST", "/admin/roles".to_owned()),
        ("PUT", "/admin/roles/x".to_owned()),
        ("DELETE", "/admin/roles/x".to_owned()),
        ("DELETE", "/admin/sessions?all=true".to_owned()),
        ("DELETE", format!("/admin/sessions/{}", root.id)),
        ("GET", "/admin/audit?format=csv".to_owned()),
    ] {
        let answer = house.admin(&root, method, &target, Some(&json!({})).filter(|_| method != "GET"));
        assert_eq!((answer.status, answer.code().as_str()), (403, "reauth_required"), "{method} {target}");
    }
    assert_eq!(house.read(&root, "/admin/users?search=anna")["items"][0]["name"], "Anna");
    let again = json!({ "password": PASSWORD });
    let confirmed = house.admin(&root, "POST", "/user/sessions/current/confirm?realm=admin", Some(&again));
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    assert_eq!(rename("Anna B.").status, 200);
}

#[test]
fn a_change_without_proof_that_it_was_meant_is_refused() {
    let house = House::open();
    let root = house.root();
    let cookie = format!("Cookie: {}", root.cookie);
    let lines = [cookie.as_str(), "Content-Type: application/json"];
    let body = r#"{"login":"eve"}"#;
    let answer = house.send(Door::Admin, "POST", "/admin/users", &lines, Some(body));
    assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"));
    let proof = format!("X-CSRF: {}", root.proof);
    let foreign = [cookie.as_str(), &proof, "Origin: https://evil.example", "Content-Type: application/json"];
    assert_eq!(house.send(Door::Admin, "POST", "/admin/users", &foreign, Some(body)).status, 403);
}

/// Two acts of administration have no body, so that no preflight stands before them: what a script of the API's own origin or of a
/// listed one sends with an administrator's cookie is refused without the token, which it can read but not send.
#[test]
fn an_origin_is_no_proof_in_administration() {
    let cors = "[cors]\norigins = [\"https://app.example\"]\ncredentials = true\n";
    let house = House::with(&format!("public_url = \"http://shop.example\"\nallow_plain_http = true\n{RULES}\n{cors}"));
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let (cookie, proof) = (format!("Cookie: {}", root.cookie), format!("X-CSRF: {}", root.proof));
    let here = format!("Origin: http://{}", house.address(Door::Admin));
    for act in ["unlock", "codes"] {
        let target = format!("/admin/users/{}/{act}?realm=customer", anna.id);
        let send = |lines: &[&str]| {
            let lines: Vec<&str> = [cookie.as_str()].iter().chain(lines).copied().collect();
            house.send(Door::Admin, "POST", &target, &lines, None)
        };
        for from in [
            ["Origin: https://app.example", "Sec-Fetch-Site: same-site"],
            ["Origin: http://shop.example", "Sec-Fetch-Site: same-site"],
            [here.as_str(), "Sec-Fetch-Site: same-origin"],
        ] {
            let answer = send(&from);
            assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"), "{act}: {from:?}");
            assert!(send(&[&from[..], &[proof.as_str()][..]].concat()).status < 300, "{act}: {from:?}");
        }
        let preflight = [
            "Origin: https://app.example",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: x-csrf",
        ];
        let answer = house.send(Door::Admin, "OPTIONS", &target, &preflight, None);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{act}");
    }
}

#[test]
fn only_json_is_taken() {
    let house = House::open();
    let root = house.root();
    let (cookie, proof) = (format!("Cookie: {}", root.cookie), format!("X-CSRF: {}", root.proof));
    let body = r#"{"login":"eve","realm":"customer"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
    ] {
        let kind = format!("Content-Type: {kind}");
        let answer = house.send(Door::Admin, "POST", "/admin/users", &[&cookie, &proof, &kind], Some(body));
        assert_eq!((answer.status, answer.code().as_str()), (415, "unsupported_media_type"), "{kind}");
    }
    let answer = house.send(Door::Admin, "POST", "/admin/users", &[&cookie, &proof], Some(body));
    assert_eq!(answer.status, 415);
    let json = "Content-Type: application/json";
    for body in [
        r#"{"login":"eve","login":"adam"}"#,
        r#"{"login":"eve","attributes":{"a":1,"a":2}}"#,
        r#"{"login":"eve","extra":1}"#,
        "{",
        "",
    ] {
        let answer = house.send(Door::Admin, "POST", "/admin/users", &[&cookie, &proof, json], Some(body));
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid"), "{body}");
    }
    let large = format!(r#"{{"login":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(house.send(Door::Admin, "POST", "/admin/users", &[&cookie, &proof, json], Some(&large)).status, 413);
}

/// A router that had no handler would answer 404, and one that had another method 405: nothing asked for here is missing.
#[test]
fn every_own_route_has_a_handler() {
    let house = House::open();
    house.add("admin", "root", &["administrator"]);
    let watching = house.log_in("admin", "root");
    house.settle();
    let event = house.read(&watching, "/admin/audit")["items"][0]["number"].to_string();
    let panel = house.admin(&watching, "GET", "/panel", None).text();
    for (number, (route, method)) in own()
        .iter()
        .flat_map(|route| route.methods.split(',').map(move |method| (route, method.to_owned())))
        .enumerate()
    {
        let root = house.log_in("admin", "root");
        let user = house.add("customer", &format!("user{number}"), &[]);
        let session = house.log_in("customer", &format!("user{number}"));
        let role = format!("role{number}");
        let made = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": role })));
        assert_eq!(made.status, 201, "{}", made.text());
        let page = house.send(Door::Public, "GET", "/login", &[], None).text();
        let (text, assets) =
            if route.path.starts_with("/panel/") { (&panel, "/panel/assets/") } else { (&page, "/login/assets/") };
        let file = text.split(assets).nth(1).and_then(|rest| rest.split('"').next()).expect("a style");
        let id = match &*route.path {
            path if path.starts_with("/user/sessions") => root.id.clone(),
            path if path.starts_with("/admin/sessions") => session.id.clone(),
            _ => user.id.to_string(),
        };
        let target =
            route.path.replace(":id", &id).replace(":name", &role).replace(":file", file).replace(":number", &event);
        let target = match &*route.path {
            "/admin/events" => continue,
            "/admin/explain" => format!("{target}?path=/"),
            _ => target,
        };
        let door = if route.doors == Doors::Public { Door::Public } else { Door::Admin };
        let body = json!({});
        let answer = house.call(door, &method, &target, Some(&root), (method != "GET").then_some(&body));
        assert!(!matches!(answer.status, 404 | 405 | 500..), "{method} {target}: {} {}", answer.status, answer.text());
    }
}
