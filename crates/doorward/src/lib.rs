//! Who is calling, and may they? The engine of Doorward.

pub mod audit;
mod clock;
mod name;
pub mod password;
mod session;
mod sessions;
pub mod store;
mod throttle;
mod user;
mod users;
mod verified;

pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use name::{InvalidName, Name};
pub use session::{Session, SessionDigest, SessionHandle, SessionKey, SessionToken};
pub use user::{InvalidUser, Login, PasswordHash, User, UserId, UserNumber, UserState};
