//! What somebody does who has never seen Doorward.

use reqwest::Method;
use serde_json::json;

use crate::kit::{Api, Browser, Place, Server};

/// The file that `init` wrote, on free ports and in front of this API.
fn settle(place: &Place, upstream: &str, more: &str) {
    let text = place.read("doorward.toml");
    let text = text.replace("listen = \"127.0.0.1:8080\"", "listen = \"127.0.0.1:0\"");
    let text = text.replace("admin_listen = \"127.0.0.1:8081\"", "admin_listen = \"127.0.0.1:0\"");
    let text = text.replace("http://127.0.0.1:9000", upstream);
    place.write("doorward.toml", &format!("{text}\n{more}"));
}

#[tokio::test]
async fn from_nothing_to_a_log_in() {
    let (place, api) = (Place::new(), Api::start().await);
    let said = place.run("init").ok();
    assert!(said.contains("doorward user add LOGIN --role administrator"), "{said}");
    settle(&place, &api.base, "[[route]]\nmatch = \"GET /me\"\naccess = \"self\"\n");
    let checked = place.run("check").ok();
    assert!(checked.contains("1  self"), "{checked}");
    let added = place.run_with("user add root --role administrator --password-stdin", "a long enough secret\n").ok();
    assert!(added.contains("Added root (default), id 1, with the roles administrator."), "{added}");
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.get("/me").await.status, 401);
    assert_eq!(browser.log_in(None, "root", "a long enough secret").await.status, 201);
    let seen = browser.get("/me").await.json();
    assert_eq!(seen["headers"]["x-doorward-login"], "root");
    assert_eq!(seen["headers"]["x-doorward-roles"], "administrator");
}

#[tokio::test]
async fn the_first_administrator_sets_a_password_with_a_code() {
    let (place, api) = (Place::new(), Api::start().await);
    place.run("init").ok();
    settle(&place, &api.base, "");
    let added = place.run("user add root --role administrator --json").json();
    let code = added["code"].as_str().expect("a code");
    assert!(added["expires_at"].as_str().is_some_and(|time| time.ends_with('Z')));
    assert_eq!(added["user"]["has_password"], false);
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    let redeem = json!({ "code": code, "password": "chosen by myself alone" });
    assert_eq!(browser.change(Method::POST, "/user/password-reset", redeem.clone()).await.status, 204);
    assert_eq!(browser.change(Method::POST, "/user/password-reset", redeem).await.status, 400);
    assert_eq!(browser.log_in(None, "root", "chosen by myself alone").await.status, 201);
}

#[test]
fn init_says_what_comes_next() {
    insta::assert_snapshot!(Place::new().run("init").ok());
}

#[test]
fn init_leaves_a_file_that_is_there_alone() {
    let place = Place::with("# mine\n");
    let error = place.run("init").failed(1);
    assert!(error.contains("doorward.toml is there already, and stays as it is"), "{error}");
    assert_eq!(place.read("doorward.toml"), "# mine\n");
}

#[test]
fn init_writes_the_address_of_the_api() {
    let place = Place::new();
    let said = place.run("init --upstream http://10.0.0.7:3000 --config other.toml").ok();
    assert!(said.contains("\n1. Declare its routes in other.toml"), "what was said is not asked for again: {said}");
    let text = place.read("other.toml");
    assert!(text.contains("upstream = \"http://10.0.0.7:3000\""), "{text}");
    place.run("check --config other.toml").ok();
}

#[test]
fn init_takes_no_address_that_the_file_could_not_have() {
    let place = Place::new();
    for address in ["nonsense", "127.0.0.1:9000", "http://127.0.0.1:9000/api", "ftp://127.0.0.1", "http://a@b", "''"] {
        let error = place.run(&format!("init --upstream {address}")).failed(2);
        assert!(error.starts_with("doorward: --upstream: ") && error.contains("no address of an upstream"), "{error}");
        assert!(error.contains("write `http://host:port`"), "{error}");
    }
    assert!(!place.file("doorward.toml").exists());
    place.run("init --upstream unix:/run/api.sock").ok();
    place.run("check").ok();
}

#[test]
fn a_file_that_is_not_there_is_no_riddle() {
    let error = Place::new().run("serve").failed(2);
    assert_eq!(
        error,
        "doorward: there is no doorward.toml: `doorward init` writes one, and `--config FILE` names another\n"
    );
}

#[tokio::test]
async fn serve_says_what_to_do_without_users_and_routes() {
    let (place, api) = (Place::new(), Api::start().await);
    place.run("init").ok();
    settle(&place, &api.base, "");
    let server = Server::start(&place);
    server.said("there are no routes, so nothing gets through: write [[route]] into doorward.toml, or run `doorward import openapi");
    server.said("there are no users, so nobody can log in: run `doorward user add LOGIN --role administrator`");
}
