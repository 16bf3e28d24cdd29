//! A server with people in it, and a browser.

use crate::kit::{Place, Server};
use crate::peers::{Chromium, Client, PASSWORD, Page, Session, add_user, until};

/// A name that does harm where it is taken for markup.
pub const TRAP: &str = "<img/src=x>";

/// How wide windows are: a telephone's, and a screen's.
pub const WIDTHS: [u32; 2] = [390, 1_440];

/// A server with people in it, and a browser.
pub struct Office {
    pub server: Server,
    pub browser: Chromium,
    pub base: String,
    _place: Place,
}

impl Office {
    pub fn open() -> Self {
        Self::with("")
    }

    /// The same with more rules.
    pub fn with(more: &str) -> Self {
        Self::build("", more)
    }

    /// The same, where people are sent to this origin.
    pub fn at(public_url: &str) -> Self {
        Self::build(&format!("public_url = \"{public_url}\"\n"), "")
    }

    fn build(first: &str, more: &str) -> Self {
        let rules = r#"
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
upstream = "http://127.0.0.1:1"

[realm.customer]
[realm.admin]

[admin]
realm = "admin"

[[route]]
match = "GET /orders/:id"
access = "Shop::orders"
realm = "admin"

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::orders", title = "Orders" }, { id = "Shop::refund" }]

[role.clerk]
title = "Clerk"
allow = ["Shop::orders"]
"#;
        let place = Place::with(&format!("{first}{rules}{more}"));
        add_user(&place, "root --realm admin --role administrator");
        add_user(&place, &format!("anna --realm customer --role clerk --name {TRAP} --email anna@example.com"));
        add_user(&place, "ben --realm customer");
        add_user(&place, "sam --realm admin --role clerk");
        let server = Server::start(&place);
        let base = format!("http://{}", server.admin_address());
        Self { server, browser: Chromium::start(), base, _place: place }
    }

    /// Somebody's session, from another device.
    pub fn log_in(&self, realm: &str, login: &str) -> Session {
        let body = serde_json::json!({ "realm": realm, "login": login, "password": PASSWORD }).to_string();
        let mut client = Client::tcp(self.server.address());
        let lines = ["Content-Type: application/json", "User-Agent: curl/8.16.0"];
        Session::read(&client.request_with("POST", "/user/sessions", &lines, &body).answer())
    }

    /// A page of the Panel.
    pub fn show(&self, page: &Page<'_>, path: &str) {
        page.open(&format!("{}{path}", self.base));
    }

    /// The log-in that whoever opens the Panel is sent to.
    pub fn enter(&self, page: &Page<'_>) {
        self.enter_as(page, "root");
    }

    pub fn enter_as(&self, page: &Page<'_>, login: &str) {
        self.show(page, "/panel");
        page.write("#login", login);
        page.write("#password", PASSWORD);
        page.follow("main form button:not(.quiet)");
        assert_eq!(page.url(), format!("{}/panel", self.base));
    }
}

/// What a page says was done a moment ago.
#[track_caller]
pub fn done(page: &Page<'_>) -> String {
    until("it is said", || Some(page.text_at("#done[role=status]")).filter(|text| !text.is_empty()))
}

/// With `DOORWARD_PICTURES` a picture is kept in that folder, to be looked at.
pub fn look(page: &Page<'_>, name: &str) {
    if let Some(folder) = std::env::var_os("DOORWARD_PICTURES") {
        page.picture(&std::path::Path::new(&folder).join(format!("{name}.png")));
    }
}
