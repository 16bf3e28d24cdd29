//! The style, the script and the icon of the pages: part of the program, the same for everybody, named after their content so that
//! browsers may keep them for good.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward::Reason;
use http::{HeaderValue, header};

use crate::own::Refused;

/// A file.
pub(super) struct Asset {
    sum: u64,
    extension: &'static str,
    content_type: &'static str,
    text: &'static str,
}

pub(super) const STYLE: Asset = Asset::new("css", "text/css; charset=utf-8", include_str!("../../templates/page.css"));
pub(super) const SCRIPT: Asset =
    Asset::new("js", "text/javascript; charset=utf-8", include_str!("../../templates/page.js"));
pub(super) const ICON: Asset = Asset::new("svg", "image/svg+xml", include_str!("../../templates/page.svg"));

impl Asset {
    const fn new(extension: &'static str, content_type: &'static str, text: &'static str) -> Self {
        // FNV-1a, which fits into a constant: it tells one version from the next, and nobody chooses the text but us.
        let (mut sum, mut place) = (0xcbf2_9ce4_8422_2325_u64, 0);
        while place < text.len() {
            sum = (sum ^ text.as_bytes()[place] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            place += 1;
        }
        Self { sum, extension, content_type, text }
    }

    /// Its name, another one when its text is another.
    pub(super) fn name(&self) -> String {
        format!("page-{:016x}.{}", self.sum, self.extension)
    }
}

/// A style, a script or an icon.
pub(super) async fn serve(Path(file): Path<String>) -> Result<Response, Refused> {
    let asset = [STYLE, SCRIPT, ICON].into_iter().find(|asset| asset.name() == file).ok_or(Reason::NotFound)?;
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)), (header::CACHE_CONTROL, kept)];
    Ok((headers, asset.text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_has_another_name() {
        let name = |text: &'static str| Asset::new("css", "", text).name();
        assert_eq!(name("a"), "page-af63dc4c8601ec8c.css");
        assert_ne!(name("a"), name("b"));
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere_and_nothing_is_run_or_kept() {
        for asset in [STYLE, SCRIPT] {
            let code: String = asset.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for sign in ["http:", "https:", "//", "@import", "innerHTML", "eval(", "localStorage", "sessionStorage"] {
                assert!(!code.contains(sign), "{sign}");
            }
        }
    }
}
