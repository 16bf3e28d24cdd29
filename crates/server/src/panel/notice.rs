//! What is wrong with what somebody asked for, in a sentence above the list.

use doorward::Reason;

use crate::own::Refused;

/// The sentence, when the person can mend it.
///
/// # Errors
/// The refusal, when they cannot.
pub(super) fn explain(refused: Refused) -> Result<String, Refused> {
    explain_as("This cannot be searched for.", refused)
}

/// The sentence about something else than a search.
///
/// # Errors
/// As [`explain`].
pub(super) fn explain_as(sentence: &str, refused: Refused) -> Result<String, Refused> {
    let Refused::Refusal(refusal) = &refused else { return Err(refused) };
    match refusal.reason() {
        Reason::Invalid(what, why) => Ok(format!("{sentence} {what}: {why}.")),
        Reason::NotFound => Ok("There is no such user.".to_owned()),
        Reason::Realm(_) => Ok("Several realms have a user of this id: choose the realm.".to_owned()),
        _ => Err(refused),
    }
}
