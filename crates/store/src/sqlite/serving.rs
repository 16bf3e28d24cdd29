//! Who serves a database: one process at a time.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::OpenError;
use crate::files;

/// The right to serve a database. It is given back when this is dropped, and when the process ends, however it ends.
///
/// It is a lock on the file `<database>.lock`, which holds the number of the process as text.
#[derive(Debug)]
pub struct ServingLock {
    file: File,
    path: PathBuf,
}

/// Whoever has the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) pid: Option<u32>,
}

impl ServingLock {
    /// Whoever looks who has the lock holds it for a moment: a few tries tell them from a server.
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(20);

    pub(crate) fn acquire(database: &Path) -> Result<Self, OpenError> {
        let (database, path) = lock_file(database)?;
        let failed = |error: io::Error| OpenError::io(&path, &error);
        let mut file = files::open_private(&path, false).map_err(failed)?;
        for _ in 0..Self::TRIES {
            match file.try_lock() {
                Ok(()) => {
                    write_pid(&mut file).map_err(failed)?;
                    return Ok(Self { file, path });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(Self::PAUSE),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(OpenError::BeingServed { path: database, pid: read_pid(&mut file) })
    }

    /// Who has the lock of this database.
    pub(crate) fn holder(database: &Path) -> Result<Option<Holder>, OpenError> {
        let (_, path) = lock_file(database)?;
        let mut file = match files::open_to_read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(OpenError::io(&path, &error)),
        };
        for _ in 0..Self::TRIES {
            match file.try_lock_shared() {
                Ok(()) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(OpenError::io(&path, &error)),
                Err(TryLockError::WouldBlock) => {}
            }
            // It may have the lock, and not have written its number yet.
            if let Some(pid) = read_pid(&mut file) {
                return Ok(Some(Holder { pid: Some(pid) }));
            }
            std::thread::sleep(Self::PAUSE);
        }
        Ok(Some(Holder { pid: None }))
    }

    /// Where the lock is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ServingLock {
    fn drop(&mut self) {
        // The file stays: to remove it would let two processes lock two files of one name.
        let _ = self.file.set_len(0);
    }
}

fn lock_file(database: &Path) -> Result<(PathBuf, PathBuf), OpenError> {
    let database = files::resolve(database).map_err(|error| OpenError::io(database, &error))?;
    let path = files::beside(&database, ".lock");
    Ok((database, path))
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(format!("{}\n", std::process::id()).as_bytes())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
