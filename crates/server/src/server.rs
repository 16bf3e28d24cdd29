//! The server as a whole: started from settings, reloaded, and drained.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use doorward::Engine;
use doorward::policy::{Complaints, Door, Listener as Declared, Settings};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::core::{Cores, Ending, Phase};
use crate::descriptors;
use crate::gateway::{Gateway, OwnResources, Place};
use crate::listen::{Address, Entry, ListenError, Listener};
use crate::maintenance;
use crate::own;
use crate::pages::Look;
use crate::plane::View;
use crate::tls::{Certificate, Served, TlsError, TlsFiles};
use crate::upstream::{self, UpstreamError, Upstreams};

/// What a server is made of.
pub struct Plan {
    /// What `doorward.toml` says.
    pub settings: Settings,
    /// Who decides.
    pub engine: Arc<Engine>,
    /// How many cores serve requests.
    pub cores: usize,
    /// What paths in the settings are relative to.
    pub base: PathBuf,
}

/// Why a server cannot start, or cannot take other settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A listener cannot be.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A certificate cannot be served.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// An upstream cannot be.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// A file that the pages show or read cannot be used.
    #[error(transparent)]
    Pages(#[from] Complaints),
    /// The system has no threads left.
    #[error("cannot start a thread: {0}")]
    Threads(#[from] io::Error),
}

/// A server that runs. Dropped without [`drain`](Self::drain), it ends at once.
pub struct Server {
    gateway: Arc<Gateway>,
    certificate: Option<Arc<Certificate>>,
    addresses: Vec<Address>,
    admin_addresses: Vec<Address>,
    phase: watch::Sender<Phase>,
    endings: Vec<Ending>,
    accepting: Vec<JoinHandle<()>>,
    maintaining: JoinHandle<()>,
    /// Followers of upstreams, replaced at a reload.
    following: Mutex<Vec<JoinHandle<()>>>,
    look: Arc<ArcSwap<Look>>,
    control: Option<Runtime>,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off at the deadline, tunnels not counted.
    pub cut: usize,
}

/// Threads of the control runtime: it accepts, and serves what is not forwarded.
const CONTROL_THREADS: usize = 2;
/// How long the cores may take to close what is left.
const CLOSING: Duration = Duration::from_secs(3);

/// Starts a server: when this returns, it listens.
///
/// # Errors
/// When a socket, a certificate, an upstream or a file of the settings cannot be; then nothing is left behind.
pub fn start(plan: Plan) -> Result<Server, StartError> {
    let Plan { settings, engine, cores, base } = plan;
    let certificate = match &settings.tls {
        Some(_) => Some(Certificate::load(tls_files(&settings, &base))?),
        None => None,
    };
    let look = Arc::new(ArcSwap::from_pointee(Look::new(&settings, &base)?));
    let listeners = bind(&settings.listen, Door::Public, certificate.as_ref(), &base)?;
    let admin_listeners = bind(&settings.admin_listen, Door::Admin, certificate.as_ref(), &base)?;
    let control = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CONTROL_THREADS)
        .thread_name("control")
        .enable_all()
        .build()?;
    let secure_port =
        listeners.iter().find(|listener| listener.is_secure()).and_then(|listener| listener.address.port());
    let upstreams: Arc<ArcSwap<Upstreams>> = Arc::default();
    let seats = Arc::default();
    let view = View::new(engine.clone(), &upstreams, &seats);
    let own = {
        let _entered = control.enter();
        own::router(own::State { engine: engine.clone(), plane: Arc::new(view), look: look.clone() })
    };
    let resources = OwnResources { router: own, look: look.clone(), upstreams, seats };
    let place = Place { base, secure_port, control: control.handle().clone(), room: room(&settings) };
    let gateway = Arc::new(Gateway::new(engine.clone(), resources, &settings, place)?);
    let (phase, watched) = watch::channel(Phase::Serving);
    let (cores, endings) = Cores::start(cores, &gateway, &watched)?;
    let cores = Arc::new(cores);
    let places = |listeners: &[Listener]| listeners.iter().map(|listener| listener.address.clone()).collect();
    let (addresses, admin_addresses) = (places(&listeners), places(&admin_listeners));
    let accepting = listeners.into_iter().chain(admin_listeners).map(|listener| {
        let cores = cores.clone();
        control.spawn(async move {
            let address = listener.address.clone();
            if let Err(error) = listener.accept(|accepted| cores.take(accepted)).await {
                tracing::error!(%address, %error, "nothing is accepted here any more");
            }
        })
    });
    let accepting = accepting.collect();
    let maintaining = control.spawn(maintenance::maintain(engine));
    if let Some(certificate) = &certificate {
        control.spawn(certificate.clone().follow());
    }
    let server = Server {
        gateway,
        certificate,
        addresses,
        admin_addresses,
        phase,
        endings,
        accepting,
        maintaining,
        following: Mutex::default(),
        look,
        control: Some(control),
    };
    server.follow_upstreams();
    Ok(server)
}

impl Server {
    /// Where it listens.
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Where it listens for those who administer.
    pub fn admin_addresses(&self) -> &[Address] {
        &self.admin_addresses
    }

    /// Takes other settings: upstreams, limits, trusted proxies, the look of pages, certificates read again. Whole or not at all. Listeners and
    /// threads stay; rules are the engine's to reload, after this.
    ///
    /// # Errors
    /// When an upstream, a certificate or a file of the pages cannot be. The old ones stay.
    pub fn reload(&self, settings: &Settings) -> Result<(), StartError> {
        let served = match (&self.certificate, &settings.tls) {
            (Some(_), Some(_)) => Some(Served::read(tls_files(settings, self.gateway.base()))?),
            _ => None,
        };
        let look = Look::new(settings, self.gateway.base())?;
        let replacement = self.gateway.prepare(settings)?;
        if let (Some(certificate), Some(served)) = (&self.certificate, served) {
            certificate.replace(served);
        }
        self.gateway.replace(replacement);
        self.look.store(Arc::new(look));
        self.follow_upstreams();
        Ok(())
    }

    /// Ends: accepts nothing more, lets what is under way come to its end until `deadline` has passed, and then closes the rest.
    pub async fn drain(mut self, deadline: Duration) -> Drained {
        for accepting in &self.accepting {
            accepting.abort();
        }
        let _ = self.phase.send(Phase::Draining);
        let (quiet, done): (Vec<_>, Vec<_>) = self.endings.drain(..).map(|ending| (ending.quiet, ending.done)).unzip();
        let all_quiet = futures_util::future::join_all(quiet);
        let cut = match tokio::time::timeout(deadline, all_quiet).await {
            Ok(_) => 0,
            Err(_) => {
                let gateway = &self.gateway;
                gateway.seats.taken().saturating_sub(gateway.tunnels.load(Ordering::Relaxed))
            }
        };
        let _ = self.phase.send(Phase::Closing);
        if tokio::time::timeout(CLOSING, futures_util::future::join_all(done)).await.is_err() {
            tracing::warn!("a core does not end in time");
        }
        self.maintaining.abort();
        maintenance::finish(&self.gateway.engine).await;
        Drained { cut }
    }

    /// Asks how the upstreams are, for as long as they are ours.
    fn follow_upstreams(&self) {
        let Some(control) = &self.control else { return };
        let upstreams = self.gateway.upstreams.load();
        let asked = upstreams.each().filter(|upstream| upstream.is_asked());
        let begin = |upstream| control.spawn(upstream::follow(Arc::downgrade(upstream)));
        let followers: Vec<_> = asked.map(begin).collect();
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        for before in std::mem::replace(&mut *following, followers) {
            before.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.phase.send(Phase::Closing);
        // Not waited for: whoever drops it may be a runtime's thread itself.
        if let Some(control) = self.control.take() {
            control.shutdown_background();
        }
    }
}

fn bind(
    declared: &[Declared],
    door: Door,
    certificate: Option<&Arc<Certificate>>,
    base: &Path,
) -> Result<Vec<Listener>, ListenError> {
    let bind = |listener: &Declared| {
        let entry = Entry {
            door,
            redirect_to_https: listener.redirect_to_https,
            proxy_protocol: listener.proxy_protocol,
            certificate: certificate.filter(|_| !listener.plain).cloned(),
        };
        Listener::bind(&listener.address, base, entry)
    };
    declared.iter().map(bind).collect()
}

/// How many connections the system has descriptors for, told where they are fewer than the settings allow.
fn room(settings: &Settings) -> usize {
    let descriptors = descriptors::raise();
    let room = descriptors::room(descriptors);
    let wanted = settings.limits.connections;
    if usize::try_from(wanted).is_ok_and(|wanted| wanted > room) {
        let given = descriptors.unwrap_or_default();
        tracing::warn!(
            "the system gives {given} descriptors, so that there are {room} connections at most, not {wanted} as \
             `limits.connections` says: raise the limit (`LimitNOFILE=` in systemd, `ulimit -n` in a shell)"
        );
    }
    room
}

/// The files of `[tls]`, which is there.
fn tls_files(settings: &Settings, base: &Path) -> TlsFiles {
    let file = |name: &str| base.join(name);
    match &settings.tls {
        Some(tls) => TlsFiles { cert: file(&tls.cert), key: file(&tls.key) },
        None => TlsFiles { cert: PathBuf::new(), key: PathBuf::new() },
    }
}
