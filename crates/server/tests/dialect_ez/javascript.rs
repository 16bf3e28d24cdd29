//! What the JavaScript client sends, header by header, through the life of a session.

use crate::kit::{Answer, PASSWORD};
use crate::site::{COOKIE, ROOT, Session, Site, first_cookie, input, json};

/// What a browser adds to what its scripts send, with a method that changes something.
struct Browser<'s> {
    site: &'s Site,
    origin: String,
    /// The jar: what the last answer set.
    cookie: Option<String>,
}

impl Browser<'_> {
    fn send(&mut self, method: &str, target: &str, lines: &[&str], body: &str) -> Answer {
        let cookie = self.cookie.as_ref().map(|pair| format!("Cookie: {pair}"));
        let mut all = lines.to_vec();
        all.extend(["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"]);
        all.extend(cookie.as_deref());
        let length = format!("Content-Length: {}", body.len());
        if method != "GET" {
            all.extend([&*self.origin, &length]);
        }
        let answer = self.site.house.client().request(method, target, &all).send(body).answer();
        if let Some(pair) = first_cookie(&answer).filter(|pair| pair.starts_with(COOKIE)) {
            self.cookie = Some(pair).filter(|pair| !pair.ends_with("=deleted"));
        }
        answer
    }
}

#[test]
fn the_client_logs_in_works_comes_back_and_logs_out() {
    let site = Site::open();
    let origin = format!("Origin: http://{}", site.house.address());
    let mut browser = Browser { site: &site, origin, cookie: None };

    // logIn: the root, and then the session where the root says.
    let root = browser.send("GET", &format!("{ROOT}/"), &["Accept: application/vnd.ez.api.Root+json"], "");
    assert_eq!(root.status, 200);
    let root = json(&root)["Root"].clone();
    let create = root["createSession"]["_href"].as_str().expect("a link").to_owned();
    let types =
        ["Content-Type: application/vnd.ez.api.SessionInput+json", "Accept: application/vnd.ez.api.Session+json"];
    let answer = browser.send("POST", &create, &types, &input("ada", PASSWORD));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let session = Session::of(&answer);
    assert_eq!(browser.cookie, Some(format!("{COOKIE}={}", session.id)));

    // Any request: verbs that browsers do not have stand in a header.
    let object = format!("{ROOT}/content/objects/7");
    let answer = browser.send("GET", &object, &["Accept: application/vnd.ez.api.ContentInfo+json"], "");
    assert_eq!(
        (answer.status, site.upstream.last().header("x-doorward-login").map(str::to_owned)),
        (200, Some("ada".into()))
    );
    let update = "Content-Type: application/vnd.ez.api.ContentUpdate+json";
    let lines =
        [update, "Accept: application/vnd.ez.api.ContentInfo+json", &session.proof, "X-HTTP-Method-Override: PATCH"];
    let answer = browser.send("POST", &object, &lines, "{\"ContentUpdate\":{}}");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = site.upstream.last();
    assert_eq!((seen.method.as_str(), seen.text().as_str()), ("PATCH", "{\"ContentUpdate\":{}}"));

    // isLoggedIn: it asks for the type that the root names, with a body of nothing and the type that a browser gives that.
    let refresh = root["refreshSession"]["_href"].as_str().expect("a link").replace("{sessionId}", &session.id);
    let kind = root["refreshSession"]["_media-type"].as_str().expect("a type");
    assert_eq!(kind, "application/vnd.ez.api.UserSession+json");
    let accept = format!("Accept: {kind}");
    let lines = [&*accept, "Content-Type: text/plain;charset=UTF-8", &session.proof];
    let answer = browser.send("POST", &refresh, &lines, "");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/vnd.ez.api.Session+json"));
    assert_eq!(Session::of(&answer).token, session.token);

    // logIn when something is stored: first what is stored goes.
    let plain = ["Accept: */*", "Content-Type: text/plain;charset=UTF-8", &session.proof];
    let answer = browser.send("DELETE", &session.href, &plain, "");
    assert_eq!((answer.status, browser.cookie.as_deref()), (204, None));
    let answer = browser.send("POST", &create, &types, &input("ada", PASSWORD));
    assert_eq!(answer.status, 201);
    let second = Session::of(&answer);
    assert_ne!(second.id, session.id);

    // logOut, and once more.
    let lines = ["Accept: */*", "Content-Type: text/plain;charset=UTF-8", &second.proof];
    assert_eq!(browser.send("DELETE", &second.href, &lines, "").status, 204);
    assert_eq!(browser.send("DELETE", &second.href, &lines, "").status, 404);
}

#[test]
fn a_session_that_has_ended_makes_the_client_forget_it() {
    let site = Site::open();
    let origin = format!("Origin: http://{}", site.house.address());
    let session = site.log_in("ada");
    let mut browser = Browser { site: &site, origin, cookie: Some(format!("{COOKIE}={}", session.id)) };
    site.house.end_sessions_of("ada");
    let lines = ["Accept: application/vnd.ez.api.UserSession+json", &session.proof];
    let answer = browser.send("POST", &format!("{}/refresh", session.href), &lines, "");
    // Below 500: there the client would ask again without a pause.
    assert_eq!((answer.status, browser.cookie.as_deref()), (404, None));
    let types =
        ["Content-Type: application/vnd.ez.api.SessionInput+json", "Accept: application/vnd.ez.api.Session+json"];
    assert_eq!(browser.send("POST", &format!("{ROOT}/user/sessions"), &types, &input("ada", PASSWORD)).status, 201);
}
