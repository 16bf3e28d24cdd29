//! What a page tells somebody about what they have just tried.

use doorward::{Reason, Refusal};

/// A sentence above a form.
pub(super) struct Notice {
    pub(super) text: String,
    /// Whether something went wrong.
    pub(super) is_error: bool,
    /// Seconds until it is worth trying again.
    pub(super) wait: Option<u32>,
}

impl Notice {
    pub(super) fn good(text: &str) -> Self {
        Self { text: text.to_owned(), is_error: false, wait: None }
    }

    pub(super) fn bad(text: &str) -> Self {
        Self { text: text.to_owned(), is_error: true, wait: None }
    }

    /// A refusal in words for a person; none for what no form of ours causes. Wrong logins and wrong passwords look the same.
    pub(super) fn of(refusal: &Refusal) -> Option<Self> {
        let text = match refusal.reason() {
            Reason::BadCredentials => "Login and password do not match.".to_owned(),
            Reason::Code => "The code is wrong, used or expired.".to_owned(),
            Reason::WrongPassword => "The current password is wrong.".to_owned(),
            Reason::Password(refusal) => format!("The new password is not good enough: {refusal}"),
            Reason::TooManySessions => {
                "You are logged in at as many places as allowed. Log out somewhere else first.".to_owned()
            }
            Reason::HttpsRequired => "Log in over https: a password is not read over an open line.".to_owned(),
            Reason::Realm(_) => "Choose where to log in.".to_owned(),
            Reason::Conflict(conflict) => format!("That could not be done: {conflict}."),
            Reason::Throttled => match refusal.terms().retry_after {
                Some(seconds) => {
                    format!("Too many failures. Wait {} before the next try.", duration(seconds))
                }
                None => "Too many failures. Wait before the next try.".to_owned(),
            },
            Reason::Busy | Reason::Unavailable => "This cannot be found out now. Try again in a moment.".to_owned(),
            _ => return None,
        };
        Some(Self { text, is_error: true, wait: refusal.terms().retry_after })
    }
}

/// A time in words, never shorter than it is.
fn duration(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_words_and_never_too_short() {
        let told: Vec<String> = [1, 30, 119, 120, 121, 3_600, 7_201].into_iter().map(duration).collect();
        assert_eq!(told, ["a second", "30 seconds", "119 seconds", "2 minutes", "3 minutes", "60 minutes", "3 hours"]);
    }
}
