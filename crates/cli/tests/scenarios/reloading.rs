//! SIGHUP and `doorward reload`: whole, or not at all.

use rustix::process::Signal;

use crate::kit::{Api, Browser, Place, Server, eventually};
use crate::rules;

const MORE: &str = "\n[[route]]\nmatch = \"GET /more\"\naccess = \"anonymous\"\n";

async fn running() -> (Place, Api, Server, Browser) {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    let server = Server::start(&place);
    let browser = Browser::at(&server.base);
    assert_eq!(browser.get("/more").await.status, 404);
    (place, api, server, browser)
}

#[tokio::test]
async fn what_is_added_is_served_when_the_command_returns() {
    let (place, _api, _server, browser) = running().await;
    let text = place.read("doorward.toml");
    place.write("doorward.toml", &format!("{text}{MORE}"));
    assert_eq!(place.run("reload").ok(), "Reloaded: generation 2 is in force.\n");
    assert_eq!(browser.get("/more").await.status, 200);
    place.write("doorward.toml", &text);
    assert_eq!(place.run("reload").ok(), "Reloaded: generation 3 is in force.\n");
    assert_eq!(browser.get("/more").await.status, 404);
    let events = eventually("both are audited", async || {
        let events = place.run("audit --kind reloaded --json").json();
        (events["items"].as_array().map(Vec::len) == Some(2)).then_some(events)
    })
    .await;
    assert_eq!(events["items"][0]["detail"], "generation 3");
}

#[tokio::test]
async fn a_bad_file_changes_nothing() {
    let (place, _api, server, browser) = running().await;
    let text = place.read("doorward.toml");
    place.write("doorward.toml", &format!("{text}{MORE}acess = \"self\"\n"));
    let error = place.run("reload").failed(2);
    assert!(error.contains("unknown key `acess`"), "{error}");
    assert!(
        error.ends_with("\ndoorward: nothing was reloaded: a running server keeps the rules that it has\n"),
        "{error}"
    );
    server.signal(Signal::HUP);
    server.said("not reloaded, the old rules stay:");
    server.said("fix: did you mean `access`?");
    assert_eq!(browser.get("/more").await.status, 404);
    assert_eq!(browser.get("/open").await.status, 200);
    place.write("doorward.toml", &text);
    let events = eventually("it is audited", async || {
        let events = place.run("audit --kind reloaded --outcome refused --json").json();
        (events["items"].as_array().map(Vec::len) == Some(1)).then_some(events)
    })
    .await;
    assert!(
        events["items"][0]["detail"].as_str().is_some_and(|detail| detail.contains("unknown key `acess`")),
        "{events}"
    );
}

#[tokio::test]
async fn what_the_server_refuses_is_said_by_the_command() {
    let (place, _api, _server, browser) = running().await;
    // Valid as a file, but the database has a role of this name.
    place.run("role create keeper --allow Shop::orders").ok();
    let text = place.read("doorward.toml");
    place.write("doorward.toml", &format!("{text}{MORE}\n[role.keeper]\nallow = []\n"));
    let error = place.run("reload").failed(1);
    assert!(error.contains("the server refused, and keeps the old rules:"), "{error}");
    assert!(error.contains("the role `keeper` is in the store too"), "{error}");
    assert_eq!(browser.get("/more").await.status, 404);
    // Which is what the fix says.
    place.write("doorward.toml", &format!("{text}{MORE}"));
    place.run("reload").ok();
    assert_eq!(browser.get("/more").await.status, 200);
}

#[tokio::test]
async fn a_certificate_that_is_gone_is_told_as_check_tells_it() {
    let (place, _api, _server, browser) = running().await;
    let text = place.read("doorward.toml");
    place.write("doorward.toml", &format!("tls = {{ cert = \"no.pem\", key = \"no.pem\" }}\n{text}{MORE}"));
    let error = place.run("reload").failed(1);
    let check = place.run("check").failed(2);
    assert!(error.contains(check.trim_end()), "{error}\n{check}");
    assert_eq!(error.matches("cannot read no.pem").count(), 2, "each file once: {error}");
    assert_eq!(browser.get("/more").await.status, 404);
}

#[tokio::test]
async fn what_needs_a_start_is_said() {
    let (place, _api, server, browser) = running().await;
    let text = place.read("doorward.toml").replace("admin_listen = \"127.0.0.1:0\"", "admin_listen = \"127.0.0.1:1\"");
    place.write("doorward.toml", &text);
    place.run("reload").ok();
    server.said("`admin_listen` has changed: that takes effect when the server is started again");
    assert_eq!(browser.get("/open").await.status, 200);
}

#[tokio::test]
async fn many_at_once_all_learn_what_came_of_it() {
    let (place, _api, _server, browser) = running().await;
    let text = place.read("doorward.toml");
    place.write("doorward.toml", &format!("{text}{MORE}"));
    let spawn = |_| place.program().arg("reload").stdout(std::process::Stdio::null()).spawn().expect("it starts");
    let children: Vec<_> = (0..4).map(spawn).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    assert_eq!(browser.get("/more").await.status, 200);
}

#[test]
fn without_a_server_there_is_nothing_to_reload() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    let error = place.run("reload").failed(1);
    assert!(error.contains("no server runs on doorward.db: `doorward serve` starts one"), "{error}");
}

#[tokio::test]
async fn a_server_that_was_killed_is_none() {
    let (place, _api, server, _) = running().await;
    drop(server);
    let error = place.run("reload").failed(1);
    assert!(error.contains("no server runs on"), "{error}");
}

#[tokio::test]
async fn rules_by_which_nobody_administers_any_more_are_warned_of() {
    let (place, _api, server, _browser) = running().await;
    let text = place.read("doorward.toml");
    let boss = "\n[role.boss]\nallow = [\"Doorward::all\"]\n";
    place.write("doorward.toml", &format!("{text}{boss}"));
    place.run("reload").ok();
    place.run_with("user add alex --password-stdin --role boss", "a quiet sea at night\n").ok();
    place.write("doorward.toml", &format!("{text}{boss}deny = [\"Doorward::audit\"]\n"));
    place.run("reload").ok();
    server.said("nobody administers any more");
}
