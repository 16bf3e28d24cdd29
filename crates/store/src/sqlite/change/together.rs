//! Many changes at once.

use doorward::store::{Change, Changed};
use rusqlite::Connection;

use super::{Touched, apply};
use crate::sqlite::fault::Fault;
use crate::sqlite::users;

/// From so many on, it pays to keep more of the file in memory meanwhile.
const MANY: usize = 1_000;
/// What is kept then, and what is kept otherwise, in KiB.
const CACHE: (i64, i64) = (-131_072, -2_000);

/// Carries out all. Whoever asked for it takes back what was done when one is refused.
pub(super) fn carry_out(connection: &Connection, changes: &[Change]) -> Result<Touched, Fault> {
    let is_many = changes.len() >= MANY;
    if is_many {
        connection.pragma_update(None, "cache_size", CACHE.0)?;
    }
    let done = carry_out_each(connection, changes);
    if is_many {
        connection.pragma_update(None, "cache_size", CACHE.1)?;
    }
    done
}

fn carry_out_each(connection: &Connection, changes: &[Change]) -> Result<Touched, Fault> {
    let mut all = Touched::default();
    for change in changes {
        // Nobody asks what became of each of them: a new user is not read back.
        if let Change::CreateUser(new) = change {
            all.announced.push(Changed::User(users::insert(connection, new)?));
            continue;
        }
        let touched = apply(connection, change)?;
        all.ended.extend(touched.ended);
        all.announced.extend(touched.announced);
    }
    Ok(all)
}
