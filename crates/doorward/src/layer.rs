//! The engine as a `tower` layer: the same rules and the same verdicts as the gateway's, inside a Rust service.
//!
//! ```text
//! request ─► Layer: Head::read ─► engine.judge(&head) ─► your service, with an `Admission` in the request's extensions
//!                                        └─ a refusal, a preflight: answered here, and your service never sees it
//! ```
//!
//! What goes on is the request as it was meant: the path in its one spelling, forced parameters in path, query and body,
//! `strip_prefix` and the route's header rules applied, identity headers of Doorward alone, none of Doorward's cookies, and
//! no credentials that were used here. What comes back loses what a service may not say (identity, cookies of ours) and
//! gains what it left out (`Cache-Control` on what is somebody's own, `nosniff`, HSTS over https).
//!
//! Of a route's keys the layer leaves three to others: `upstream` (there is none), `limits.timeout` and `limits.rate`
//! (they need a timer of their own; `tower` has layers for both). A WebSocket that a handler has taken over is out of the
//! layer's hands: ask [`Admission::is_still_allowed`](crate::Admission::is_still_allowed) now and then.
//!
//! # Who is at the other end
//!
//! The address of the client decides about throttling and stands in the audit log, so the layer must know the
//! connection's other end. It takes, in this order: a [`Peer`] in the request's extensions; what [`Layer::peer`] said;
//! with the feature `axum`, `ConnectInfo<SocketAddr>`. With none of them every request is answered with 500 and a line in
//! the log that says what to do: a guess would let one stranger lock out everybody, or let everybody pass as this machine.

mod arrival;
mod body;
mod own;
mod peer;
mod request_id;
mod rewrite;
mod service;

pub use body::{RequestBody, ResponseBody, Revoked};
pub use request_id::RequestId;
pub use service::{Outcome, Protected};

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::client::{Peer, TrustedProxies};
use crate::engine::Engine;
use crate::policy::Door;
use request_id::RequestIds;

/// Waits for so long.
pub type Sleep = fn(Duration) -> BoxFuture<'static, ()>;

/// Puts an [`Engine`] in front of a `tower` service.
///
/// Wrap the whole service, routing included: a router that has chosen a handler before the layer sees the request has
/// chosen it by a spelling of the path that was not judged. For axum that means [`protect`](crate::axum::protect), or
/// `layer.layer(router)`, and never `router.layer(layer)`.
///
/// ```
/// # use std::sync::Arc;
/// # use doorward::policy::{Draft, Policy, Settings};
/// # use doorward::{Engine, EngineParts, MemoryStore, layer::RequestBody};
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use doorward::Layer;
/// use http_body_util::Full;
/// use tower::{Layer as _, ServiceExt as _, service_fn};
///
/// let rules = "[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n";
/// let (settings, rules) = Settings::parse("doorward.toml", rules, &|_| None)?;
/// let policy = Policy::compile(&Draft::new(&settings, &[rules]))?;
/// # struct NoHasher;
/// # impl doorward::password::Hasher for NoHasher {
/// #     fn run(&self, _: doorward::password::HashJob)
/// #         -> futures_util::future::BoxFuture<'_, Result<doorward::password::HashOutcome, doorward::password::Busy>> {
/// #         Box::pin(async { Err(doorward::password::Busy { retry_after: 1 }) })
/// #     }
/// # }
/// # let hasher = Arc::new(NoHasher);
/// let engine = Engine::start(EngineParts::new(policy, Arc::new(MemoryStore::default()), hasher)).await?;
///
/// let hello = service_fn(async |_: http::Request<RequestBody<Full<bytes::Bytes>>>| {
///     Ok::<_, std::convert::Infallible>(http::Response::new(Full::<bytes::Bytes>::from("hello")))
/// });
/// let peer = doorward::client::Peer { address: None, secure: false };
/// let service = Layer::new(engine).peer(peer).layer(hello);
///
/// let request = http::Request::get("/").header("host", "localhost").body(Full::default())?;
/// assert_eq!(service.clone().oneshot(request).await?.status(), 200);
/// let request = http::Request::get("/secret").header("host", "localhost").body(Full::default())?;
/// assert_eq!(service.oneshot(request).await?.status(), 404);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct Layer(Arc<Setup>);

/// What a layer was told.
#[derive(Clone)]
struct Setup {
    engine: Arc<Engine>,
    door: Door,
    trusted: TrustedProxies,
    peer: Option<Peer>,
    encrypted: bool,
    serves_own: bool,
    sleep: Option<Sleep>,
    ids: Arc<RequestIds>,
}

impl Layer {
    /// A layer that judges by this engine. It trusts no proxy, and answers 404 where Doorward's own resources would be.
    pub fn new(engine: Arc<Engine>) -> Self {
        for route in engine.policy().declared_routes().iter().filter(|route| route.bounds.rate.is_some()) {
            tracing::warn!(%route, "the layer does not limit rates; put a layer that does in front of it");
        }
        Self(Arc::new(Setup {
            engine,
            door: Door::Public,
            trusted: TrustedProxies::default(),
            peer: None,
            encrypted: false,
            serves_own: false,
            sleep: None,
            ids: Arc::new(RequestIds::new()),
        }))
    }

    /// Believes what these proxies say about the client: `TrustedProxies::new(&settings.trusted_proxies)`.
    pub fn trusted_proxies(self, trusted: TrustedProxies) -> Self {
        self.with(|setup| setup.trusted = trusted)
    }

    /// Takes every connection to come from `peer`: a Unix socket, one proxy in front, a test.
    pub fn peer(self, peer: Peer) -> Self {
        self.with(|setup| setup.peer = Some(peer))
    }

    /// Takes the connections that `ConnectInfo` describes to be encrypted: TLS ends in this process. Else they count as
    /// plain HTTP, over which no cookie of the secure kind is accepted.
    pub fn encrypted(self) -> Self {
        self.with(|setup| setup.encrypted = true)
    }

    /// Judges as at this door. Without it: [`Door::Public`].
    pub fn door(self, door: Door) -> Self {
        self.with(|setup| setup.door = door)
    }

    /// Hands requests for Doorward's own resources to the service too, which must tell them by
    /// `admission.pass().route().is_own()`. [`protect`](crate::axum::protect) does both.
    pub fn serve_own(self) -> Self {
        self.with(|setup| setup.serves_own = true)
    }

    /// Judges open responses every second by this timer, also while nothing is sent. Without one they are judged when
    /// something is sent, at most once a second.
    pub fn timer(self, sleep: Sleep) -> Self {
        self.with(|setup| setup.sleep = Some(sleep))
    }

    /// This timer, unless there is one.
    #[cfg(feature = "axum")]
    pub(crate) fn or_timer(self, sleep: Sleep) -> Self {
        self.with(|setup| setup.sleep = setup.sleep.or(Some(sleep)))
    }

    /// The engine.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.0.engine
    }

    fn with(self, change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Arc::unwrap_or_clone(self.0);
        change(&mut setup);
        Self(Arc::new(setup))
    }
}

impl From<Arc<Engine>> for Layer {
    fn from(engine: Arc<Engine>) -> Self {
        Self::new(engine)
    }
}

impl<S> tower_layer::Layer<S> for Layer {
    type Service = Protected<S>;

    fn layer(&self, inner: S) -> Protected<S> {
        Protected::new(self.clone(), inner)
    }
}
