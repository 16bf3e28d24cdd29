//! A style, a script or a picture of a page: the same for everybody, named after its content so that browsers may keep it for good.

use std::io::Write as _;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};

/// A file.
pub(crate) struct Asset {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) content: Bytes,
    /// The same, compressed once and for all, where that makes it smaller. Pages are sent as they are: they hold what others may
    /// have written beside what is nobody else's business, and sizes would tell.
    gzip: Option<Bytes>,
    /// What a browser may do with it where somebody opens it by itself, if more than nothing.
    policy: Option<HeaderValue>,
}

impl Asset {
    /// Its name begins with `whose`, and is another one when its content is another.
    pub(crate) fn new(whose: &str, extension: &str, content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        // FNV-1a: it tells one version from the next, and nobody chooses the content but us and the operator.
        let sum = content
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let gzip = compressed(&content).filter(|gzip| gzip.len() < content.len());
        Self { name: format!("{whose}-{sum:016x}.{extension}"), content_type, content, gzip, policy: None }
    }

    /// The same, with a policy of its own for browsers.
    pub(crate) fn under(self, policy: HeaderValue) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// The answer that carries it, to a request with these headers.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        let headers =
            [(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type)), (header::CACHE_CONTROL, kept)];
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request));
        let mut response = (headers, gzip.unwrap_or(&self.content).clone()).into_response();
        if self.gzip.is_some() {
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if gzip.is_some() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let policy = self.policy.clone().map(|policy| (header::CONTENT_SECURITY_POLICY, policy));
        response.headers_mut().extend(policy);
        response
    }
}

/// In gzip (RFC 1952), if there is memory for it.
fn compressed(content: &[u8]) -> Option<Bytes> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content).ok()?;
    Some(gzip.finish().ok()?.into())
}

/// Whether the client says that it takes gzip (RFC 9110, 12.5.3). One that says nothing may not know it.
fn takes_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    let mut codings = lines.flat_map(|line| line.split(',')).map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('='));
        (name.trim(), weight.map_or(1.0, |text| text.trim().parse::<f32>().unwrap_or(0.0)))
    });
    codings.any(|(name, weight)| {
        weight > 0.0 && (name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip"))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn it_is_compressed_for_whoever_takes_that_and_is_the_same_then() {
        let text = "Nobody may. ".repeat(100);
        let asset = Asset::new("page", "css", "text/css", text.clone());
        let mut read = String::new();
        GzDecoder::new(&asset.gzip.clone().expect("smaller")[..]).read_to_string(&mut read).expect("gzip");
        assert_eq!(read, text);
        let encoding = |accepted: Option<&'static str>| {
            let mut request = HeaderMap::new();
            request.extend(accepted.map(|accepted| (header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))));
            let answer = asset.answer(&request);
            assert_eq!(answer.headers()[header::VARY], "accept-encoding");
            answer.headers().contains_key(header::CONTENT_ENCODING)
        };
        for accepted in ["gzip", "br, GZIP;q=0.5", "deflate,x-gzip", "gzip; q = 1.0"] {
            assert!(encoding(Some(accepted)), "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "gzip;q=0.000", "gzip;q=much", "*;q=0", "notgzip"] {
            assert!(!encoding(Some(accepted)), "{accepted}");
        }
        assert!(!encoding(None));
    }

    #[test]
    fn what_would_grow_is_left_as_it_is() {
        let asset = Asset::new("page", "png", "image/png", "x");
        assert!(asset.gzip.is_none() && asset.answer(&HeaderMap::new()).headers().get(header::VARY).is_none());
    }

    #[test]
    fn another_text_has_another_name() {
        let name = |text: &'static str| Asset::new("page", "css", "", text).name;
        assert_eq!(name("a"), "page-af63dc4c8601ec8c.css");
        assert_ne!(name("a"), name("b"));
    }
}
