//! A site of another system's kind behind Doorward: pages with the system's usual client, an API that echoes, and strangers.

use serde_json::{Value, json};

use crate::kit::{Place, Server};
use crate::peers::{Chromium, Issued, Page, Seen, Upstream};

/// All of it.
pub struct Premises {
    /// The site's own origin.
    pub base: String,
    /// What stands behind Doorward.
    pub site: Upstream,
    /// Another origin of the same site, to which browsers send the site's cookies.
    pub neighbour: String,
    /// Another site.
    pub stranger: String,
    pub place: Place,
    _server: Server,
    pub browser: Chromium,
}

impl Premises {
    /// With these settings and rules, and this script in each page.
    pub fn open(rules: &str, script: &'static str) -> Self {
        Self::open_in(Place::new(), rules, script)
    }

    /// The same by https.
    pub fn open_by_https(rules: &str, script: &'static str) -> Self {
        let place = Place::new();
        Issued::new().write(place.path());
        Self::open_in(place, &format!("tls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n{rules}"), script)
    }

    fn open_in(place: Place, rules: &str, script: &'static str) -> Self {
        let site = Upstream::answering(move |seen| serve(seen, script));
        let others = Upstream::answering(|seen| html(&format!("<p>{}", seen.target)));
        let pages = "[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\ncsrf_token = true\n\n\
                     [[route]]\nmatch = \"GET /client.js\"\naccess = \"anonymous\"\n";
        let settings = format!("listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n{rules}\n{pages}", site.url());
        place.write("doorward.toml", &settings);
        let server = Server::start(&place);
        let (base, neighbour) = (server.base.clone(), others.url());
        // To a browser a name and a number are two sites, whatever they mean.
        let stranger = neighbour.replace("127.0.0.1", "localhost");
        Self { base, site, neighbour, stranger, place, _server: server, browser: Chromium::start() }
    }

    /// The page where people are.
    pub fn page(&self) -> Page<'_> {
        let page = self.browser.page();
        page.open(&self.base);
        page
    }

    /// How often the API behind was asked to change something.
    pub fn changes(&self) -> usize {
        self.site.seen().iter().filter(|seen| !matches!(&*seen.method, "GET" | "HEAD")).count()
    }
}

/// What the client in the page says of a call: `logIn("ada", "…")`.
#[track_caller]
pub fn call(page: &Page<'_>, call: &str) -> Value {
    page.run(&format!("return await client.{call};"))
}

/// What the browser holds of a cookie: whether scripts may read it, with which requests of others it goes along, and where.
pub fn kept(page: &Page<'_>, name: &str) -> Option<Value> {
    page.cookie(name).map(|cookie| json!([cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["secure"]]))
}

/// What the console says, but for answers with these statuses, which were provoked.
pub fn complaints(page: &Page<'_>, provoked: &[u16]) -> Vec<String> {
    let is_provoked = |line: &String| {
        line.contains("Failed to load resource")
            && provoked.iter().any(|status| line.contains(&format!("status of {status} ")))
    };
    page.console().into_iter().filter(|line| !is_provoked(line)).collect()
}

/// Lets a page of somebody else try these, with the visitor's cookies: method, path, headers and body, first so that it could
/// read the answer, and then so that the browser need not ask whether it may. Says what it could read.
pub fn attack(page: &Page<'_>, base: &str, tries: &Value) -> Value {
    page.run(&format!(
        "const read = [];
        for (const [method, path, headers, body] of {tries}) {{
          for (const mode of ['cors', 'no-cors']) {{
            try {{
              const answer = await fetch('{base}' + path, {{ method, headers, body, mode, credentials: 'include' }});
              if (answer.type !== 'opaque') read.push([method, path, answer.status]);
            }} catch {{}}
          }}
        }}
        return read;"
    ))
}

fn serve(seen: &Seen, script: &str) -> Vec<u8> {
    match seen.target.as_str() {
        "/client.js" => answer("text/javascript", script),
        "/" => {
            let token = seen.header("x-doorward-csrf").unwrap_or_default();
            html(&format!("<meta name=csrf content=\"{token}\"><script src=\"/client.js\"></script><p>Welcome"))
        }
        target => {
            let login = seen.header("x-doorward-login");
            let told = json!({ "method": seen.method, "target": target, "login": login, "body": seen.text() });
            answer("application/json", &told.to_string())
        }
    }
}

fn html(body: &str) -> Vec<u8> {
    answer(
        "text/html; charset=utf-8",
        &format!("<!doctype html><title>A page</title><link rel=icon href=\"data:,\">{body}"),
    )
}

fn answer(kind: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
