//! One-time codes: how somebody sets a password that nobody else ever knew.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Actor, Engine, Visit, throttled, unavailable};
use crate::audit::EventKind;
use crate::client::network;
use crate::clock::Time;
use crate::password::{PasswordBytes, PasswordRefusal};
use crate::refusal::{Reason, Refusal};
use crate::store::{Change, Conflict, StoreError};
use crate::user::User;

/// A code for one use, and when it is void. Shown once, to whoever issued it.
pub struct OneTimeCode {
    /// 128 random bits as 22 characters of base64url.
    pub code: Zeroizing<String>,
    /// When it is void.
    pub expires: Time,
}

impl Engine {
    /// A code is void after so many seconds: a day.
    pub const CODE_LIFETIME: u32 = 86_400;

    /// Issues a code with which `user` may set a password. An older one is void.
    ///
    /// # Errors
    /// 403 when the user has resources that the actor lacks, 409 when the user was altered since they were read, 503 in an
    /// outage.
    pub async fn issue_code(&self, actor: &Actor, user: &User) -> Result<OneTimeCode, Refusal> {
        self.may_govern(actor, user)?;
        let mut bytes = Zeroizing::new([0u8; 16]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|error| unavailable(&error))?;
        let code = Zeroizing::new(Base64UrlUnpadded::encode_string(bytes.as_slice()));
        let now = self.clock.now();
        let expires = now.saturating_add(Self::CODE_LIFETIME);
        let issue = Change::IssueCode { user: user.number, digest: digest(&code), expires };
        // Whoever is given more roles at this very moment is not the one whom the actor may govern.
        let (version, change) = (user.version(), Box::new(issue));
        let change = Change::ExpectUser { user: user.number, version, change };
        let event = actor.event(EventKind::CodeIssued, now).about(user.number, &user.realm, user.login.as_str());
        self.commit(change, vec![event]).await?;
        Ok(OneTimeCode { code, expires })
    }

    /// Redeems a code for a password, and says whose it was. All sessions of the user end; nobody is logged in by it.
    ///
    /// A code that is none costs a look-up and no computation: 128 random bits are not guessed, so that nobody learns
    /// anything by the time it takes.
    ///
    /// # Errors
    /// 400 for a wrong, used or expired code, 422 for a password that is not good enough, 429 after many wrong codes. The password
    /// that is in use is as good as another one: whoever issues codes would learn it by trying.
    pub async fn redeem_code(&self, code: &str, password: PasswordBytes, visit: &Visit<'_>) -> Result<User, Refusal> {
        let now = self.clock.now();
        let address = visit.client.address;
        let event = visit.event(EventKind::PasswordSet, now).detail("by one-time code");
        let reserved = self.throttle.reserve_source(network(address).network(), now).await;
        let reservation = reserved.map_err(|wait| {
            self.notes.sampled("throttled", address, event.clone().outcome("throttled"));
            throttled(wait, None)
        })?;
        let digest = digest(code);
        let owner = self.store.code_owner(digest, now).await.map_err(|error| unavailable(&error))?;
        let Some(user) = owner else {
            reservation.fail();
            self.notes.sampled("bad_code", address, event.outcome("bad_code"));
            return Err(Reason::Code.into());
        };
        self.judge_password(&password, &user)?;
        let password = self.hash(password).await?;
        let event = event.about(user.number, &user.realm, user.login.as_str());
        match self.store.commit(Change::RedeemCode { digest, now, password }, vec![event.clone()]).await {
            Ok(committed) => {
                self.apply_commit(&committed);
                // Whoever was sent a code does not wait for what others have guessed; the password is set in any case.
                if self.commit(Change::Unlock { user: user.number }, vec![]).await.is_err() {
                    tracing::warn!(user = %user.number.0, "a new password is set; failures before it are still counted");
                }
                self.throttle.forgive(user.realm.as_str(), user.login.as_str());
                Ok(user)
            }
            Err(StoreError::Conflict(Conflict::CodeUnknown)) => {
                reservation.fail();
                self.notes.sampled("bad_code", address, event.outcome("bad_code"));
                Err(Reason::Code.into())
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Whether `user` may have this password.
    pub(super) fn judge_password(&self, password: &[u8], user: &User) -> Result<(), Refusal> {
        let email = user.email.as_deref().unwrap_or_default();
        let context = [user.login.as_str(), user.name.as_str(), email, user.realm.as_str()];
        let judged: Result<(), PasswordRefusal> = self.passwords.load().judge(password, &context);
        judged.map_err(|refusal| Reason::Password(refusal).into())
    }
}

fn digest(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}
