//! A caching proxy that is not ours, before Doorward: what one person was given, nobody else gets from it.

mod kit;
mod peers;

use std::net::SocketAddr;
use std::process::Command;

use kit::{Place, Server};
use peers::{Answer, Child, Session, Upstream, add_user, connect, free_port, until};

/// What the service says about caching its answers, by what the query asks for.
const STATEMENTS: [(&str, &str); 8] = [
    ("nothing", ""),
    ("public", "Cache-Control: public, max-age=600\r\n"),
    ("shared", "Cache-Control: s-maxage=600\r\n"),
    ("revalidate", "Cache-Control: must-revalidate, max-age=600\r\n"),
    ("expires", "Expires: Thu, 31 Dec 2099 23:59:59 GMT\r\n"),
    ("accel", "X-Accel-Expires: 600\r\nX-Accel-Buffering: yes\r\n"),
    ("etag", "ETag: \"1\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n"),
    ("vary", "Cache-Control: public, max-age=600\r\nVary: Accept\r\n"),
];

/// nginx, Doorward and a service, in a row.
struct Row {
    proxy: SocketAddr,
    server: Server,
    upstream: Upstream,
    _nginx: Child,
    _places: [Place; 2],
}

impl Row {
    fn start() -> Self {
        let upstream = Upstream::answering(|seen| {
            let who = seen.header("x-doorward-login").unwrap_or("guest");
            let body = format!("for {who}: {}", seen.target);
            let asked = seen.target.split_once("?say=").map_or("", |(_, asked)| asked);
            let more = STATEMENTS.iter().find(|(name, _)| *name == asked).map_or("", |(_, more)| more);
            let cookie =
                if asked == "cookie" { "Cache-Control: public, max-age=600\r\nSet-Cookie: basket=1\r\n" } else { "" };
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{more}{cookie}\r\n{body}", body.len()).into_bytes()
        });
        let place = Place::with(&format!(
            r#"
listen = "127.0.0.1:0"
upstream = "{}"
trusted_proxies = ["127.0.0.1"]

[cors]
origins = ["http://one.example", "http://two.example"]
credentials = true

[[route]]
match = "GET /open"
access = "anonymous"

[[route]]
match = "GET /welcome"
access = "anonymous"
identify = true

[[route]]
match = "GET /orders"
access = "self"

[[route]]
match = "GET /reports"
access = "Shop::reports"

[[acl]]
id = "Shop::reports"

[role.reader]
allow = ["Shop::reports"]
"#,
            upstream.url()
        ));
        add_user(&place, "anna --role reader");
        add_user(&place, "ben");
        let server = Server::start(&place);
        let (nginx, proxy, cache) = start_nginx(server.address());
        Self { proxy, server, upstream, _nginx: nginx, _places: [place, cache] }
    }

    fn ask(&self, path: &str, lines: &[&str]) -> Answer {
        connect(self.proxy).request("GET", path, lines).answer()
    }
}

/// nginx with a cache that keeps whatever it may, and what says nothing about it too.
fn start_nginx(doorward: SocketAddr) -> (Child, SocketAddr, Place) {
    let port = free_port();
    let place = Place::new();
    let folder = place.path().display();
    place.write(
        "nginx.conf",
        &format!(
            "
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=all:1m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{doorward};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto http;
            proxy_cache all;
            proxy_cache_valid any 10m;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"
        ),
    );
    let nginx = Child::start(Command::new("nginx").arg("-c").arg(place.file("nginx.conf")).arg("-p").arg(place.path()));
    until("nginx listens", || peers::try_connect(([127, 0, 0, 1], port).into()));
    (nginx, ([127, 0, 0, 1], port).into(), place)
}

#[test]
fn what_is_for_everybody_comes_from_the_cache() {
    let row = Row::start();
    for (name, _) in STATEMENTS.iter().filter(|(name, _)| *name != "accel") {
        let path = format!("/open?say={name}");
        assert_eq!(row.ask(&path, &[]).header("x-cache"), Some("MISS"), "{name}");
        let again = row.ask(&path, &[]);
        assert_eq!((again.header("x-cache"), &*again.text()), (Some("HIT"), &*format!("for guest: {path}")), "{name}");
    }
}

#[test]
fn what_is_for_one_person_is_never_in_the_cache() {
    let row = Row::start();
    let (anna, ben) = (Session::log_in(row.proxy, "anna"), Session::log_in(row.proxy, "ben"));
    for (name, _) in STATEMENTS.iter().chain([&("cookie", "")]) {
        for place in ["/orders", "/welcome"] {
            let path = format!("{place}?say={name}");
            for _ in 0..2 {
                assert_eq!(row.ask(&path, &[&anna.cookie]).text(), format!("for anna: {path}"));
                assert_eq!(row.ask(&path, &[&ben.cookie]).text(), format!("for ben: {path}"));
            }
            let guest = row.ask(&path, &[]);
            assert!(!guest.text().contains("for anna") && !guest.text().contains("for ben"), "{}", guest.text());
            assert_eq!(guest.status, if place == "/orders" { 401 } else { 200 });
            // A guest's answer is not for somebody who is known.
            assert_eq!(row.ask(&path, &[&anna.cookie]).text(), format!("for anna: {path}"));
        }
        let path = format!("/reports?say={name}");
        assert_eq!(row.ask(&path, &[&ben.cookie]).status, 403);
        assert_eq!(row.ask(&path, &[&anna.cookie]).text(), format!("for anna: {path}"));
        assert_eq!(row.ask(&path, &[&ben.cookie]).status, 403);
        assert_eq!(row.ask(&path, &[]).status, 401);
    }
    assert!(row.upstream.seen().iter().all(|seen| !seen.has("cookie")));
}

#[test]
fn conditions_and_ranges_do_not_ask_the_cache_for_more_than_one_may_see() {
    let row = Row::start();
    let anna = Session::log_in(row.proxy, "anna");
    let path = "/orders?say=etag";
    assert_eq!(row.ask(path, &[&anna.cookie]).status, 200);
    for line in [
        "If-None-Match: \"1\"",
        "If-None-Match: *",
        "If-Modified-Since: Wed, 21 Oct 2015 07:28:00 GMT",
        "Range: bytes=0-3",
    ] {
        assert_eq!(row.ask(path, &[line]).status, 401, "{line}");
    }
    assert_eq!(connect(row.proxy).request("HEAD", path, &[]).answer_to_head().status, 401);
}

#[test]
fn nobody_is_given_the_cookie_or_the_token_of_somebody_else() {
    let row = Row::start();
    let anna = Session::log_in(row.proxy, "anna");
    let ben = Session::log_in(row.proxy, "ben");
    assert_ne!(anna.cookie, ben.cookie);
    for path in ["/user/csrf", "/login", "/user/sessions/current", "/user/me", "/account"] {
        for lines in [&[&*anna.cookie][..], &[]] {
            let one = row.ask(path, lines);
            let two = row.ask(path, &[&ben.cookie]);
            let three = row.ask(path, &[]);
            for (answer, whose) in [(&one, "one"), (&two, "two"), (&three, "three")] {
                assert_ne!(answer.header("x-cache"), Some("HIT"), "{path}, {whose}");
                assert!(
                    answer.header("cache-control").is_some_and(|value| value.contains("no-store")),
                    "{path}: {:?}",
                    answer.headers
                );
            }
            let cookies = |answer: &Answer| answer.all("set-cookie").map(str::to_owned).collect::<Vec<_>>();
            assert!(cookies(&three).is_empty() || cookies(&one) != cookies(&three), "{path}");
        }
    }
    // Log-ins and refusals are nothing to keep either.
    let refused = row.ask("/orders", &[]);
    assert_eq!((refused.status, refused.header("cache-control")), (401, Some("no-store")));
    assert_eq!(row.ask("/nowhere", &[]).header("x-cache"), Some("MISS"));
    assert_eq!(row.ask("/nowhere", &[]).header("x-cache"), Some("MISS"));
    assert_eq!(anna.status(row.server.address()), 200);
}

#[test]
fn one_origin_does_not_get_the_permission_of_another_from_the_cache() {
    let row = Row::start();
    let allowed = |origin: &str| {
        let line = format!("Origin: {origin}");
        let answer = row.ask(
            "/open?say=public",
            if origin.is_empty() { &[] } else { std::slice::from_ref(&line) }
                .iter()
                .map(|line| &**line)
                .collect::<Vec<_>>()
                .as_slice(),
        );
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    for _ in 0..2 {
        assert_eq!(allowed("http://one.example").as_deref(), Some("http://one.example"));
        assert_eq!(allowed("http://two.example").as_deref(), Some("http://two.example"));
        assert_eq!(allowed(""), None);
    }
}
