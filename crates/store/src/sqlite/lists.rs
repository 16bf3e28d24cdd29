//! Lists, part by part.

use doorward::Time;
use doorward::store::{Listed, ListedSession, NoPlace, Page, SessionFilter};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::fault::Fault;
use super::query::Query;
use super::row;

pub(super) fn sessions(
    connection: &Connection,
    filter: &SessionFilter,
    now: Time,
    page: &Page,
) -> Result<Listed<ListedSession>, Fault> {
    let Ok(before) = place(page) else { return Ok(Listed::default()) };
    let mut query = Query::new("SELECT * FROM session_rows WHERE true");
    restrict(&mut query, filter, now);
    if let Some((created, number)) = before {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        query.add(" AND (created, number) < (?, ?)", [created.into(), number.into()]);
    }
    query.add(" ORDER BY created DESC, number DESC LIMIT ?", [size(page)]);
    let found = query.rows(connection, |row| Ok((row.get("number")?, row::listed_session(row)?)))?;
    let listed =
        part(found, page, |(number, item): &(i64, ListedSession)| format!("{}.{number}", item.session.created));
    Ok(Listed { items: listed.items.into_iter().map(|(_, item)| item).collect(), next: listed.next })
}

/// Restricts a query on `session_rows` to sessions that match and are alive.
pub(super) fn restrict(query: &mut Query, filter: &SessionFilter, now: Time) {
    let SessionFilter { user, login, realm, role, address, device, created_before, without_roles } = filter;
    // Most sessions are alive: this is no way to find the few that are asked for, hence the plus.
    query.add(" AND +idle_end > ?", [now.into()]);
    query.add_if(" AND user = ?", user.map(|user| user.0));
    query.add_if(
        " AND user IN (SELECT number FROM users WHERE login = ?)",
        login.as_ref().map(|login| login.as_str().to_owned()),
    );
    query.add_if(" AND realm = ?", realm.as_ref().map(|realm| realm.as_str().to_owned()));
    query.add_if(
        " AND EXISTS (SELECT 1 FROM user_roles WHERE user_roles.user = session_rows.user AND role = ?)",
        role.as_ref().map(|role| role.as_str().to_owned()),
    );
    query.add_if(" AND address = ?", address.clone());
    query.add_if(" AND instr(device, ?) > 0", device.clone());
    query.add_if(" AND created < ?", *created_before);
    for role in without_roles {
        query.add(
            " AND NOT EXISTS (SELECT 1 FROM user_roles WHERE user_roles.user = session_rows.user AND role = ?)",
            [role.as_str().to_owned().into()],
        );
    }
}

/// The place after which the part begins, in lists that are ordered by time and number.
pub(super) fn place(page: &Page) -> Result<Option<(Time, u64)>, NoPlace> {
    let Some(text) = page.after.as_deref() else { return Ok(None) };
    let (time, number) = text.split_once('.').ok_or(NoPlace)?;
    Ok(Some((time.parse().map_err(|_| NoPlace)?, number.parse().map_err(|_| NoPlace)?)))
}

/// How many rows to read: one more than the part has, to know whether another part follows.
pub(super) fn size(page: &Page) -> Value {
    Value::Integer(i64::try_from(page.size() + 1).unwrap_or(i64::MAX))
}

/// Makes a part of a list of what was read.
pub(super) fn part<T>(mut found: Vec<T>, page: &Page, place: impl Fn(&T) -> String) -> Listed<T> {
    let more = found.len() > page.size();
    found.truncate(page.size());
    let next = found.last().filter(|_| more).map(place);
    Listed { items: found, next }
}
