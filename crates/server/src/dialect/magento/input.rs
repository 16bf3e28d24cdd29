//! `{"username","password"}`, as Magento reads it.

use axum::extract::Request;
use doorward::password::PasswordBytes;
use doorward::problem::MagentoError;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::{Unanswered, bad_request};
use crate::own;
use doorward::Format;

/// What somebody sends to log in. It has no `Debug`: the password is in it. Other keys, such as those of a CAPTCHA, say nothing.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) password: Password,
}

/// Wiped, and never shown.
#[derive(Default)]
pub(super) struct Password(pub(super) PasswordBytes);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Zeroizing::new(String::deserialize(deserializer)?.into_bytes())))
    }
}

impl Credentials {
    /// Reads what a service is sent.
    ///
    /// # Errors
    /// 400 for another type, for what cannot be read, and for what is empty or missing.
    pub(super) async fn read(format: Format, request: Request) -> Result<Self, Unanswered> {
        let kind = check_type(request.headers());
        let bytes = own::body(request).await?;
        let wrong = |error: &MagentoError| bad_request(format, error);
        if !bytes.is_empty() {
            kind.map_err(|error| wrong(&error))?;
        }
        let body: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let read = serde_json::from_slice::<Self>(body).map_err(|_| wrong(&MagentoError::plain("Decoding error.")))?;
        let fields = [("username", read.username.is_empty()), ("password", read.password.0.is_empty())];
        let missing: Vec<&str> =
            fields.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect();
        if missing.is_empty() { Ok(read) } else { Err(wrong(&MagentoError::required(&missing))) }
    }
}

/// JSON in UTF-8, not encoded: what else Magento reads is not taken where a password is in it.
fn check_type(headers: &HeaderMap) -> Result<(), MagentoError> {
    const INVALID: &str = "Content-Type header is invalid.";
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let text = match (lines.next().map(|line| line.to_str()), lines.next()) {
        (None, _) | (Some(Ok("")), None) => return Err(MagentoError::plain("Content-Type header is empty.")),
        (Some(Ok(text)), None) => text,
        _ => return Err(MagentoError::plain(INVALID)),
    };
    let (kind, parameter) = text.split_once(';').unwrap_or((text, ""));
    let kind = kind.trim();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"/-+.".contains(&byte);
    if kind.is_empty() || !kind.bytes().all(is_letter) {
        return Err(MagentoError::plain(INVALID));
    }
    if let Some((name, charset)) = parameter.split_once('=')
        && name.trim().eq_ignore_ascii_case("charset")
        && !charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    {
        return Err(MagentoError::plain("UTF-8 is the only supported charset."));
    }
    if !kind.eq_ignore_ascii_case("application/json") || headers.contains_key(CONTENT_ENCODING) {
        let message = "Server cannot understand Content-Type HTTP header media type %1";
        return Err(MagentoError::placed(message, kind));
    }
    Ok(())
}
