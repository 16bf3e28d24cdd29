//! `doorward explain`, where the wire formats of other systems are spoken.

use serde_json::{Value, json};

use crate::kit::Place;

/// All three dialects beside each other.
const RULES: &str = r#"
upstream = "http://127.0.0.1:9000"

[realm.customer]
[realm.admin]
[realm.editors]
[realm.site]

[dialect.ez]
users = "editors"
basic_root = "/basic"

[dialect.kirby]
root = "/kirby"
users = "site"
basicAuth = true

[dialect.magento]
stores = ["de"]

[[acl]]
id = "content/read"

[[acl]]
id = "content/edit"

[[acl]]
id = "Kirby::all"
children = [{ id = "Kirby::access.panel" }, { id = "Kirby::pages.read" }, { id = "Kirby::pages.access" }]

[[acl]]
id = "Magento_Customer::manage"

[role.anonymous]
allow = ["content/read"]

[role.editor]
allow = ["content/read", "content/edit"]

[role.reader]
allow = ["content/read"]

[role.author]
allow = ["Kirby::access.panel", "Kirby::pages.read"]

[role.nopanel]
allow = ["Kirby::pages.read"]

[role.support]
allow = ["Magento_Customer::manage"]

[role.everything]
allow = ["content/read", "content/edit", "Kirby::all", "Magento_Customer::manage"]

[[route]]
match = "GET /api/ezp/v2/content/objects/:id"
access = "content/read"

[[route]]
match = "PATCH,PUBLISH /api/ezp/v2/content/objects/:id"
access = "content/edit"

[[route]]
match = "GET /api/ezp/v2/content/sections"
access = "content/read"

[[route]]
match = "GET /kirby/pages/:id"
access = "Kirby::pages.read"

[[route]]
match = "GET /kirby/drafts/:id"
access = "Kirby::pages.access"

[[route]]
match = "GET,PUT /rest/V1/customers/me"
access = "self"
realm = ["customer", "admin"]
force = { customerId = "%user_id%" }

[[route]]
match = "GET /rest/V1/customers/:id"
access = "Magento_Customer::manage"
realm = "admin"

[[route]]
match = "POST /rest/V1/payments"
access = "self"
realm = "customer"
secure = true
"#;

/// What is told of each of these: words of the command, then headers.
fn tell(asked: &[(&str, &[&str])]) -> String {
    let place = Place::with(RULES);
    let mut told = String::new();
    for (line, headers) in asked {
        let mut command = place.program();
        command.arg("explain").args(line.split_whitespace());
        for header in *headers {
            command.args(["--header", header]);
        }
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let headers: String = headers.iter().map(|header| format!(" --header '{header}'")).collect();
        told.push_str(&format!("$ doorward explain {line}{headers}\n{}\n", String::from_utf8_lossy(&output.stdout)));
    }
    told
}

const SCRIPT: &str = "X-Requested-With: XMLHttpRequest";

#[test]
fn what_ez_platform_makes_of_a_request_is_told() {
    let object = |rest: &str| format!("{rest} /api/ezp/v2/content/objects/7");
    let publish = "X-HTTP-Method-Override: publish";
    insta::assert_snapshot!(tell(&[
        ("POST /api/ezp/v2/user/sessions", &[]),
        ("POST /api/ezp/v2/user/sessions", &["Origin: https://evil.example"]),
        ("DELETE /api/ezp/v2/user/sessions/abc --realm editors", &[]),
        (&format!("{} --realm editors --role editor", object("POST")), &[publish]),
        (&format!("{} --realm editors --role editor", object("POST")), &[publish, "X-CSRF-Token: abc"]),
        (&format!("{} --realm editors --role editor", object("POST")), &[publish, "Sec-Fetch-Site: same-origin"]),
        (&format!("{} --realm editors --role reader", object("POST")), &[publish]),
        (&object("POST"), &["X-HTTP-Method-Override: pub lish"]),
        (&object("GET"), &[publish]),
        (&object("COPY"), &[]),
        (&object("OPTIONS"), &[]),
        (&object("GET"), &["X-Expected-User: ada"]),
        (&object("GET"), &["X-Expected-User: anonymous"]),
        ("GET /basic/content/sections", &[]),
        ("GET /basic/content/sections --realm editors --role reader --by session --secure", &[]),
        ("GET /basic/content/sections --realm editors --role reader --secure", &[]),
        ("GET /basic/content/sections --realm editors --role reader", &[]),
    ]));
}

#[test]
fn what_kirby_makes_of_a_request_is_told() {
    insta::assert_snapshot!(tell(&[
        ("POST /kirby/auth/login", &[]),
        ("POST /kirby/auth/logout --realm site", &["Sec-Fetch-Site: cross-site"]),
        ("GET /kirby/pages/1 --realm site --role author", &[]),
        ("GET /kirby/pages/1?csrf=abc --realm site --role author", &[]),
        ("GET /kirby/pages/1 --realm site --role author", &["Sec-Fetch-Site: same-origin"]),
        ("GET /kirby/pages/1 --realm site --role author --by basic --secure", &[]),
        ("GET /kirby/pages/1 --realm site --role author --by basic", &[]),
        ("GET /kirby/pages/1 --realm site --role author --by token", &[]),
        ("GET /kirby/pages/1 --realm site --role nopanel", &[]),
        ("GET /kirby/drafts/1 --realm site --role author", &[]),
        ("POST /kirby/pages/1 --realm site --role author", &["X-HTTP-Method-Override: GET"]),
        ("DELETE /kirby/pages/1", &[]),
    ]));
}

#[test]
fn what_magento_makes_of_a_request_is_told() {
    insta::assert_snapshot!(tell(&[
        ("POST /rest/V1/integration/customer/token", &[]),
        ("POST /rest/de/V1/integration/admin/token", &[]),
        ("POST /customer/ajax/login", &[]),
        ("GET /rest/xx/V1/customers/me", &[]),
        ("GET /rest/de/V1/customers/me --realm customer --user-id 7", &[]),
        ("GET /rest/V1/customers/me --realm customer --by session", &[]),
        ("GET /rest/V1/customers/me --realm customer", &["X-Requested-With: fetch"]),
        ("GET /rest/V1/customers/me --realm customer", &[SCRIPT]),
        ("PUT /rest/V1/customers/me --realm customer", &[SCRIPT, "Origin: https://evil.example"]),
        ("PUT /rest/V1/customers/me --realm customer --by token", &["Origin: https://evil.example"]),
        ("GET /rest/V1/customers/me --realm customer --by basic", &[]),
        ("GET /rest/all/V1/customers/me --realm customer --by token", &[]),
        ("GET /rest/V1/customers/me --realm admin --role support --by token", &[]),
        ("GET /rest/V1/customers/me --realm admin --role everything --by token", &[]),
        ("PATCH /rest/V1/customers/8", &[]),
        ("POST /rest/V1/payments --realm customer --by token", &[]),
        ("POST /rest/V1/payments --realm customer --by token --secure", &[]),
    ]));
}

#[test]
fn a_batch_says_headers_and_credentials_too() {
    let place = Place::with(RULES);
    let object = "/api/ezp/v2/content/objects/7";
    let lines = [
        json!({ "method": "POST", "path": object, "realm": "editors", "roles": ["editor"], "headers": { "x-http-method-override": "PATCH" } }),
        json!({ "method": "GET", "path": "/rest/V1/customers/me", "realm": "customer", "by": "session" }),
        json!({ "method": "GET", "path": "/rest/V1/customers/me", "realm": "customer", "by": "token" }),
        json!({ "method": "POST", "path": "/customer/ajax/login", "headers": { "Origin": "https://evil.example" } }),
        json!({ "method": "GET", "path": object, "headers": { "Authorization": "Bearer abc" } }),
        json!({ "method": "GET", "path": object, "headers": { "a b": "c" } }),
        json!({ "method": "GET", "path": object, "by": "magic" }),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let ran = place.run_with("explain --batch -", &text);
    let answers: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<Option<u64>> = answers.iter().map(|answer| answer["status"].as_u64()).collect();
    assert_eq!(told, [Some(200), Some(401), Some(200), Some(401), None, None, None]);
    assert_eq!(answers[0]["route"], "PATCH,PUBLISH /api/ezp/v2/content/objects/:id");
    assert_eq!(answers[4]["error"], "`Authorization` says who is asking: say whose user, and by what, instead");
    assert_eq!(answers[5]["error"], "`a b: c` is no header");
    ran.failed(1);
}

#[test]
fn a_header_that_cannot_be_one_is_a_slip() {
    let place = Place::with(RULES);
    for (line, said) in [
        ("explain GET / --header Cookie:x", "`Cookie` says who is asking"),
        ("explain GET / --header Host:x", "`Host` is the host"),
        ("explain GET / --header x", "x: a header is NAME: VALUE"),
        ("explain GET / --by magic", "invalid value 'magic'"),
        ("explain --batch - --by basic", "cannot be used with"),
    ] {
        let error = place.run(line).failed(2);
        assert!(error.contains(said), "{line}: {error}");
    }
}
