//! What went wrong inside, in words for the operator.

use std::path::Path;

use doorward::store::{Conflict, StoreError};
use rusqlite::ErrorCode;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The change was refused.
    Conflict(Conflict),
    /// The database cannot be read or written now.
    Unavailable(String),
    /// What is stored makes no sense.
    Corrupt(String),
    /// The file is no database.
    Foreign(String),
}

impl Fault {
    /// What the caller of the store is told.
    pub(crate) fn into_error(self, path: &Path) -> StoreError {
        match self {
            Self::Conflict(conflict) => StoreError::Conflict(conflict),
            Self::Unavailable(text) => StoreError::Unavailable(format!("{}: {text}", path.display())),
            Self::Corrupt(text) | Self::Foreign(text) => {
                let advice = "put a copy back with `doorward restore`";
                StoreError::Corrupt(format!("{}: {text}: {advice}", path.display()))
            }
        }
    }

    /// The threads of the store have ended.
    pub(super) fn stopped() -> Self {
        Self::Unavailable("the store was closed: restart the server".into())
    }
}

impl From<Conflict> for Fault {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error_code() else {
            // Not the database's own errors: what was read is not of the kind that was written.
            return Self::Corrupt(error.to_string());
        };
        let advice = match code {
            ErrorCode::NotADatabase => return Self::Foreign(error.to_string()),
            ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => {
                return Self::Corrupt(error.to_string());
            }
            ErrorCode::DiskFull => "the disk is full: free some space; nothing has to be restarted afterwards",
            ErrorCode::ReadOnly => {
                "the database cannot be written: give this user the right to write the file and its folder, and mount the \
                 file system for writing; nothing has to be restarted afterwards"
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                "another program keeps the database locked: let it finish, or close it; nothing has to be restarted afterwards"
            }
            ErrorCode::SystemIoFailure => {
                "the disk does not do what it is told: see whether it is full, and see the system's log; if it is failing, \
                 put a copy on another one with `doorward restore`"
            }
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                "the database cannot be opened: see whether it is still there, and give this user the right to read and \
                 write the file and its folder"
            }
            ErrorCode::OutOfMemory => "there is not enough memory",
            _ => return Self::Unavailable(error.to_string()),
        };
        Self::Unavailable(format!("{advice} ({error})"))
    }
}
