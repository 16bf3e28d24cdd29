//! The servers behind: where they are, how they are, and how many connections they may have.

mod health;
mod parsed;
mod pool;
mod raw;
mod target;
mod tls;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use doorward::Name;
use doorward::policy::{UpstreamSettings, Upstreams as Declared};
use http::HeaderValue;
use tokio::sync::{Notify, Semaphore};
use tokio_rustls::TlsConnector;

use crate::setup::seconds;
use crate::stream::Stream;
use crate::tls::TlsError;
use health::Health;

pub(crate) use health::follow;
pub(crate) use parsed::{Dedicated, LARGEST_HEAD, Lease, Parsed, dedicated};
pub(crate) use pool::{NoConnection, Pool, Wish};
pub(crate) use raw::Raw;
pub use target::{InvalidTarget, Target};

/// An upstream that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Its address is none.
    #[error("upstream {name}: {source}")]
    Target {
        /// Its name.
        name: Name,
        /// What is wrong.
        source: InvalidTarget,
    },
    /// Its issuers cannot be read.
    #[error("upstream {name}: {source}")]
    Tls {
        /// Its name.
        name: Name,
        /// What is wrong.
        source: TlsError,
    },
    /// The host to send is none.
    #[error("upstream {name}: {host:?} is no host")]
    Host {
        /// Its name.
        name: Name,
        /// The text.
        host: String,
    },
}

/// The upstreams of a configuration, by name.
#[derive(Default)]
pub(crate) struct Upstreams {
    by_name: BTreeMap<Name, Arc<Upstream>>,
    /// Says to all cores that somebody waits for a seat at one of them. One for all configurations.
    wanted: Arc<Notify>,
}

/// One of them.
pub(crate) struct Upstream {
    name: Name,
    /// Tells it from every other one, also from one of the same name before a reload.
    number: u64,
    target: Target,
    settings: Terms,
    tls: Option<TlsConnector>,
    health: Health,
    /// As many as it may have connections.
    seats: Arc<Semaphore>,
    /// How many requests wait for a seat: connections that nobody uses are then closed.
    waiting: AtomicUsize,
    /// Says so to all cores.
    wanted: Arc<Notify>,
}

/// What the settings say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Terms {
    health: Option<String>,
    host: Option<HeaderValue>,
    connect_timeout: Duration,
    max_connections: usize,
    ca: Option<String>,
}

impl Upstreams {
    /// Reads what the settings say. Those that have not changed go on, with their health and their connections. Where the
    /// settings bound nothing, an upstream has `most` connections: many requests may come over one connection of a client, and
    /// none of them may take the last descriptor.
    pub(crate) fn new(declared: &Declared, base: &Path, before: &Self, most: usize) -> Result<Self, UpstreamError> {
        let make = |(name, settings): (&Name, &UpstreamSettings)| {
            let upstream = Upstream::new(name.clone(), settings, base, most, before.wanted.clone())?;
            let kept = before.by_name.get(name).filter(|old| old.is_same(&upstream)).cloned();
            Ok((name.clone(), kept.unwrap_or_else(|| Arc::new(upstream))))
        };
        let by_name = declared.0.iter().map(make).collect::<Result<_, _>>()?;
        Ok(Self { by_name, wanted: before.wanted.clone() })
    }

    /// The one of this name.
    pub(crate) fn find(&self, name: &Name) -> Option<&Arc<Upstream>> {
        self.by_name.get(name)
    }

    /// Says when somebody waits for a seat at one of them.
    pub(crate) fn wanted(&self) -> &Arc<Notify> {
        &self.wanted
    }

    /// All of them.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Arc<Upstream>> {
        self.by_name.values()
    }
}

impl Upstream {
    fn new(
        name: Name,
        settings: &UpstreamSettings,
        base: &Path,
        most: usize,
        wanted: Arc<Notify>,
    ) -> Result<Self, UpstreamError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let target: Target =
            settings.url.parse().map_err(|source| UpstreamError::Target { name: name.clone(), source })?;
        let host = match &settings.host {
            Some(host) => Some(
                HeaderValue::from_str(host)
                    .map_err(|_| UpstreamError::Host { name: name.clone(), host: host.clone() })?,
            ),
            None => None,
        };
        let tls = match target.server_name() {
            Some(_) => {
                let ca = settings.ca.as_ref().map(|ca| base.join(ca));
                let connector = tls::connector(ca.as_deref());
                Some(connector.map_err(|source| UpstreamError::Tls { name: name.clone(), source })?)
            }
            None => None,
        };
        let most = settings.max_connections.map_or(most, |most| most as usize).min(Semaphore::MAX_PERMITS);
        let seats = Arc::new(Semaphore::new(most));
        let settings = Terms {
            health: settings.health.clone(),
            host,
            connect_timeout: seconds(settings.connect_timeout),
            max_connections: most,
            ca: settings.ca.clone(),
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let (health, waiting) = (Health::default(), AtomicUsize::new(0));
        Ok(Self { name, number, target, settings, tls, health, seats, waiting, wanted })
    }

    /// Whether connections to one may serve for the other. With TLS they may not: issuers are read again.
    fn is_same(&self, other: &Self) -> bool {
        self.tls.is_none() && other.tls.is_none() && self.target == other.target && self.settings == other.settings
    }

    /// How many wait for a seat.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// Whether it answers, as far as is known.
    pub(crate) fn is_up(&self) -> bool {
        !self.health.is_down()
    }

    /// Whether it is asked how it is.
    pub(crate) fn is_asked(&self) -> bool {
        self.settings.health.is_some()
    }

    /// The `Host` to send: the one of the settings, else the one that the client asked for, else its own name.
    pub(crate) fn host<'h>(&'h self, asked: &'h HeaderValue) -> &'h HeaderValue {
        match &self.settings.host {
            Some(host) => host,
            None if asked.is_empty() => self.target.host(),
            None => asked,
        }
    }

    /// Opens a connection, with TLS where there is some.
    pub(crate) async fn connect(&self) -> io::Result<Stream> {
        let connecting = async {
            let socket = self.target.connect().await?;
            let (Some(tls), Some(name)) = (&self.tls, self.target.server_name()) else {
                return Ok(Stream::Plain(socket));
            };
            let stream = tls.connect(name.clone(), socket).await?;
            Ok(Stream::Secure(Box::new(stream.into())))
        };
        match tokio::time::timeout(self.settings.connect_timeout, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
