//! Heads that are read without the HTTP library: whatever is read, the library reads in the same way.

#![no_main]

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use doorward_server::fuzzing::plain_head;
use http::request::Parts;
use http_body_util::Empty;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncWriteExt as _;

/// The first request that the library reads, and the length of its body.
fn parsed(bytes: &[u8]) -> Option<(Parts, u64)> {
    let seen: Rc<RefCell<Option<(Parts, u64)>>> = Rc::default();
    let service = {
        let seen = seen.clone();
        service_fn(move |request: Request<Incoming>| {
            let (parts, body) = request.into_parts();
            let length = body.size_hint().exact().unwrap_or(u64::MAX);
            seen.borrow_mut().get_or_insert((parts, length));
            async { Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new())) }
        })
    };
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.header_read_timeout(None);
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let (mut ours, theirs) = tokio::io::duplex(bytes.len() + (64 << 10));
            ours.write_all(bytes).await.expect("room for all of it");
            ours.shutdown().await.expect("it ends");
            let _ = builder.serve_connection(TokioIo::new(theirs), service).await;
        });
    });
    Rc::try_unwrap(seen).expect("the connection is over").into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((parts, length, end)) = plain_head(bytes) else { return };
    let Some((expected, expected_length)) = parsed(&bytes[..end]) else {
        panic!("read here, and not by the library: {}", bytes[..end].escape_ascii());
    };
    assert_eq!(parts.method, expected.method);
    assert_eq!(parts.uri, expected.uri);
    assert_eq!(parts.version, expected.version);
    assert_eq!(parts.headers, expected.headers);
    assert_eq!(length, expected_length);
});
