//! Paths as logs, the audit and traces may hold them: in eZ Platform's dialect a session's token stands in them.

use std::borrow::Cow;

use super::Policy;
use super::profile::Profile;
use crate::session::SessionToken;

/// What stands in its place.
const REDACTED: &str = "***";

impl Policy {
    /// The path of a request, as it was sent, without what could be a session's token.
    pub fn redacted<'p>(&self, path: &'p str) -> Cow<'p, str> {
        if self.dialect(&Profile::EZ).is_none() { Cow::Borrowed(path) } else { redacted(path) }
    }
}

/// Behind `sessions`, whatever is as long as a token and written as one goes. A path that is not canonical is refused, and
/// noted all the same: so it is read as the laxest reader would.
fn redacted(path: &str) -> Cow<'_, str> {
    let decoded = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let mut below = false;
    let mut found = false;
    let segments: Vec<Cow<'_, str>> = path
        .split('/')
        .map(|segment| {
            let plain = decoded(segment);
            below |= plain.to_ascii_lowercase().contains("sessions");
            let hides = below && holds_token(&plain);
            found |= hides;
            if hides { Cow::Borrowed(REDACTED) } else { Cow::Borrowed(segment) }
        })
        .collect();
    if found { Cow::Owned(segments.join("/")) } else { Cow::Borrowed(path) }
}

fn holds_token(segment: &str) -> bool {
    let is_written_so = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    segment.as_bytes().split(|byte| !is_written_so(byte)).any(|run| run.len() >= SessionToken::LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_not_told() {
        let token = "a".repeat(SessionToken::LENGTH);
        let encoded = format!("%61{}", &token[1..]);
        for (path, told) in [
            (format!("/api/ezp/v2/user/sessions/{token}"), "/api/ezp/v2/user/sessions/***"),
            (format!("/api/ezp/v2/user/sessions/{token}/refresh"), "/api/ezp/v2/user/sessions/***/refresh"),
            (format!("/api/ezp/v2/user/sessions/{encoded}"), "/api/ezp/v2/user/sessions/***"),
            (format!("/api/ezp/v2/user//Sessions//{token};x"), "/api/ezp/v2/user//Sessions//***"),
            (format!("/api/ezp/v2/user/sessions%2F{token}"), "/api/ezp/v2/user/***"),
        ] {
            assert_eq!(redacted(&path), told);
        }
        for path in ["/api/ezp/v2/user/sessions/current", "/user/sessions/AAAAAAAAAAAAAAAAAAAAAA", "/"] {
            assert_eq!(redacted(path), path);
        }
        let elsewhere = format!("/files/{token}");
        assert_eq!(redacted(&elsewhere), elsewhere);
    }
}
