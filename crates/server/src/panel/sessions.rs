//! Who is logged in: found, and thrown out one by one or all that match.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use doorward::policy::builtin::USERS;
use doorward::{Name, SessionHandle, UserId};

use super::asked::Asked;
use super::choice::Choices;
use super::found::{Found, ROWS};
use super::frame::{Frame, answer};
use super::tab::Tab;
use super::user::lacks;
use super::visitor::Visitor;
use crate::admin::sessions::{View, Which, find_sessions};
use crate::own::{House, Refused, Shared, Timestamp};
use crate::pages::device_in_english;

#[derive(Template)]
#[template(path = "panel/sessions.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    choices: Choices,
    /// What is wrong with what was asked.
    wrong: Option<String>,
    sessions: Vec<View>,
    /// Realms and ids of those who may more than the visitor, who so does not end their sessions.
    stronger: HashSet<(String, String)>,
    /// The visitor's own.
    own: SessionHandle,
    sees_users: bool,
    /// What the API calls the sessions that match; none where nothing was asked for.
    matching: Option<String>,
    next: Option<String>,
}

/// How long ago a session began, for those who do not want to write down a date.
pub(super) const AGES: [(&str, &str, u32); 5] = [
    ("1h", "an hour", 3_600),
    ("1d", "a day", 86_400),
    ("7d", "a week", 7 * 86_400),
    ("30d", "30 days", 30 * 86_400),
    ("90d", "90 days", 90 * 86_400),
];

const FIELDS: [&str; 9] = ["realm", "login", "user", "role", "address", "device", "age", "created_before", "after"];

/// The page.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &FIELDS);
    let mut which = asked.without(&["age"]);
    if let Some((_, _, seconds)) = AGES.iter().find(|(name, _, _)| *name == asked.value("age")) {
        let before = Timestamp(house.engine.now().saturating_sub(*seconds));
        which.set("created_before", &before.to_string());
    }
    let matching = which.without(&["after"]);
    let found = match which.with("limit", ROWS).as_query::<Which>() {
        Ok(which) => find_sessions(&house, which).await,
        Err(refused) => Err(refused),
    };
    let Found { status, wrong, items: sessions, next } = Found::of(found)?;
    let stronger = stronger(&visitor, &house, &sessions).await?;
    let page = Page {
        frame: visitor.frame(Some(Tab::Sessions))?,
        choices: Choices::of(visitor.admission.pass().policy()),
        next: next.map(|next| asked.with("after", &next).query()),
        matching: (!matching.is_empty() && !sessions.is_empty()).then(|| matching.query()),
        own: visitor.handle,
        sees_users: visitor.has(USERS),
        asked,
        wrong,
        sessions,
        stronger,
    };
    answer(status, &page, &page.frame)
}

impl Page {
    fn may_end(&self, session: &View) -> bool {
        !self.stronger.contains(&(session.realm.clone(), session.user_id.clone()))
    }
}

/// Whose of these sessions the visitor does not end.
async fn stronger(visitor: &Visitor, house: &Shared, sessions: &[View]) -> Result<HashSet<(String, String)>, Refused> {
    let policy = visitor.admission.pass().policy();
    let whose: HashSet<_> = sessions.iter().map(|session| (session.realm.clone(), session.user_id.clone())).collect();
    let mut stronger = HashSet::new();
    for (realm, id) in whose {
        let (Ok(name), Ok(parsed)) = (Name::parse(&realm), UserId::parse(&id)) else { continue };
        let user = house.engine.store().user_by_id(name, parsed).await?;
        if user.is_some_and(|user| lacks(policy, visitor, &user).is_some()) {
            stronger.insert((realm, id));
        }
    }
    Ok(stronger)
}
