//! The name of one request: in logs, in the audit, at the upstream and in the answer.

use std::cell::RefCell;

use http::HeaderValue;

/// 128 random bits in hexadecimal.
#[derive(Clone, Copy)]
pub(crate) struct RequestId([u8; 2 * LENGTH]);

impl RequestId {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The text as a header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or(HeaderValue::from_static("-"))
    }
}

/// How many ids are made of what the system is asked for at once.
const BATCH: usize = 64;
const LENGTH: usize = 16;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Makes ids for one core.
#[derive(Default)]
pub(crate) struct RequestIds {
    random: RefCell<Vec<u8>>,
}

impl RequestIds {
    /// Another one. Without randomness, which never happens, ids repeat; nothing but logs depends on them.
    pub(crate) fn next(&self) -> RequestId {
        let mut random = self.random.borrow_mut();
        if random.is_empty() {
            random.resize(BATCH * LENGTH, 0);
            let _ = getrandom::fill(&mut random);
        }
        let rest = random.len() - LENGTH;
        let mut text = [0; 2 * LENGTH];
        for (pair, byte) in text.chunks_exact_mut(2).zip(random.drain(rest..)) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        RequestId(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_requests_have_one_name() {
        let ids = RequestIds::default();
        let made: HashSet<String> = (0..1_000).map(|_| ids.next().as_str().to_owned()).collect();
        assert_eq!(made.len(), 1_000);
        assert!(made.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}
