//! Who is calling, and may they? The engine of Doorward, and its doors for Rust services.
//!
//! [`Engine::judge`] answers both questions for one request: a [`Pass`], or a [`Refusal`] that says why. It is asked by
//!
//! * [`Layer`], which puts the engine in front of any `tower` service;
//! * `axum::protect`, which puts the resources of `/user/*` beside an axum router and both behind the
//!   layer (feature `axum`);
//! * the gateway of the program `doorward`, which reads the same rules.
//!
//! Whoever starts an engine hands in three things: a compiled [`policy`], a [`store`] ([`MemoryStore`] is one), and a
//! [`Hasher`](password::Hasher) for passwords (`runtime::BlockingHasher`, feature `runtime`); and calls
//! [`Engine::maintain`] several times a second (`runtime::maintain` does).
//!
//! The engine opens no file, no socket and no thread, reads no request's body, and shows no secret: none of them implements
//! `Debug` or `Display`.
//!
//! ```
//! # use std::sync::Arc;
//! use doorward::policy::{Door, Draft, Policy, Settings};
//! use doorward::{Engine, EngineParts, Head, MemoryStore, Verdict, client};
//! # use doorward::password::{Busy, HashJob, HashOutcome, Hasher};
//! # struct Nobody;
//! # impl Hasher for Nobody {
//! #     fn run(&self, _: HashJob) -> futures_util::future::BoxFuture<'_, Result<HashOutcome, Busy>> {
//! #         Box::pin(async { Err(Busy { retry_after: 1 }) })
//! #     }
//! # }
//! # let hasher = Arc::new(Nobody);
//!
//! # async fn example(hasher: Arc<Nobody>) -> Result<(), Box<dyn std::error::Error>> {
//! let rules = "[[route]]\nmatch = \"GET /orders/:id\"\naccess = \"self\"\n";
//! let (settings, rules) = Settings::parse("doorward.toml", rules, &|_| None)?;
//! let policy = Policy::compile(&Draft::new(&settings, &[rules]))?;
//! let engine = Engine::start(EngineParts::new(policy, Arc::new(MemoryStore::new()), hasher)).await?;
//!
//! let (parts, ()) = http::Request::get("/orders/7").header("host", "localhost").body(())?.into_parts();
//! let peer = client::Peer { address: None, secure: true };
//! let head = Head::read(&parts, &peer, &client::TrustedProxies::default(), Door::Public).map_err(|no| no.code())?;
//! let Verdict::Deny(refusal) = engine.judge(&head).await else { panic!("a guest is let in") };
//! assert_eq!((refusal.code(), refusal.status().as_u16()), ("not_logged_in", 401));
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example(hasher)).unwrap();
//! ```

mod admission;
pub mod audit;
#[cfg(feature = "axum")]
pub mod axum;
pub mod basic;
pub mod client;
mod clock;
#[cfg(feature = "contract")]
pub mod contract;
pub mod cookie;
pub mod csrf;
mod device;
mod engine;
mod fields;
mod head;
pub mod identity;
pub mod layer;
mod memory;
mod name;
pub mod password;
mod path;
pub mod policy;
pub mod problem;
mod punycode;
mod refusal;
mod reply;
#[cfg(feature = "runtime")]
pub mod runtime;
mod seal;
mod session;
mod sessions;
mod speech;
pub mod store;
mod throttle;
mod user;
mod users;
mod verdict;
mod verified;

pub use admission::Admission;
pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use engine::{
    Actor, Arrival, Engine, EngineError, EngineParts, Gauges, GrantsChange, GuestToken, HashFate, LogIn, LoggedIn,
    OneTimeCode, OwnUpdate, ProvenToken, RolePreview, Scope, Shown, Tally, UserAlteration, UserDraft, UserUpdate,
    Visit,
};
pub use fields::Fields;
pub use head::Head;
pub use layer::Layer;
pub use memory::MemoryStore;
pub use name::{InvalidName, Name};
pub use path::{CanonicalPath, PathError};
pub use refusal::{Reason, Refusal, Terms};
pub use session::{Session, SessionDigest, SessionHandle, SessionKey, SessionToken};
pub use speech::{EzElement, Format, Speech};
pub use user::{InvalidUser, Login, PasswordHash, User, UserId, UserNumber, UserState};
pub use verdict::{Answer, Caller, Known, LiveSession, Method, Pass, Verdict};

/// The README's example compiles.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../README.md")]
struct Readme;
