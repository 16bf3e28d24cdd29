//! Heads of upstreams' answers that are read without the HTTP library: whatever is read, the library reads in the same way, however
//! the bytes are cut, and its body ends where the library says.

#![no_main]

use std::collections::BTreeMap;

use doorward_server::fuzzing::{Answer, Length, answer, chunked};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What the library reads: the head, the length of the body where it is known before, and the body, where it is whole.
struct Read {
    parts: Parts,
    length: Option<u64>,
    body: Option<Vec<u8>>,
}

fn read(bytes: &[u8], method: &Method) -> Option<Read> {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    let asking = async {
        let (mut upstream, client) = tokio::io::duplex(bytes.len() + (64 << 10));
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(client)).await.ok()?;
        let answering = async move {
            // What comes before a request was sent is no answer to it.
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(upstream.read_u8().await.expect("a request"));
            }
            upstream.write_all(bytes).await.expect("room for all of it");
            upstream.shutdown().await.expect("it ends");
            upstream
        };
        let request = Request::builder().method(method.clone()).uri("/").body(Empty::<Bytes>::new()).expect("a request");
        let taking = async move {
            let (parts, body) = sender.send_request(request).await.ok()?.into_parts();
            let length = body.size_hint().exact();
            let body = body.collect().await.ok().map(|body| body.to_bytes().to_vec());
            Some(Read { parts, length, body })
        };
        let (taken, _, _upstream) = tokio::join!(taking, connection, answering);
        taken
    };
    RUNTIME.with(|runtime| runtime.block_on(asking))
}

/// Lines as they went out, in the order of each name.
fn table(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line = line.strip_suffix(b"\r").expect("each line has its end");
        let colon = line.iter().position(|byte| *byte == b':').expect("a name and a value");
        let value = line[colon + 1..].strip_prefix(b" ").expect("one space");
        headers.append(
            HeaderName::from_lowercase(&line[..colon]).expect("a name"),
            HeaderValue::from_bytes(value).expect("a value"),
        );
    }
    headers
}

fn sorted(headers: &HeaderMap) -> BTreeMap<&str, Vec<&[u8]>> {
    headers.keys().map(|name| (name.as_str(), headers.get_all(name).iter().map(HeaderValue::as_bytes).collect())).collect()
}

fn check(ours: &Answer, theirs: &Read) {
    assert_eq!(ours.status, theirs.parts.status);
    assert_eq!(sorted(&table(&ours.lines)), sorted(&theirs.parts.headers));
    let (whole, body) = match ours.length {
        Length::Stated(length) => {
            assert_eq!(theirs.length, Some(length));
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            (ours.rest.len() >= length, ours.rest.get(..length).map(<[u8]>::to_vec))
        }
        Length::Chunked => match chunked(&ours.rest, ours.rest.len()) {
            Ok(Some(whole)) => (true, Some(whole.data)),
            Ok(None) | Err(_) => return,
        },
        Length::UntilClose => (true, Some(ours.rest.clone())),
    };
    if whole {
        assert_eq!(body, theirs.body);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [kind, step, bytes @ ..] = bytes else { return };
    let method = if kind % 4 == 0 { Method::HEAD } else { Method::GET };
    let whole = answer(bytes, &method, bytes.len());
    // Cut in pieces, a head may be found incomplete for good where the whole is found wrong, but never read otherwise.
    if let (Ok(Some(whole)), Ok(Some(cut))) = (&whole, &answer(bytes, &method, usize::from(*step))) {
        assert_eq!(whole, cut);
    }
    let Ok(Some(ours)) = whole else { return };
    let Some(theirs) = read(bytes, &method) else {
        panic!("read here, and not by the library: {}", bytes.escape_ascii());
    };
    check(&ours, &theirs);
});
