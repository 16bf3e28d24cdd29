//! The feed: what changed, numbered, as far back as it is kept.

use doorward::store::{Changed, Feed, News};
use doorward::{SessionKey, UserNumber};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::fault::Fault;
use super::readers::Reader;

/// So many rows are kept, and up to [`SWEPT_EVERY`] more.
const KEPT: i64 = 100_000;
/// Older ones go after each so many.
const SWEPT_EVERY: i64 = 100;
/// So many are answered at once.
const AT_ONCE: u32 = 10_000;
/// One change that touches more than this is announced as [`Changed::Everything`].
const ONE_BY_ONE: usize = 1_000;

/// Where the feed stood, and the mark that the database had then.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    mark: i64,
    seq: u64,
}

/// Announces what one change touched, and answers with the greatest number.
pub(super) fn announce(connection: &Connection, mut changes: Vec<Changed>) -> Result<u64, Fault> {
    if changes.len() > ONE_BY_ONE || changes.contains(&Changed::Everything) {
        let is_forgotten =
            |change: &Changed| matches!(change, Changed::Session(_) | Changed::User(_) | Changed::Everything);
        changes.retain(|change| !is_forgotten(change));
        changes.insert(0, Changed::Everything);
    }
    if changes.is_empty() {
        return newest(connection);
    }
    let mut statement = connection.prepare_cached("INSERT INTO feed (kind, session, user) VALUES (?1, ?2, ?3)")?;
    for change in &changes {
        let (kind, session, user) = match change {
            Changed::Session(key) => (0, Some(key.0), None),
            Changed::User(number) => (1, None, Some(number.0)),
            Changed::Unlocked(number) => (2, None, Some(number.0)),
            Changed::Roles => (3, None, None),
            Changed::Everything => (4, None, None),
        };
        statement.execute(params![kind, session, user])?;
    }
    let newest = connection.last_insert_rowid();
    let before = newest - i64::try_from(changes.len()).unwrap_or(0);
    if newest / SWEPT_EVERY > before / SWEPT_EVERY {
        connection.prepare_cached("DELETE FROM feed WHERE seq <= ?1")?.execute([newest - KEPT])?;
    }
    Ok(newest.unsigned_abs())
}

/// What has changed since `seq`.
pub(super) fn since(reader: &Reader, seq: u64) -> Result<Feed, Fault> {
    // The mark changes whenever anybody else, in this process or in another, has committed anything. It is read first:
    // what is committed after it is found by the next look, not missed.
    let mark: i64 = reader.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
    if let Some(seen) = reader.seen.get().filter(|seen| seen.mark == mark && (seq == seen.seq || seq == u64::MAX)) {
        return Ok(Feed { seq: seen.seq, news: News::Changed(vec![]) });
    }
    // All that is read here is of one moment.
    let moment = reader.unchecked_transaction()?;
    let newest = newest(&moment)?;
    reader.seen.set(Some(Seen { mark, seq: newest }));
    if seq == newest || seq == u64::MAX {
        return Ok(Feed { seq: newest, news: News::Changed(vec![]) });
    }
    let oldest: Option<i64> = moment.prepare_cached("SELECT min(seq) FROM feed")?.query_row([], |row| row.get(0))?;
    let is_kept = oldest.is_some_and(|oldest| seq.saturating_add(1) >= oldest.unsigned_abs());
    if seq > newest || !is_kept {
        return Ok(Feed { seq: newest, news: News::Lost });
    }
    let sql = "SELECT seq, kind, session, user FROM feed WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    let mut statement = moment.prepare_cached(sql)?;
    let rows = statement.query_map(params![i64::try_from(seq).unwrap_or(i64::MAX), AT_ONCE], changed)?;
    let rows: Vec<(i64, Changed)> = rows.collect::<rusqlite::Result<_>>()?;
    let seq = rows.last().map_or(newest, |(seq, _)| seq.unsigned_abs());
    Ok(Feed { seq, news: News::Changed(rows.into_iter().map(|(_, changed)| changed).collect()) })
}

fn newest(connection: &Connection) -> Result<u64, Fault> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'feed'";
    let newest: Option<i64> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(newest.unwrap_or(0).unsigned_abs())
}

fn changed(row: &Row<'_>) -> rusqlite::Result<(i64, Changed)> {
    let changed = match row.get::<_, u8>("kind")? {
        0 => Changed::Session(SessionKey(row.get("session")?)),
        1 => Changed::User(UserNumber(row.get("user")?)),
        2 => Changed::Unlocked(UserNumber(row.get("user")?)),
        3 => Changed::Roles,
        // A kind that a newer version knows: to forget everything is always right.
        _ => Changed::Everything,
    };
    Ok((row.get("seq")?, changed))
}
