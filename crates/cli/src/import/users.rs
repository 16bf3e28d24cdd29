//! `doorward import users`.

mod hashing;
mod moving;
mod reader;
mod record;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
pub use moving::{Wishes, move_in, refuse};
pub use record::{Record, Wrong};

/// A file has no more bytes.
const GREATEST: u64 = 1 << 30;

/// How files begin that gzip, zip, bzip2, xz and zstd make.
const PACKED: [&[u8]; 5] = [b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"];

/// Let users of any system move in with their passwords: all of a file, or none.
///
/// Whoever is there already, in the same realm under the same login, is altered where the file says so. A password that was
/// set here is never replaced.
#[derive(Args)]
pub struct Users {
    /// CSV with a line of headings, or JSON lines; `-` reads standard input.
    file: PathBuf,
    /// The realm of users of whom the file does not say it; may be left out where there is only one.
    #[arg(long)]
    realm: Option<String>,
    /// Write nothing; list what would change.
    #[arg(long)]
    dry_run: bool,
}

impl Users {
    pub async fn run(self, config: &Path) -> anyhow::Result<()> {
        let config = Config::load(config)?;
        let name = self.file.display().to_string();
        let bytes = read(&self.file)?;
        let records = reader::read(&bytes).map_err(|wrong| refuse(&name, &wrong))?;
        let console = match self.dry_run {
            true => Console::look(&config).await?,
            false => Console::open(&config).await?,
        };
        if let Some(realm) = &self.realm {
            console.realm(realm)?;
        }
        let origin = format!("imported from {name}");
        let wishes = Wishes { realm: self.realm.as_deref(), is_dry: self.dry_run, origin, file: &name };
        move_in(&console, records, &wishes).await
    }
}

/// The bytes of a file, or of standard input.
///
/// # Errors
/// [`Usage`] when it cannot be read, or is too large.
pub fn read(path: &Path) -> Result<Vec<u8>, Usage> {
    let failed = |error: io::Error| Usage(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    let read = match path.as_os_str() == "-" {
        true => io::stdin().lock().take(GREATEST + 1).read_to_end(&mut bytes),
        false => File::open(path).map_err(failed)?.take(GREATEST + 1).read_to_end(&mut bytes),
    };
    if read.map_err(failed)? as u64 > GREATEST {
        return Err(Usage(format!("{} has more than 1 GiB: cut it into several files", path.display())));
    }
    if PACKED.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(Usage(format!("{} is compressed: unpack it first", path.display())));
    }
    Ok(bytes)
}
