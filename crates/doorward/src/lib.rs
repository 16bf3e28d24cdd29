//! Who is calling, and may they? The engine of Doorward.

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
mod head;
pub mod identity;
pub mod layer;
mod memory;
mod name;
pub mod password;
mod path;
pub mod policy;
pub mod problem;
mod refusal;
mod reply;
#[cfg(feature = "runtime")]
pub mod runtime;
mod seal;
mod session;
mod sessions;
pub mod store;
mod throttle;
mod user;
mod users;
mod verdict;
mod verified;

pub use admission::Admission;
pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use engine::{
    Actor, Engine, EngineError, EngineParts, Gauges, GuestToken, LogIn, LoggedIn, OneTimeCode, Scope, Tally, UserDraft,
    UserUpdate, Visit,
};
pub use head::Head;
pub use layer::Layer;
pub use memory::MemoryStore;
pub use name::{InvalidName, Name};
pub use path::{CanonicalPath, PathError};
pub use refusal::{Reason, Refusal, Terms};
pub use session::{Session, SessionDigest, SessionHandle, SessionKey, SessionToken};
pub use user::{InvalidUser, Login, PasswordHash, User, UserId, UserNumber, UserState};
pub use verdict::{Answer, Caller, Known, LiveSession, Method, Pass, Verdict};
