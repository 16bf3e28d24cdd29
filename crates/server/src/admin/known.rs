//! What filters name must be there: an empty list would say that nothing matches, when nothing was looked for.

use std::net::IpAddr;

use doorward::audit::EventKind;
use doorward::policy::Policy;
use doorward::{Login, Name};

use crate::own::Refused;

/// A realm of the rules.
///
/// # Errors
/// 400 for another name.
pub(super) fn realm(policy: &Policy, name: Option<Name>) -> Result<Option<Name>, Refused> {
    match name {
        Some(name) if policy.realm_id(name.as_str()).is_none() => {
            Err(Refused::invalid("realm", format!("there is no realm {name}")))
        }
        name => Ok(name),
    }
}

/// A role, of whatever origin.
///
/// # Errors
/// 400 for another name.
pub(super) fn role(policy: &Policy, name: Option<Name>) -> Result<Option<Name>, Refused> {
    match name {
        Some(name) if !policy.has_role(&name) => Err(Refused::invalid("role", format!("there is no role {name}"))),
        name => Ok(name),
    }
}

/// A kind of event.
///
/// # Errors
/// 400 for another word.
pub(super) fn kind(text: Option<String>) -> Result<Option<String>, Refused> {
    match text {
        Some(text) if !EventKind::ALL.iter().any(|kind| kind.code() == text) => {
            let kinds = EventKind::ALL.map(EventKind::code).join(", ");
            Err(Refused::invalid("kind", format!("one of {kinds}")))
        }
        text => Ok(text),
    }
}

/// An address in the spelling in which addresses are written down.
///
/// # Errors
/// 400 for what is none.
pub(super) fn address(text: Option<String>) -> Result<Option<String>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let address: IpAddr =
        text.parse().map_err(|_| Refused::invalid("address", "an address, as 192.0.2.1 or 2001:db8::1"))?;
    Ok(Some(address.to_canonical().to_string()))
}

/// A login in its one form, `cli` and `system` included.
///
/// # Errors
/// 400 for what nobody can be called.
pub(super) fn login(text: Option<String>) -> Result<Option<Login>, Refused> {
    let login = text.as_deref().map(Login::parse).transpose();
    login.map_err(|error| Refused::invalid("login", error.to_string()))
}

/// A word for how something went.
///
/// # Errors
/// 400 for what can be none.
pub(super) fn outcome(text: Option<String>) -> Result<Option<String>, Refused> {
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match text {
        Some(text) if !is_word(&text) => Err(Refused::invalid("outcome", "ok, or the code of a refusal")),
        text => Ok(text),
    }
}
