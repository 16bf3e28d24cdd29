//! The files of settings and rules, read together.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use doorward::password::PasswordPolicy;
use doorward::policy::{Complaint, Complaints, Draft, Environment, Policy, Rules, Settings};

use crate::failure::Usage;

/// What `doorward.toml` and the files that it names say.
pub struct Config {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The folder that paths in it are relative to.
    pub base: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// Its rules, and then those of the other files.
    rules: Vec<Rules>,
    /// Passwords that are refused, one a line.
    blocklist: String,
}

impl Config {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Complaints`] about what they say, [`Usage`] when the file is not there.
    pub fn load(file: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow::Error::new(Usage(format!(
                "there is no {}: `doorward init` writes one, and `--config FILE` names another",
                file.display()
            ))),
            _ => anyhow::Error::new(Usage(format!("cannot read {}: {error}", file.display()))),
        })?;
        let base = match file.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::parse(file, &text, &base, &|name| std::env::var(name).ok())
    }

    /// Reads a text as if it stood in `file`, with paths relative to `base`.
    ///
    /// # Errors
    /// [`Complaints`] about what it says.
    pub fn parse(file: &Path, text: &str, base: &Path, environment: Environment<'_>) -> anyhow::Result<Self> {
        let (settings, own) = Settings::parse(&file.display().to_string(), text, environment)?;
        let mut complaints = refuse_what_is_missing(&settings);
        let mut rules = vec![own];
        let of_dialect = settings.dialect.magento.iter().flat_map(|magento| &magento.rules).enumerate();
        let named = settings.rules.iter().enumerate().map(|(place, name)| (format!("rules.{place}"), name));
        for (key, name) in named.chain(of_dialect.map(|(place, name)| (format!("dialect.magento.rules.{place}"), name)))
        {
            let path = within(base, name);
            let parsed = match fs::read_to_string(&path) {
                Ok(text) => Rules::parse(&path.display().to_string(), &text, environment),
                Err(error) => Err(Complaints(vec![unreadable(&settings, &key, &path, &error)])),
            };
            match parsed {
                Ok(more) => rules.push(more),
                Err(found) => complaints.0.extend(found.0),
            }
        }
        let blocklist = match settings.password.blocklist.as_deref().map(|name| within(base, name)) {
            None => String::new(),
            Some(path) => fs::read_to_string(&path).unwrap_or_else(|error| {
                complaints.push(unreadable(&settings, "password.blocklist", &path, &error));
                String::new()
            }),
        };
        let config = Self { file: file.to_owned(), base: base.to_owned(), settings, rules, blocklist };
        Ok(complaints.unless_any(config)?)
    }

    /// The same with more rules.
    #[must_use]
    pub fn with(mut self, more: Rules) -> Self {
        self.rules.push(more);
        self
    }

    /// The policy that the rules mean. `generation` tells it from earlier ones.
    ///
    /// # Errors
    /// [`Complaints`] about what does not fit together.
    pub fn policy(&self, generation: u64) -> Result<Policy, Complaints> {
        let draft = Draft { generation, ..Draft::new(&self.settings, &self.rules) };
        Policy::compile(&draft)
    }

    /// The settings, and all rules.
    pub fn into_rules(self) -> (Settings, Vec<Rules>) {
        (self.settings, self.rules)
    }

    /// Which passwords may be set.
    pub fn passwords(&self) -> PasswordPolicy {
        PasswordPolicy::new(self.settings.password.min_length, &self.blocklist)
    }

    /// The file of the embedded store.
    pub fn database(&self) -> PathBuf {
        within(&self.base, self.settings.data.as_deref().unwrap_or("doorward.db"))
    }

    /// What a server would stumble over here and now: certificates, keys and issuers that it could not use.
    ///
    /// # Errors
    /// [`Complaints`] about them.
    pub fn examine_files(&self) -> Result<(), Complaints> {
        doorward_server::examine_files(&self.settings, &self.base)
    }

    /// What has no effect in this build.
    pub fn doubts(&self) -> Vec<Complaint> {
        if self.settings.otel.is_none() || cfg!(feature = "otel") {
            return Vec::new();
        }
        let complaint = self.settings.complaint("otel", "this build has no OpenTelemetry: this has no effect");
        vec![complaint.fix("build it with `--features otel`, or take this out")]
    }

    /// A word for `--config`, where it must be said again in a command to run next.
    pub fn flag(file: &Path) -> String {
        if file == Path::new("doorward.toml") { String::new() } else { format!(" --config {}", file.display()) }
    }
}

/// A path of the file, relative to its folder. The folder `.` is left out, as people do.
fn within(base: &Path, name: &str) -> PathBuf {
    if base == Path::new(".") { PathBuf::from(name) } else { base.join(name) }
}

fn unreadable(settings: &Settings, key: &str, path: &Path, error: &std::io::Error) -> Complaint {
    let complaint = settings.complaint(key, format!("cannot read {}: {error}", path.display()));
    complaint.fix("paths are relative to the file that names them")
}

/// Stores that this program cannot speak to: a setting that nobody obeys must not look like one that is.
fn refuse_what_is_missing(settings: &Settings) -> Complaints {
    let stores = [
        ("store", settings.store.is_some()),
        ("store_file", settings.store_file.is_some()),
        ("sessions", settings.sessions.is_some()),
        ("sessions_file", settings.sessions_file.is_some()),
    ];
    let mut complaints = Complaints::default();
    for (key, _) in stores.into_iter().filter(|(_, is_stated)| *is_stated) {
        let complaint = settings.complaint(key, "a store other than SQLite is not available in this build yet");
        complaints.push(complaint.fix("take it out, and name the embedded store: `data = \"doorward.db\"`"));
    }
    complaints
}
