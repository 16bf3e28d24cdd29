//! The only place where the parts meet: policy, sessions, users, credentials, throttle, audit, store.

mod admin;
mod alteration;
mod arrival;
mod authority;
mod basic;
mod bearer;
mod ceiling;
mod codes;
mod credentials;
mod decide;
mod dialect;
mod endings;
mod feed;
mod guests;
mod identify;
mod judge;
mod kirby;
mod login;
mod navigation;
mod notes;
mod own;
mod own_details;
mod own_password;
mod preflight;
mod proof;
mod roles;
mod shown;
mod tallies;
mod visit;

pub use admin::{Actor, UserDraft};
pub use alteration::{UserAlteration, UserUpdate};
pub use arrival::{Arrival, HashFate};
pub use codes::OneTimeCode;
pub use guests::GuestToken;
pub use kirby::ProvenToken;
pub use login::{LogIn, LoggedIn};
pub use notes::Gauges;
pub use own::Scope;
pub use own_details::OwnUpdate;
pub use roles::{GrantsChange, RolePreview};
pub use shown::Shown;
pub use tallies::Tally;
pub use visit::Visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::RwLock;
use zeroize::Zeroizing;

use crate::clock::{Clock, SystemClock, Time};
use crate::password::{Cost, Hasher, PasswordPolicy};
use crate::policy::Policy;
use crate::refusal::{Reason, Refusal};
use crate::sessions::Sessions;
use crate::store::{Store, StoreError};
use crate::throttle::{Throttle, ThrottleLimits, Wait};
use crate::user::User;
use crate::users::Users;
use crate::verified::Verified;
use notes::Notes;

/// Decides who is calling and whether they may, and changes what must change.
///
/// It opens no file, no socket and no thread: the store, the threads that hash and the clock are handed in, and
/// [`maintain`](Self::maintain) must be called several times a second.
pub struct Engine {
    policy: ArcSwap<Policy>,
    store: Arc<dyn Store>,
    hasher: Arc<dyn Hasher>,
    clock: Arc<dyn Clock>,
    passwords: ArcSwap<PasswordPolicy>,
    sessions: Sessions,
    users: Users,
    verified: Verified,
    throttle: Throttle,
    notes: Notes,
    keys: Keys,
    /// How far the feed has been read.
    seq: AtomicU64,
    /// Goes up when any user changes: what was found out about a login that nobody has is forgotten.
    user_changes: AtomicU32,
    last_sweep: AtomicU32,
    /// Who administers depends on what roles grant and on who holds them: only one of the two changes at a time.
    role_changes: RwLock<()>,
}

/// What an engine is made of.
pub struct EngineParts {
    /// The compiled rules. Roles made at run time are read from the store and added.
    pub policy: Policy,
    /// Where things last.
    pub store: Arc<dyn Store>,
    /// The threads that compute passwords.
    pub hasher: Arc<dyn Hasher>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Which passwords may be set.
    pub passwords: PasswordPolicy,
    /// How many sessions to hold in memory at most.
    pub sessions_in_memory: usize,
}

impl EngineParts {
    /// These three, with the machine's clock, the passwords that Doorward accepts by itself, and room for
    /// [`Engine::SESSIONS_IN_MEMORY`].
    pub fn new(policy: Policy, store: Arc<dyn Store>, hasher: Arc<dyn Hasher>) -> Self {
        Self {
            policy,
            store,
            hasher,
            clock: Arc::new(SystemClock),
            passwords: PasswordPolicy::default(),
            sessions_in_memory: Engine::SESSIONS_IN_MEMORY,
        }
    }
}

/// Secrets of this installation.
struct Keys {
    guest: Zeroizing<[u8; 32]>,
    device: Zeroizing<[u8; 32]>,
}

/// Why an engine could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system has no randomness to give.
    #[error("the operating system's random source failed: {0}")]
    Random(#[from] getrandom::Error),
    /// The rules do not fit the roles that are stored.
    #[error("{0}")]
    Policy(#[from] crate::policy::Complaints),
}

impl Engine {
    /// The greatest number of sessions in memory where nothing else is said: some 800 MB.
    pub const SESSIONS_IN_MEMORY: usize = 10_000_000;

    /// Makes an engine, and asks the store for its secrets, its roles and the place in its feed.
    ///
    /// # Errors
    /// When the store or the random source fails, or a stored role clashes with the rules.
    pub async fn start(parts: EngineParts) -> Result<Arc<Self>, EngineError> {
        let EngineParts { policy, store, hasher, clock, passwords, sessions_in_memory } = parts;
        let seq = store.changes_since(u64::MAX).await?.seq;
        let keys = Keys {
            guest: Zeroizing::new(store.secret("guest").await?),
            device: Zeroizing::new(store.secret("device").await?),
        };
        let policy = policy.with_stored_roles(&store.roles().await?)?;
        Ok(Arc::new(Self {
            policy: ArcSwap::from_pointee(policy),
            sessions: Sessions::new(sessions_in_memory),
            users: Users::default(),
            verified: Verified::new()?,
            throttle: Throttle::new(ThrottleLimits::default()),
            notes: Notes::default(),
            keys,
            seq: AtomicU64::new(seq),
            user_changes: AtomicU32::new(0),
            last_sweep: AtomicU32::new(clock.now()),
            role_changes: RwLock::new(()),
            passwords: ArcSwap::from_pointee(passwords),
            store,
            hasher,
            clock,
        }))
    }

    /// The rules in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Which passwords may be set.
    pub fn passwords(&self) -> Arc<PasswordPolicy> {
        self.passwords.load_full()
    }

    /// How many passwords wait to be computed.
    pub fn passwords_waiting(&self) -> usize {
        self.hasher.waiting()
    }

    /// Puts other rules in force, with the roles that are stored. Requests under way end under the old ones.
    ///
    /// # Errors
    /// When the store does not answer, or one of its roles has the name of one in the rules. The old rules stay.
    pub async fn reload(&self, policy: Policy, passwords: PasswordPolicy) -> Result<(), EngineError> {
        let policy = policy.with_stored_roles(&self.store.roles().await?)?;
        let names = |policy: &Policy| policy.realms().iter().map(|realm| realm.name().clone()).collect::<Vec<_>>();
        let same_realms = names(&self.policy.load()) == names(&policy);
        self.settle_tallies();
        self.policy.store(Arc::new(policy));
        self.passwords.store(Arc::new(passwords));
        if !same_realms {
            // Sessions in memory name their realm by its place in the policy.
            self.sessions.forget_all();
        }
        Ok(())
    }

    /// Does what can wait: reads the feed, writes signs of life and audit events, and once a minute sweeps.
    /// Call it every 200 ms or so.
    ///
    /// # Errors
    /// When the store does not answer. What was to be written is kept, within bounds.
    pub async fn maintain(&self) -> Result<(), StoreError> {
        self.read_feed().await?;
        self.write_notes().await?;
        let now = self.clock.now();
        let last = self.last_sweep.load(Ordering::Relaxed);
        if now.saturating_sub(last) >= 60 || now < last {
            self.last_sweep.store(now, Ordering::Relaxed);
            self.sessions.sweep(now);
            self.throttle.sweep(now);
            let keep = self.policy.load().audit_retention();
            self.store.purge(now, now.saturating_sub(keep)).await?;
        }
        Ok(())
    }

    fn cost(&self) -> Cost {
        self.policy.load().password_cost()
    }
}

/// Too many failures. The audit log says of whom, where somebody has the login; the caller does not learn it.
fn throttled(wait: Wait, user: Option<User>) -> Refusal {
    let mut refusal = Refusal::new(Reason::Throttled);
    refusal.terms_mut().retry_after = Some(wait.0);
    refusal.terms_mut().caller = user.map(Arc::new);
    refusal
}

/// A store or the random source failed: the operator learns why, the caller learns that nobody knows.
fn unavailable(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a decision could not be made");
    let mut refusal = Refusal::new(Reason::Unavailable);
    refusal.terms_mut().retry_after = Some(5);
    refusal
}
