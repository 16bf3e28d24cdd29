//! Which passwords may be set. Nothing here is asked when somebody logs in.

use std::collections::HashSet;

/// What a new password must be.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    /// At least so many characters (code points).
    pub min_length: u32,
    /// Passwords that many people use, in lower case.
    common: HashSet<Box<str>>,
}

/// Why a password may not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Too few characters.
    #[error("the password needs at least {0} characters")]
    TooShort(u32),
    /// More than 1,024 bytes.
    #[error("the password has more than {} bytes", PasswordPolicy::GREATEST)]
    TooLong,
    /// On the list of common passwords, or made of one.
    #[error("the password is one that many people use; choose another")]
    Common,
    /// The login, the name, the address or the realm, or nothing but repetitions of it.
    #[error("the password is the name of the user or of this place; choose another")]
    Obvious,
    /// The one that it is to replace.
    #[error("the password is the one that is in use; choose another")]
    Same,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::new(15, "")
    }
}

impl PasswordPolicy {
    /// The greatest length in bytes.
    pub const GREATEST: usize = 1_024;
    /// Passwords that many people use, one a line; those that are long enough count as they stand,
    /// the others where a password is made of nothing else.
    const COMMON: &str = include_str!("common.txt");

    /// A policy with this least length, and more forbidden passwords, one a line.
    pub fn new(min_length: u32, more: &str) -> Self {
        let more = more.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut common: HashSet<Box<str>> = Self::common_lines().map(Box::from).collect();
        common.extend(more.map(|line| line.to_lowercase().into()));
        Self { min_length, common }
    }

    /// The embedded list, a password an item.
    pub(super) fn common_lines() -> impl Iterator<Item = &'static str> {
        Self::COMMON.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }

    /// Whether `password` may be set by somebody whom `context` names: login, name, e-mail, realm.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn judge(&self, password: &[u8], context: &[&str]) -> Result<(), PasswordRefusal> {
        if password.len() > Self::GREATEST {
            return Err(PasswordRefusal::TooLong);
        }
        // Bytes that are no UTF-8 count one each: they are a password like any other.
        let text = String::from_utf8_lossy(password);
        if text.chars().count() < self.min_length as usize {
            return Err(PasswordRefusal::TooShort(self.min_length));
        }
        let folded = text.to_lowercase();
        let words = context.iter().flat_map(|word| word.split(['@', ' '])).chain(["doorward"]);
        if words.chain(context.iter().copied()).any(|word| is_made_of(&folded, &word.to_lowercase())) {
            return Err(PasswordRefusal::Obvious);
        }
        let unit = repeated_unit(&folded);
        let bare = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
        let is_common = |text: &str| self.common.contains(text);
        if is_common(&folded) || is_common(unit) || is_common(bare) || is_sequence(&folded) {
            return Err(PasswordRefusal::Common);
        }
        if unit.chars().count() <= 2 || is_common(repeated_unit(bare)) {
            return Err(PasswordRefusal::Common);
        }
        Ok(())
    }
}

/// Whether `text` is `word`, perhaps several times, with nothing but digits and signs around it.
fn is_made_of(text: &str, word: &str) -> bool {
    if word.chars().count() < 3 {
        return false;
    }
    let rest = text.replace(word, "");
    rest.len() < text.len() && rest.chars().all(|c| c.is_ascii_digit() || c.is_ascii_punctuation() || c == ' ')
}

/// The shortest text of which `text` is nothing but repetitions; the last may be cut off.
fn repeated_unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).skip(1);
    let shortest = ends.take_while(|end| end * 2 <= text.len()).find(|&end| {
        let (unit, rest) = text.split_at(end);
        rest.as_bytes().iter().enumerate().all(|(at, byte)| *byte == unit.as_bytes()[at % end])
    });
    shortest.map_or(text, |end| &text[..end])
}

/// Whether every character follows the one before it, up or down, with at most two breaks: `abcdefgh12345678`.
fn is_sequence(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = codes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let even = |step: &&i64| (-1..=1).contains(*step);
    steps.len() >= 4 && steps.iter().filter(even).count() + 2 >= steps.len()
}
