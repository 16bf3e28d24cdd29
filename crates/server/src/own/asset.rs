//! A style, a script or a picture of a page: the same for everybody, named after its content so that browsers may keep it for good.

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderValue, header};

/// A file.
pub(crate) struct Asset {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) content: Bytes,
    /// What a browser may do with it where somebody opens it by itself, if more than nothing.
    pub(crate) policy: Option<HeaderValue>,
}

impl Asset {
    /// Its name begins with `whose`, and is another one when its content is another.
    pub(crate) fn new(whose: &str, extension: &str, content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        // FNV-1a: it tells one version from the next, and nobody chooses the content but us and the operator.
        let sum = content
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self { name: format!("{whose}-{sum:016x}.{extension}"), content_type, content, policy: None }
    }

    /// The answer that carries it.
    pub(crate) fn answer(&self) -> Response {
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        let headers =
            [(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type)), (header::CACHE_CONTROL, kept)];
        let mut response = (headers, self.content.clone()).into_response();
        let policy = self.policy.clone().map(|policy| (header::CONTENT_SECURITY_POLICY, policy));
        response.headers_mut().extend(policy);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_has_another_name() {
        let name = |text: &'static str| Asset::new("page", "css", "", text).name;
        assert_eq!(name("a"), "page-af63dc4c8601ec8c.css");
        assert_ne!(name("a"), name("b"));
    }
}
