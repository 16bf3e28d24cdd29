//! Where messages end: what two readers could understand in two ways is refused, and never reaches an upstream (table D).

use crate::kit::{House, OPEN, Upstream, ok};

/// Each of these requests, on a connection of its own: 400, the connection is closed, and the upstream has not seen a request.
/// Whatever follows never becomes one.
fn refused(requests: &[&[u8]]) {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    for request in requests {
        let mut client = house.client();
        client.send([request, &b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"[..]].concat());
        let answer = client.answer();
        assert_eq!(answer.status, 400, "{}", request.escape_ascii());
        assert_eq!(answer.header("connection"), Some("close"), "{}", request.escape_ascii());
        assert!(client.is_closed(), "{}", request.escape_ascii());
    }
    assert_eq!(upstream.seen().len(), 0);
}

fn post(lines: &str, body: &str) -> Vec<u8> {
    format!("POST /a HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}").into_bytes()
}

fn posts(lines: &[&str], body: &str) {
    let requests: Vec<Vec<u8>> = lines.iter().map(|lines| post(&format!("{lines}\r\n"), body)).collect();
    refused(&requests.iter().map(Vec::as_slice).collect::<Vec<_>>());
}

#[test]
fn a_length_beside_a_transfer_encoding_is_refused() {
    posts(
        &[
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 0\r\nTransfer-Encoding: chunked",
            "content-length: 5\r\ntransfer-encoding: CHUNKED",
        ],
        "0\r\n\r\n",
    );
}

#[test]
fn any_transfer_encoding_but_chunked_is_refused() {
    posts(
        &[
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: chunked, x",
            "Transfer-Encoding: identity, chunked",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked;a",
            "Transfer-Encoding: \tchunked",
            "Transfer-Encoding: chunked\t",
            "Transfer-Encoding: \x0bchunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding:",
            "Transfer-Encoding: \"chunked\"",
        ],
        "0\r\n\r\n",
    );
}

#[test]
fn any_length_but_one_decimal_number_is_refused() {
    posts(
        &[
            "Content-Length: +5",
            "Content-Length: -1",
            "Content-Length: 0x5",
            "Content-Length: 5,5",
            "Content-Length: 5, 5",
            "Content-Length: 5 6",
            "Content-Length:",
            "Content-Length: 18446744073709551616",
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length : 5",
            "Content-Length: 5.0",
            "Content-Length: \t5",
        ],
        "hello",
    );
}

#[test]
fn chunks_that_are_not_framed_to_the_letter_are_refused() {
    let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(16 << 10));
    let bodies = [
        "0x4\r\nabcd\r\n0\r\n\r\n",
        "+4\r\nabcd\r\n0\r\n\r\n",
        " 4\r\nabcd\r\n0\r\n\r\n",
        "4 \r\nabcd\r\n0\r\n\r\n",
        "4\nabcd\r\n0\r\n\r\n",
        "4\r\nabcd\n0\r\n\r\n",
        "4\r\nabcde\r\n0\r\n\r\n",
        "4\r\nabcd0\r\n\r\n",
        "ffffffffffffffff\r\nabcd\r\n0\r\n\r\n",
        "10000000000000000\r\nabcd\r\n0\r\n\r\n",
        "-1\r\nabcd\r\n0\r\n\r\n",
        "\r\nabcd\r\n0\r\n\r\n",
        "zz\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\nX: 1\n\r\n",
        long.as_str(),
    ];
    let requests: Vec<Vec<u8>> = bodies.iter().map(|body| post("Transfer-Encoding: chunked\r\n", body)).collect();
    refused(&requests.iter().map(Vec::as_slice).collect::<Vec<_>>());
}

#[test]
fn other_versions_are_refused() {
    refused(&[
        b"POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /a HTTP/1.2\r\nHost: localhost\r\n\r\n",
        b"GET /a http/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET /a\r\n\r\n",
    ]);
}

#[test]
fn lines_that_need_repair_are_refused() {
    refused(&[
        b"GET /a HTTP/1.1\nHost: localhost\n\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
        b"GET /a HTTP/1.1\r\n X: a\r\nHost: localhost\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX Y: a\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX[]: a\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nX\r\n\r\n",
        b"GET  /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b" GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\n\r\nGET /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a#b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ]);
}

#[test]
fn a_body_where_none_is_expected_is_refused() {
    refused(&[
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab",
        b"HEAD /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab",
        b"OPTIONS /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab",
        b"GET /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ]);
}

#[test]
fn the_body_of_a_refused_request_never_becomes_a_request() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("[[route]]\nmatch = \"POST /own\"\naccess = \"self\"\n{OPEN}"));
    let inner = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for head in [
        format!("POST /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", inner.len()),
        "POST /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n".to_owned(),
        "POST /own HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n".to_owned(),
        "POST /own HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n".to_owned(),
    ] {
        let mut client = house.client();
        client.send(&head).send(inner);
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (401, Some("close")), "{head:?}");
        assert!(client.is_closed(), "{head:?}");
    }
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn an_answer_that_is_framed_in_two_ways_is_a_bad_gateway() {
    let bad: &[&str] = &[
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
    ];
    let upstream = Upstream::answering(|seen| {
        let number: usize = seen.target[1..].parse().expect("a number");
        bad.get(number).map_or_else(|| ok("fine"), |text| text.as_bytes().to_vec())
    });
    let house = House::before(&upstream, OPEN);
    let mut client = house.client();
    for (number, text) in bad.iter().enumerate() {
        let answer = client.request("GET", &format!("/{number}"), &[]).answer();
        assert_eq!((answer.status, answer.code().as_str()), (502, "bad_gateway"), "{text:?}");
        assert!(!answer.text().contains("127.0.0.1"));
        assert_eq!(client.request("GET", "/999", &[]).answer().text(), "fine", "after {text:?}");
        assert_eq!(upstream.connections(), number + 2, "the connection is dropped after {text:?}");
    }
}

#[test]
fn an_answer_that_breaks_off_breaks_off_for_the_client_too() {
    for (text, chunked) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true),
    ] {
        let upstream = Upstream::serving(move |_, stream| {
            let _ = std::io::Write::write_all(stream, text.as_bytes());
            false
        });
        let house = House::before(&upstream, OPEN);
        let mut client = house.client();
        let answer = client.request("GET", "/", &[]).answer();
        assert!(!answer.is_whole, "{text:?}");
        assert_eq!(answer.header("transfer-encoding").is_some(), chunked);
        assert!(client.is_closed(), "{text:?}");
    }
}

#[test]
fn our_own_answers_are_framed_by_the_book() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"GET /a\"\naccess = \"self\"\n");
    let mut client = house.client();
    let get = client.request("GET", "/a", &[]).answer();
    let head = client.request("HEAD", "/a", &[]).answer_to_head();
    assert_eq!(get.header("content-length"), head.header("content-length"));
    assert!(get.header("date").is_some() && head.header("date").is_some());
    let options = client.request("OPTIONS", "/a", &[]).answer();
    assert_eq!(
        (options.status, options.header("transfer-encoding"), options.header("content-length")),
        (204, None, None)
    );
    assert_eq!(client.request("GET", "/a", &["Connection: close"]).answer().header("connection"), Some("close"));
    assert!(client.is_closed());
}
