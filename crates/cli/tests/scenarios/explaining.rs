//! `doorward explain`.

use serde_json::{Value, json};

use crate::kit::Place;

fn demo() -> Place {
    let place = Place::new();
    let rules = place.run("demo --print-config").ok();
    place.write("doorward.toml", &rules);
    place
}

#[test]
fn each_step_is_told_with_its_reason() {
    let place = demo();
    let mut told = String::new();
    for line in [
        "explain GET /rest/V1/customers/7 --realm admin --role support",
        "explain DELETE /rest/V1/customers/7 --realm admin --role support",
        "explain GET /rest/V1/customers/me",
        "explain PUT /rest/V1/customers/me --realm customer --user-id 7",
        "explain GET /rest/V1/directory/countries",
        "explain PUT /rest/V1/customerGroups/1 --realm admin --role administrator",
        "explain GET /nowhere",
        "explain POST /rest/V1/directory/countries",
        "explain GET /a/../b",
        "explain GET /rest/V1/directory/countries --host evil.example",
        "explain GET /admin/users --admin --realm admin --role administrator",
    ] {
        told.push_str(&format!("$ doorward {line}\n{}\n", place.run(line).ok()));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn as_json_it_is_one_object() {
    let said = demo().run("explain GET /rest/V1/customers/7 --realm admin --role support --json").json();
    let keys: Vec<&str> = said.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["method", "path", "route", "access", "caller", "verdict", "status", "reason"]);
    assert_eq!(said["access"], json!(["Magento_Customer::manage"]));
    assert_eq!((said["verdict"].as_str(), said["status"].as_u64()), (Some("allow"), Some(200)));
}

#[test]
fn a_batch_is_an_answer_a_line() {
    let place = demo();
    let lines = [
        json!({ "method": "GET", "path": "/rest/V1/customers/7" }),
        json!({ "method": "GET", "path": "/rest/V1/customers/7", "realm": "admin", "roles": ["support"] }),
        json!({ "method": "DELETE", "path": "/rest/V1/customers/7", "realm": "admin", "roles": ["support", "editor"], "user_id": "2", "secure": true, "host": "localhost" }),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("batch.jsonl", &text);
    let said = place.run("explain --batch batch.jsonl").ok();
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let statuses: Vec<_> = answers.iter().map(|answer| answer["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(401), Some(200), Some(403)]);
    assert_eq!(place.run_with("explain --batch -", &text).ok(), said);
}

#[test]
fn a_bad_line_of_a_batch_is_named() {
    let place = demo();
    place.write("batch.jsonl", "{\"method\":\"GET\",\"path\":\"/\"}\n{\"metod\":\"GET\"}\n");
    let error = place.run("explain --batch batch.jsonl").failed(2);
    assert!(error.contains("batch.jsonl:2: unknown field `metod`"), "{error}");
    place.run("explain GET").failed(2);
}

#[test]
fn roles_of_the_database_count() {
    let place = Place::with(&crate::rules("http://127.0.0.1:9000"));
    place.run("role create keeper --allow Shop::all").ok();
    let said = place.run("explain GET /orders/7 --realm default --role keeper --json").json();
    assert_eq!(said["verdict"], "allow", "{said}");
}
