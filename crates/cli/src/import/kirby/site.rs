//! A site's folder, read within bounds.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorward::Name;

use super::account::{self, Account};
use super::options;
use super::permissions::Role;
use crate::failure::Usage;
use crate::import::users::Wrong;

/// All that moves, and all that is to be told about it.
#[derive(Default)]
pub struct Site {
    pub accounts: Vec<Account>,
    pub roles: BTreeMap<String, Role>,
    /// How many accounts have more files than move.
    pub with_content: usize,
    /// The names of the options of `config.php`, and of what goes with it on some hosts.
    pub options: Vec<String>,
    pub wrong: Vec<Wrong>,
    pub doubts: Vec<Wrong>,
}

/// A file of an account has no more bytes.
const GREATEST: u64 = 64 * 1_024;
/// A configuration has no more.
const GREATEST_CONFIG: u64 = 1_024 * 1_024;
/// Ids that are words for somebody else.
const RESERVED: [&str; 3] = ["account", "kirby", "nobody"];
/// A site has no more accounts, and no more roles.
const MOST: usize = 200_000;

impl Site {
    /// Reads the site in this folder: the one that has `accounts`, or the one above it.
    ///
    /// # Errors
    /// When there is no site, or a folder cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Usage> {
        let below = folder.join("site");
        let folder = if below.is_dir() { below } else { folder.to_owned() };
        let (accounts, blueprints) = (folder.join("accounts"), folder.join("blueprints/users"));
        if !accounts.is_dir() && !blueprints.is_dir() {
            return Err(Usage(format!(
                "{}: there is no site in it, with accounts or blueprints/users",
                folder.display()
            )));
        }
        let mut site = Self::default();
        site.roles.insert("admin".into(), Role::all());
        for path in entries(&blueprints)? {
            site.read_role(&path);
        }
        for path in entries(&accounts)?.into_iter().filter(|path| path.is_dir()) {
            site.read_account(&path);
        }
        for path in entries(&folder.join("config"))?.into_iter().filter(|path| is_config(path)) {
            site.read_config(&path);
        }
        Ok(site)
    }

    fn read_config(&mut self, path: &Path) {
        match text(path, GREATEST_CONFIG) {
            Ok(text) => {
                let names = options::names(&text.unwrap_or_default()).into_iter();
                let new: Vec<String> = names.filter(|name| !self.options.contains(name)).collect();
                self.options.extend(new);
            }
            Err(why) => self.doubts.push(wrong(path, 1, why)),
        }
    }

    fn read_role(&mut self, path: &Path) {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if path.extension().is_none_or(|ending| ending != "yml") || name == "default" {
            return;
        }
        if Name::parse(name).is_err() || name == doorward::policy::ADMINISTRATOR {
            self.wrong.push(wrong(path, 1, "the name of the file cannot be the name of a role: rename both"));
            return;
        }
        let read = text(path, GREATEST_CONFIG).map_err(|why| Wrong::new(1, why));
        match read.and_then(|text| Role::read(&text.unwrap_or_default())) {
            Ok(role) => {
                let place = shown(path);
                self.doubts.extend(role.doubts.iter().map(|doubt| doubt.clone().within(Some(place.clone()))));
                self.roles.insert(name.to_owned(), role);
            }
            Err(found) => {
                // There is such a role, and the mistake is told once.
                self.roles.insert(name.to_owned(), Role::all());
                self.wrong.push(found.within(Some(shown(path))));
            }
        }
    }

    fn read_account(&mut self, folder: &Path) {
        let Some(id) = folder.file_name().and_then(|name| name.to_str()) else {
            self.wrong.push(wrong(folder, 1, "the name of the folder is no UTF-8"));
            return;
        };
        if RESERVED.contains(&id) {
            self.wrong.push(wrong(folder, 1, format!("`{id}` is nobody's id: clients mean something else by it")));
            return;
        }
        let (index, secrets_path) = (folder.join("index.php"), folder.join(".htpasswd"));
        let read = text(&index, GREATEST).and_then(|index| Ok((index, text(&secrets_path, GREATEST)?)));
        match read {
            Ok((None, _)) => self.doubts.push(wrong(&index, 1, "there is no such file: the folder is left out")),
            Ok((Some(text), secrets)) => match account::read(id, &text, secrets.as_deref()) {
                Ok(account) if !account.has_good_hash() => {
                    let text = "this is no hash that Kirby writes: empty the file, and issue a code with `doorward user reset`";
                    self.wrong.push(wrong(&secrets_path, 1, text));
                }
                Ok(mut account) => {
                    account.record.file = Some(shown(&index));
                    self.with_content += usize::from(has_content(folder));
                    self.take(account, &index);
                }
                Err(found) => self.wrong.push(found.within(Some(shown(&index)))),
            },
            Err(why) => self.wrong.push(wrong(folder, 1, why)),
        }
    }

    fn take(&mut self, mut account: Account, index: &Path) {
        let role = account.role.as_deref().filter(|role| *role != "nobody");
        match role {
            Some(role) if self.roles.contains_key(role) => account.record.roles = Some(vec![role.to_owned()]),
            Some(role) => {
                let text = format!("there is no role {role}: as with Kirby, this account may nothing");
                self.doubts.push(wrong(index, 1, text));
                account.record.roles = Some(Vec::new());
            }
            None => account.record.roles = Some(Vec::new()),
        }
        if account.has_more_secrets {
            self.doubts.push(wrong(index, 1, "a second factor stays behind"));
        }
        self.accounts.push(account);
    }
}

/// `config.php`, what a host or a way of starting has beside it, and what a deployment adds.
fn is_config(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "env.php" || (name.starts_with("config.") && name.ends_with(".php"))
}

/// Whether there is more in an account's folder than what moves.
fn has_content(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().take(MOST).filter_map(Result::ok);
    names.map(|entry| entry.file_name()).any(|name| name != "index.php" && name != ".htpasswd")
}

fn wrong(path: &Path, line: usize, text: impl Into<String>) -> Wrong {
    Wrong::new(line, text).within(Some(shown(path)))
}

fn shown(path: &Path) -> Arc<str> {
    path.display().to_string().into()
}

/// What is in a folder, in the order of names; nothing when it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Usage> {
    let failed = |error: io::Error| Usage(format!("cannot read {}: {error}", folder.display()));
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let paths = entries.take(MOST + 1).map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(failed)?;
    if paths.len() > MOST {
        return Err(Usage(format!("{} has more than {MOST} entries", folder.display())));
    }
    paths.sort();
    Ok(paths)
}

/// A text of a bounded size; none when it is not there.
fn text(path: &Path, greatest: u64) -> Result<Option<String>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let mut bytes = Vec::new();
    file.take(greatest + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > greatest {
        return Err(format!("has more than {} KiB", greatest / 1_024));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| "is no UTF-8".to_owned())
}
