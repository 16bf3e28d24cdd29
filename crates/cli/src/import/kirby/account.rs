//! An account: `site/accounts/ID/index.php`, and the hash beside it.

use doorward::password::foreign::{Incoming, Written};
use serde_json::{Map, Value as Json};

use crate::import::magento::php::Value;
use crate::import::users::{Record, Wrong};

/// What an account comes to, and what of it does not move.
#[derive(Debug)]
pub struct Account {
    pub record: Record,
    /// The role as it was written.
    pub role: Option<String>,
    /// Whether a second factor stays behind.
    pub has_more_secrets: bool,
}

impl Account {
    /// Whether the hash, if there is one, can be read.
    pub fn has_good_hash(&self) -> bool {
        let written = |hash| Written { hash, login: &self.record.login, ..Written::default() };
        self.record.hash.as_deref().is_none_or(|hash| Incoming::read(written(hash)).is_ok())
    }
}

/// Reads an account. `id` is its folder; `secrets` is its `.htpasswd`: the hash, and on further lines what we do not have.
///
/// # Errors
/// When `index.php` is anything but values, or has no e-mail, by which people log in.
pub fn read(id: &str, index: &str, secrets: Option<&str>) -> Result<Account, Wrong> {
    let value = Value::parse(index).map_err(|wrong| Wrong::new(wrong.line, wrong.text))?;
    let text = |key: &str| match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) if text.contains('\0') => Err(Wrong::new(1, format!("`{key}`: a NUL is no text"))),
        Some(Value::Text(text)) if text.is_empty() => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Wrong::new(1, format!("`{key}` is no text"))),
    };
    let email = text("email")?.ok_or_else(|| Wrong::new(1, "there is no `email`, by which people log in"))?;
    let mut lines = secrets.unwrap_or_default().lines();
    let hash = lines.next().map(str::trim).filter(|hash| !hash.is_empty()).map(str::to_owned);
    let role = text("role")?;
    let language = text("language")?.map(|language| Map::from_iter([("language".to_owned(), Json::String(language))]));
    let record = Record {
        line: 1,
        login: email.clone(),
        id: Some(id.to_owned()),
        email: Some(email),
        name: text("name")?,
        hash,
        attributes: language,
        ..Record::default()
    };
    Ok(Account { record, role, has_more_secrets: lines.any(|line| !line.trim().is_empty()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_as_kirby_writes_it() {
        let index = "<?php\n\nreturn [\n    'email' => 'anna@example.com',\n    'language' => 'de',\n    'name' => 'Anna O\\'Hara',\n    'role' => 'editor'\n];";
        let account = read("aB3dE6gH", index, Some("$2y$10$x\n{\"totp\":\"y\"}\n")).expect("an account");
        assert_eq!((account.record.login.as_str(), account.role.as_deref()), ("anna@example.com", Some("editor")));
        assert_eq!(account.record.name.as_deref(), Some("Anna O'Hara"));
        assert_eq!((account.record.hash.as_deref(), account.has_more_secrets), (Some("$2y$10$x"), true));
        assert_eq!(account.record.attributes, Some(Map::from_iter([("language".into(), "de".into())])));
    }

    #[test]
    fn code_and_accounts_without_an_address_are_told_with_their_line() {
        for (index, line, part) in [
            ("<?php\nreturn ['name' => 'x'];", 1, "no `email`"),
            ("<?php\nreturn [\n'email' => getenv('X')];", 3, ""),
            ("<?php\nsystem('rm');\nreturn [];", 2, ""),
            ("<?php return ['email' => ['x']];", 1, "`email` is no text"),
            ("return [];", 1, "<?php"),
            ("<?php return ['email' => 'a", 1, "does not end"),
        ] {
            let wrong = read("a", index, None).expect_err("a mistake");
            assert_eq!(wrong.line, line, "{index} {wrong:?}");
            assert!(wrong.text.contains(part), "{index} {wrong:?}");
        }
    }
}
