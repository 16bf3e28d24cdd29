//! Whether a request that carries a cookie was meant by its user: by token, by `Origin`, by `Sec-Fetch-Site`.

use std::collections::HashSet;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use http::header::{HeaderMap, HeaderName, ORIGIN};
use subtle::ConstantTimeEq as _;

use crate::clock::Time;
use crate::seal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The MAC, and as many random bytes that mask it.
const HALF: usize = 16;
/// How long a guest's cookie is good.
const GUEST_LIFETIME: u32 = 2 * 3_600;

/// The origins of a policy.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    own: HashSet<Box<str>>,
    listed: HashSet<Box<str>>,
}

impl Origins {
    /// Own origins, and others that are listed.
    pub fn new(own: Vec<String>, listed: Vec<String>) -> Self {
        let set = |texts: Vec<String>| texts.into_iter().map(Into::into).collect();
        Self { own: set(own), listed: set(listed) }
    }

    fn has(&self, origin: &str) -> bool {
        self.own.contains(origin) || self.listed.contains(origin)
    }
}

/// What must be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Only that no foreign site asks: for log-ins, and for Basic.
    OriginOnly,
    /// That the user's own page asks.
    Full {
        /// What counts as proof.
        proof: Proof,
    },
}

/// What counts as proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A token, or an origin that the browser vouches for.
    TokenOrOrigin,
    /// A token.
    Token,
}

/// The token that came with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// None.
    Absent,
    /// The right one.
    Right,
    /// Another one, or two.
    Wrong,
}

/// Why a request may come from another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsrfRefusal {
    /// `Origin` names a site that is neither ours nor listed, or there are two.
    #[error("The Origin is not allowed here.")]
    ForeignOrigin,
    /// `Origin: null`.
    #[error("The Origin is hidden; send the token from the same origin.")]
    NullOrigin,
    /// The browser says that another site asks.
    #[error("The browser says that another site sent this.")]
    CrossSite,
    /// The token is wrong, or there are two.
    #[error("The CSRF token is wrong. Fetch a new one at /user/csrf.")]
    WrongToken,
    /// Nothing proves that the request was meant.
    #[error("The CSRF token is missing. Fetch one at /user/csrf and send it in the header.")]
    NoProof,
}

impl CsrfRefusal {
    /// One word for logs and counters.
    pub fn code(self) -> &'static str {
        match self {
            Self::ForeignOrigin => "csrf_foreign_origin",
            Self::NullOrigin => "csrf_null_origin",
            Self::CrossSite => "csrf_cross_site",
            Self::WrongToken => "csrf_wrong_token",
            Self::NoProof => "csrf_no_proof",
        }
    }
}

/// What the browser says about where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'h> {
    origin: Origin<'h>,
    site: Site,
    /// Scheme and authority that the request was sent to, where that is this machine itself.
    here: Option<(&'static str, &'h str)>,
    /// Whether the route itself lists the origin.
    listed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin<'h> {
    Absent,
    Null,
    One(&'h str),
    /// Two, or no text.
    Unreadable,
}

/// Fetch Metadata, section 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Site {
    /// Absent, or a value that is not known.
    Unsaid,
    SameOrigin,
    /// `same-site` or `cross-site`.
    Other,
    /// A person did it: typed an address, chose a bookmark.
    None,
    Twice,
}

impl<'h> Evidence<'h> {
    /// Reads what the headers say. `host` is the authority that was asked, if it is this machine by name or by number: then its
    /// own origin is ours, although no file can name the port that somebody chose.
    pub fn read(headers: &'h HeaderMap, loopback: Option<&'h str>, secure: bool) -> Self {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => Origin::Absent,
            (Some(_), Some(_)) => Origin::Unreadable,
            (Some(one), None) => match one.to_str() {
                Ok("null") => Origin::Null,
                Ok(text) => Origin::One(text),
                Err(_) => Origin::Unreadable,
            },
        };
        let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
        let site = match (sites.next(), sites.next()) {
            (None, _) => Site::Unsaid,
            (Some(_), Some(_)) => Site::Twice,
            (Some(one), None) => match one.as_bytes() {
                b"same-origin" => Site::SameOrigin,
                b"same-site" | b"cross-site" => Site::Other,
                b"none" => Site::None,
                _ => Site::Unsaid,
            },
        };
        let scheme = if secure { "https://" } else { "http://" };
        Self { origin, site, here: loopback.map(|host| (scheme, host)), listed: false }
    }

    /// The same, where the route itself may list the origin.
    #[must_use]
    pub fn listed(self, listed: bool) -> Self {
        Self { listed, ..self }
    }

    fn is_allowed(&self, origins: &Origins) -> bool {
        let Origin::One(origin) = self.origin else { return false };
        let is_here = |(scheme, host): (&str, &str)| origin.strip_prefix(scheme) == Some(host);
        self.listed || origins.has(origin) || self.here.is_some_and(is_here)
    }
}

/// Decides, in this order: foreign origin, hidden origin, foreign site, token, and what else may count as proof.
///
/// # Errors
/// The first reason to refuse.
pub fn judge(evidence: &Evidence<'_>, origins: &Origins, check: Check, token: TokenState) -> Result<(), CsrfRefusal> {
    let allowed = evidence.is_allowed(origins);
    match evidence.origin {
        Origin::Unreadable => return Err(CsrfRefusal::ForeignOrigin),
        Origin::One(_) if !allowed => return Err(CsrfRefusal::ForeignOrigin),
        Origin::Null if evidence.site != Site::SameOrigin || token != TokenState::Right => {
            return Err(CsrfRefusal::NullOrigin);
        }
        _ => {}
    }
    match evidence.site {
        Site::Twice => return Err(CsrfRefusal::CrossSite),
        Site::Other if !allowed => return Err(CsrfRefusal::CrossSite),
        _ => {}
    }
    let Check::Full { proof } = check else { return Ok(()) };
    match token {
        TokenState::Right => return Ok(()),
        TokenState::Wrong => return Err(CsrfRefusal::WrongToken),
        TokenState::Absent => {}
    }
    let vouched = allowed || evidence.site == Site::SameOrigin;
    if proof == Proof::TokenOrOrigin && vouched { Ok(()) } else { Err(CsrfRefusal::NoProof) }
}

/// A token for whoever holds this cookie's text: a MAC under it, masked anew each time, so that compression cannot tell it
/// (BREACH). 43 characters of base64url.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn token(cookie_text: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 2 * HALF];
    getrandom::fill(&mut bytes[..HALF])?;
    let mac = seal::mac(cookie_text.as_bytes(), "csrf", b"");
    let (mask, masked) = bytes.split_at_mut(HALF);
    for (place, byte) in masked.iter_mut().enumerate() {
        *byte = mask[place] ^ mac[place];
    }
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Whether a token was made for whoever holds this cookie's text.
pub fn verify(cookie_text: &str, sent: &[u8]) -> bool {
    let mut bytes = [0u8; 2 * HALF];
    let Ok(decoded) = Base64UrlUnpadded::decode(sent, &mut bytes) else { return false };
    if decoded.len() != 2 * HALF {
        return false;
    }
    let (mask, masked) = bytes.split_at(HALF);
    let mut unmasked = [0u8; HALF];
    for (place, byte) in unmasked.iter_mut().enumerate() {
        *byte = mask[place] ^ masked[place];
    }
    bool::from(unmasked.ct_eq(&seal::mac(cookie_text.as_bytes(), "csrf", b"")))
}

/// A cookie for a guest's token: random, with the time, under our MAC, so that no store has to know it.
///
/// # Errors
/// When the operating system has no randomness to give.
pub(crate) fn guest_cookie(key: &[u8; 32], now: Time) -> Result<String, getrandom::Error> {
    let mut payload = [0u8; 20];
    getrandom::fill(&mut payload[..16])?;
    payload[16..].copy_from_slice(&now.to_be_bytes());
    Ok(seal::seal(key, "guest", &payload))
}

/// Whether a guest's cookie is ours and not too old.
pub(crate) fn guest_cookie_is_live(key: &[u8; 32], text: &str, now: Time) -> bool {
    let Some(payload) = seal::open::<20>(key, "guest", text) else { return false };
    let Some((_, issued)) = payload.split_last_chunk::<4>() else { return false };
    let issued = Time::from_be_bytes(*issued);
    issued <= now.saturating_add(120) && now < issued.saturating_add(GUEST_LIFETIME)
}

#[cfg(test)]
mod tests;
