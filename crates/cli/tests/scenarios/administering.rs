//! Users, roles, sessions and the audit log from the command line, beside a running server and without one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Api, Browser, Place, Server, eventually};
use crate::rules;

const SECRET: &str = "a long enough secret";

fn offline() -> Place {
    Place::with(&rules("http://127.0.0.1:9000"))
}

fn add(place: &Place, login: &str, more: &str) {
    place.run_with(&format!("user add {login} --password-stdin {more}"), &format!("{SECRET}\n")).ok();
}

/// A server with a user `anna`, and a browser in which she is logged in.
async fn with_anna(roles: &str) -> (Place, Api, Server, Browser) {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    add(&place, "root", "--role administrator");
    add(&place, "anna", roles);
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
    assert_eq!(browser.get("/me").await.status, 200);
    (place, api, server, browser)
}

/// Asks until the status is this one; it must be within the second that the documentation promises, and a test asserts no time.
async fn becomes(browser: &Browser, path: &str, status: u16) {
    eventually(&format!("{path} answers {status}"), async || (browser.get(path).await.status == status).then_some(()))
        .await;
}

#[test]
fn a_user_is_shown_as_it_was_added() {
    let place = offline();
    add(&place, "Anna@Example.com", "--role clerk --email anna@example.com --name Anna --id a-7 --attribute cart=9");
    let mut shown = place.run("user show anna@example.com --json").json();
    assert!(shown["created_at"].as_str().is_some_and(|time| time.ends_with('Z')));
    assert!(shown["version"].as_str().is_some_and(|version| version.len() == 16));
    (shown["created_at"], shown["version"]) = (Value::Null, Value::Null);
    assert_eq!(
        shown,
        json!({
            "id": "a-7", "realm": "default", "login": "anna@example.com", "name": "Anna", "email": "anna@example.com",
            "roles": ["clerk"], "state": "active", "attributes": { "cart": 9 }, "has_password": true, "failures": 0,
            "created_at": null, "last_login_at": null, "last_seen_at": null, "version": null,
        })
    );
    let text = place.run("user show anna@example.com").ok();
    assert!(text.contains("login         anna@example.com\nrealm         default\nid            a-7\n"), "{text}");
    let list = place.run("user list").ok();
    assert!(list.starts_with("LOGIN             REALM    ID   NAME  ROLES  STATE   LAST SEEN\n"), "{list}");
    assert!(list.contains("anna@example.com  default  a-7  Anna  clerk  active  never\n"), "{list}");
}

#[test]
fn lists_are_filtered_and_cut() {
    let place = offline();
    for number in 1..=5 {
        place.run(&format!("user add user{number} --name Somebody")).ok();
    }
    place.run("user grant user3 --role clerk").ok();
    place.run("user disable user4").ok();
    let logins = |line: &str| {
        let items = place.run(line).json()["items"].clone();
        items
            .as_array()
            .expect("a list")
            .iter()
            .map(|user| user["login"].as_str().unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(logins("user list --json").len(), 5);
    assert_eq!(logins("user list --json --role clerk"), ["user3"]);
    assert_eq!(logins("user list --json --state disabled"), ["user4"]);
    assert_eq!(logins("user list --json --search user5"), ["user5"]);
    assert_eq!(logins("user list --json --sort created --reverse")[..2], ["user5", "user4"]);
    assert_eq!(logins("user list --json --sort last-seen --never-seen --limit 1"), ["user1"]);
    assert!(logins("user list --json --seen-before 1h").is_empty());
    let first = place.run("user list --json --limit 2").json();
    let next = first["next"].as_str().expect("there is more");
    assert_eq!(logins(&format!("user list --json --limit 2 --after {next}")), ["user3", "user4"]);
    assert_eq!(place.run("user list --json").json()["next"], Value::Null);
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let place = offline();
    add(&place, "anna", "");
    let refusals = [
        ("user add anna", 1, "the login is taken"),
        ("user add a:b", 1, "login: a login has 1 to 254 characters"),
        ("user add ben --role clark", 2, "there is no role clark; did you mean clerk?"),
        ("user add ben --role xyzzy", 2, "there is no role xyzzy: one of administrator, clerk"),
        ("user add ben --realm nowhere", 2, "there is no realm nowhere: one of default"),
        ("user add ben --email nonsense", 1, "email: not an e-mail address"),
        ("user add ben --attribute cart", 2, "write --attribute NAME=VALUE"),
        ("user show nobody", 1, "there is no user nobody"),
        ("user show anna --realm nowhere", 2, "there is no realm nowhere: one of default"),
        ("user grant anna nothing", 2, "there is no role nothing"),
        ("user grant anna --role clrk", 2, "there is no role clrk; did you mean clerk?"),
        ("user grant anna", 2, "required"),
        ("user revoke anna clerk", 1, "anna (default) does not have the role clerk"),
        ("user revoke anna --role clerk", 1, "anna (default) does not have the role clerk"),
        ("role create clerk", 1, "the role is built in or stands in a file"),
        (
            "role create keeper --allow Xyzzy::nothing",
            2,
            "there is no resource Xyzzy::nothing: they stand under [[acl]]",
        ),
        ("role create keeper --deny Shop::order", 2, "there is no resource Shop::order; did you mean Shop::orders?"),
        ("role allow clerk Shop::invoice", 2, "there is no resource Shop::invoice; did you mean Shop::invoices?"),
        ("role allow administrator Shop::orders", 1, "the role is built in or stands in a file"),
        ("role show nothing", 2, "there is no role nothing"),
        ("role remove clrk", 2, "there is no role clrk; did you mean clerk?"),
        ("session end", 2, "say which sessions"),
        ("session end nonsense", 2, "nonsense is no id of a session"),
        ("session end AAAAAAAAAAAAAAAAAAAAAA", 1, "there is no such thing"),
        ("session list --address nonsense", 2, "invalid IP address"),
        ("session list --before nonsense", 2, "write 2h, 7d, 2026-01-31"),
        ("audit --since yesterday", 2, "write 2h, 7d, 2026-01-31"),
        ("audit --until 2026-13-45", 2, "write 2h, 7d, 2026-01-31"),
        ("audit --since 1h --until 2h", 2, "let --until be later than --since"),
        ("audit --kind log_inn", 2, "a similar value exists: 'log_in'"),
        ("audit --kind nonsense", 2, "possible values: log_in, log_out,"),
        ("audit --realm nowhere", 2, "there is no realm nowhere: one of default"),
        ("audit --address nonsense", 2, "invalid IP address"),
        ("audit --login a:b", 2, "a login has 1 to 254 characters"),
        ("audit --outcome Nonsense!", 2, "write ok, or the code of a refusal"),
    ];
    for (line, code, reason) in refusals {
        let error = place.run(line).failed(code);
        assert!(error.contains(reason), "{line}: {error}");
    }
    assert_eq!(place.run("user list --json").json()["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_weak_first_password_is_refused_and_nobody_is_added() {
    let place = offline();
    for weak in ["short\n", "passwordpassword\n", "annaannaannaanna\n", "\n"] {
        let error = place.run_with("user add anna --password-stdin", weak).failed(1);
        assert!(error.contains("password"), "{error}");
    }
    place.run_with("user add anna --password-stdin", "").failed(2);
    assert_eq!(place.run("user list --json").json()["items"], json!([]));
}

#[test]
fn verbs_that_only_look_make_no_database() {
    let place = offline();
    for line in ["user list", "user show anna", "role list", "session list", "audit", "backup x.db"] {
        let error = place.run(line).failed(1);
        assert!(error.contains("no database"), "{line}: {error}");
    }
    assert!(!place.file("doorward.db").exists());
}

#[test]
fn the_last_administrator_stays() {
    let place = offline();
    add(&place, "root", "--role administrator");
    for line in ["user remove root", "user disable root", "user revoke root administrator"] {
        let error = place.run(line).failed(1);
        assert!(error.contains("nobody would be left who can administer"), "{line}: {error}");
    }
    add(&place, "second", "--role administrator");
    place.run("user remove root").ok();
    place.run("user show root").failed(1);
}

#[test]
fn a_login_that_several_realms_have_needs_the_realm() {
    let place = Place::with("[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n");
    let error = place.run("user add anna").failed(2);
    assert!(error.contains("there are several realms: add --realm, one of admin, customer"), "{error}");
    place.run("user add anna --realm customer").ok();
    place.run("user show anna").ok();
    place.run("user add anna --realm admin").ok();
    let error = place.run("user show anna").failed(2);
    assert!(error.contains("add --realm, one of admin, customer"), "{error}");
    assert_eq!(place.run("user show anna --realm customer --json").json()["realm"], "customer");
}

#[tokio::test]
async fn a_disabled_user_is_out_in_a_running_server() {
    let (place, _api, server, mut browser) = with_anna("").await;
    place.run("user disable anna").ok();
    becomes(&browser, "/me", 401).await;
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 401);
    place.run("user enable anna").ok();
    eventually("anna may log in", async || (browser.log_in(None, "anna", SECRET).await.status == 201).then_some(()))
        .await;
    drop(server);
}

#[tokio::test]
async fn a_role_that_is_given_or_taken_counts_in_a_running_server() {
    let (place, _api, _server, mut browser) = with_anna("").await;
    assert_eq!(browser.get("/orders/7").await.status, 403);
    place.run("user grant anna clerk").ok();
    // Whoever may more than before must log in for it.
    becomes(&browser, "/me", 401).await;
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
    assert_eq!(browser.get("/orders/7").await.status, 200);
    place.run("user revoke anna clerk").ok();
    becomes(&browser, "/me", 401).await;
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
    assert_eq!(browser.get("/orders/7").await.status, 403);
}

#[tokio::test]
async fn whoever_logs_in_right_after_a_change_stays_logged_in() {
    let (place, _api, _server, mut browser) = with_anna("").await;
    for _ in 0..5 {
        place.run("user disable anna").ok();
        place.run("user enable anna").ok();
        // The server may not have heard of it yet.
        assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
        assert_eq!(browser.get("/me").await.status, 200);
    }
}

#[tokio::test]
async fn a_role_that_is_made_and_altered_counts_in_a_running_server() {
    let (place, _api, _server, mut browser) = with_anna("").await;
    place.run("role create keeper --allow Shop::all").ok();
    place.run("user grant anna keeper").ok();
    becomes(&browser, "/me", 401).await;
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
    becomes(&browser, "/orders/7", 200).await;
    place.run("role deny keeper Shop::orders").ok();
    becomes(&browser, "/orders/7", 403).await;
    place.run("role deny keeper Shop::orders --undo").ok();
    place.run("role allow keeper Shop::orders").ok();
    becomes(&browser, "/orders/7", 200).await;
    place.run("role remove keeper").ok();
    becomes(&browser, "/orders/7", 401).await;
    assert_eq!(place.run("user show anna --json").json()["roles"], json!([]));
}

#[test]
fn a_role_says_what_it_allows_and_denies() {
    let place = offline();
    place.run("role create keeper --allow Shop::all").ok();
    place.run("role deny keeper Shop::invoices").ok();
    let mut shown = place.run("role show keeper --json").json();
    assert!(shown["version"].as_str().is_some_and(|version| version.len() == 16));
    shown["version"] = Value::Null;
    assert_eq!(
        shown,
        json!({
            "name": "keeper", "title": null, "origin": "stored", "source": null,
            "allow": ["Shop::all", "Shop::orders", "Shop::invoices"], "deny": ["Shop::invoices"],
            "grants": ["Shop::all", "Shop::orders"], "version": null,
        })
    );
    assert_eq!(place.run("role show administrator --json").json()["origin"], "builtin");
    let clerk = place.run("role show clerk --json").json();
    assert_eq!((clerk["origin"].as_str(), clerk["source"].as_str()), (Some("file"), Some("doorward.toml:30")));
    place.run("role allow keeper Shop::orders --undo").ok();
    // Who has a resource has all below it: without one of them nobody has the whole.
    assert_eq!(place.run("role show keeper --json").json()["allow"], json!(["Shop::invoices"]));
    place.run("role allow keeper Shop::invoices").ok();
    assert_eq!(place.run("role show keeper --json").json()["deny"], json!([]));
    let list = place.run("role list").ok();
    assert!(list.contains("administrator  Administrator  built in"), "{list}");
    assert!(list.contains("clerk"), "{list}");
    assert!(list.contains("the database"), "{list}");
}

#[test]
fn resources_that_come_later_are_not_in_a_role_that_was_made_before() {
    let place = offline();
    place.run("role create keeper --allow Shop::all").ok();
    let text = place
        .read("doorward.toml")
        .replace("{ id = \"Shop::orders\" }", "{ id = \"Shop::orders\" }, { id = \"Shop::refunds\" }");
    place.write("doorward.toml", &text);
    place.run("role deny keeper Shop::invoices").ok();
    let shown = place.run("role show keeper --json").json();
    assert_eq!(shown["allow"], json!(["Shop::all", "Shop::orders", "Shop::invoices"]));
    assert_eq!(shown["grants"], json!(["Shop::all", "Shop::orders"]));
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (place, _api, _server, browser) = with_anna("").await;
    let listed = place.run("session list --json").json();
    let session = &listed["items"][0];
    assert_eq!((session["login"].as_str(), session["user_id"].as_str()), (Some("anna"), Some("2")));
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(place.run("session list --login root --json").json()["items"], json!([]));
    let id = session["id"].as_str().expect("an id");
    assert!(place.run("session list").ok().contains(id));
    assert_eq!(place.run(&format!("session end {id}")).ok(), "1 session has ended.\n");
    becomes(&browser, "/me", 401).await;
}

#[tokio::test]
async fn everybodys_sessions_end_at_once() {
    let (place, _api, server, browser) = with_anna("").await;
    let mut other = Browser::at(&server.base);
    assert_eq!(other.log_in(None, "root", SECRET).await.status, 201);
    assert_eq!(place.run("session end --all").ok(), "2 sessions have ended.\n");
    becomes(&browser, "/me", 401).await;
    becomes(&other, "/me", 401).await;
    assert_eq!(place.run("session end --login anna").ok(), "0 sessions have ended.\n");
}

#[tokio::test]
async fn a_removed_user_is_gone_from_a_running_server() {
    let (place, _api, server, browser) = with_anna("").await;
    place.run("user remove anna").ok();
    becomes(&browser, "/me", 401).await;
    drop(server);
    place.run("user show anna").failed(1);
}

#[tokio::test]
async fn unlocking_forgives_in_a_running_server() {
    let (place, _api, server, _) = with_anna("").await;
    let mut stranger = Browser::at(&server.base);
    let mut last = 401;
    for _ in 0..50 {
        last = stranger.log_in(None, "anna", "not the password").await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    place.run("user unlock anna").ok();
    eventually("anna may try again", async || {
        (stranger.log_in(None, "anna", SECRET).await.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_says_who_did_what() {
    let (place, _api, server, mut browser) = with_anna("").await;
    place.run("user grant anna clerk").ok();
    browser.log_in(None, "anna", "not the password").await;
    browser.change(Method::DELETE, "/user/sessions/current", Value::Null).await;
    let kinds = |line: &str| {
        let items = place.run(line).json()["items"].clone();
        items
            .as_array()
            .expect("a list")
            .iter()
            .map(|event| event["kind"].as_str().unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds("audit --json --kind user_roles"), ["user_roles"]);
    assert!(kinds("audit --json --login anna").contains(&"log_in".to_owned()));
    eventually("the failure is written", async || {
        (kinds("audit --json --outcome bad_credentials") == ["log_in"]).then_some(())
    })
    .await;
    assert_eq!(kinds("audit --json --until 1970-01-02"), Vec::<String>::new());
    assert_eq!(kinds("audit --json --since 1h --limit 1").len(), 1);
    // A wrong password is written down with a number alone; whose it is is known all the same.
    let failed = place.run("audit --json --outcome bad_credentials").json();
    assert_eq!((failed["items"][0]["login"].as_str(), failed["items"][0]["user"].as_str()), (Some("anna"), Some("2")));
    assert!(kinds("audit --json --login ANNA --address ::ffff:127.0.0.1").contains(&"log_in".to_owned()));
    let granted = place.run("audit --json --kind user_roles").json();
    assert_eq!(granted["items"][0]["actor"], "cli");
    assert_eq!(granted["items"][0]["detail"], "given: clerk; all sessions ended");
    let text = place.run("audit").ok();
    assert!(text.starts_with("WHEN "), "{text}");
    assert!(!text.contains("not the password") && !text.contains(SECRET));
    drop(server);
}
