//! What is over goes, some at a time, so that a log-in does not wait for all of it.

use doorward::Time;
use rusqlite::{Connection, params};

use super::fault::Fault;

/// So many rows of each table go at once.
const AT_ONCE: u32 = 5_000;

/// Removes some of what is over, and says how much. Nothing is left when it says none.
pub(super) fn some(connection: &Connection, now: Time, keep_since: Time) -> Result<u64, Fault> {
    let deletions = [
        ("DELETE FROM sessions WHERE number IN (SELECT number FROM sessions WHERE idle_end <= ?1 LIMIT ?2)", now),
        ("DELETE FROM codes WHERE user IN (SELECT user FROM codes WHERE expires <= ?1 LIMIT ?2)", now),
        ("DELETE FROM events WHERE number IN (SELECT number FROM events WHERE at < ?1 LIMIT ?2)", keep_since),
        (
            "DELETE FROM counts WHERE (minute, route, outcome) IN \
             (SELECT minute, route, outcome FROM counts WHERE minute < ?1 LIMIT ?2)",
            keep_since,
        ),
    ];
    let mut removed = 0;
    for (sql, time) in deletions {
        removed += connection.prepare_cached(sql)?.execute(params![time, AT_ONCE])? as u64;
    }
    Ok(removed)
}
