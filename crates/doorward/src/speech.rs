//! How a client of a dialect is answered: in which format, in whose words.

mod accept;
mod element;

pub use element::EzElement;

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::policy::{EzVendor, Policy, Profile, Wording};

/// How the client of a request reads what Doorward says by itself.
#[derive(Clone, Debug)]
pub struct Speech {
    /// The dialect.
    pub profile: &'static Profile,
    /// The format of bodies.
    pub format: Format,
    /// Whose media types, in eZ Platform's dialect.
    pub vendor: EzVendor,
    /// What the route asks for, as it was written; empty where no route was found.
    pub asks: Box<str>,
    /// Method and path, as eZ Platform's messages name them.
    pub request: Box<str>,
    /// Parameters that would be forced, and for which the caller has no value.
    pub missing: Box<[String]>,
    /// What the request says of its body's type, in Magento's dialect: each line of it.
    pub sent: Box<[HeaderValue]>,
}

/// The format of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl Speech {
    /// What [`read`](Self::read) looks at, for later, when the request itself is gone. Nothing in Doorward's own words.
    pub fn asked(profile: &Profile, headers: &HeaderMap) -> HeaderMap {
        match profile.wording {
            Wording::ErrorMessage => headers.get_all(ACCEPT).iter().map(|line| (ACCEPT, line.clone())).collect(),
            Wording::Magento => {
                let lines = |name: HeaderName| {
                    headers.get_all(&name).iter().map(|line| (name.clone(), line.clone())).collect::<Vec<_>>()
                };
                lines(ACCEPT).into_iter().chain(lines(CONTENT_TYPE)).collect()
            }
            Wording::Problem | Wording::Kirby => HeaderMap::new(),
        }
    }

    /// Nothing but the format.
    fn of(profile: &'static Profile, format: Format, vendor: EzVendor) -> Self {
        Self {
            profile,
            format,
            vendor,
            asks: "".into(),
            request: "".into(),
            missing: Box::default(),
            sent: Box::default(),
        }
    }

    /// How a request with these headers wants to be answered in a dialect; nothing special in Doorward's own.
    pub fn read(policy: &Policy, profile: &'static Profile, headers: &HeaderMap) -> Option<Self> {
        let format = match profile.wording {
            Wording::Problem => return None,
            Wording::ErrorMessage => accept::ez(headers),
            Wording::Kirby => Format::Json,
            Wording::Magento => accept::magento(headers),
        };
        let vendor = policy.dialect_settings().ez.as_ref().map(|ez| ez.vendor).unwrap_or_default();
        let sent = match profile.wording {
            Wording::Magento => headers.get_all(CONTENT_TYPE).iter().cloned().collect(),
            _ => Box::default(),
        };
        Some(Self { sent, ..Self::of(profile, format, vendor) })
    }
}
