//! A server that runs: the lock on its database, its engine, its listeners, and the files that it was started from.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use doorward::audit::{Event, EventKind};
use doorward::policy::{Complaint, Complaints, Listener, Policy, Settings, Target};
use doorward::store::{Page, UserFilter, UserOrder};
use doorward::{Engine, EngineParts, SystemClock};
use doorward_server::{Address, HashThreads, Plan, Server};
use doorward_store::{ServingLock, Sqlite};

use crate::config::Config;
use crate::failure::in_one_line;
use crate::progress::patiently;

/// A server that runs.
pub struct Running {
    /// Who decides.
    pub engine: Arc<Engine>,
    server: Server,
    config: Config,
    generation: u64,
    _lock: ServingLock,
}

impl Running {
    /// Starts a server. When this returns, it listens.
    ///
    /// # Errors
    /// What keeps it from starting, with what to do.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let policy = config.policy(1)?;
        config.examine_files()?;
        let database = config.database();
        // Before the database is opened: an older server must not find a newer format.
        let lock = Sqlite::lock_for_serving(&database)?;
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(&database));
        let store = patiently("opening the database", opened).await??;
        let cores = available_parallelism().map_or(1, usize::from);
        let parts = EngineParts {
            policy,
            store: Arc::new(store),
            hasher: Arc::new(HashThreads::start(cores)?),
            clock: Arc::new(SystemClock),
            passwords: config.passwords(),
            sessions_in_memory: Engine::SESSIONS_IN_MEMORY,
        };
        let engine = Engine::start(parts).await?;
        let (settings, base) = (config.settings.clone(), config.base.clone());
        let server = doorward_server::start(Plan { settings, engine: engine.clone(), cores, base })?;
        Ok(Self { engine, server, config, generation: 1, _lock: lock })
    }

    /// Where requests come in, as addresses to type.
    pub fn places(&self) -> Vec<String> {
        places(self.server.addresses(), &self.config.settings.listen, &self.config.settings)
    }

    /// Where administrators get in.
    pub fn admin_places(&self) -> Vec<String> {
        places(self.server.admin_addresses(), &self.config.settings.admin_listen, &self.config.settings)
    }

    /// The files that are in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Which policy is in force; it goes up with each reload.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Reads the files again and puts them in force, whole or not at all.
    ///
    /// # Errors
    /// What is wrong with them. The old ones stay.
    pub async fn reload(&mut self) -> anyhow::Result<()> {
        let outcome = self.replace().await;
        let event = Event::new(EventKind::Reloaded, self.engine.now()).by("system");
        self.engine.note(match &outcome {
            Ok(()) => event.detail(format!("generation {}", self.generation)),
            Err(error) => event.outcome("refused").detail(in_one_line(error).lines().take(1).collect::<String>()),
        });
        outcome
    }

    async fn replace(&mut self) -> anyhow::Result<()> {
        let config = Config::load(&self.config.file)?;
        let policy = config.policy(self.generation + 1)?;
        refuse_unserved(&policy)?;
        config.examine_files()?;
        // The roles of the database must fit as well, and that must be known before anything is replaced.
        policy.with_stored_roles(&self.engine.store().roles().await?)?;
        for key in self.unchangeable(&config.settings) {
            tracing::warn!("`{key}` has changed: that takes effect when the server is started again");
        }
        self.server.reload(&config.settings)?;
        if let Err(error) = self.engine.reload(policy, config.passwords()).await {
            self.server.reload(&self.config.settings)?;
            return Err(error.into());
        }
        self.generation += 1;
        self.config = config;
        Ok(())
    }

    /// Settings that differ, and that only a start reads.
    fn unchangeable(&self, new: &Settings) -> Vec<&'static str> {
        let old = &self.config.settings;
        let same = |one: &[Listener], two: &[Listener]| {
            let pairs = one.iter().zip(two);
            one.len() == two.len() && pairs.into_iter().all(|(one, two)| one == two)
        };
        let differs = [
            ("listen", !same(&old.listen, &new.listen)),
            ("admin_listen", !same(&old.admin_listen, &new.admin_listen)),
            ("data", old.data != new.data),
            ("tls", old.tls.is_some() != new.tls.is_some()),
            ("log", (old.log.format, old.log.level) != (new.log.format, new.log.level)),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
    }

    /// Whether there is no user at all.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn has_no_users(&self) -> anyhow::Result<bool> {
        let page = Page { after: None, limit: 1 };
        Ok(self.engine.store().users(UserFilter::default(), UserOrder::default(), page).await?.items.is_empty())
    }

    /// Ends: lets requests under way come to their end, until the deadline. Says how many were cut off.
    pub async fn drain(self, deadline: Duration) -> usize {
        self.server.drain(deadline).await.cut
    }
}

/// A gateway has nowhere to send requests without an upstream.
///
/// # Errors
/// When a route of the files has none.
pub fn refuse_unserved(policy: &Policy) -> Result<(), Complaints> {
    let mut complaints = Complaints::default();
    if let Some(route) = policy.declared_routes().iter().find(|route| route.target == Target::Inner) {
        let text = "no upstream is named, so there is nowhere to send such a request";
        let complaint = Complaint::new(route.source.clone(), text);
        complaints.push(complaint.fix("write `upstream = \"http://host:port\"` at the top of doorward.toml"));
    }
    complaints.unless_any(())
}

fn places(addresses: &[Address], listeners: &[Listener], settings: &Settings) -> Vec<String> {
    let pairs = addresses.iter().zip(listeners);
    let place = |(address, listener): (&Address, &Listener)| match address.socket() {
        Some(socket) if settings.tls.is_some() && !listener.plain => format!("https://{socket}"),
        Some(socket) => format!("http://{socket}"),
        None => address.to_string(),
    };
    pairs.map(place).collect()
}
