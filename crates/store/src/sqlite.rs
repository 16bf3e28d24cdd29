//! The store on SQLite. No other file or folder names the driver, except `backup`, which copies whole files.

mod audit;
mod change;
mod codes;
mod fault;
mod feed;
mod guard;
mod lists;
mod migrations;
mod open;
mod purge;
mod query;
mod readers;
mod roles;
mod row;
mod search;
mod secrets;
mod serving;
mod sessions;
#[cfg(test)]
mod tests;
mod users;
mod writer;

pub(crate) use fault::Fault;
pub(crate) use migrations::LATEST;
pub(crate) use open::{Kind, Purpose, kind, open_file, prepare};
pub use serving::ServingLock;

use std::path::{Path, PathBuf};

use doorward::audit::{Count, Event, StoredEvent};
use doorward::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use doorward::{Login, Name, SessionHandle, SessionKey, Time, User, UserId, UserNumber};

use crate::error::OpenError;
use crate::files;
use readers::Readers;
use writer::Writer;

/// A store in one SQLite file.
///
/// One thread writes: it takes all changes that wait, carries each out whole or not at all, makes them durable together and
/// answers. Several threads read. Callers never block. Dropping the store finishes what was asked for.
pub struct Sqlite {
    path: PathBuf,
    /// Answer at once: one session, one user, the feed.
    lookups: Readers,
    /// May take a while: lists.
    lists: Readers,
    /// Dropped last: whoever closes the file alone copies the log into it.
    writer: Writer,
}

impl Sqlite {
    /// Opens the database at `path`, and makes one when there is none. An older format is brought to the newest, after a
    /// copy was made beside it.
    ///
    /// # Errors
    /// The cause, and what to do about it.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::start(files::resolve(path).map_err(|error| OpenError::io(path, &error))?, Purpose::UseOrMake)
    }

    /// Opens the database at `path`, which must be there.
    ///
    /// # Errors
    /// The cause, and what to do about it.
    pub fn open_existing(path: &Path) -> Result<Self, OpenError> {
        if !files::is_there(path) {
            return Err(OpenError::Missing { path: path.to_owned() });
        }
        Self::start(files::resolve(path).map_err(|error| OpenError::io(path, &error))?, Purpose::Use)
    }

    /// Takes the right to serve the database at `path`, for as long as the lock is kept. Take it before [`open`](Self::open).
    ///
    /// # Errors
    /// When another server has it: the error names its process.
    pub fn lock_for_serving(path: &Path) -> Result<ServingLock, OpenError> {
        ServingLock::acquire(path)
    }

    /// The process that serves the database at `path`; none when nobody does.
    ///
    /// # Errors
    /// When that cannot be found out, or somebody serves it and does not say who.
    pub fn serving_process(path: &Path) -> Result<Option<u32>, OpenError> {
        match ServingLock::holder(path)? {
            Some(serving::Holder { pid: None }) => Err(OpenError::BeingServed { path: path.to_owned(), pid: None }),
            holder => Ok(holder.and_then(|holder| holder.pid)),
        }
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn start(path: PathBuf, purpose: Purpose) -> Result<Self, OpenError> {
        let fault = |fault| OpenError::fault(&path, fault);
        let writer = prepare(&path, purpose)?;
        let lookups = Readers::start(&path, "doorward-lookup", lookup_threads()).map_err(fault)?;
        let lists = Readers::start(&path, "doorward-list", LIST_THREADS).map_err(fault)?;
        let writer = Writer::start(writer, &path).map_err(fault)?;
        Ok(Self { path, lookups, lists, writer })
    }
}

const LIST_THREADS: usize = 2;

fn lookup_threads() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 4))
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store for Sqlite {
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed> {
        Box::pin(self.writer.write(move |connection| change::carry_out(connection, &change, &events)))
    }

    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        Box::pin(self.lookups.ask(move |reader| sessions::by_key(reader, key)))
    }

    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        Box::pin(self.lookups.ask(move |reader| sessions::by_handle(reader, handle)))
    }

    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>> {
        Box::pin(self.lists.ask(move |reader| lists::sessions(reader, &filter, now, &page)))
    }

    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        Box::pin(self.lookups.ask(move |reader| users::by_number(reader, number)))
    }

    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>> {
        Box::pin(self.lookups.ask(move |reader| users::by_login(reader, &realm, &login)))
    }

    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>> {
        Box::pin(self.lookups.ask(move |reader| users::by_id(reader, &realm, &id)))
    }

    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>> {
        Box::pin(self.lists.ask(move |reader| search::users(reader, &filter, order, &page)))
    }

    fn user_count(&self, filter: UserFilter, most: u64) -> Answer<'_, u64> {
        Box::pin(self.lists.ask(move |reader| search::count(reader, &filter, most)))
    }

    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>> {
        Box::pin(self.lookups.ask(move |reader| codes::owner(reader, digest, now)))
    }

    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        Box::pin(self.lookups.ask(|reader| roles::all(reader)))
    }

    fn changes_since(&self, seq: u64) -> Answer<'_, Feed> {
        Box::pin(self.lookups.ask(move |reader| feed::since(reader, seq)))
    }

    fn touch(&self, mut touched: Vec<Touch>, mut seen: Vec<Seen>) -> Answer<'_, ()> {
        Box::pin(async move {
            // In pieces, so that a log-in does not wait for all of them.
            while !(touched.is_empty() && seen.is_empty()) {
                let touched = sessions::take_piece(&mut touched);
                let seen = sessions::take_piece(&mut seen);
                self.writer.write(move |connection| sessions::touch(connection, &touched, &seen)).await?;
            }
            Ok(())
        })
    }

    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()> {
        Box::pin(self.writer.write(move |connection| audit::record(connection, &events, &counts)))
    }

    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>> {
        Box::pin(self.lists.ask(move |reader| audit::list(reader, &filter, &page)))
    }

    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>> {
        Box::pin(self.lists.ask(move |reader| audit::counts(reader, filter)))
    }

    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]> {
        Box::pin(async move {
            match self.lookups.ask(move |reader| secrets::find(reader, name)).await? {
                Some(secret) => Ok(secret),
                None => self.writer.write(move |connection| secrets::find_or_make(connection, name)).await,
            }
        })
    }

    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64> {
        Box::pin(async move {
            let mut total = 0;
            loop {
                let removed = self.writer.write(move |connection| purge::some(connection, now, keep_since)).await?;
                total += removed;
                if removed == 0 {
                    return Ok(total);
                }
            }
        })
    }
}
