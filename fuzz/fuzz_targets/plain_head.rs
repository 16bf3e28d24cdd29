//! Heads that are read without the HTTP library: whatever is read, the library reads in the same way, however it comes; it keeps the
//! connection where we keep it; and what goes on to an upstream is what came.

#![no_main]

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use doorward_server::fuzzing::{PlainHead, plain_head, plain_head_end};
use http::request::Parts;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncWriteExt as _;

/// The longest body that is sent along.
const LONGEST_BODY: u64 = 1 << 10;

/// What follows the first request.
const NEXT: &[u8] = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

struct Seen {
    parts: Parts,
    /// What the head says of the length of the body.
    length: u64,
    body: Vec<u8>,
}

/// The requests that the library reads.
fn read(bytes: &[u8]) -> Vec<Seen> {
    let seen: Rc<RefCell<Vec<Seen>>> = Rc::default();
    let service = {
        let seen = seen.clone();
        service_fn(move |request: Request<Incoming>| {
            let seen = seen.clone();
            async move {
                let (parts, body) = request.into_parts();
                let length = body.size_hint().exact().unwrap_or(u64::MAX);
                let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
                seen.borrow_mut().push(Seen { parts, length, body });
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        })
    };
    let mut builder = hyper::server::conn::http1::Builder::new();
    // What was sent before the end is read, too.
    builder.header_read_timeout(None).half_close(true);
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            // The answers stay unread: there is room for those, too.
            let (mut ours, theirs) = tokio::io::duplex(bytes.len() + (64 << 10));
            ours.write_all(bytes).await.expect("room for all of it");
            ours.shutdown().await.expect("it ends");
            let _ = builder.serve_connection(TokioIo::new(theirs), service).await;
        });
    });
    Rc::try_unwrap(seen).map(RefCell::into_inner).unwrap_or_else(|_| panic!("the connection is over"))
}

/// That the library saw what we did.
fn check(ours: &PlainHead, theirs: &Seen) {
    assert_eq!(ours.parts.method, theirs.parts.method);
    assert_eq!(ours.parts.uri, theirs.parts.uri);
    assert_eq!(ours.parts.version, theirs.parts.version);
    assert_eq!(ours.parts.headers, theirs.parts.headers);
    assert_eq!(ours.length, theirs.length);
}

fuzz_target!(|bytes: &[u8]| {
    let [step, bytes @ ..] = bytes else { return };
    let Some(alone) = plain_head(bytes) else { return };
    assert_eq!(plain_head_end(bytes, usize::from(*step)), Some(alone.end));

    // With a body as long as it says, where that is short, and one more request.
    let body = match alone.length {
        length @ 0..=LONGEST_BODY => vec![b'x'; length as usize],
        _ => Vec::new(),
    };
    let whole = [&bytes[..alone.end], &body, NEXT].concat();
    let ours = plain_head(&whole).expect("the same head");
    let theirs = read(&whole);
    let Some(first) = theirs.first() else {
        panic!("read here, and not by the library: {}", whole.escape_ascii());
    };
    check(&ours, first);
    if ours.length > LONGEST_BODY {
        return;
    }
    assert_eq!(first.body, body);
    assert_eq!(theirs.len(), if ours.closes { 1 } else { 2 }, "{}", whole.escape_ascii());

    let again = read(&ours.written);
    let [again] = &*again else { panic!("not one request: {}", ours.written.escape_ascii()) };
    check(&ours, again);
    assert_eq!(again.body, body);
});
