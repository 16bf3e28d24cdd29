//! What the pages say: one file a language, and what an operator puts in its place.

use doorward::policy::{Language, TextSettings};
use serde::Deserialize;

/// All that is said, in one language. A file that lacks a text, or has one too many, is not read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(super) log_in: String,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) realm: String,
    pub(super) realm_choose: String,
    pub(super) remember: String,
    pub(super) remember_realms: String,
    pub(super) have_code: String,
    pub(super) show: String,
    pub(super) show_password: String,
    pub(super) hide: String,
    pub(super) hide_password: String,
    pub(super) code_title: String,
    pub(super) code_where: String,
    pub(super) code: String,
    pub(super) code_set: String,
    pub(super) log_out: String,
    pub(super) log_out_ask: String,
    pub(super) log_out_who: String,
    pub(super) log_out_who_realm: String,
    pub(super) logged_out: String,
    pub(super) logged_out_nobody: String,
    pub(super) account: String,
    pub(super) panel_open: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) login_as: String,
    pub(super) details_title: String,
    pub(super) name_set: String,
    pub(super) email_rule: String,
    pub(super) email_set: String,
    pub(super) email_current: String,
    pub(super) sessions: String,
    pub(super) session_current: String,
    pub(super) session_token: String,
    pub(super) session_first: String,
    pub(super) session_last: String,
    pub(super) session_end: String,
    pub(super) session_end_label: String,
    pub(super) session_end_others: String,
    pub(super) device: String,
    pub(super) device_unknown: String,
    pub(super) password_title: String,
    pub(super) password_current: String,
    pub(super) password_new: String,
    pub(super) password_rule: String,
    pub(super) password_again: String,
    pub(super) password_others: String,
    pub(super) password_set: String,
    pub(super) done_code: String,
    pub(super) done_name: String,
    pub(super) done_email: String,
    pub(super) done_password: String,
    pub(super) done_ended: String,
    pub(super) done_others: String,
    pub(super) form_stale: String,
    pub(super) not_twice: String,
    pub(super) bad_credentials: String,
    pub(super) bad_code: String,
    pub(super) bad_current: String,
    pub(super) bad_name: String,
    pub(super) bad_email: String,
    pub(super) password_short: String,
    pub(super) password_long: String,
    pub(super) password_common: String,
    pub(super) password_obvious: String,
    pub(super) password_same: String,
    pub(super) sessions_full: String,
    pub(super) https_required: String,
    pub(super) realm_required: String,
    pub(super) change_refused: String,
    pub(super) throttled: String,
    pub(super) throttled_some: String,
    pub(super) throttled_over: String,
    pub(super) refused_title: String,
    pub(super) refused: String,
    pub(super) forbidden_title: String,
    pub(super) forbidden: String,
    pub(super) missing_title: String,
    pub(super) missing: String,
    pub(super) request: String,
    pub(super) unavailable_title: String,
    pub(super) unavailable: String,
    pub(super) unreachable: String,
    pub(super) seconds: String,
    pub(super) second: String,
    pub(super) minutes: String,
    pub(super) hours: String,
    #[serde(skip)]
    pub(super) own: TextSettings,
}

impl Words {
    /// What is said in a language, with the texts of `doorward.toml`.
    pub(super) fn read(language: Language, own: Option<&TextSettings>) -> Self {
        let words: Self = toml::from_str(file(language)).expect("the files are read by a test");
        let own = own.cloned().unwrap_or_default();
        // The heading alone: the button still says what it does.
        let login = own.login.clone().unwrap_or(words.login);
        Self { login, own, ..words }
    }

    /// A time in words, never shorter than it is.
    pub(super) fn time(&self, seconds: u32) -> String {
        match seconds {
            0..=1 => self.second.clone(),
            2..=119 => fill(&self.seconds, &[("number", &seconds.to_string())]),
            120..=7_199 => fill(&self.minutes, &[("number", &seconds.div_ceil(60).to_string())]),
            _ => fill(&self.hours, &[("number", &seconds.div_ceil(3_600).to_string())]),
        }
    }
}

fn file(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../languages/en.toml"),
        Language::German => include_str!("../../languages/de.toml"),
        Language::French => include_str!("../../languages/fr.toml"),
        Language::Spanish => include_str!("../../languages/es.toml"),
    }
}

/// A text with values in place of its words in braces. What stands in a value is text, braces included.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
