//! What the import wrote, served: for clients that log in as they did before.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Api, Browser, Place, Server};
use crate::shop::shop;

const SECRET: &str = "a long enough secret";

/// A shop whose rules are named by the dialect alone, with a customer and an administrator.
fn open(api: &Api) -> Place {
    let place = shop();
    let settings = format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n[realm.customer]\n[realm.admin]\n\
         [admin]\nrealm = \"admin\"\n[dialect.magento]\nrules = [\"magento.toml\"]\n",
        api.base
    );
    place.write("doorward.toml", &settings);
    place.run("import magento modules --out magento.toml").ok();
    let add = |line: &str| place.run_with(&format!("user add {line} --password-stdin"), &format!("{SECRET}\n")).ok();
    add("ada --realm customer");
    add("root --realm admin --role administrator");
    place
}

async fn token(server: &Server) -> String {
    let browser = Browser::at(&server.base);
    let request =
        browser.request(Method::POST, "/rest/V1/integration/customer/token").header("User-Agent", "stock/1.2");
    let answer = browser.send(request.json(&json!({ "username": "ada", "password": SECRET }))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json().as_str().expect("a token").to_owned()
}

/// Which of the sessions of somebody are bearer tokens.
fn bearers(list: &Value, login: &str) -> Vec<bool> {
    let items = list["items"].as_array().expect("items").iter();
    let mut bearers: Vec<bool> = items
        .filter(|item| item.get("login").is_none_or(|found| found == login))
        .map(|item| item["bearer"] == true && item["idle_ends_at"].is_null())
        .collect();
    bearers.sort_unstable();
    bearers
}

#[tokio::test]
async fn rules_that_the_dialect_names_are_served() {
    let api = Api::start().await;
    let place = open(&api);
    let server = Server::start(&place);
    let token = token(&server).await;
    let browser = Browser::at(&server.base);
    let status = async |path: &str, token: Option<&str>| {
        let request = browser.request(Method::GET, path);
        let request = token.iter().fold(request, |request, token| request.bearer_auth(token));
        browser.send(request).await.status
    };
    assert_eq!(status("/rest/V1/customers/me", None).await, 401);
    assert_eq!(status("/rest/V1/customers/me", Some(&token)).await, 200);
    assert_eq!(status("/rest/V1/stores", Some(&token)).await, 401);
    assert_eq!(status("/rest/V1/things", None).await, 200);
    assert_eq!(status("/rest/V1/nothing", None).await, 404);
}

#[tokio::test]
async fn lists_tell_tokens_of_programs_from_sessions_of_browsers() {
    let api = Api::start().await;
    let place = open(&api);
    let server = Server::start(&place);
    token(&server).await;
    let mut ada = Browser::at(&server.base);
    ada.log_in(Some("customer"), "ada", SECRET).await;

    let own = ada.get("/user/sessions").await.json();
    assert_eq!(bearers(&own, "ada"), [false, true], "{own}");
    let page = ada.get("/account?realm=customer").await.body;
    assert_eq!(page.matches("<span class=\"badge\">a program’s token</span>").count(), 1, "{page}");

    let mut root = Browser::at(&format!("http://{}", server.admin_address()));
    root.log_in(Some("admin"), "root", SECRET).await;
    let all = root.get("/admin/sessions").await.json();
    assert_eq!(bearers(&all, "ada"), [false, true], "{all}");

    let listed = place.run("session list --realm customer --json").json();
    assert_eq!(bearers(&listed, "ada"), [false, true], "{listed}");
    let table = place.run("session list --realm customer").ok();
    assert_eq!(table.matches("  bearer token, stock/1.2\n").count(), 1, "{table}");
}
