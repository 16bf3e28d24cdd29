//! The name of one request: in the log, in the audit, for the service, and in the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries it.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request. A door behind the layer finds it in the request's extensions; one before it may put it there.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Makes names: a random beginning, drawn once, and a number. They tell requests apart and keep no secret.
pub(super) struct RequestIds {
    beginning: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new() -> Self {
        // Without randomness, which the engine would have died of first, names repeat after a restart: a log is less handy.
        Self { beginning: getrandom::u64().unwrap_or_default(), next: AtomicU64::new(0) }
    }

    pub(super) fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = [0; 32];
        for (sixteen, number) in text.chunks_exact_mut(16).zip([self.beginning, number]) {
            for (pair, byte) in sixteen.chunks_exact_mut(2).zip(number.to_be_bytes()) {
                pair[0] = DIGITS[usize::from(byte >> 4)];
                pair[1] = DIGITS[usize::from(byte & 15)];
            }
        }
        RequestId(std::str::from_utf8(&text).unwrap_or_default().into())
    }
}

impl RequestId {
    /// The name that a proxy gave, where its word counts.
    pub(super) fn sent(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(X_REQUEST_ID).iter();
        let text = lines.next()?.to_str().ok()?;
        let is_name = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        (is_name && lines.next().is_none()).then(|| Self(text.into()))
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}
