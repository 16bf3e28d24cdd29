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
    if let Some(wrong) = MagentoError::of_type(headers.get_all(CONTENT_TYPE)) {
        return Err(wrong);
    }
    if headers.contains_key(CONTENT_ENCODING) { Err(MagentoError::not_understood("application/json")) } else { Ok(()) }
}
