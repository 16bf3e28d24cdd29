//! What a page tells somebody about what they have just tried.

use doorward::password::{PasswordPolicy, PasswordRefusal};
use doorward::store::Conflict;
use doorward::{Reason, Refusal};

use super::words::{Words, fill};

/// A sentence above a form, or beside a field.
pub(super) struct Notice {
    pub(super) text: String,
    /// Whether something went wrong.
    pub(super) is_error: bool,
    /// Seconds until it is worth trying again.
    pub(super) wait: Option<u32>,
    /// The field that it is about, where it is about one.
    pub(super) field: Option<&'static str>,
}

/// What there is to tell on a page with several fields, if anything.
pub(super) struct Told(pub(super) Option<Notice>);

impl Told {
    /// What is about no field.
    pub(super) fn above(&self) -> Option<&Notice> {
        self.0.as_ref().filter(|notice| notice.field.is_none())
    }

    /// What is about this one.
    pub(super) fn at(&self, field: &str) -> Option<&Notice> {
        self.0.as_ref().filter(|notice| notice.field == Some(field))
    }
}

impl Notice {
    pub(super) fn good(text: &str) -> Self {
        Self { text: text.to_owned(), is_error: false, wait: None, field: None }
    }

    pub(super) fn bad(text: &str) -> Self {
        Self { text: text.to_owned(), is_error: true, wait: None, field: None }
    }

    /// The same about a field.
    pub(super) fn at(self, field: Option<&'static str>) -> Self {
        Self { field, ..self }
    }

    /// A refusal in words for a person; none for what no form of ours causes. Wrong logins and wrong passwords look the same.
    pub(super) fn of(refusal: &Refusal, words: &Words) -> Option<Self> {
        let text = match refusal.reason() {
            Reason::BadCredentials => words.bad_credentials.clone(),
            Reason::Code => words.bad_code.clone(),
            Reason::WrongPassword => words.bad_current.clone(),
            Reason::Invalid("name", _) => words.bad_name.clone(),
            Reason::Invalid("email", _) => words.bad_email.clone(),
            Reason::Password(refusal) => weak(refusal, words),
            Reason::TooManySessions | Reason::Conflict(Conflict::TooManySessions) => words.sessions_full.clone(),
            Reason::HttpsRequired => words.https_required.clone(),
            Reason::Realm(_) => words.realm_required.clone(),
            Reason::Conflict(Conflict::CodeUnknown) => words.bad_code.clone(),
            Reason::Conflict(_) => words.change_refused.clone(),
            Reason::Throttled => match refusal.terms().retry_after {
                Some(seconds) => fill(&words.throttled, &[("time", &words.time(seconds))]),
                None => words.throttled_some.clone(),
            },
            Reason::Busy | Reason::Unavailable => words.unavailable.clone(),
            _ => return None,
        };
        Some(Self { text, is_error: true, wait: refusal.terms().retry_after, field: None })
    }
}

/// Why a password is not taken.
fn weak(refusal: &PasswordRefusal, words: &Words) -> String {
    match refusal {
        PasswordRefusal::TooShort(least) => fill(&words.password_short, &[("number", &least.to_string())]),
        PasswordRefusal::TooLong => fill(&words.password_long, &[("number", &PasswordPolicy::GREATEST.to_string())]),
        PasswordRefusal::Common => words.password_common.clone(),
        PasswordRefusal::Obvious => words.password_obvious.clone(),
        PasswordRefusal::Same => words.password_same.clone(),
    }
}
