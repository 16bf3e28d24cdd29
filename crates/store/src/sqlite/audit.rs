//! The tables of audit events and counters.

use doorward::Time;
use doorward::audit::{Count, Event, StoredEvent};
use doorward::store::{CountFilter, EventFilter, Listed, Page};
use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::lists::{part, place, size};
use super::query::Query;
use super::row;

pub(super) fn record(connection: &Connection, events: &[Event], counts: &[Count]) -> Result<(), Fault> {
    write(connection, events)?;
    let sql = "INSERT INTO counts (minute, route, outcome, hits, micros) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT DO UPDATE SET hits = hits + excluded.hits, micros = micros + excluded.micros";
    let mut statement = connection.prepare_cached(sql)?;
    for Count { minute, route, outcome, hits, micros } in counts {
        let [hits, micros] = [*hits, *micros].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        statement.execute(params![minute, route, outcome, hits, micros])?;
    }
    Ok(())
}

pub(super) fn write(connection: &Connection, events: &[Event]) -> Result<(), Fault> {
    let sql = "INSERT INTO events (at, kind, outcome, realm, user, login, actor, session, address, request, request_id, \
               detail, omitted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    for event in events {
        connection.prepare_cached(sql)?.execute(params![
            event.at,
            event.kind,
            event.outcome,
            event.realm.as_ref().map(|realm| realm.as_str()),
            event.user,
            event.login,
            event.actor,
            event.session,
            event.address,
            event.request,
            event.request_id,
            event.detail,
            event.omitted,
        ])?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, filter: &EventFilter, page: &Page) -> Result<Listed<StoredEvent>, Fault> {
    let Ok(before) = place(page) else { return Ok(Listed::default()) };
    let mut query = match &filter.login {
        None => restricted(Query::new("SELECT * FROM events WHERE true"), filter, before),
        Some(login) => {
            // Each half walks an index of its own in the order of the list, and stops when the part is full.
            let half = |sql| {
                let mut half = restricted(Query::with(sql, [login.clone().into()]), filter, before);
                half.add(ORDER, [size(page)]);
                half
            };
            let mut both = Query::new("SELECT * FROM (");
            both.append(half("SELECT * FROM events WHERE login = ?"));
            both.add(") UNION SELECT * FROM (", []);
            both.append(half("SELECT * FROM events WHERE actor = ?"));
            both.add(")", []);
            both
        }
    };
    query.add(ORDER, [size(page)]);
    let found = query.rows(connection, row::event)?;
    Ok(part(found, page, |last| format!("{}.{}", last.event.at, last.number)))
}

const ORDER: &str = " ORDER BY at DESC, number DESC LIMIT ?";

fn restricted(mut query: Query, filter: &EventFilter, before: Option<(Time, u64)>) -> Query {
    let EventFilter { number, kind, realm, login: _, address, outcome, since, until } = filter;
    if let Some((at, number)) = before {
        query.add(" AND (at, number) < (?, ?)", [at.into(), i64::try_from(number).unwrap_or(i64::MAX).into()]);
    }
    query.add_if(" AND number = ?", number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)));
    query.add_if(" AND kind = ?", kind.clone());
    query.add_if(" AND realm = ?", realm.as_ref().map(|realm| realm.as_str().to_owned()));
    query.add_if(" AND address = ?", address.clone());
    query.add_if(" AND outcome = ?", outcome.clone());
    query.add_if(" AND at >= ?", *since);
    query.add_if(" AND at < ?", *until);
    query
}

pub(super) fn counts(connection: &Connection, filter: CountFilter) -> Result<Vec<Count>, Fault> {
    let mut query = Query::new("SELECT * FROM counts WHERE true");
    query.add(" AND minute >= ?", [filter.since.into()]);
    query.add_if(" AND minute < ?", Some(filter.until).filter(|until| *until != 0));
    query.add(" ORDER BY minute, route, outcome", []);
    query.rows(connection, |row: &Row<'_>| {
        Ok(Count {
            minute: row.get("minute")?,
            route: row.get("route")?,
            outcome: row.get("outcome")?,
            hits: row.get::<_, i64>("hits")?.unsigned_abs(),
            micros: row.get::<_, i64>("micros")?.unsigned_abs(),
        })
    })
}
