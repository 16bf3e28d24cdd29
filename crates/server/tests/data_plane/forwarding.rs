//! What goes through, both ways.

use crate::kit::{House, OPEN, Upstream, ok};

#[test]
fn a_request_is_forwarded_and_its_answer_comes_back() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let answer = house.client().request("GET", "/a/b?c=d", &["Accept: */*"]).answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, "/a/b?c=d"));
    let seen = upstream.last();
    assert_eq!((seen.method.as_str(), seen.target.as_str(), seen.version.as_str()), ("GET", "/a/b?c=d", "HTTP/1.1"));
    assert_eq!(seen.header("accept"), Some("*/*"));
    assert_eq!(seen.header("x-doorward-method"), Some("guest"));
    assert_eq!(seen.header("x-request-id"), answer.header("x-request-id"));
    assert_eq!(seen.header("host"), Some(house.address().to_string().as_str()));
}

#[test]
fn bodies_arrive_as_they_were_sent_and_framed() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    let answer = client.request_with("POST", "/a", &["Content-Type: text/plain"], "hello").answer();
    assert_eq!(answer.text(), "hello");
    assert_eq!(upstream.last().header("content-length"), Some("5"));
    let chunked = "Transfer-Encoding: chunked";
    let answer = client.request("PUT", "/a", &[chunked]).send("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").answer();
    assert_eq!(answer.text(), "abcde");
    assert_eq!(upstream.last().header("transfer-encoding"), Some("chunked"));
    assert_eq!(upstream.last().header("content-length"), None);
    let answer = client.request_with("POST", "/a", &[], "").answer();
    assert_eq!((answer.status, upstream.last().header("content-length")), (200, Some("0")));
    // One for each way of passing bodies on: held, and as they come.
    assert_eq!(upstream.connections(), 2);
}

#[test]
fn a_prefix_is_stripped_and_the_upstreams_own_host_is_named() {
    let upstream = Upstream::echo();
    let house = House::open(&format!(
        "[upstream.one]\nurl = \"{}/\"\nhost = \"api.internal\"\n\
         [[route]]\nmatch = \"* /api/*rest\"\naccess = \"anonymous\"\nstrip_prefix = \"/api\"\n\
         [[route]]\nmatch = \"GET /plain\"\naccess = \"anonymous\"\n",
        upstream.url()
    ));
    let mut client = house.client();
    assert_eq!(client.request("GET", "/api/x/%7ey?q=1", &[]).answer().text(), "/x/~y?q=1");
    assert_eq!(client.request("GET", "/plain?q", &[]).answer().text(), "/plain?q");
    assert_eq!(client.request("GET", "/api/", &[]).answer().status, 404);
    assert_eq!(client.request("GET", "/api/api/x", &[]).answer().text(), "/api/x");
    let seen = upstream.last();
    assert_eq!(seen.header("host"), Some("api.internal"));
    assert_eq!(seen.header("x-forwarded-host"), Some(house.address().to_string().as_str()));
}

#[test]
fn headers_of_a_route_are_set_and_removed_both_ways() {
    let upstream = Upstream::answering(|_| {
        b"HTTP/1.1 200 OK\r\nServer: secret/1.0\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"GET /a\"\naccess = \"anonymous\"\n[route.headers.request]\nset = { X-Api-Key = \"k\" }\nremove = [\"X-Noise\"]\n\
         [route.headers.response]\nset = { X-Shown = \"yes\" }\nremove = [\"Server\"]\n",
    );
    let answer = house.client().request("GET", "/a", &["X-Noise: 1", "X-Api-Key: mine"]).answer();
    let seen = upstream.last();
    assert_eq!((seen.header("x-api-key"), seen.has("x-noise")), (Some("k"), false));
    assert_eq!(
        (answer.header("x-shown"), answer.header("server"), answer.header("x-kept")),
        (Some("yes"), None, Some("1"))
    );
}

#[test]
fn answers_without_a_body_stay_without_one() {
    let upstream = Upstream::answering(|seen| match seen.target.as_str() {
        "/head" => b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: \"x\"\r\n\r\n".to_vec(),
        "/204" => b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n".to_vec(),
        "/304" => b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_vec(),
        "/205" => b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n".to_vec(),
        _ => ok("x"),
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    let head = client.request("HEAD", "/head", &[]).answer_to_head();
    assert_eq!((head.status, head.header("content-length"), head.header("etag")), (200, Some("1234"), Some("\"x\"")));
    for status in [204, 304, 205] {
        let answer = client.request("GET", &format!("/{status}"), &[]).answer();
        assert_eq!((answer.status, answer.body.len()), (status, 0));
        assert_eq!(answer.header("transfer-encoding"), None);
    }
    assert_eq!(client.request("GET", "/", &[]).answer().text(), "x");
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn informational_answers_are_passed_over() {
    let upstream = Upstream::answering(|_| {
        let mut bytes = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n".to_vec();
        bytes.extend(ok("done"));
        bytes
    });
    let house = House::before(&upstream, OPEN);
    assert_eq!(house.client().request("GET", "/", &[]).answer().text(), "done");
}

#[test]
fn cookies_of_an_upstream_stay_apart_and_ours_are_not_its_to_set() {
    let upstream = Upstream::answering(|_| {
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: DOORWARD-DEFAULT=evil\r\nSet-Cookie: b=2\r\n\
          X-Doorward-User: 7\r\nX-Accel-Redirect: /etc/passwd\r\nX-Sendfile: /etc/passwd\r\nContent-Length: 0\r\n\r\n"
            .to_vec()
    });
    let house = House::before(&upstream, OPEN);
    let answer = house.client().request("GET", "/", &[]).answer();
    assert_eq!(answer.all("set-cookie").collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
    for name in ["x-doorward-user", "x-accel-redirect", "x-sendfile"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[test]
fn what_is_somebodys_own_is_not_cached_by_others() {
    let upstream = Upstream::answering(|seen| {
        let control = seen.target.rsplit('/').next().unwrap_or_default().replace('+', ", ");
        let line = if control == "none" { String::new() } else { format!("Cache-Control: {control}\r\n") };
        format!("HTTP/1.1 200 OK\r\n{line}Content-Length: 0\r\n\r\n").into_bytes()
    });
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"GET /own/:x\"\naccess = \"self\"\n[[route]]\nmatch = \"GET /all/:x\"\naccess = \"anonymous\"\n",
    );
    let session = house.somebody();
    let mut client = house.client();
    for (sent, expected) in [
        ("none", "private, no-store"),
        ("public+max-age=60", "private, max-age=60"),
        ("s-maxage=9+max-age=1", "private, max-age=1"),
        ("no-cache", "private, no-cache"),
    ] {
        let answer = client.request("GET", &format!("/own/{sent}"), &[&session.cookie]).answer();
        assert_eq!(answer.header("cache-control"), Some(expected), "{sent}");
    }
    let answer = client.request("GET", "/all/public", &[]).answer();
    assert_eq!(answer.header("cache-control"), Some("public"));
    assert_eq!(client.request("GET", "/all/none", &[]).answer().header("cache-control"), None);
}

#[test]
fn a_refusal_comes_before_304_and_206() {
    let upstream = Upstream::answering(|_| b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec());
    let house = House::before(&upstream, "[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n");
    let mut client = house.client();
    for line in ["If-None-Match: \"x\"", "Range: bytes=0-1", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT"] {
        assert_eq!(client.request("GET", "/own", &[line]).answer().status, 401);
        assert_eq!(client.request("HEAD", "/own", &[line]).answer_to_head().status, 401);
    }
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn an_unknown_route_is_not_asked_of_the_upstream() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"GET /a\"\naccess = \"anonymous\"\n");
    let answer = house.client().request("GET", "/b", &[]).answer();
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-request-id").map(str::len), Some(32));
    assert_eq!(upstream.connections(), 0);
}
