//! Whether login and password belong together: one look-up, one computation, whatever the answer.

use std::net::IpAddr;

use super::{Engine, throttled, unavailable};
use crate::client::network;
use crate::clock::Time;
use crate::device;
use crate::password::{HashJob, HashOutcome, PasswordBytes};
use crate::policy::{Policy, RealmId};
use crate::refusal::{Reason, Refusal};
use crate::store::Change;
use crate::throttle::{Attempt, Lockout};
use crate::user::{Login, PasswordHash, User, UserState};

/// What somebody claims.
pub(super) struct Claim<'a> {
    pub(super) policy: &'a Policy,
    pub(super) realm: RealmId,
    /// The login as sent.
    pub(super) login: &'a str,
    pub(super) password: PasswordBytes,
    pub(super) address: IpAddr,
    /// The cookie that a device holds since it logged in.
    pub(super) device: Option<&'a str>,
    /// How many failures are borne, where it is not as usual.
    pub(super) lockout: Option<Lockout>,
}

/// What became of a claim.
pub(super) enum Claimed {
    /// It is true, and the user may log in.
    Right(Box<User>),
    /// It is false, or the user may not log in. Outside nobody can tell which.
    Wrong {
        /// Whose login it is, as they were then.
        user: Option<Box<User>>,
        /// Whether it is true, and only the user's state stands against it: that may change, the password being the same.
        barred: bool,
    },
}

impl Engine {
    /// Verifies a claim.
    ///
    /// # Errors
    /// Too many failures, too many computations, or an outage.
    pub(super) async fn verify(&self, claim: Claim<'_>, now: Time) -> Result<Claimed, Refusal> {
        let Claim { policy, realm, password, .. } = claim;
        let realm = policy.realm(realm);
        let login = Login::parse(claim.login).ok();
        let account = login.as_ref().map_or(claim.login, Login::as_str).to_owned();
        let user = match login {
            Some(login) => self.store.user_by_login(realm.name().clone(), login).await,
            None => Ok(None),
        };
        let user = user.map_err(|error| unavailable(&error))?;
        let attempt = Attempt {
            account: (realm.name().as_str(), &account),
            network: network(claim.address).network(),
            known_device: self.is_known_device(claim.device, user.as_ref(), now),
            stored_failures: user.as_ref().map_or(0, |user| user.failures),
            lockout: claim.lockout,
        };
        let reserved = self.throttle.reserve(&attempt, now).await;
        let reservation = reserved.map_err(|wait| throttled(wait, user.clone()))?;
        let hash = user.as_ref().and_then(|user| user.password.clone());
        let again = password.clone();
        match self.compute(HashJob::Verify { hash, password, cost: self.cost() }).await? {
            HashOutcome::Right { outdated } => match user {
                Some(user) if user.state == UserState::Active => {
                    reservation.succeed();
                    if outdated {
                        self.rehash(&user, again).await;
                    }
                    Ok(Claimed::Right(Box::new(user)))
                }
                _ => {
                    reservation.fail();
                    Ok(Claimed::Wrong { user: user.map(Box::new), barred: true })
                }
            },
            HashOutcome::Wrong => {
                let counts = !attempt.known_device;
                reservation.fail();
                if let Some(user) = user.as_ref().filter(|_| counts) {
                    // Written later: a durable write here would tell by its time that there is such a user.
                    self.notes.failure(user.number);
                }
                Ok(Claimed::Wrong { user: user.map(Box::new), barred: false })
            }
            HashOutcome::Hashed(_) | HashOutcome::Failed => Err(unavailable(&"a password could not be computed")),
        }
    }

    /// Computes on the threads that were handed in.
    pub(super) async fn compute(&self, job: HashJob) -> Result<HashOutcome, Refusal> {
        self.hasher.run(job).await.map_err(|busy| {
            let mut refusal = Refusal::new(Reason::Busy);
            refusal.terms_mut().retry_after = Some(busy.retry_after);
            refusal
        })
    }

    /// A new hash of a password.
    pub(super) async fn hash(&self, password: PasswordBytes) -> Result<PasswordHash, Refusal> {
        match self.compute(HashJob::Hash { password, cost: self.cost() }).await? {
            HashOutcome::Hashed(hash) => Ok(hash),
            _ => Err(unavailable(&"a password could not be hashed")),
        }
    }

    /// Stores the same password under a better hash. When that fails it is tried again at the next log-in.
    async fn rehash(&self, user: &User, password: PasswordBytes) {
        let (Ok(new), Some(old)) = (self.hash(password).await, user.password.clone()) else { return };
        let change = Change::Rehash { user: user.number, old, new };
        if let Err(error) = self.store.commit(change, vec![]).await {
            tracing::warn!(%error, "a password hash could not be renewed");
        }
        self.users.forget(user.number);
    }

    fn is_known_device(&self, cookie: Option<&str>, user: Option<&User>, now: Time) -> bool {
        let owner = cookie.and_then(|text| device::device_user(&self.keys.device, text, now));
        matches!((owner, user), (Some(owner), Some(user)) if owner == u64::from(user.number.0))
    }
}
