//! A shop behind Doorward, a site that is listed for its scripts, one that is not, and a browser.

use crate::kit::{Place, Server};
use crate::peers::{Chromium, Upstream, add_user};

/// All of it.
pub struct Site {
    /// The shop's own origin.
    pub base: String,
    /// The shop, behind Doorward.
    pub shop: Upstream,
    /// Another origin of the same site, which is listed.
    pub listed: String,
    /// Another origin of the same site, which is not: browsers send it our cookies.
    pub neighbour: String,
    /// Another site.
    pub stranger: String,
    _place: Place,
    pub server: Server,
    pub browser: Chromium,
}

impl Site {
    pub fn open() -> Self {
        Self::open_for("Anna")
    }

    /// The same, with Anna named like this.
    pub fn open_for(name: &str) -> Self {
        Self::prepared(|place| add_user(place, &format!("anna --name {name} --email anna@example.com")))
    }

    /// The same, with whoever and whatever is put there before it opens.
    pub fn prepared(prepare: impl FnOnce(&Place)) -> Self {
        let (shop, one, two) = (serve_pages(), serve_pages(), serve_pages());
        let rules = format!(
            r#"
listen = "127.0.0.1:0"
upstream = "{}"

[realm.default]
session = {{ remember = "30d" }}

[cors]
origins = ["{}"]
credentials = true
expose = ["X-Total"]

[[route]]
match = "GET /"
access = "anonymous"

[[route]]
match = "GET,POST,PUT,DELETE /orders"
access = "self"

[[route]]
match = "GET /welcome"
access = "self"

[[route]]
match = "GET /staff"
access = "Shop::staff"

[[acl]]
id = "Shop::staff"

[[route]]
match = "POST /strict"
access = "self"
proof = "token"
"#,
            shop.url(),
            one.url()
        );
        let place = Place::with(&rules);
        prepare(&place);
        add_user(&place, "mallory");
        let server = Server::start(&place);
        let (base, listed, neighbour) = (server.base.clone(), one.url(), two.url());
        // To a browser a name and a number are two sites, whatever they mean.
        let stranger = neighbour.replace("127.0.0.1", "localhost");
        Self { base, shop, listed, neighbour, stranger, _place: place, server, browser: Chromium::start() }
    }

    /// How often the shop was asked to change something.
    pub fn changes(&self) -> usize {
        self.shop.seen().iter().filter(|seen| !matches!(&*seen.method, "GET" | "HEAD")).count()
    }
}

/// Answers everything with a page that does nothing by itself.
fn serve_pages() -> Upstream {
    Upstream::answering(|seen| {
        let page = format!(
            "<!doctype html><title>A page</title><link rel=icon href=\"data:,\"><p>{} {}",
            seen.method, seen.target
        );
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Total: 7\r\nX-Secret: 8";
        format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).into_bytes()
    })
}
