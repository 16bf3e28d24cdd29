//! The style, the script and the pictures of the pages: the same for everybody, named after their content so that browsers may
//! keep them for good.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use doorward::Reason;
use http::{HeaderMap, HeaderValue};

use crate::own::{Asset, Refused, Shared};

pub(super) const SCRIPT: &str = include_str!("../../templates/page.js");
pub(super) const STYLE: &str = include_str!("../../templates/page.css");
pub(super) const ICON: &str = include_str!("../../templates/page.svg");

/// A picture in SVG is a document where it is opened by itself: it may have its style, and no script of it runs.
const PICTURE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
);

/// One that comes with the pages.
pub(super) fn own(extension: &str, content_type: &'static str, content: impl Into<Bytes>) -> Asset {
    Asset::new("page", extension, content_type, content)
}

/// A picture of the operator's.
pub(super) fn picture(extension: &str, content_type: &'static str, content: Vec<u8>) -> Asset {
    own(extension, content_type, content).under(PICTURE)
}

/// A style, a script or a picture.
pub(super) async fn serve(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    request: HeaderMap,
) -> Result<Response, Refused> {
    let look = shared.look.load();
    let asset = look.assets.iter().find(|asset| asset.name == file).ok_or(Reason::NotFound)?;
    Ok(asset.answer(&request))
}

#[cfg(test)]
mod tests {
    use super::*;

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
