//! `SessionInput`: login and password, in JSON or XML as `Content-Type` says.

use std::collections::HashMap;

use axum::extract::Request;
use doorward::Format;
use doorward::password::PasswordBytes;
use doorward::policy::EzVendor;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::xml;
use crate::own::{self, Refused};

/// What somebody sends to log in. It has no `Debug`: the password is in it.
pub(super) struct SessionInput {
    login: String,
    password: PasswordBytes,
}

/// What stands in a body, whatever its format.
#[derive(Default, Deserialize)]
pub(super) struct Written {
    pub(super) login: Option<String>,
    pub(super) password: Option<Password>,
}

/// Wiped, and never shown.
pub(super) struct Password(pub(super) PasswordBytes);

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Zeroizing::new(String::deserialize(deserializer)?.into_bytes())))
    }
}

impl SessionInput {
    /// Reads a request.
    ///
    /// # Errors
    /// 400 for another type, for what cannot be read, and where login or password is missing.
    pub(super) async fn read(vendor: EzVendor, request: Request) -> Result<Self, Refused> {
        let format = format(vendor, request.headers())?;
        let bytes = own::body(request).await?;
        let written = match format {
            Format::Json => json(&bytes)?,
            Format::Xml => xml::read(&bytes).map_err(invalid)?,
        };
        let login = written.login.ok_or_else(|| invalid("Missing 'login' attribute for SessionInput."))?;
        let password = written.password.ok_or_else(|| invalid("Missing 'password' attribute for SessionInput."))?;
        Ok(Self { login, password: password.0 })
    }

    pub(super) fn login(&self) -> &str {
        &self.login
    }

    pub(super) fn password(&self) -> PasswordBytes {
        self.password.clone()
    }
}

fn invalid(why: &'static str) -> Refused {
    Refused::invalid("SessionInput", why)
}

/// The format of a body. A type without a suffix is XML; `version` chooses among readers, and here there is one, without any.
fn format(vendor: EzVendor, headers: &HeaderMap) -> Result<Format, Refused> {
    const UNKNOWN: &str = "No parser for this type of content: send SessionInput of this vendor, in JSON or XML.";
    let mut lines = headers.get_all(CONTENT_TYPE).iter().map(http::HeaderValue::to_str);
    let (Some(Ok(text)), None) = (lines.next(), lines.next()) else {
        return Err(invalid("The header Content-Type is missing, or stands there twice."));
    };
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(invalid("An encoded body is not read."));
    }
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let (kind, suffix) = kind.split_once('+').map_or((kind, None), |(kind, suffix)| (kind, Some(suffix)));
    let is_known = kind.eq_ignore_ascii_case(&format!("{}SessionInput", vendor.media_types()));
    let has_version = parts.any(|part| part.split('=').next().is_some_and(|name| name.trim() == "version"));
    match suffix {
        _ if !is_known || has_version => Err(invalid(UNKNOWN)),
        Some(suffix) if suffix.eq_ignore_ascii_case("json") => Ok(Format::Json),
        None => Ok(Format::Xml),
        Some(suffix) if suffix.eq_ignore_ascii_case("xml") => Ok(Format::Xml),
        Some(_) => Err(invalid(UNKNOWN)),
    }
}

/// An object with one member, whose name says nothing.
fn json(bytes: &[u8]) -> Result<Written, Refused> {
    let root: HashMap<String, Written> = own::read(bytes)?;
    let mut members = root.into_values();
    match (members.next(), members.next()) {
        (Some(written), None) => Ok(written),
        _ => Err(invalid("The body must be an object with SessionInput alone.")),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn format_of(kinds: &[&'static str]) -> Option<Format> {
        let headers = kinds.iter().map(|kind| (CONTENT_TYPE, HeaderValue::from_static(kind))).collect();
        format(EzVendor::Ez, &headers).ok()
    }

    #[test]
    fn the_type_says_the_format_and_its_suffix_is_xml_when_there_is_none() {
        for kind in
            ["application/vnd.ez.api.SessionInput+json", "application/vnd.ez.api.SessionInput+json; charset=utf-8"]
        {
            assert_eq!(format_of(&[kind]), Some(Format::Json), "{kind}");
        }
        for kind in ["application/vnd.ez.api.SessionInput+xml", "application/vnd.ez.api.SessionInput"] {
            assert_eq!(format_of(&[kind]), Some(Format::Xml), "{kind}");
        }
        for kind in [
            "application/json",
            "application/xml",
            "application/vnd.ez.api.Session+json",
            "application/vnd.ibexa.api.SessionInput+json",
            "application/vnd.ez.api.SessionInput+yaml",
            "application/vnd.ez.api.SessionInput+json; version=1.1",
            "",
        ] {
            assert_eq!(format_of(&[kind]), None, "{kind}");
        }
        assert_eq!(format_of(&[]), None);
        assert_eq!(format_of(&["application/vnd.ez.api.SessionInput+json"; 2]), None);
    }

    #[test]
    fn json_is_an_object_in_an_object_whose_name_says_nothing() {
        for text in
            [r#"{"SessionInput":{"login":"a","password":"b"}}"#, r#"{"x":{"password":"b","y":[1],"login":"a"}}"#]
        {
            let written = json(text.as_bytes()).ok().expect("it can be read");
            assert_eq!(written.login.as_deref(), Some("a"));
            assert_eq!(written.password.map(|password| password.0.to_vec()).as_deref(), Some(&b"b"[..]));
        }
        let written = json(br#"{"SessionInput":{"login":null}}"#).ok().expect("it can be read");
        assert!(written.login.is_none() && written.password.is_none());
        for text in [
            "",
            "null",
            "[]",
            "{}",
            "7",
            r#"{"login":"a","password":"b"}"#,
            r#"{"a":{"login":"a"},"b":{}}"#,
            r#"{"a":{"login":"a","login":"b"}}"#,
            r#"{"a":{"login":7}}"#,
        ] {
            assert!(json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
