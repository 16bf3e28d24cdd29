//! Why a database could not be opened, and what to do about it.

use std::path::{Path, PathBuf};

use crate::sqlite::Fault;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file.
    #[error("there is no database at {}: `doorward user add` and `doorward serve` make one; or set `data` to where it is", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder that should hold the file is not there.
    #[error("there is no folder {}: create it, or set `data` to a file in another one", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The file is no database of Doorward's.
    #[error("{} is not a database of Doorward's ({detail}): set `data` to another file", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        detail: String,
    },
    /// The file is damaged.
    #[error("{} is damaged ({detail}): put a copy back with `doorward restore`", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How that shows.
        detail: String,
    },
    /// A newer version of Doorward wrote the file.
    #[error(
        "{} was written by a newer Doorward: its format has version {found}, and this Doorward knows versions up to {known}. \
         Install the newer Doorward again, or put back the copy that was made before it first ran (`doorward restore`)",
        .path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version that is known here.
        known: u32,
    },
    /// The file must be brought to a newer format, and a server of the older version has it open.
    #[error(
        "{} has format version {found} and must be brought to version {known}, but {} serves it: stop that server first",
        .path.display(), process(*.pid)
    )]
    OldAndServed {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that is needed here.
        known: u32,
        /// The server's process, if it said which.
        pid: Option<u32>,
    },
    /// A server has the file already.
    #[error(
        "{} is being served by {}: stop that server, or give this one another file (`data`)",
        .path.display(), process(*.pid)
    )]
    BeingServed {
        /// The file.
        path: PathBuf,
        /// The server's process, if it said which.
        pid: Option<u32>,
    },
    /// Others than its owner have rights to the file, and these cannot be taken away here.
    #[error("others than its owner have rights to {0}: say `chmod 600 {0}` as its owner ({detail})", .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Why the rights stay.
        detail: String,
    },
    /// The file cannot be read or written now.
    #[error("{}: {detail}", .path.display())]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// The cause and what to do.
        detail: String,
    },
}

impl OpenError {
    /// A failure of the file system.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
        let advice = match error.kind() {
            _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                "a symbolic link stands where a file of ours belongs: remove it"
            }
            NotFound => return Self::NoFolder { folder: path.parent().unwrap_or(path).to_owned() },
            PermissionDenied => "give this user the right to read and write the file and its folder",
            ReadOnlyFilesystem => "the file system is read-only: mount it for writing, or set `data` to another place",
            StorageFull => "the disk is full: free some space",
            _ => "see the system's log",
        };
        Self::Unavailable { path: path.to_owned(), detail: format!("{error}: {advice}") }
    }

    pub(crate) fn fault(path: &Path, fault: Fault) -> Self {
        let path = path.to_owned();
        match fault {
            Fault::Foreign(detail) => Self::Foreign { path, detail },
            Fault::Corrupt(detail) => Self::Damaged { path, detail },
            Fault::Unavailable(detail) => Self::Unavailable { path, detail },
            Fault::Conflict(conflict) => Self::Unavailable { path, detail: conflict.to_string() },
        }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
}
