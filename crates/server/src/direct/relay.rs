//! The body of an answer, on its way from an upstream, or from one of our own resources, to the client.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::buf::Limit;
use bytes::{BufMut as _, Bytes, BytesMut};
use http_body::Body as _;
use tokio_util::io::poll_read_buf;

use super::answer::Framing;
use super::client::{Client, poll_fill};
use super::write;
use crate::body::ResponseBody;
use crate::connection::Link;
use crate::streams::{End, OpenStream};
use crate::upstream::{Raw, Upstream};
use crate::wire::Patience;

/// How much of a long answer is passed on at once.
const PIECE: usize = 64 << 10;

/// The answer of an upstream.
pub(super) struct Relay {
    pub(super) raw: Raw,
    pub(super) upstream: Arc<Upstream>,
    pub(super) framing: Framing,
    /// Whether the upstream's connection can serve again after it.
    pub(super) keeps: bool,
    /// Set where the answer may last: whoever reads it is judged again while it does.
    pub(super) stream: Option<Rc<OpenStream>>,
}

impl Relay {
    /// Sends `bytes`, the head, and all that follows. Without the end of it the connection can only be closed.
    pub(super) async fn run(
        mut self,
        link: &Link,
        client: &mut Client,
        mut bytes: Vec<u8>,
        patience: Patience,
    ) -> io::Result<()> {
        let mut data = Vec::new();
        loop {
            let taken = self.take(&mut data, &mut bytes);
            if let Ok(true) = taken {
                self.give_back(link);
                return client.send(&bytes, patience.write).await;
            }
            if !bytes.is_empty() {
                let stream = self.stream.as_deref();
                client.send_unless(&bytes, patience.write, |cx| check_stream(stream, cx)).await?;
                bytes.clear();
            }
            // What came before the mistake is passed on, as it would have been had it come earlier.
            taken?;
            if let Framing::Length(left) = &mut self.framing {
                // The rest is read where it is sent from.
                self.raw.input = BytesMut::new();
                let most = usize::try_from(*left).unwrap_or(PIECE).min(PIECE);
                bytes.reserve(most);
                let mut room = (&mut bytes).limit(most);
                let (raw, stream) = (&mut self.raw, self.stream.as_deref());
                *left -= poll_fn(|cx| poll_piece(raw, stream, client, &mut room, cx)).await? as u64;
            } else if !self.fill(link, client).await? {
                bytes.extend_from_slice(write::LAST_CHUNK);
                return client.send(&bytes, patience.write).await;
            }
        }
    }

    /// Takes what has come. Whether that was the last of it.
    fn take(&mut self, data: &mut Vec<u8>, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let input = &mut self.raw.input;
        match &mut self.framing {
            Framing::Length(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                bytes.extend_from_slice(&input.split_to(length));
                *left -= length as u64;
                Ok(*left == 0)
            }
            Framing::Chunked(chunks) => {
                data.clear();
                let read = chunks.read(input, data);
                write::chunk(bytes, data);
                read.map_err(|_| io::ErrorKind::InvalidData)?;
                if chunks.is_done() {
                    bytes.extend_from_slice(write::LAST_CHUNK);
                }
                Ok(chunks.is_done())
            }
            Framing::UntilClose => {
                write::chunk(bytes, input);
                input.clear();
                Ok(false)
            }
        }
    }

    /// Waits for more. False at the end of what has no other.
    async fn fill(&mut self, link: &Link, client: &mut Client) -> io::Result<bool> {
        let Self { raw, stream, framing, .. } = self;
        let length = poll_fn(|cx| {
            check_stream(stream.as_deref(), cx)?;
            if let Poll::Ready(filled) = poll_fill(&mut raw.stream, &mut raw.input, &link.core.scratch, cx) {
                return Poll::Ready(filled);
            }
            client.poll_gone(cx).map(|()| Err(io::ErrorKind::ConnectionAborted.into()))
        });
        match (length.await?, framing) {
            (0, Framing::UntilClose) => Ok(false),
            (0, _) => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(true),
        }
    }

    /// The upstream's connection may serve again: before the client has all, so that the next request finds it.
    fn give_back(mut self, link: &Link) {
        if self.keeps && self.raw.input.is_empty() {
            // An empty one may keep all of what it was once part of.
            self.raw.input = BytesMut::new();
            link.core.raw.put(&self.upstream, self.raw);
        }
    }
}

/// Reads the next piece into the room behind what is there, which nobody has to fill with zeros before.
fn poll_piece(
    raw: &mut Raw,
    stream: Option<&OpenStream>,
    client: &mut Client,
    room: &mut Limit<&mut Vec<u8>>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    check_stream(stream, cx)?;
    match poll_read_buf(Pin::new(&mut raw.stream), cx, room)? {
        Poll::Ready(0) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
        Poll::Ready(length) => Poll::Ready(Ok(length)),
        Poll::Pending => client.poll_gone(cx).map(|()| Err(io::ErrorKind::ConnectionAborted.into())),
    }
}

/// An error once the caller may not have the rest.
fn check_stream(stream: Option<&OpenStream>, cx: &mut Context<'_>) -> io::Result<()> {
    match stream.and_then(|stream| stream.end_of(cx)) {
        None => Ok(()),
        Some(End::Revoked | End::Draining) => Err(io::ErrorKind::PermissionDenied.into()),
    }
}

/// What a body of ours does next.
enum Next {
    Data(Bytes),
    /// Nothing that is passed on.
    Other,
    /// It takes its time.
    Late,
    End,
}

/// Sends `bytes`, the head, and a body of ours, if one is to be sent.
pub(super) async fn own(
    client: &mut Client,
    mut bytes: Vec<u8>,
    body: Option<ResponseBody>,
    is_chunked: bool,
    patience: Patience,
) -> io::Result<()> {
    let Some(mut body) = body else { return client.send(&bytes, patience.write).await };
    while !body.is_end_stream() {
        let next = poll_fn(|cx| {
            if let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(cx) {
                let next = frame.map_or(Ok(Next::End), |frame| {
                    frame.map(|frame| frame.into_data().map_or(Next::Other, Next::Data))
                });
                return Poll::Ready(next.map_err(io::Error::other));
            }
            if !bytes.is_empty() {
                return Poll::Ready(Ok(Next::Late));
            }
            client.poll_gone(cx).map(|()| Err(io::ErrorKind::ConnectionAborted.into()))
        });
        let is_late = match next.await? {
            Next::Data(data) if is_chunked => {
                write::chunk(&mut bytes, &data);
                false
            }
            Next::Data(data) => {
                bytes.extend_from_slice(&data);
                false
            }
            Next::Other => false,
            // What is there does not wait for what is not.
            Next::Late => true,
            Next::End => break,
        };
        if is_late || bytes.len() >= PIECE {
            client.send(&bytes, patience.write).await?;
            bytes.clear();
        }
    }
    if is_chunked {
        bytes.extend_from_slice(write::LAST_CHUNK);
    }
    client.send(&bytes, patience.write).await
}
