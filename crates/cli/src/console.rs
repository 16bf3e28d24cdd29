//! The engine, for somebody at the machine itself: beside a server or without one, on the same database.

use std::path::Path;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use doorward::audit::{Event, EventKind};
use doorward::policy::{Policy, ResourceId, nearest};
use doorward::store::Store;
use doorward::{Actor, Engine, EngineParts, Login, MemoryStore, Name, Reason, Refusal, SystemClock, User};
use doorward_server::HashThreads;
use doorward_store::{OpenError, Sqlite};

use crate::config::Config;
use crate::failure::Usage;
use crate::progress::patiently;

/// What the verbs that administer work with. A running server learns of each change by the feed.
pub struct Console {
    /// Who decides, and changes.
    pub engine: Arc<Engine>,
    /// Who asks.
    pub actor: Actor,
    /// The first of the own origins, where one is named.
    origin: Option<String>,
}

/// The sessions that a verb may look at; none of them is kept for long.
const SESSIONS_IN_MEMORY: usize = 1_000;

impl Console {
    /// Opens the database that the file names, and makes it if it is not there.
    ///
    /// # Errors
    /// Complaints about the rules, or why the database cannot be opened.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        Self::open_by(config, Sqlite::open).await
    }

    /// Opens the database that the file names, which must be there.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when it is not there.
    pub async fn look_into(config: &Config) -> anyhow::Result<Self> {
        Self::open_by(config, Sqlite::open_existing).await
    }

    /// Opens the database that the file names, or an empty one in memory where there is none: for whoever writes nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn look(config: &Config) -> anyhow::Result<Self> {
        match config.database().exists() {
            true => Self::look_into(config).await,
            false => Self::over(config, config.policy(0)?, Arc::new(MemoryStore::new())).await,
        }
    }

    async fn open_by(config: &Config, open: fn(&Path) -> Result<Sqlite, OpenError>) -> anyhow::Result<Self> {
        // What is wrong with the rules is told before a database is made.
        let policy = config.policy(0)?;
        let database = config.database();
        let opened = tokio::task::spawn_blocking(move || open(&database));
        let store = patiently("opening the database", opened).await??;
        Self::over(config, policy, Arc::new(store)).await
    }

    async fn over(config: &Config, policy: Policy, store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let parts = EngineParts {
            policy,
            store,
            hasher: Arc::new(HashThreads::start(1)?),
            clock: Arc::new(SystemClock),
            passwords: config.passwords(),
            sessions_in_memory: SESSIONS_IN_MEMORY,
        };
        let engine = patiently("reading the database", Engine::start(parts)).await?;
        let origin = config.settings.public_url.first().map(ToString::to_string);
        Ok(Self { engine, actor: Actor::console(), origin })
    }

    /// Where Doorward's own resources are: an address where one is known, or else the path that they stand below.
    pub fn own_place(&self) -> String {
        format!("{}{}", self.origin.as_deref().unwrap_or_default(), self.engine.policy().mount())
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        self.engine.store().as_ref()
    }

    /// Writes an event into the audit log.
    ///
    /// # Errors
    /// When the store does not.
    pub async fn record(&self, kind: EventKind, detail: String) -> anyhow::Result<()> {
        let event = Event::new(kind, self.engine.now()).by(self.actor.name.clone()).detail(detail);
        Ok(self.store().record(vec![event], Vec::new()).await?)
    }

    /// The realm of this name.
    ///
    /// # Errors
    /// [`Usage`] when there is none.
    pub fn realm(&self, name: &str) -> Result<Name, Usage> {
        let policy = self.engine.policy();
        let known = policy.realms().iter().map(|realm| realm.name());
        let found = known.clone().find(|known| known.as_str() == name).cloned();
        found.ok_or_else(|| unknown("realm", name, known.map(Name::as_str), &self.realms()))
    }

    /// The role of this name.
    ///
    /// # Errors
    /// [`Usage`] when there is none.
    pub fn role(&self, name: &str) -> Result<Name, Usage> {
        let policy = self.engine.policy();
        let known = policy.roles().keys();
        let found = known.clone().find(|known| known.as_str() == name).cloned();
        let all = || known.clone().map(Name::as_str).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| unknown("role", name, known.clone().map(Name::as_str), &format!("one of {}", all())))
    }

    /// The resource of this id.
    ///
    /// # Errors
    /// [`Usage`] when there is none.
    pub fn resource(&self, id: &str) -> Result<ResourceId, Usage> {
        let policy = self.engine.policy();
        let tree = policy.resources();
        let known = tree.all().map(|id| tree.name(id));
        tree.find(id).ok_or_else(|| unknown("resource", id, known, "they stand under [[acl]] in the files"))
    }

    /// The user of this login, in this realm or in whichever has one.
    ///
    /// # Errors
    /// When there is none, and [`Usage`] when several realms have one.
    pub async fn user(&self, login: &str, realm: Option<&str>) -> anyhow::Result<User> {
        let parsed = Login::parse(login).map_err(|wrong| Usage(format!("{login}: {wrong}")))?;
        let realms = match realm {
            Some(name) => vec![self.realm(name)?],
            None => self.engine.policy().realms().iter().map(|realm| realm.name().clone()).collect(),
        };
        let mut found = Vec::new();
        for realm in realms {
            found.extend(self.store().user_by_login(realm, parsed.clone()).await?);
        }
        match found.len() {
            0 => bail!(
                "there is no user {login}{}",
                realm.map(|name| format!(" in the realm {name}")).unwrap_or_default()
            ),
            1 => Ok(found.remove(0)),
            _ => {
                let realms: Vec<&str> = found.iter().map(|user| user.realm.as_str()).collect();
                let text = format!("there is a {login} in several realms: add --realm, one of {}", realms.join(", "));
                Err(Usage(text).into())
            }
        }
    }

    /// Says at the console why something was refused.
    pub fn refused(&self, refusal: Refusal) -> anyhow::Error {
        match refusal.reason() {
            Reason::Realm("realm_required") => {
                Usage(format!("there are several realms: add --realm, {}", self.realms())).into()
            }
            Reason::Realm(_) => Usage(format!("there is no such realm: {}", self.realms())).into(),
            Reason::Password(why) => anyhow!("{why}"),
            Reason::Invalid(what, why) => anyhow!("{what}: {why}"),
            Reason::Conflict(conflict) => anyhow!("{conflict}"),
            Reason::RoleInFile => {
                anyhow!("the role is built in or stands in a file; change it there, and run `doorward reload`")
            }
            Reason::TooManyRoles => {
                anyhow!("there are {} roles that were made at run time: remove one first", Engine::MOST_STORED_ROLES)
            }
            Reason::WrongPassword | Reason::BadCredentials => anyhow!("login and password do not match"),
            Reason::TooManySessions => anyhow!("the user has as many sessions as allowed: end one first"),
            Reason::NotFound => anyhow!("there is no such thing"),
            Reason::Throttled => {
                let seconds = refusal.terms().retry_after.unwrap_or(60);
                anyhow!("too many failures: try again in {seconds} seconds, or run `doorward user unlock`")
            }
            Reason::Unavailable => anyhow!("the database did not do it; the line above says why"),
            reason => anyhow!("{}", reason.detail().unwrap_or_else(|| reason.code().to_owned())),
        }
    }

    fn realms(&self) -> String {
        let policy = self.engine.policy();
        let names: Vec<&str> = policy.realms().iter().map(|realm| realm.name().as_str()).collect();
        format!("one of {}", names.join(", "))
    }
}

/// Says that there is no such thing, and which one was probably meant, or else which ones there are.
fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>, all: &str) -> Usage {
    match nearest(name, known) {
        Some(meant) => Usage(format!("there is no {what} {name}; did you mean {meant}?")),
        None => Usage(format!("there is no {what} {name}: {all}")),
    }
}
