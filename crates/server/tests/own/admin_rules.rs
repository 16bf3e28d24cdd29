//! `/admin/routes` and `/admin/explain`.

use serde_json::{Value, json};

use crate::house::{Door, House};

#[test]
fn routes_are_shown_with_where_they_stand_and_how_often_they_are_used() {
    let house = House::open();
    let root = house.root();
    for _ in 0..3 {
        house.call(Door::Public, "GET", "/rest/me", None, None);
    }
    house.settle();
    let list = house.read(&root, "/admin/routes?own=false");
    let items = list["items"].as_array().expect("items");
    let paths: Vec<&str> = items.iter().filter_map(|route| route["path"].as_str()).collect();
    assert_eq!(paths, ["/rest/orders/:id", "/rest/me"]);
    let orders = &items[0];
    assert_eq!((&orders["methods"], &orders["access"]), (&json!("GET"), &json!(["Shop::orders"])));
    assert_eq!((&orders["realms"], &orders["upstream"]), (&json!(["admin"]), &json!("default")));
    assert_eq!(orders["source"]["file"], "doorward.toml");
    let line = orders["source"]["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
    assert!(
        crate::house::RULES.lines().nth(line - 1).is_some_and(|text| text.contains("route") || text.contains("orders")),
        "{orders}"
    );
    assert_eq!((&items[1]["hits"], &items[1]["refused"]), (&json!(3), &json!(3)));
    let own = house.read(&root, "/admin/routes?own=true");
    let log_in = own["items"].as_array().expect("items").iter().find(|route| route["route"] == "POST /user/sessions");
    assert_eq!(log_in.expect("the log-in")["hits"], 1);
    assert!(house.read(&root, "/admin/routes")["items"].as_array().expect("items").len() > items.len());
}

#[test]
fn a_decision_is_explained_without_being_made() {
    let house = House::open();
    let root = house.root();
    let ask = |query: &str| house.read(&root, &format!("/admin/explain?{query}"));
    let refused = ask("path=/rest/orders/7&realm=admin&roles=support");
    assert_eq!(
        (&refused["verdict"], &refused["status"], &refused["route"]),
        (&json!("deny"), &json!(403), &json!("GET /rest/orders/:id"))
    );
    assert!(refused["reason"].as_str().is_some_and(|reason| reason.contains("Shop::orders")), "{refused}");
    assert!(refused["steps"].as_array().is_some_and(|steps| steps.iter().any(|step| step["passed"] == false)));
    assert_eq!(ask("path=/rest/orders/7&realm=admin&roles=support,%20clerk")["verdict"], "allow");
    assert_eq!(ask("path=/rest/orders/7")["status"], 401);
    assert_eq!(ask("path=/nowhere&method=DELETE")["status"], 404);
    assert_eq!(ask("path=/admin/users&door=admin&realm=admin&roles=administrator")["verdict"], "allow");
    let body = json!({ "method": "GET", "path": "/rest/orders/7", "realm": "admin", "roles": ["clerk"] });
    let posted = house.admin(&root, "POST", "/admin/explain", Some(&body));
    assert_eq!((posted.status, &posted.json()["verdict"]), (200, &json!("allow")));
    // Whether it was meant, the question does not say.
    let ending = "path=/user/sessions&method=DELETE&realm=customer";
    let unproven = ask(ending);
    let needed = json!("a session needs the token, or an Origin that the browser vouches for");
    assert_eq!((&unproven["verdict"], &unproven["needs"]), (&json!("allow"), &needed));
    assert!(unproven["steps"].as_array().is_some_and(|steps| steps.iter().any(|step| step["needs"] == true)));
    for proven in ["path=/rest/orders/7&realm=admin&roles=clerk", "path=/user/sessions&method=POST"] {
        assert_eq!((&ask(proven)["verdict"], &ask(proven)["needs"]), (&json!("allow"), &Value::Null), "{proven}");
    }
    let token =
        json!({ "method": "DELETE", "path": "/user/sessions", "realm": "customer", "headers": { "X-CSRF": "x" } });
    assert_eq!(house.admin(&root, "POST", "/admin/explain", Some(&token)).json()["needs"], Value::Null);
    // Headers and credentials count where a decision looks at them.
    let mut asked =
        json!({ "method": "POST", "path": "/user/sessions", "headers": { "Origin": "https://evil.example" } });
    let posted = house.admin(&root, "POST", "/admin/explain", Some(&asked)).json();
    assert_eq!((&posted["verdict"], &posted["status"]), (&json!("deny"), &json!(403)));
    asked = json!({ "method": "GET", "path": "/rest/orders/7", "realm": "admin", "roles": ["clerk"], "by": "token" });
    assert_eq!(house.admin(&root, "POST", "/admin/explain", Some(&asked)).json()["status"], 401);
    let wrong: [(&str, &str, Option<Value>); 4] = [
        ("POST", "/admin/explain", Some(json!({ "method": "GET", "path": "/", "by": "magic" }))),
        ("GET", "/admin/explain", None),
        ("GET", "/admin/explain?path=/&roles=a%20b", None),
        ("POST", "/admin/explain", Some(json!({ "method": "GET" }))),
    ];
    for (method, target, body) in wrong {
        assert_eq!(house.admin(&root, method, target, body.as_ref()).status, 400, "{method} {target}");
    }
}
