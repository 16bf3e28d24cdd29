//! The style, the scripts and the picture of the Panel: the same for everybody, named after their content so that browsers may keep
//! them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use doorward::Reason;
use http::HeaderMap;

use crate::own::{Asset, Refused};

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| own("css", "text/css; charset=utf-8", STYLES));
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| own("js", "text/javascript; charset=utf-8", SCRIPTS));
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| own("svg", "image/svg+xml", include_str!("../../templates/page.svg")));

/// The parts of the style, in the order in which they count.
const STYLES: &str = concat!(
    include_str!("../../templates/panel/style/base.css"),
    include_str!("../../templates/panel/style/bar.css"),
    include_str!("../../templates/panel/style/form.css"),
    include_str!("../../templates/panel/style/page.css"),
    include_str!("../../templates/panel/style/overview.css"),
    include_str!("../../templates/panel/style/tree.css"),
    include_str!("../../templates/panel/style/table.css"),
);
/// The parts of the script: one module, in one file for browsers.
const SCRIPTS: &str = concat!(
    include_str!("../../templates/panel/script/call.js"),
    include_str!("../../templates/panel/script/ask.js"),
    include_str!("../../templates/panel/script/change.js"),
    include_str!("../../templates/panel/script/buttons.js"),
    include_str!("../../templates/panel/script/forms.js"),
    include_str!("../../templates/panel/script/dates.js"),
    include_str!("../../templates/panel/script/search.js"),
    include_str!("../../templates/panel/script/roles.js"),
    include_str!("../../templates/panel/script/figures.js"),
);

fn own(extension: &str, content_type: &'static str, content: &'static str) -> Asset {
    Asset::new("panel", extension, content_type, content)
}

/// A style, a script or a picture.
pub(super) async fn serve(Path(file): Path<String>, request: HeaderMap) -> Result<Response, Refused> {
    let assets = [&STYLE, &SCRIPT, &ICON];
    let asset = assets.into_iter().find(|asset| asset.name == file).ok_or(Reason::NotFound)?;
    Ok(asset.answer(&request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_fetched_from_elsewhere_and_nothing_is_run_or_kept() {
        for asset in [&STYLE, &SCRIPT] {
            let text = std::str::from_utf8(&asset.content).expect("text");
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for sign in
                ["http:", "https:", "//", "@import", "innerHTML", "eval(", "localStorage", "sessionStorage", "cookie"]
            {
                assert!(!code.contains(sign), "{sign}");
            }
        }
    }
}
