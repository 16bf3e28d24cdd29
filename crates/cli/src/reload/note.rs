//! How a server says what came of a reload: the file `<database>.reload`, replaced as a whole each time.
//!
//! Attempts are counted when they begin. Whoever wants the files read looks at the count, signals the server, and waits for
//! the next attempt: one that is under way may have read the files too early.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

/// The server's side.
pub struct Note {
    path: PathBuf,
    attempt: u64,
}

/// What the file says.
#[derive(Serialize, Deserialize)]
struct Written {
    pid: u32,
    attempt: u64,
    #[serde(flatten)]
    state: State,
}

/// How far an attempt is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum State {
    /// Under way.
    Reading,
    /// The files are in force.
    Done {
        /// As which policy.
        generation: u64,
    },
    /// They are not.
    Refused {
        /// Which policy stays in force.
        generation: u64,
        /// Why.
        text: String,
    },
}

impl Note {
    /// For a server that has just started, and has made no attempt yet.
    pub fn begin(database: &Path) -> Self {
        let note = Self { path: place(database), attempt: 0 };
        note.write(State::Done { generation: 1 });
        note
    }

    /// An attempt begins.
    pub fn reading(&mut self) {
        self.attempt += 1;
        self.write(State::Reading);
    }

    /// It succeeded.
    pub fn done(&self, generation: u64) {
        self.write(State::Done { generation });
    }

    /// It did not.
    pub fn refused(&self, generation: u64, text: &str) {
        self.write(State::Refused { generation, text: text.to_owned() });
    }

    fn write(&self, state: State) {
        let written = Written { pid: std::process::id(), attempt: self.attempt, state };
        if let Err(error) = replace(&self.path, &written) {
            tracing::warn!("cannot write {}, which `doorward reload` waits for: {error}", self.path.display());
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The first attempt that begins after this moment, once the server is signalled.
pub fn attempt_after_now(database: &Path, pid: u32) -> u64 {
    read(database, pid).map_or(0, |written| written.attempt) + 1
}

/// What came of this attempt or a later one; nothing as long as it is under way.
pub fn outcome(database: &Path, pid: u32, wanted: u64) -> Option<State> {
    read(database, pid)
        .filter(|written| written.attempt >= wanted && written.state != State::Reading)
        .map(|written| written.state)
}

/// What the server of this number has written.
fn read(database: &Path, pid: u32) -> Option<Written> {
    let text = fs::read(place(database)).ok()?;
    serde_json::from_slice(&text).ok().filter(|written: &Written| written.pid == pid)
}

fn place(database: &Path) -> PathBuf {
    beside(database, ".reload")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// A reader finds the old text or the new one. It may quote lines of the rules, so that only the owner reads it.
fn replace(path: &Path, written: &Written) -> io::Result<()> {
    let draft = beside(path, ".new");
    let mut options = fs::OpenOptions::new();
    // A link that somebody has put there is not followed.
    options.write(true).create(true).truncate(true).mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    let mut file = options.open(&draft)?;
    file.write_all(&serde_json::to_vec(written)?)?;
    drop(file);
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_somebody_put_there_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, victim) = (folder.path().join("x.db"), folder.path().join("victim"));
        fs::write(&victim, "precious").expect("a file");
        std::os::unix::fs::symlink(&victim, beside(&place(&database), ".new")).expect("a link");
        drop(Note::begin(&database));
        assert_eq!(fs::read_to_string(victim).expect("the file"), "precious");
    }

    #[test]
    fn an_attempt_under_way_is_not_the_one_to_wait_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, pid) = (folder.path().join("x.db"), std::process::id());
        assert_eq!(attempt_after_now(&database, pid), 1);
        let mut note = Note::begin(&database);
        assert_eq!(attempt_after_now(&database, pid), 1);
        note.reading();
        assert_eq!(attempt_after_now(&database, pid), 2);
        assert_eq!(outcome(&database, pid, 1), None);
        note.refused(1, "no");
        let refused = State::Refused { generation: 1, text: "no".into() };
        assert_eq!(outcome(&database, pid, 1), Some(refused));
        assert_eq!(outcome(&database, pid, 2), None);
        assert_eq!(outcome(&database, pid + 1, 1), None);
        drop(note);
        assert_eq!(outcome(&database, pid, 1), None);
    }
}
