//! Section 7: permissions, visible and judged; `access.panel`.

use crate::site::{PLAIN, Site, json, said};

#[test]
fn a_role_without_the_panel_logs_in_and_then_may_nothing() {
    let site = Site::open("[dialect.kirby]\nbasicAuth = true\nallowInsecure = true\n");
    site.add("nopanel1", "nopanel@example.com", &["nopanel"]);
    let mut browser = site.logged_in("nopanel@example.com");
    let refused = r#"{"status":"error","message":"You are not allowed to access the panel","code":401,"key":"error.access.panel","details":[]}"#;
    for target in ["/api/auth", "/api/account", "/api/site", "/api/pages/a", "/api/users"] {
        let answer = browser.get(target);
        assert_eq!((answer.status, answer.text().as_str()), (401, refused), "{target}");
    }
    assert_eq!(browser.get("/api/system").status, 200);
    assert_eq!(browser.send("GET", "/api/auth", &[], "").status, 401, "without a token it is that which is missing");
    let basic = "Authorization: Basic bm9wYW5lbEBleGFtcGxlLmNvbTp0aGUgaGVyb24gd2FpdHMgYXQgdGhlIHdlaXI=";
    assert_eq!(site.send("GET", "/api/auth", &[basic], "").text(), refused);
    assert_eq!(browser.send("POST", "/api/auth/logout", &[], "").status, 200);
}

#[test]
fn a_refused_action_is_403_with_the_key_of_its_model() {
    let site = Site::open(PLAIN);
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut browser = site.logged_in("editor@example.com");
    assert_eq!(said(&browser.get("/api/pages/a")), (403, "error.page.update.permission".into()));
    assert_eq!(browser.get("/api/site").status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-user"), Some("editor01"));
}

#[test]
fn what_one_may_not_even_see_is_404() {
    let site = Site::with(
        r#"
[dialect.kirby]

[[acl]]
id = "Kirby::all"
children = [{ id = "Kirby::pages.access" }, { id = "Kirby::site.access" }, { id = "Kirby::languages.create" }, { id = "Kirby::access.site" }]

[[acl]]
id = "Shop::orders"

[role.guest]
allow = []

[role.admin]
allow = ["Kirby::all"]

[[route]]
match = "GET /api/pages/:id"
access = "Kirby::pages.access"

[[route]]
match = "GET /api/site"
access = "Kirby::site.access"

[[route]]
match = "POST /api/languages"
access = "Kirby::languages.create"

[[route]]
match = "GET /api/areas/site"
access = "Kirby::access.site"

[[route]]
match = "GET /api/orders"
access = "Shop::orders"
"#,
    );
    site.add("guest001", "guest@example.com", &["guest"]);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let mut guest = site.logged_in("guest@example.com");
    let mut admin = site.logged_in("ada@example.com");
    for (method, target, status, key) in [
        ("GET", "/api/pages/a+b", 404, "error.page.notFound"),
        ("GET", "/api/site", 404, "error.site.notAccessible"),
        ("POST", "/api/languages", 403, "error.language.create.permission"),
        ("GET", "/api/areas/site", 403, "error.access.site"),
        ("GET", "/api/orders", 403, "error.permission"),
    ] {
        assert_eq!(said(&guest.with_token(method, target, "")), (status, key.into()), "{target}");
        let expected = if target == "/api/orders" { 403 } else { 200 };
        assert_eq!(admin.with_token(method, target, "").status, expected, "{target}");
    }
}

/// `*` of Kirby's permissions, on both levels; what a role denies goes before what it allows.
#[test]
fn a_wildcard_is_a_resource_with_all_below_it_and_words_go_before_it() {
    let site = Site::with(
        r#"
[dialect.kirby]

[[acl]]
id = "Kirby::all"
children = [
    { id = "Kirby::access.panel" },
    { id = "Kirby::pages", children = [{ id = "Kirby::pages.read" }, { id = "Kirby::pages.update" }, { id = "Kirby::pages.delete" }] },
    { id = "Kirby::files", children = [{ id = "Kirby::files.read" }] },
]

[role.editor]
allow = ["Kirby::all"]
deny = ["Kirby::files", "Kirby::pages.delete"]

[[route]]
match = "DELETE /api/pages/:id"
access = "Kirby::pages.delete"

[[route]]
match = "PATCH /api/pages/:id"
access = "Kirby::pages.update"
"#,
    );
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut editor = site.logged_in("editor@example.com");
    let seen = json(&editor.get("/api/auth"));
    let permissions = &seen["data"]["permissions"];
    assert_eq!((&permissions["pages"]["update"], &permissions["pages"]["delete"]), (&true.into(), &false.into()));
    assert_eq!((&permissions["files"]["read"], &permissions["files"]["delete"]), (&false.into(), &true.into()));
    assert_eq!(editor.patch("/api/pages/a", "").status, 200);
    let answer = editor.with_token("DELETE", "/api/pages/a", "");
    assert_eq!(said(&answer), (403, "error.page.delete.permission".into()));
}

#[test]
fn permissions_are_those_of_the_acl_and_else_given() {
    let site = Site::open(PLAIN);
    site.add("editor01", "editor@example.com", &["editor"]);
    let mut browser = site.logged_in("editor@example.com");
    let seen = json(&browser.get("/api/auth"));
    let data = &seen["data"];
    let permissions = &data["permissions"];
    assert_eq!(permissions["access"]["panel"], true);
    assert_eq!((&permissions["pages"]["read"], &permissions["pages"]["update"]), (&true.into(), &false.into()));
    assert_eq!(
        (&permissions["user"]["changeEmail"], &permissions["user"]["changeName"]),
        (&false.into(), &true.into())
    );
    assert_eq!(permissions["users"]["create"], false);
    let names: Vec<&String> = permissions.as_object().expect("categories").keys().collect();
    assert_eq!(names, ["access", "files", "languages", "pages", "site", "user", "users"]);
    assert_eq!(data["role"]["permissions"], *permissions);
    assert_eq!((&data["role"]["name"], &data["role"]["title"]), (&"editor".into(), &"Editor".into()));
}

#[test]
fn without_an_acl_of_kirbys_everything_is_given_but_what_is_others() {
    let site = Site::with(PLAIN);
    site.add("chief001", "chief@example.com", &["administrator"]);
    site.add("somebody", "ada@example.com", &[]);
    let mut browser = site.logged_in("ada@example.com");
    let seen = json(&browser.get("/api/auth"));
    for (category, actions) in seen["data"]["permissions"].as_object().expect("categories") {
        for (action, allowed) in actions.as_object().expect("actions") {
            let is_guarded =
                category == "users" || (category == "user" && matches!(&**action, "changeRole" | "delete"));
            assert_eq!(*allowed, !is_guarded, "{category}.{action}");
        }
    }
    // And so it is.
    assert_eq!(json(&browser.get("/api/users"))["pagination"]["total"], 1);
    assert_eq!(said(&browser.get("/api/users/chief001")), (404, "error.user.notFound".into()));
    let user = r#"{"email":"x@example.com"}"#;
    assert_eq!(said(&browser.post("/api/users", user)), (403, "error.user.create.permission".into()));
    assert_eq!(said(&browser.with_token("DELETE", "/api/account", "")), (403, "error.user.delete.permission".into()));
    let role = r#"{"role":"administrator"}"#;
    assert_eq!(said(&browser.patch("/api/account/role", role)), (403, "error.user.changeRole.permission".into()));
    assert_eq!(browser.patch("/api/account/name", "name=Ada").status, 200);
    let mut chief = site.logged_in("chief@example.com");
    assert!(!json(&chief.get("/api/auth"))["data"]["permissions"].to_string().contains("false"));
    assert_eq!(json(&chief.get("/api/users"))["pagination"]["total"], 2);
    assert_eq!(chief.with_token("DELETE", "/api/users/somebody", "").status, 200);
}

#[test]
fn an_account_that_may_not_see_itself_is_404_and_still_logged_in() {
    let site = Site::open(PLAIN);
    site.add("panel001", "panel@example.com", &["panelonly"]);
    let mut browser = site.logged_in("panel@example.com");
    assert_eq!(said(&browser.get("/api/account")), (404, "error.user.undefined".into()));
    let seen = json(&browser.get("/api/auth"));
    assert_eq!(
        (seen["code"].clone(), seen["data"]["permissions"].clone(), seen["data"]["role"].clone()),
        (200.into(), serde_json::Value::Null, serde_json::Value::Null)
    );
}
