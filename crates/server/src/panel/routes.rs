//! The rules in force: what each route asks for, and how it has fared within the last day.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;

use super::asked::Asked;
use super::frame::{Frame, answer};
use super::part::Part;
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::routes::{View, Which, find_routes};
use crate::own::percent::encoded;
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/routes.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    routes: Part<View>,
}

/// More than this nobody reads at once.
const ROWS: usize = 200;

/// Where the rules say that those routes stand which are served at the door of administration alone.
const ADMINISTRATION: &str = "built in, admin_listen";

/// The page.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &["text", "of", "after"]);
    let own = match asked.value("of") {
        "doorward" => Some(true),
        "all" => None,
        _ => Some(false),
    };
    let text = asked.value("text").to_lowercase();
    let has = |word: &str| word.to_lowercase().contains(&text);
    let found = find_routes(&house, &Which { own }).await?.into_iter();
    let found = found.filter(|route| has(&route.route) || route.access.iter().any(|resource| has(resource)));
    let routes = Part::of(found, &asked, "after", ROWS);
    let page = Page { frame: visitor.frame(Some(Tab::Routes))?, asked, routes };
    answer(StatusCode::OK, &page, &page.frame)
}

impl View {
    /// A question about this route: with its first method, and its path as it is written.
    fn question(&self) -> String {
        let method = self.methods.split(',').next().filter(|method| *method != "*").unwrap_or("GET");
        let mut query = format!("method={method}&path={}", encoded(&self.path));
        if let Some(host) = &self.host {
            query.push_str(&format!("&host={}", encoded(host)));
        }
        if self.source.file == ADMINISTRATION {
            query.push_str("&door=admin");
        }
        query
    }
}
