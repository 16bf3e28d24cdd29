//! Doors for fuzzing into parsers of outside bytes that nobody else sees. No part of the API.

use bytes::{Bytes, BytesMut};
use doorward::Fields as _;
use http::request::Parts;
use http::{Method, StatusCode};

use crate::direct::answer::{self, Framing};
use crate::direct::lines::Lines;
use crate::direct::{chunks, head, write};
use crate::frames::Frames;
use crate::{proxy_protocol, strict};

/// How many bytes a PROXY protocol header has at least beyond those that have come.
pub fn missing(bytes: &[u8]) -> usize {
    proxy_protocol::missing(bytes)
}

/// What reads along with the HTTP/1 parser.
#[derive(Default)]
pub struct Scanner(strict::Scanner);

impl Scanner {
    /// Looks at the bytes that came next.
    ///
    /// # Errors
    /// Where the first line begins, within these bytes, that must not be read.
    pub fn scan(&mut self, bytes: &[u8]) -> Result<(), usize> {
        self.0.scan(bytes).map_err(|refused| refused.at)
    }

    /// Whether nothing of a next request has arrived.
    pub fn is_between_requests(&self) -> bool {
        self.0.is_between_requests()
    }
}

/// Login and password of a `SessionInput` in XML, as far as they are there. `None` for what cannot be read.
pub fn session_input(bytes: &[u8]) -> Option<(Option<String>, Option<Vec<u8>>)> {
    crate::dialect::session_input(bytes)
}

/// What follows one direction of a WebSocket.
#[derive(Default)]
pub struct WebSocketFrames(Frames);

impl WebSocketFrames {
    /// Sees the bytes that came next.
    pub fn follow(&mut self, bytes: &[u8]) {
        self.0.follow(bytes);
    }

    /// Whether the last byte ended a frame.
    pub fn is_between(&self) -> bool {
        self.0.is_between()
    }
}

/// A head that is read without the HTTP library.
pub struct PlainHead {
    /// What it says.
    pub parts: Parts,
    /// The length of the body that it states.
    pub length: u64,
    /// Whether the connection ends after the answer.
    pub closes: bool,
    /// How many bytes it took.
    pub end: usize,
    /// The same head and this body, as an upstream would get them.
    pub written: Vec<u8>,
}

/// The first head in these bytes, where it is one that is read without the HTTP library.
pub fn plain_head(bytes: &[u8]) -> Option<PlainHead> {
    let end = head::end(bytes)?;
    let head::Plain { parts, length, closes } = head::read(&Bytes::copy_from_slice(&bytes[..end]))?;
    let body = bytes[end..].get(..usize::try_from(length).ok()?).filter(|body| !body.is_empty());
    let written = write::request(&parts.method, &parts.uri, &Lines::of(&parts.headers), body);
    Some(PlainHead { parts, length, closes, end, written })
}

/// Where a head ends that comes in steps of this length. `None` where it does not end, or is given up before.
pub fn plain_head_end(bytes: &[u8], step: usize) -> Option<usize> {
    let mut begun = head::Begun::default();
    let mut came = 0;
    while came < bytes.len() {
        came = bytes.len().min(came + step.max(1));
        match begun.end(&bytes[..came]) {
            Some(end) => return Some(end),
            None if begun.may_become_one(&bytes[..came]) => {}
            None => return None,
        }
    }
    None
}

/// A body that came in chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What it holds.
    pub data: Vec<u8>,
    /// What follows it.
    pub rest: Vec<u8>,
}

/// A body in chunks that comes in steps of this length, once it is whole. An error where it is framed badly.
///
/// # Errors
/// With the data that came before.
pub fn chunked(bytes: &[u8], step: usize) -> Result<Option<Whole>, Vec<u8>> {
    let (mut chunks, mut input, mut data) = (chunks::Chunks::default(), BytesMut::new(), Vec::new());
    for part in bytes.chunks(step.max(1)) {
        input.extend_from_slice(part);
        if chunks.read(&mut input, &mut data).is_err() {
            return Err(data);
        }
    }
    Ok(chunks.is_done().then(|| Whole { data, rest: input.to_vec() }))
}

/// How long the body of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many bytes.
    Stated(u64),
    /// As its chunks say.
    Chunked,
    /// All that comes.
    UntilClose,
}

/// The head of an upstream's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its lines, as they would go out.
    pub lines: Vec<u8>,
    /// How long what follows is.
    pub length: Length,
    /// Whether the connection may serve again.
    pub keeps: bool,
    /// What follows.
    pub rest: Vec<u8>,
}

/// The answer to a request of this method that comes in steps of this length. `None` while its head is incomplete.
///
/// # Errors
/// Where it is none.
pub fn answer(bytes: &[u8], method: &Method, step: usize) -> Result<Option<Answer>, &'static str> {
    let mut input = BytesMut::new();
    let mut parts = bytes.chunks(step.max(1));
    while let Some(part) = parts.next() {
        input.extend_from_slice(part);
        if let Some(answer) = answer::take(&mut input, method)? {
            parts.for_each(|part| input.extend_from_slice(part));
            let mut lines = Vec::new();
            answer.lines.write_to(&mut lines);
            let length = match answer.body {
                Framing::Length(length) => Length::Stated(length),
                Framing::Chunked(_) => Length::Chunked,
                Framing::UntilClose => Length::UntilClose,
            };
            return Ok(Some(Answer {
                status: answer.status,
                lines,
                length,
                keeps: answer.keeps,
                rest: input.to_vec(),
            }));
        }
    }
    Ok(None)
}
