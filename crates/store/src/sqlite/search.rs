//! Lists of users, and searches for them.

use std::ops::RangeInclusive;

use doorward::store::{Listed, Page, UserFilter, UserKey, UserOrder, UserPlace, fold};
use doorward::{Name, Time, User, UserNumber, UserState};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::fault::Fault;
use super::lists::part;
use super::query::Query;
use super::users;

/// Up to so many matches are looked up one by one and put in order; more are met soon enough on the way through all logins.
const FEW: u32 = 20_000;

pub(super) fn users(
    connection: &Connection,
    filter: &UserFilter,
    order: UserOrder,
    page: &Page,
) -> Result<Listed<User>, Fault> {
    let Ok(after) = order.place(page) else { return Ok(Listed::default()) };
    // All of it is of one moment.
    let moment = connection.unchecked_transaction()?;
    let Matches { query, one_by_one, still_to_search } = matches(&moment, filter, Some(order.by))?;
    let mut found = Vec::new();
    for query in ordered(&query, order, one_by_one, after) {
        query.walk(&moment, |row| {
            if is_found(row, still_to_search.as_deref())? {
                found.push(UserNumber(row.get("number")?));
            }
            Ok(found.len() <= page.size())
        })?;
        if found.len() > page.size() {
            break;
        }
    }
    let found: Result<Vec<User>, Fault> = found.into_iter().map(|number| users::existing(&moment, number)).collect();
    Ok(part(found?, page, |last| order.place_of(last).to_string()))
}

/// The queries that, one after the other, meet those who match in order, from the place on. Of one second there may be a
/// million: the rest of them is a question of its own, since all of them would be passed over to find where it begins.
fn ordered(matches: &Query, order: UserOrder, one_by_one: bool, after: Option<UserPlace>) -> Vec<Query> {
    // The plus keeps a few from being looked for among all.
    let [first, second] = match (order.by, one_by_one) {
        (UserKey::Login, false) => ["login", "realm"],
        (UserKey::Login, true) => ["+login", "+realm"],
        (UserKey::LastSeen, false) => ["last_seen", "number"],
        (UserKey::LastSeen, true) => ["+last_seen", "+number"],
        (UserKey::Created, false) => ["created", "number"],
        (UserKey::Created, true) => ["+created", "+number"],
    };
    let (behind, direction) = if order.descending { (" < ", " DESC") } else { (" > ", "") };
    let ends = |mut query: Query| {
        [" ORDER BY ", first, direction, ", ", second, direction].into_iter().for_each(|piece| query.add(piece, []));
        query
    };
    let begins = || matches.clone();
    match after {
        None => vec![ends(begins())],
        Some(UserPlace::Login(login, realm)) => {
            let mut query = begins();
            [" AND (", first, ", ", second, ")", behind].into_iter().for_each(|piece| query.add(piece, []));
            query.add("(?, ?)", [login.into(), text(&realm).into()]);
            vec![ends(query)]
        }
        Some(UserPlace::LastSeen(at, user) | UserPlace::Created(at, user)) => {
            let (mut same, mut rest) = (begins(), begins());
            [" AND ", first].into_iter().for_each(|piece| same.add(piece, []));
            same.add(" = ?", [at.into()]);
            [" AND ", second, behind].into_iter().for_each(|piece| same.add(piece, []));
            same.add("?", [user.0.into()]);
            [" AND ", first, behind].into_iter().for_each(|piece| rest.add(piece, []));
            rest.add("?", [at.into()]);
            vec![ends(same), ends(rest)]
        }
    }
}

/// How many there are, as far as `most`. No user is read for it beyond the texts that are searched.
pub(super) fn count(connection: &Connection, filter: &UserFilter, most: u64) -> Result<u64, Fault> {
    let moment = connection.unchecked_transaction()?;
    let Matches { query, still_to_search, .. } = matches(&moment, filter, None)?;
    let mut count = 0;
    query.walk(&moment, |row| {
        count += u64::from(is_found(row, still_to_search.as_deref())?);
        Ok(count < most)
    })?;
    Ok(count)
}

/// Who matches a filter, in no order yet.
struct Matches {
    query: Query,
    /// Whether there are so few that they are looked up one by one.
    one_by_one: bool,
    /// What the query could not look for.
    still_to_search: Option<String>,
}

/// Those who match, to be met in the order of `by`, or in whatever order.
fn matches(connection: &Connection, filter: &UserFilter, by: Option<UserKey>) -> Result<Matches, Fault> {
    let mut query = Query::new("SELECT number, login, name, email FROM users WHERE true");
    let few_by_role = match &filter.role {
        Some(role) => restrict_to_role(connection, &mut query, role)?,
        None => false,
    };
    let search = filter.search.as_deref().map(fold).filter(|search| !search.is_empty());
    let few_by_word = match &search {
        Some(search) => restrict_to_few_words(connection, &mut query, search)?,
        None => false,
    };
    let few_by_time = match filter.seen() {
        Some(seen) => restrict_to_times(connection, &mut query, seen, by, few_by_role || few_by_word)?,
        None => false,
    };
    if !filter.besides.is_empty() {
        let besides: Vec<&str> = filter.besides.iter().map(|role| role.as_str()).collect();
        let besides = serde_json::to_string(&besides).map_err(|error| Fault::Corrupt(error.to_string()))?;
        let sql = " AND EXISTS (SELECT 1 FROM user_roles JOIN json_each(?) ON role = value WHERE user = number)";
        query.add(sql, [besides.into()]);
    }
    query.add_if(" AND realm = ?", filter.realm.as_ref().map(text));
    query.add_if(" AND active = ?", filter.state.map(|state| i64::from(state == UserState::Active)));
    let still_to_search = search.filter(|_| !few_by_word);
    Ok(Matches { query, one_by_one: few_by_role || few_by_word || few_by_time, still_to_search })
}

/// Says whether there are few who have the role.
fn restrict_to_role(connection: &Connection, query: &mut Query, role: &Name) -> Result<bool, Fault> {
    let probe = Query::with("SELECT 1 FROM user_roles WHERE role = ?", [text(role).into()]);
    let few = are_few(connection, probe)?;
    query.add_if(
        if few {
            " AND number IN (SELECT user FROM user_roles WHERE role = ?)"
        } else {
            " AND EXISTS (SELECT 1 FROM user_roles WHERE user = number AND role = ?)"
        },
        Some(text(role)),
    );
    Ok(few)
}

/// Says whether there are few whose login, name or e-mail begins with the text. If not, nothing is restricted.
fn restrict_to_few_words(connection: &Connection, query: &mut Query, search: &str) -> Result<bool, Fault> {
    let range = || [Value::from(search.to_owned()), Value::from(format!("{search}\u{10FFFF}"))];
    let probe = Query::with("SELECT 1 FROM user_words WHERE word >= ? AND word < ?", range());
    let few = are_few(connection, probe)?;
    if few {
        query.add(" AND number IN (SELECT user FROM user_words WHERE word >= ? AND word < ?)", range());
    }
    Ok(few)
}

/// Says whether there are few who were seen last at one of the times, and are to be looked up one by one.
fn restrict_to_times(
    connection: &Connection,
    query: &mut Query,
    seen: RangeInclusive<Time>,
    by: Option<UserKey>,
    one_by_one: bool,
) -> Result<bool, Fault> {
    let times = || [Value::from(*seen.start()), Value::from(*seen.end())];
    if one_by_one {
        query.add(" AND +last_seen BETWEEN ? AND ?", times());
        return Ok(false);
    }
    if by.is_none_or(|by| by == UserKey::LastSeen) {
        // They stand beside each other, in order.
        query.add(" AND last_seen BETWEEN ? AND ?", times());
        return Ok(false);
    }
    let probe = Query::with("SELECT 1 FROM users WHERE last_seen BETWEEN ? AND ?", times());
    let few = are_few(connection, probe)?;
    query.add(
        if few {
            " AND number IN (SELECT number FROM users WHERE last_seen BETWEEN ? AND ?)"
        } else {
            // To put all of them in another order would take longer than to meet a few of them on the way.
            " AND +last_seen BETWEEN ? AND ?"
        },
        times(),
    );
    Ok(few)
}

fn are_few(connection: &Connection, mut probe: Query) -> Result<bool, Fault> {
    probe.add(" LIMIT ?", [(FEW + 1).into()]);
    let mut met = 0;
    probe.walk(connection, |_| {
        met += 1;
        Ok(true)
    })?;
    Ok(met <= FEW)
}

fn is_found(row: &Row<'_>, search: Option<&str>) -> rusqlite::Result<bool> {
    let Some(search) = search else { return Ok(true) };
    for column in ["login", "name", "email"] {
        let text = row.get_ref(column)?.as_str_or_null()?;
        if text.is_some_and(|text| fold(text).starts_with(search)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn text(name: &Name) -> String {
    name.as_str().to_owned()
}

#[cfg(test)]
mod tests;
