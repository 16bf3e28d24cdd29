//! The method that a request is meant with is not always the one that its message has. Both sides of Doorward frame their
//! messages by methods: neither may be told the wrong one.

use std::io::Write as _;

use crate::kit::{House, RawHttp2, Upstream, ok};

const RULES: &str = r#"
[dialect.kirby]
[dialect.ez]
[[route]]
match = "* /api/things/:id"
access = "anonymous"
[[route]]
match = "DELETE /api/carts"
access = "anonymous"
force = { owner = "me" }
[[route]]
match = "POST /api/ezp/v2/things/:id"
access = "anonymous"
[[route]]
match = "GET,HEAD /api/ezp/v2/things/:id"
access = "anonymous"
[[route]]
match = "POST /*rest"
access = "anonymous"
"#;

const TARGETS: [&str; 2] = ["/api/things/7", "/api/ezp/v2/things/7"];
/// Bodies of both kinds: one is held in whole, the other one is passed on as it comes.
const LENGTH: &str = "Content-Length: 22";
const SMUGGLED: &str = "GET /secret HTTP/1.1\r\n";

#[test]
fn no_body_goes_with_a_method_that_has_none() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    for target in TARGETS {
        for verb in ["GET", "HEAD", "OPTIONS"] {
            let verb = format!("X-HTTP-Method-Override: {verb}");
            let mut client = house.client();
            let held = client.request("POST", target, &[&verb, LENGTH]).send(SMUGGLED).answer();
            let chunked = format!("16\r\n{SMUGGLED}\r\n0\r\n\r\n");
            let mut client = house.client();
            let passed = client.request("POST", target, &[&verb, "Transfer-Encoding: chunked"]).send(chunked).answer();
            // To OPTIONS Doorward itself has an answer where no route has it.
            let status = if verb.ends_with("OPTIONS") && target == TARGETS[1] { 200 } else { 400 };
            assert_eq!((held.status, passed.status), (status, status), "{target} {verb}");
        }
    }
    assert_eq!(upstream.seen().len(), 0);
    let answer = house.client().request("POST", TARGETS[1], &["X-HTTP-Method-Override: GET"]).answer();
    assert_eq!((answer.status, &*upstream.last().method), (200, "GET"));
}

#[test]
fn an_answer_has_the_body_that_goes_with_the_method_that_was_sent() {
    // The body is one that a client would take for an answer of its own.
    const BODY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let upstream = Upstream::serving(|seen, stream| {
        let answer = ok(BODY);
        let length = if seen.method == "HEAD" { answer.len() - BODY.len() } else { answer.len() };
        stream.write_all(&answer[..length]).is_ok()
    });
    let house = House::before(&upstream, RULES);
    // One is answered without a library, the other one by it.
    for more in ["X-Own: 1", "TE: trailers"] {
        for target in TARGETS {
            let mut client = house.client();
            let head = ["X-HTTP-Method-Override: HEAD", "Content-Length: 0", more];
            let answer = client.request("POST", target, &head).answer();
            assert_eq!((answer.status, answer.text().as_str()), (200, BODY), "{target}");
            assert_eq!(upstream.last().method, "GET");
            let get = ["X-HTTP-Method-Override: GET", more];
            let answer = client.request("HEAD", target, &get).answer_to_head();
            assert_eq!(answer.status, 200, "{target}");
            assert_eq!(upstream.last().method, "HEAD");
            let answer = client.request("GET", target, &[]).answer();
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (200, BODY),
                "{target}: what was left is the next answer"
            );
        }
    }
}

#[test]
fn parameters_that_are_forced_are_forced_for_the_method_that_is_meant() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let lines = ["X-HTTP-Method-Override: DELETE", "Content-Type: application/json"];
    assert_eq!(house.client().request_with("POST", "/api/carts", &lines, r#"{"owner":"7"}"#).answer().status, 415);
    let head = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/api/carts"),
        (":authority", "localhost"),
        ("x-http-method-override", "DELETE"),
        ("content-type", "application/json"),
    ];
    // HTTP/2 need not state a length.
    let mut connection = RawHttp2::new(house.client());
    connection.headers(1, &head, false).frame(0, 1, 1, br#"{"owner":"7"}"#);
    assert_eq!(connection.next().map(|frame| frame.stream), Some(1));
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn a_parameter_that_some_framework_reads_as_a_method_is_one_in_every_spelling() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    for name in [
        ".method",
        "%2Emethod",
        "+_method",
        "%20.method",
        "_method%00",
        "_method%00x",
        "_method[x]",
        "_method%5B",
        "[_method]",
        "_METHOD",
        ".Method",
    ] {
        for separator in ["?", "?a=b&", "?a=b;"] {
            let target = format!("{}{separator}{name}=DELETE", TARGETS[1]);
            assert_eq!(
                house.client().request("POST", &target, &["Content-Length: 0"]).answer().status,
                400,
                "{target}"
            );
            let target = format!("{}{separator}{name}=DELETE", TARGETS[0]);
            assert_eq!(
                house.client().request("POST", &target, &["Content-Length: 0"]).answer().status,
                400,
                "{target}"
            );
        }
    }
    assert_eq!(upstream.seen().len(), 0);
    for name in ["method", "a_method", "_methods", "x.method", "a[_method]", "x%00_method"] {
        let target = format!("{}?{name}=DELETE", TARGETS[1]);
        assert_eq!(house.client().request("POST", &target, &["Content-Length: 0"]).answer().status, 200, "{target}");
    }
}

#[test]
fn a_form_that_could_name_a_method_is_none_below_the_root_whichever_route_takes_it() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let send = |target: &str| house.client().request_with("POST", target, &form, "_method=DELETE").answer().status;
    for target in ["/api/ezp/v2/things/7", "/api/ezp/v2/other", "/api/ezp/v2/x/y"] {
        assert_eq!(send(target), 400, "{target}");
    }
    assert_eq!(upstream.seen().len(), 0);
    assert_eq!((send("/api/ezp/v3"), upstream.seen().len()), (200, 1));
}
