//! Who may log in: searched for, and added.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::StatusCode;

use super::asked::Asked;
use super::choice::Choices;
use super::found::{Found, ROWS};
use super::frame::{Frame, answer};
use super::order::Head;
use super::seen::Seen;
use super::tab::Tab;
use super::visitor::Visitor;
use crate::admin::user::{State as UserState, View};
use crate::admin::users::{COUNTED, Which, find_users};
use crate::own::{House, Refused};

#[derive(Template)]
#[template(path = "panel/users.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    choices: Choices,
    seen: Vec<Seen>,
    heads: Heads,
    wrong: Option<String>,
    users: Vec<View>,
    /// How many match, in words.
    count: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "panel/new_user.html")]
struct NewUser {
    frame: Frame,
    choices: Choices,
}

/// The heads of the columns that put the list in order.
struct Heads {
    login: Head,
    added: Head,
    seen: Head,
}

const FIELDS: [&str; 7] = ["search", "realm", "role", "state", "seen", "sort", "after"];

/// The orders, as the API says them and as people read them; the usual one needs no word.
const ORDERS: [(&str, &str); 6] = [
    ("", "login"),
    ("-login", "login, Z to A"),
    ("-last_seen", "last seen, latest first"),
    ("last_seen", "last seen, longest ago first"),
    ("-created", "added, newest first"),
    ("created", "added, oldest first"),
];
const USUAL: &str = "login";

/// The list.
pub(super) async fn show(
    visitor: Visitor,
    State(house): House,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let asked = Asked::read(query.as_deref(), &FIELDS);
    let seen = Seen::choices(house.engine.now());
    let mut which = asked.without(&["seen"]);
    if let Some(choice) = seen.iter().find(|choice| asked.is("seen", choice.name)) {
        which.set(choice.field, &choice.value);
    }
    let found = async {
        let list = find_users(&house, which.with("limit", ROWS).as_query::<Which>()?).await?;
        let filter = which.as_query::<Which>()?.filter(&house)?;
        let count = house.engine.store().user_count(filter, COUNTED + 1).await?;
        Ok((list, count))
    };
    let (list, count) = found.await.map_or_else(|refused| (Err(refused), 0), |(list, count)| (Ok(list), count));
    let Found { status, wrong, items: users, next } = Found::of(list)?;
    let page = Page {
        frame: visitor.frame(Some(Tab::Users))?,
        choices: Choices::of(visitor.admission.pass().policy()),
        next: next.map(|next| asked.with("after", &next).query()),
        count: in_words(count),
        heads: Heads {
            login: Head::of(&asked, "login", "-login", USUAL),
            added: Head::of(&asked, "-created", "created", USUAL),
            seen: Head::of(&asked, "-last_seen", "last_seen", USUAL),
        },
        seen,
        asked,
        wrong,
        users,
    };
    answer(status, &page, &page.frame)
}

/// The form for somebody new.
pub(super) async fn add(visitor: Visitor) -> Result<Response, Refused> {
    let choices = Choices::of(visitor.admission.pass().policy());
    let page = NewUser { frame: visitor.frame(Some(Tab::Users))?, choices };
    answer(StatusCode::OK, &page, &page.frame)
}

fn in_words(count: u64) -> String {
    match count {
        1 => "One user".to_owned(),
        2..=999 => format!("{count} users"),
        1_000..=COUNTED => format!("{},{:03} users", count / 1_000, count % 1_000),
        0 => String::new(),
        _ => "10,000+ users".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_not_counted_to_the_end() {
        for (count, words) in [
            (0, ""),
            (1, "One user"),
            (999, "999 users"),
            (1_001, "1,001 users"),
            (10_000, "10,000 users"),
            (10_001, "10,000+ users"),
        ] {
            assert_eq!(in_words(count), words);
        }
    }
}
