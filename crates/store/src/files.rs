//! Files beside each other: names, modes, and making them last.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// `path` with something appended to its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// The first of `path` with `suffix`, `suffix.2`, `suffix.3` and so on that is not there.
pub(crate) fn unused_beside(path: &Path, suffix: &str) -> PathBuf {
    let first = beside(path, suffix);
    let others = (2u32..).map(|number| beside(path, &format!("{suffix}.{number}")));
    std::iter::once(first.clone()).chain(others).find(|name| !is_there(name)).unwrap_or(first)
}

pub(crate) fn is_there(path: &Path) -> bool {
    // A link that leads nowhere is there, too.
    path.symlink_metadata().is_ok()
}

/// The one name of a file that may not be there yet, so that links to it share its lock.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    if let Ok(resolved) = path.canonicalize() {
        return Ok(resolved);
    }
    let path = std::path::absolute(path)?;
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
        _ => Ok(path),
    }
}

/// Opens a file that only its owner may read, for reading and writing. It is made if need be, or must be new.
pub(crate) fn open_private(path: &Path, new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    if new {
        options.create_new(true)
    } else {
        options.create(true).truncate(false)
    };
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_itself(&mut options, path)
}

/// Opens a file for reading.
pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    open_itself(OpenOptions::new().read(true), path)
}

/// Opens what has this name, and not what a link of this name leads to: somebody may have put one there.
fn open_itself(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    options.open(path)
}

/// Takes the rights to a file from everybody but its owner, and says whether anybody else had any.
///
/// A link in the place of the file is an error. It goes by the name: to open the file and close it again would give up the locks that this process has on it.
pub(crate) fn keep_private(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = match path.symlink_metadata() {
            // Rights are those of what a link leads to, and that may be anybody's.
            Ok(found) if found.is_symlink() => return Err(rustix::io::Errno::LOOP.into()),
            Ok(found) => found.permissions().mode(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        if mode & 0o077 == 0 {
            return Ok(false);
        }
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o7700))?;
        Ok(true)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Ok(false)
    }
}

/// Makes names that were made, changed or removed in the folder of `path` last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
