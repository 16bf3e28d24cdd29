//! How a dialect reads credentials and proof, and with what statuses it refuses: data, not code.

use super::settings::{CsrfRequests, Dialect, Dialects};

/// How routes of one kind read requests and word refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `doorward`, `ez`, `kirby` or `magento`.
    pub name: &'static str,
    /// Headers that carry a CSRF token, beside the one that the settings name.
    pub csrf_headers: &'static [&'static str],
    /// A parameter of the query that carries a CSRF token when no header does.
    pub csrf_query: Option<&'static str>,
    /// Which requests need proof, where neither the route nor the dialect's settings say.
    pub csrf_requests: Option<CsrfRequests>,
    /// A header without which a session does not count, with its exact value.
    pub session_needs: Option<(&'static str, &'static str)>,
    /// The body of a refusal.
    pub wording: Wording,
    /// The status of each refusal that dialects word differently.
    pub statuses: Statuses,
    /// Whether a 401 carries `WWW-Authenticate`, as RFC 9110, section 15.5.2, asks.
    pub challenges: bool,
    /// The path below which it is spoken, unless the settings say otherwise.
    pub prefix: &'static str,
}

/// The format of a refusal's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// RFC 9457 problems.
    Problem,
    /// eZ Platform's `ErrorMessage`, in JSON or XML as `Accept` says.
    ErrorMessage,
    /// Kirby's `{"status":"error",…}`.
    Kirby,
    /// Magento's `{"message":…,"parameters":…}`.
    Magento,
}

/// Statuses of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// Nobody is logged in.
    pub guest: u16,
    /// Somebody is, and may not.
    pub forbidden: u16,
    /// No proof against forgery.
    pub csrf: u16,
    /// Wrong Basic credentials.
    pub basic: u16,
    /// No route has this path.
    pub not_found: u16,
    /// A route has this path, with other methods.
    pub method: u16,
}

impl Profile {
    /// Doorward's own.
    pub const DOORWARD: Self = Self {
        name: "doorward",
        csrf_headers: &[],
        csrf_query: None,
        csrf_requests: None,
        session_needs: None,
        wording: Wording::Problem,
        statuses: Statuses { guest: 401, forbidden: 403, csrf: 403, basic: 401, not_found: 404, method: 405 },
        challenges: true,
        prefix: "/",
    };

    /// eZ Platform: a refused permission and a missing token are 401 as well.
    pub const EZ: Self = Self {
        name: "ez",
        csrf_headers: &["x-csrf-token"],
        wording: Wording::ErrorMessage,
        statuses: Statuses { guest: 401, forbidden: 401, csrf: 401, basic: 401, not_found: 404, method: 405 },
        prefix: "/api/ezp/v2",
        ..Self::DOORWARD
    };

    /// Kirby: proof with every request, GET included; wrong Basic credentials are 403; a wrong method is 404.
    pub const KIRBY: Self = Self {
        name: "kirby",
        csrf_headers: &["x-csrf"],
        csrf_query: Some("csrf"),
        csrf_requests: Some(CsrfRequests::All),
        wording: Wording::Kirby,
        statuses: Statuses { guest: 401, forbidden: 403, csrf: 401, basic: 403, not_found: 404, method: 404 },
        prefix: "/api",
        ..Self::DOORWARD
    };

    /// Magento: sessions count for scripts only; every refusal is 401; a wrong method is 404.
    pub const MAGENTO: Self = Self {
        name: "magento",
        session_needs: Some(("x-requested-with", "XMLHttpRequest")),
        wording: Wording::Magento,
        statuses: Statuses { guest: 401, forbidden: 401, csrf: 401, basic: 401, not_found: 404, method: 404 },
        prefix: "/rest",
        ..Self::DOORWARD
    };
}

/// The dialects that the settings speak, each with its profile.
pub(crate) fn spoken(dialects: &Dialects) -> Vec<(&'static Profile, &Dialect)> {
    let known =
        [(&Profile::EZ, &dialects.ez), (&Profile::KIRBY, &dialects.kirby), (&Profile::MAGENTO, &dialects.magento)];
    known.into_iter().filter_map(|(profile, dialect)| Some((profile, dialect.as_ref()?))).collect()
}
