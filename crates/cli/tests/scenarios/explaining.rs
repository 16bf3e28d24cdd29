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
    // What the question does not say, and the request must bring.
    let said = demo().run("explain DELETE /user/sessions --realm customer --json").json();
    assert_eq!((said["verdict"].as_str(), said["needs"].as_str().is_some()), (Some("allow"), true), "{said}");
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
fn a_bad_line_of_a_batch_is_said_in_its_place_and_the_others_are_answered() {
    let place = demo();
    let lines = [
        r#"{"method":"GET","path":"/"}"#,
        r#"{"metod":"GET"}"#,
        "",
        "nonsense",
        r#"{"method":"GET","path":"/rest/V1/customers/7","realm":"admn"}"#,
        r#"{"method":"GET","path":"/rest/V1/customers/7","realm":"admin","roles":["suport"]}"#,
        r#"{"method":"GET","path":"/nowhere"}"#,
    ];
    let ran = place.run_with("explain --batch -", &lines.join("\n"));
    let answers: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<_> = answers.iter().map(|answer| (answer["line"].as_u64(), answer["status"].as_u64())).collect();
    let bad = |line| (Some(line), None);
    assert_eq!(told, [(None, Some(200)), bad(2), bad(4), bad(5), bad(6), (None, Some(404))]);
    for (answer, said) in [
        (&answers[1], "unknown field `metod`, expected one of"),
        (&answers[3], "there is no realm `admn`; did you mean `admin`?"),
        (&answers[4], "there is no role `suport`; did you mean `support`?"),
    ] {
        assert!(answer["error"].as_str().is_some_and(|error| error.starts_with(said)), "{answer}");
    }
    let error = ran.failed(1);
    assert_eq!(error, "doorward: 4 of 6 lines of - could not be answered; each says why\n");
    place.run("explain --batch nowhere.jsonl").failed(2);
    place.run("explain GET").failed(2);
}

#[test]
fn bytes_that_are_no_text_are_a_bad_line_and_not_the_end() {
    let place = demo();
    let mut bytes = b"\xff\xfe\n".to_vec();
    bytes.extend_from_slice(b"{\"method\":\"GET\",\"path\":\"/\"}\n");
    std::fs::write(place.file("batch.jsonl"), bytes).expect("written");
    let ran = place.run("explain --batch batch.jsonl");
    assert_eq!((ran.code, ran.stdout.lines().count()), (1, 2), "{}", ran.stdout);
}

#[test]
fn a_realm_that_goes_without_saying_need_not_be_said() {
    let one = Place::with(&crate::rules("http://127.0.0.1:9000"));
    assert_eq!(one.run("explain GET /orders/7 --role clerk --json").json()["caller"], "user of default with clerk");
    assert_eq!(one.run("explain GET /me --user-id 7 --json").json()["verdict"], "allow");
    assert_eq!(one.run("explain GET /me --json").json()["caller"], "guest");
    let several = demo();
    let said = several.run("explain GET /rest/V1/customers/7 --role support --json").json();
    assert_eq!((said["caller"].as_str(), said["status"].as_u64()), (Some("user of admin with support"), Some(200)));
    let said = several.run("explain PUT /rest/V1/customers/me --user-id 7 --json").json();
    assert_eq!((said["caller"].as_str(), said["status"].as_u64()), (Some("user of customer (7)"), Some(200)));
    for line in ["explain GET /events --user-id 7", "explain GET /nowhere --role support"] {
        let error = several.run(line).failed(2);
        assert!(error.contains("There are several: add --realm, one of admin, customer"), "{line}: {error}");
    }
}

#[test]
fn realms_and_roles_that_are_not_there_are_slips() {
    let place = demo();
    let small = place.run("explain get /").ok();
    assert!(small.contains("methods are written in capitals, GET"), "{small}");
    for (line, said) in [
        ("explain GET / --realm costumer", "there is no realm `costumer`; did you mean `customer`?"),
        ("explain GET / --realm a,b", "a,b: a name has 1 to 64 characters"),
        ("explain GET /nowhere --realm xyzzy", "there is no realm `xyzzy`; there is admin, customer"),
        ("explain GET / --realm admin --role editr", "there is no role `editr`; did you mean `editor`?"),
        (
            "explain GET /nowhere --realm admin --role xyzzy",
            "there is no role `xyzzy`; there is administrator, editor, support",
        ),
    ] {
        let error = place.run(line).failed(2);
        assert!(error.contains(said), "{line}: {error}");
    }
}

#[test]
fn roles_of_the_database_count() {
    let place = Place::with(&crate::rules("http://127.0.0.1:9000"));
    place.run("role create keeper --allow Shop::all").ok();
    let said = place.run("explain GET /orders/7 --realm default --role keeper --json").json();
    assert_eq!(said["verdict"], "allow", "{said}");
}
