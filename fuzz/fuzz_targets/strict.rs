//! The scanner that reads along with the HTTP/1 parser: of what it lets through, the parser and a plain reader of RFC 9112
//! see the same requests with the same bodies.

#![no_main]

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use doorward_server::fuzzing::Scanner;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[derive(Debug, PartialEq)]
struct Message {
    method: String,
    target: Vec<u8>,
    body: Vec<u8>,
}

/// Bytes to read, in pieces; what is written goes nowhere.
struct Script {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
}

impl AsyncRead for Script {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let script = self.get_mut();
        let end = script.bytes.len().min(script.at + script.step.min(buffer.remaining()));
        buffer.put_slice(&script.bytes[script.at..end]);
        script.at = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The requests that the parser sees.
fn parsed(bytes: &[u8], step: usize) -> Vec<Message> {
    let seen: Rc<RefCell<Vec<Message>>> = Rc::default();
    let service = {
        let seen = seen.clone();
        service_fn(move |request: Request<Incoming>| {
            let seen = seen.clone();
            async move {
                let (head, body) = request.into_parts();
                if let Ok(body) = body.collect().await {
                    let body = body.to_bytes().to_vec();
                    seen.borrow_mut().push(Message {
                        method: head.method.to_string(),
                        target: head.uri.to_string().into_bytes(),
                        body,
                    });
                }
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        })
    };
    let script = TokioIo::new(Script { bytes: bytes.to_vec(), at: 0, step });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.header_read_timeout(None);
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| {
        let _ = runtime.block_on(builder.serve_connection(script, service));
    });
    Rc::try_unwrap(seen).expect("the connection is over").into_inner()
}

/// A line without its end, each byte as the character of its number, and what follows it. No line has a CR within.
fn line(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let text: String = bytes[..end].iter().copied().map(char::from).collect();
    (!text.contains(['\r', '\n'])).then_some((text, &bytes[end + 2..]))
}

/// The bytes of such a text.
fn bytes_of(text: &str) -> Vec<u8> {
    text.chars().filter_map(|character| u8::try_from(character).ok()).collect()
}

/// One request, and what follows it. `None` when it is not whole, or not as RFC 9112 has it.
fn request(bytes: &[u8]) -> Option<(Message, &[u8], bool)> {
    let (mut first, mut rest) = line(bytes)?;
    if first.is_empty() {
        (first, rest) = line(rest)?;
    }
    let words: Vec<&str> = first.split(' ').collect();
    let [method, target, _version] = words[..] else { return None };
    let (mut length, mut chunked, mut ends) = (0usize, false, false);
    loop {
        let (field, after) = line(rest)?;
        rest = after;
        if field.is_empty() {
            break;
        }
        let (name, value) = field.split_once(':')?;
        let value = value.trim_matches([' ', '\t']);
        match &*name.to_ascii_lowercase() {
            "content-length" => length = value.parse().ok()?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "upgrade" => ends = true,
            _ => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let (size, after) = line(rest)?;
            let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
            if size == 0 {
                rest = after;
                break;
            }
            body.extend(after.get(..size)?);
            rest = after.get(size..)?.strip_prefix(b"\r\n")?;
        }
        while !rest.starts_with(b"\r\n") {
            rest = line(rest)?.1;
        }
        rest = &rest[2..];
    } else {
        body.extend(rest.get(..length)?);
        rest = &rest[length..];
    }
    Some((Message { method: method.into(), target: bytes_of(target), body }, rest, ends || method == "CONNECT"))
}

fuzz_target!(|bytes: &[u8]| {
    let Some((step, bytes)) = bytes.split_first() else { return };
    let step = usize::from(*step).max(1);

    // How the bytes are cut does not matter.
    let mut whole = Scanner::default();
    let at_once = whole.scan(bytes);
    let (mut parts, mut done) = (Scanner::default(), 0);
    let in_parts = bytes.chunks(step).try_for_each(|part| {
        let scanned = parts.scan(part);
        done += part.len();
        scanned
    });
    assert_eq!(at_once.is_ok(), in_parts.is_ok());
    if at_once.is_ok() {
        assert_eq!(whole.is_between_requests(), parts.is_between_requests());
    }

    // The parser gets what comes before the refused line.
    let passed = match at_once {
        Ok(()) => bytes,
        Err(at) => &bytes[..at],
    };
    let mut rest = passed;
    for (number, message) in parsed(passed, step).into_iter().enumerate() {
        let Some((expected, after, ends)) = request(rest) else {
            panic!("request {number} is {message:?} to the parser and none to a plain reader");
        };
        let target = message.target.clone();
        assert_eq!((&message.method, &message.body), (&expected.method, &expected.body), "request {number}");
        // The parser may write an authority in another way, and leaves out nothing of a path.
        if expected.target.starts_with(b"/") {
            assert_eq!(target, expected.target, "request {number}");
        }
        rest = after;
        if ends {
            break;
        }
    }
});
