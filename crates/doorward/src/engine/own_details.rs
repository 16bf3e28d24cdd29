//! What somebody alters of themselves: the name and the address that others see of them.

use super::admin::check_texts;
use super::login::realm_of;
use super::{Engine, Visit, unavailable};
use crate::audit::EventKind;
use crate::password::PasswordBytes;
use crate::refusal::{Reason, Refusal};
use crate::store::Change;
use crate::user::User;

/// What to alter of oneself. What is `None` stays.
#[derive(Default)]
pub struct OwnUpdate {
    /// The name to show.
    pub name: Option<String>,
    /// The address, or none.
    pub email: Option<Option<String>>,
    /// The current password, which another address needs.
    pub current: Option<PasswordBytes>,
}

impl Engine {
    /// Alters name and address of the caller. The login stays: upstreams know people by it, and nobody has looked whether an
    /// address is theirs. So no answer tells who else has an address either.
    ///
    /// Another address needs the current password: operators write to it, and hand over codes by it.
    ///
    /// # Errors
    /// 400 for what does not fit; as [`log_in`](Self::log_in) for the password; 409 when somebody else was faster.
    pub async fn update_own(&self, user: &User, update: OwnUpdate, visit: &Visit<'_>) -> Result<User, Refusal> {
        let OwnUpdate { name, email, current } = update;
        let name = name.filter(|name| *name != user.name);
        let email = email.filter(|email| *email != user.email);
        let address = email.as_ref().and_then(Option::as_deref);
        check_texts(name.as_deref(), address, None)?;
        if name.as_deref().is_some_and(turns) {
            return Err(Reason::Invalid("name", "no character in it turns the direction of writing".into()).into());
        }
        if address.is_some_and(|address| turns(address) || address.contains(char::is_whitespace)) {
            return Err(Reason::Invalid("email", "not an e-mail address".into()).into());
        }
        let altered: Vec<&str> =
            [name.as_ref().map(|_| "own name"), email.as_ref().map(|_| "own e-mail")].into_iter().flatten().collect();
        if altered.is_empty() {
            return Ok(user.clone());
        }
        let now = self.clock.now();
        if email.is_some() {
            let needed = || Reason::Invalid("current", "another e-mail needs the current password".into());
            let policy = self.policy.load_full();
            let realm = realm_of(&policy, user)?;
            self.verify_own(&policy, realm, user, current.ok_or_else(needed)?, visit, EventKind::UserUpdated, now)
                .await?;
        }
        let event = visit.event(EventKind::UserUpdated, now).about(user.number, &user.realm, user.login.as_str());
        let event = event.detail(altered.join(", "));
        let update = Change::UpdateUser { user: user.number, login: None, name, email, attributes: None };
        // What an administrator has altered meanwhile is not undone by an old page.
        let change = Change::ExpectUser { user: user.number, version: user.version(), change: Box::new(update) };
        let committed = self.commit(change, vec![event]).await?;
        committed.user.ok_or_else(|| unavailable(&"the store did not say who was altered"))
    }
}

/// Whether a text turns the direction of writing, so that what stands beside it reads otherwise than it is.
fn turns(text: &str) -> bool {
    text.contains(
        |c| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'),
    )
}
