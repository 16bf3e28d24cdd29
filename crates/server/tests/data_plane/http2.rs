//! HTTP/2, over TLS and in plain.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use doorward::MemoryStore;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame as BodyFrame;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::kit::{Client, House, Issued, OPEN, RawHttp2, Upstream, ok, until};

type Body = http_body_util::combinators::BoxBody<Bytes, Infallible>;

fn empty() -> Body {
    Empty::new().boxed()
}

async fn plain(house: &House) -> SendRequest<Body> {
    let stream = TcpStream::connect(house.address()).await.expect("connects");
    let (sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("shakes hands");
    tokio::spawn(connection);
    sender
}

async fn text(response: Response<hyper::body::Incoming>) -> String {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn get(house: &House, path: &str) -> Request<Body> {
    Request::get(format!("http://{}{path}", house.address())).body(empty()).expect("a request")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// What so many requests at once over one connection are answered with.
pub(crate) fn statuses(house: &House, count: usize) -> Vec<u16> {
    runtime().block_on(async {
        let sender = plain(house).await;
        let each = (0..count).map(|_| {
            let mut sender = sender.clone();
            async move { sender.send_request(get(house, "/")).await.expect("an answer").status().as_u16() }
        });
        futures_util::future::join_all(each).await
    })
}

#[test]
fn many_requests_share_a_connection() {
    let upstream = Upstream::answering(|seen| ok(&format!("{} {}", seen.target, seen.text())));
    let house = House::before(&upstream, OPEN);
    runtime().block_on(async {
        let sender = plain(&house).await;
        let each = (0..100).map(|number| {
            let (mut sender, house) = (sender.clone(), &house);
            async move {
                let request = Request::post(format!("http://{}/{number}", house.address()));
                let request =
                    request.body(Full::new(Bytes::from(format!("body {number}"))).boxed()).expect("a request");
                let response = sender.send_request(request).await.expect("an answer");
                assert_eq!(response.version(), http::Version::HTTP_2);
                assert!(!response.headers().contains_key("connection"));
                assert_eq!(text(response).await, format!("/{number} body {number}"));
            }
        });
        futures_util::future::join_all(each).await;
    });
    assert_eq!(upstream.seen().len(), 100);
    let seen = upstream.last();
    assert_eq!((seen.version.as_str(), seen.header("host")), ("HTTP/1.1", Some(house.address().to_string().as_str())));
    assert!(seen.header("via").is_some_and(|via| via.starts_with("2.0 doorward-")));
}

#[test]
fn streams_of_different_callers_are_judged_each_alone() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"GET /own\"\naccess = \"self\"\n");
    let session = house.somebody();
    let cookie = session.cookie.strip_prefix("Cookie: ").expect("a cookie").to_owned();
    runtime().block_on(async {
        let mut sender = plain(&house).await;
        for round in 0..4 {
            let mut request = get(&house, "/own");
            if round % 2 == 0 {
                // Browsers send each cookie in a line of its own (RFC 9113, section 8.2.3).
                request.headers_mut().append("cookie", HeaderValue::from_static("theme=dark"));
                request.headers_mut().append("cookie", HeaderValue::from_str(&cookie).expect("a cookie"));
            }
            let response = sender.send_request(request).await.expect("an answer");
            assert_eq!(response.status(), if round % 2 == 0 { 200 } else { 401 });
        }
    });
    assert!(upstream.seen().iter().all(|seen| seen.header("cookie") == Some("theme=dark")));
}

#[test]
fn trailers_pass_both_ways() {
    let upstream = Upstream::answering(|seen| {
        assert_eq!(seen.trailers, [("x-sum".to_owned(), "1".to_owned())]);
        b"HTTP/1.1 200 OK\r\nTrailer: grpc-status\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\ngrpc-status: 0\r\nset-cookie: a=b\r\n\r\n".to_vec()
    });
    let house = House::before(&upstream, OPEN);
    runtime().block_on(async {
        let mut sender = plain(&house).await;
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("1"));
        trailers.insert("x-doorward-user", HeaderValue::from_static("1"));
        let frames = [Ok::<_, Infallible>(BodyFrame::data(Bytes::from("abc"))), Ok(BodyFrame::trailers(trailers))];
        let body = StreamBody::new(futures_util::stream::iter(frames)).boxed();
        let request = Request::post(format!("http://{}/", house.address()))
            .header("te", "trailers")
            .header("trailer", "x-sum, x-doorward-user")
            .body(body)
            .expect("a request");
        let response = sender.send_request(request).await.expect("an answer");
        let collected = response.into_body().collect().await.expect("a body");
        let trailers = collected.trailers().expect("trailers");
        assert_eq!((trailers.len(), trailers.get("grpc-status").map(|value| value.as_bytes())), (1, Some(&b"0"[..])));
    });
}

#[test]
fn a_body_that_is_too_long_or_not_expected_is_refused() {
    let upstream = Upstream::echo();
    let house = House::before(
        &upstream,
        "[[route]]\nmatch = \"* /small\"\naccess = \"anonymous\"\nlimits = { body = \"10\" }\n\
         [[route]]\nmatch = \"* /forced\"\naccess = \"anonymous\"\nforce = { kind = \"x\" }\n",
    );
    runtime().block_on(async {
        let mut sender = plain(&house).await;
        let mut status = async |method: &str, path: &str| {
            // Without a stated length.
            let frames = [Ok::<_, Infallible>(BodyFrame::data(Bytes::from("0123456789a")))];
            let body = StreamBody::new(futures_util::stream::iter(frames)).boxed();
            let request = Request::builder().method(method).uri(format!("http://{}{path}", house.address()));
            sender.send_request(request.body(body).expect("a request")).await.expect("an answer").status()
        };
        assert_eq!(status("POST", "/small").await, 413);
        assert_eq!(status("GET", "/small").await, 400);
        assert_eq!(status("DELETE", "/forced").await, 415);
    });
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn tls_agrees_on_http2_and_a_drain_says_goodbye() {
    let (issued, upstream) = (Issued::new(), Upstream::echo());
    let folder = tempfile::tempdir().expect("a folder");
    issued.write(folder.path());
    let text_of_file =
        format!("upstream = \"{}\"\ntls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n{OPEN}", upstream.url());
    let house = House::try_open_in(folder, &text_of_file, Arc::new(MemoryStore::new())).expect("starts");
    let (_, chosen) = Client::tls(house.address(), &issued, &["h2", "http/1.1"]);
    assert_eq!(chosen.as_deref(), Some("h2"));
    let runtime = runtime();
    let (sender, ended) = runtime.block_on(async {
        let stream = TcpStream::connect(house.address()).await.expect("connects");
        let name = rustls::pki_types::ServerName::try_from("localhost").expect("a name");
        let connector = tokio_rustls::TlsConnector::from(issued.client_config(&["h2"]));
        let stream = connector.connect(name, stream).await.expect("shakes hands");
        let (mut sender, connection) =
            http2::handshake::<_, _, Body>(TokioExecutor::new(), TokioIo::new(stream)).await.expect("shakes hands");
        let ended = tokio::spawn(connection);
        let request =
            Request::get(format!("https://localhost:{}/a", house.address().port())).body(empty()).expect("a request");
        let response = sender.send_request(request).await.expect("an answer");
        assert!(response.headers().contains_key("strict-transport-security"));
        assert_eq!(text(response).await, "/a");
        (sender, ended)
    });
    let (drained, ()) = house.drain_beside(std::time::Duration::from_secs(20), || {
        runtime.block_on(async {
            ended.await.expect("no panic").expect("a clean end");
        });
    });
    assert_eq!(drained.cut, 0);
    assert!(sender.is_closed());
}

#[test]
fn an_idle_connection_is_closed() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("limits = {{ keep_alive = \"1s\" }}\n{OPEN}"));
    runtime().block_on(async {
        let mut sender = plain(&house).await;
        let response = sender.send_request(get(&house, "/a")).await.expect("an answer");
        assert_eq!(text(response).await, "/a");
        tokio::time::timeout(std::time::Duration::from_secs(10), async {
            while !sender.is_closed() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await
        .expect("it is closed");
    });
}

#[test]
fn an_answer_that_its_client_does_not_take_holds_no_upstream() {
    let (told, hear) = std::sync::mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let upstream = Upstream::serving(move |seen, stream| {
        if seen.target != "/long" {
            return std::io::Write::write_all(stream, &ok("short")).is_ok();
        }
        std::io::Write::write_all(stream, b"HTTP/1.1 200 OK\r\n\r\n").expect("sent");
        while std::io::Write::write_all(stream, &[b'x'; 64 << 10]).is_ok() {}
        told.lock().expect("not poisoned").send(()).expect("heard");
        false
    });
    let house = House::before(&upstream, &format!("limits = {{ body_stall = \"1s\" }}\n{OPEN}"));
    runtime().block_on(async {
        let mut sender = plain(&house).await;
        let response = sender.send_request(get(&house, "/long")).await.expect("an answer");
        let ended = tokio::task::spawn_blocking(move || hear.recv_timeout(std::time::Duration::from_secs(10)));
        ended.await.expect("no panic").expect("the upstream is rid of it");
        // Other requests on the connection go on, and this one ends badly as soon as somebody looks.
        let other = sender.send_request(get(&house, "/other")).await.expect("an answer");
        assert_eq!(text(other).await, "short");
        assert!(response.into_body().collect().await.is_err());
    });
}

const GET: [(&str, &str); 4] = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")];

fn raw(house: &House) -> RawHttp2 {
    RawHttp2::new(house.client())
}

#[test]
fn heads_that_http2_forbids_are_stream_errors() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let with = |field: (&'static str, &'static str)| GET.into_iter().chain([field]).collect::<Vec<_>>();
    let without = |name: &str| GET.into_iter().filter(|(known, _)| *known != name).collect::<Vec<_>>();
    let bad = [
        with(("connection", "close")),
        with(("transfer-encoding", "chunked")),
        with(("te", "gzip")),
        with(("keep-alive", "x")),
        with(("upgrade", "websocket")),
        with(("X-Upper", "1")),
        with(("x", "a\r\nb")),
        with(("x", "a\0b")),
        with((":path", "/b")),
        with((":unknown", "x")),
        without(":method"),
        without(":path"),
        without(":scheme"),
        vec![("x", "before"), (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")],
    ];
    for fields in bad {
        let mut connection = raw(&house);
        connection.headers(1, &fields, true);
        let frame = connection.next();
        let refused = frame.as_ref().is_none_or(|frame| matches!(frame.kind, 3 | 7) || frame.status() == 400);
        assert!(refused, "{fields:?}: {frame:?}");
    }
    let mut connection = raw(&house);
    connection.headers(1, &GET, true);
    assert_eq!(connection.next().expect("an answer").status(), 200);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn an_authority_that_is_not_the_host_is_refused() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let with = |host: &'static str| GET.into_iter().chain([("host", host)]).collect::<Vec<_>>();
    let mut connection = raw(&house);
    connection.headers(1, &with("127.0.0.1"), true);
    assert_eq!(connection.next().expect("an answer").status(), 400);
    let mut connection = raw(&house);
    connection.headers(1, &with("localhost"), true);
    assert_eq!(connection.next().expect("an answer").status(), 200);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_length_that_is_not_that_of_the_data_is_a_stream_error() {
    let upstream = Upstream::answering(|seen| ok(&seen.text()));
    let house = House::before(&upstream, OPEN);
    let post = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "localhost"),
        ("content-length", "5"),
    ];
    for data in ["abc", "abcdefgh"] {
        let mut connection = raw(&house);
        connection.headers(1, &post, false).frame(0, 1, 1, data.as_bytes());
        let frame = connection.next();
        let refused = frame.as_ref().is_none_or(|frame| matches!(frame.kind, 3 | 7) || frame.status() != 200);
        assert!(refused, "{data}: {frame:?}");
    }
    assert_eq!(upstream.seen().len(), 0);
}

#[test]
fn no_tunnel_is_made_by_connect() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, "[[route]]\nmatch = \"* /ws\"\naccess = \"anonymous\"\nwebsocket = true\n");
    let extended = [
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", "/ws"),
        (":authority", "localhost"),
    ];
    for fields in [&extended[..], &[(":method", "CONNECT"), (":authority", "localhost:80")]] {
        let mut connection = raw(&house);
        connection.headers(1, fields, false);
        let frame = connection.next();
        let refused =
            frame.as_ref().is_none_or(|frame| matches!(frame.kind, 3 | 7) || !matches!(frame.status(), 200 | 204));
        assert!(refused, "{frame:?}");
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn a_client_that_resets_all_it_asks_for_is_sent_away() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let mut connection = raw(&house);
    for number in 0..5_000u32 {
        let stream = number * 2 + 1;
        connection.headers(stream, &GET, true).frame(3, 0, stream, &8u32.to_be_bytes());
    }
    let goodbye = std::iter::from_fn(|| connection.next()).find(|frame| frame.kind == 7);
    assert!(goodbye.is_some());
    until("the house serves others", || (house.client().request("GET", "/", &[]).answer().status == 200).then_some(()));
}
