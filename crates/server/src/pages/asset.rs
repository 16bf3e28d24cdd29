//! The style, the script and the pictures of the pages: the same for everybody, named after their content so that browsers may
//! keep them for good.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use doorward::Reason;
use http::{HeaderValue, header};

use crate::own::{Refused, Shared};

/// A file.
pub(super) struct Asset {
    pub(super) name: String,
    content_type: &'static str,
    content: Bytes,
    /// What a browser may do with it where somebody opens it by itself, if more than nothing.
    policy: Option<HeaderValue>,
}

pub(super) const SCRIPT: &str = include_str!("../../templates/page.js");
pub(super) const STYLE: &str = include_str!("../../templates/page.css");
pub(super) const ICON: &str = include_str!("../../templates/page.svg");

/// A picture in SVG is a document where it is opened by itself: it may have its style, and no script of it runs.
const PICTURE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
);

impl Asset {
    /// Its name is another one when its content is another.
    pub(super) fn new(extension: &str, content_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        // FNV-1a: it tells one version from the next, and nobody chooses the content but us and the operator.
        let sum = content
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Self { name: format!("page-{sum:016x}.{extension}"), content_type, content, policy: None }
    }

    /// A picture of the operator's.
    pub(super) fn picture(extension: &str, content_type: &'static str, content: Vec<u8>) -> Self {
        Self { policy: Some(PICTURE), ..Self::new(extension, content_type, content) }
    }
}

/// A style, a script or a picture.
pub(super) async fn serve(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Result<Response, Refused> {
    let look = shared.look.load();
    let asset = look.assets.iter().find(|asset| asset.name == file).ok_or(Reason::NotFound)?;
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)), (header::CACHE_CONTROL, kept)];
    let mut response = (headers, asset.content.clone()).into_response();
    let policy = asset.policy.clone().map(|policy| (header::CONTENT_SECURITY_POLICY, policy));
    response.headers_mut().extend(policy);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_has_another_name() {
        let name = |text: &'static str| Asset::new("css", "", text).name;
        assert_eq!(name("a"), "page-af63dc4c8601ec8c.css");
        assert_ne!(name("a"), name("b"));
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere_and_nothing_is_run_or_kept() {
        for text in [STYLE, SCRIPT] {
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for sign in ["http:", "https:", "//", "@import", "innerHTML", "eval(", "localStorage", "sessionStorage"] {
                assert!(!code.contains(sign), "{sign}");
            }
        }
    }
}
