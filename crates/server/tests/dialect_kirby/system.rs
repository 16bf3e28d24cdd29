//! Section 1: `system`, before and after somebody logs in.

use crate::site::{PLAIN, Site, json, said};

fn members(site: &Site, target: &str) -> String {
    let seen = json(&site.send("GET", target, &[], ""));
    let members = seen["data"].as_object().expect("members").keys().cloned();
    members.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_shown_goes_by_who_asks_and_what_there_is() {
    let site = Site::open(PLAIN);
    assert_eq!(members(&site, "/api/system"), "isInstallable isInstalled isOk", "trouble: there is nobody");
    site.add("admin0001", "ada@example.com", &["admin"]);
    assert_eq!(members(&site, "/api/system"), "authStatus isInstalled isOk loginMethods");
    let mut browser = site.logged_in("ada@example.com");
    let seen = json(&browser.send("GET", "/api/system", &[], ""));
    assert_eq!((&seen["type"], &seen["data"]["isInstallable"]), (&"model".into(), &false.into()));
    for view in ["panel", "login", "troubleshooting"] {
        assert_eq!(site.send("GET", &format!("/api/system?view={view}"), &[], "").status, 200, "{view}");
    }
    let answer = site.send("GET", "/api/system?view=nothing", &[], "");
    assert_eq!(said(&answer), (400, "error.invalidArgument".into()));
}

/// Whoever comes along first would be the admin otherwise.
#[test]
fn nobody_installs_by_the_network() {
    let site = Site::open(PLAIN);
    let body = r#"{"email":"eve@example.com","password":"a kettle of four storks","language":"en","role":"admin"}"#;
    assert_eq!(said(&site.send("POST", "/api/system/install", &[], body)), (400, "error.invalidArgument".into()));
    let mut browser = site.browser();
    browser.fetch_token();
    let answer = browser.post("/api/system/install", body);
    assert_eq!((answer.status, json(&answer)["message"].clone()), (500, "The Panel cannot be installed".into()));
    assert_eq!(answer.all("set-cookie").count(), 0);
    assert_eq!(json(&site.send("GET", "/api/system", &[], ""))["data"]["isInstalled"], false);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let answer = browser.post("/api/system/install", body);
    assert_eq!((answer.status, json(&answer)["message"].clone()), (500, "The Panel is already installed".into()));
}
