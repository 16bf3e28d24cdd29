//! Pages as a browser asks for them.

use crate::answer::Answer;
use crate::house::{Door, House, Session};

/// What a browser says who opens an address.
const NAVIGATION: [&str; 3] = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html"];

impl House {
    /// A page of the Panel, as somebody sees it or as nobody does.
    pub fn page(&self, session: Option<&Session>, target: &str) -> Answer {
        let cookie = session.map(|session| format!("Cookie: {}", session.cookie));
        let lines: Vec<&str> = NAVIGATION.into_iter().chain(cookie.as_deref()).collect();
        self.send(Door::Admin, "GET", target, &lines, None)
    }

    /// The text of a page that is shown.
    pub fn shown(&self, session: &Session, target: &str) -> String {
        let answer = self.page(Some(session), target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.text()
    }
}

/// Where a link of this relation leads, as it stands in a page.
pub fn link(text: &str, relation: &str) -> Option<String> {
    let found = between(text, &format!("rel=\"{relation}\" href=\""), "\"");
    found.first().map(|target| target.replace("&#38;", "&").replace("&amp;", "&"))
}

/// What stands between two texts, each time.
pub fn between<'t>(text: &'t str, start: &str, end: &str) -> Vec<&'t str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

/// The headings of a table's rows, without markup.
pub fn rows(text: &str) -> Vec<String> {
    let plain = |cell: &str| cell.split('<').next().unwrap_or_default().trim().to_owned();
    let shown = text.split("<template").next().unwrap_or_default();
    between(shown, "<th scope=\"row\"", "</th>")
        .into_iter()
        .map(|cell| cell.split_once('>').map_or(cell, |(_, rest)| rest))
        .map(|cell| match cell.strip_prefix("<a ").and_then(|link| link.split_once('>')) {
            Some((_, rest)) => plain(rest),
            None => plain(cell),
        })
        .collect()
}
