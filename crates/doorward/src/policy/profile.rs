//! How a dialect reads credentials and proof, and with what statuses it refuses: data, not code.

use http::StatusCode;

use super::force::ForceError;
use super::settings::CsrfRequests;
use crate::problem::kirby;
use crate::refusal::Reason;

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
    /// Whether nothing but a token is proof.
    pub csrf_token_only: bool,
    /// Whether a session takes the CSRF token with which it began: clients go on with the one that they have.
    pub keeps_csrf_token: bool,
    /// A header without which a session does not count, with its exact value.
    pub session_needs: Option<(&'static str, &'static str)>,
    /// Whether a refused method is told which ones there are.
    pub tells_methods: bool,
    /// Whether a token of ours in `Authorization: Bearer …` says who is calling.
    pub takes_bearer: bool,
    /// Which requests may name another method in `X-HTTP-Method-Override`.
    pub overrides_method: MethodOverride,
    /// How `OPTIONS` is answered where no route has it.
    pub options: Options,
    /// Headers that requests of other origins may have, beside those that the settings name.
    pub cors_headers: &'static [&'static str],
    /// What becomes of an `Authorization` header that cannot be read, or that the route does not take.
    pub stray_authorization: StrayAuthorization,
    /// Whether a live session is recognised on anonymous routes too, and a dead one is no guest's.
    pub identifies: bool,
    /// A header that names the login which the caller is expected to have.
    pub expected_user: Option<&'static str>,
    /// The value of a session cookie that is taken away.
    pub expired_cookie: &'static str,
    /// The body of a refusal.
    pub wording: Wording,
    /// The status of each refusal that dialects word differently.
    pub statuses: Statuses,
    /// Whether a 401 carries `WWW-Authenticate`, as RFC 9110, section 15.5.2, asks.
    pub challenges: bool,
    /// The path below which it is spoken, unless the settings say otherwise.
    pub prefix: &'static str,
    /// Whether precedence of routes and roles are as the other system computes them, where we would be stricter.
    pub exact: bool,
}

/// Which requests may name another method in `X-HTTP-Method-Override`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodOverride {
    /// None: the header is dropped.
    Never,
    /// Those with POST.
    Post,
    /// All.
    Always,
}

/// How `OPTIONS` is answered where no route has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Options {
    /// 204 with `Allow`.
    NoContent,
    /// 200 with `Allow`, the methods alone as routes name them.
    Listed,
    /// As any other method that no route has.
    Refused,
}

/// What becomes of an `Authorization` header that says nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayAuthorization {
    /// The request is refused.
    Refused,
    /// It is as if it were not there.
    Ignored,
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
    /// Magento's `{"message":…,"parameters":…}`, in JSON or XML as `Accept` says.
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
    /// Plain HTTP where https is asked for.
    pub insecure: u16,
    /// No route has this path.
    pub not_found: u16,
    /// A route has this path, with other methods.
    pub method: u16,
    /// Nobody knows the method.
    pub unknown_method: u16,
}

impl Profile {
    /// Doorward's own.
    pub const DOORWARD: Self = Self {
        name: "doorward",
        csrf_headers: &[],
        csrf_query: None,
        csrf_requests: None,
        csrf_token_only: false,
        keeps_csrf_token: false,
        session_needs: None,
        tells_methods: true,
        takes_bearer: false,
        overrides_method: MethodOverride::Never,
        options: Options::NoContent,
        cors_headers: &[],
        stray_authorization: StrayAuthorization::Refused,
        identifies: false,
        expected_user: None,
        expired_cookie: "",
        wording: Wording::Problem,
        statuses: Statuses {
            guest: 401,
            forbidden: 403,
            csrf: 403,
            basic: 401,
            insecure: 403,
            not_found: 404,
            method: 405,
            unknown_method: 501,
        },
        challenges: true,
        prefix: "/",
        exact: false,
    };

    /// eZ Platform: a refused permission and a missing token are 401 as well.
    pub const EZ: Self = Self {
        name: "ez",
        csrf_headers: &["x-csrf-token"],
        csrf_token_only: true,
        overrides_method: MethodOverride::Post,
        options: Options::Listed,
        cors_headers: &[
            "authorization",
            "accept",
            "content-type",
            "X-CSRF-Token",
            "destination",
            "x-siteaccess",
            // The verbs of its own clients stand there, and whom they take themselves for: there a preflight forgets both.
            "x-http-method-override",
            "x-expected-user",
        ],
        stray_authorization: StrayAuthorization::Ignored,
        identifies: true,
        expected_user: Some("x-expected-user"),
        expired_cookie: "deleted",
        wording: Wording::ErrorMessage,
        statuses: Statuses { forbidden: 401, csrf: 401, unknown_method: 405, ..Self::DOORWARD.statuses },
        challenges: false,
        prefix: "/api/ezp/v2",
        ..Self::DOORWARD
    };

    /// Kirby: proof with every request, GET included; wrong Basic credentials are 403; a wrong method is 404.
    pub const KIRBY: Self = Self {
        name: "kirby",
        csrf_headers: &["x-csrf"],
        csrf_query: Some("csrf"),
        csrf_requests: Some(CsrfRequests::All),
        csrf_token_only: true,
        keeps_csrf_token: true,
        overrides_method: MethodOverride::Always,
        options: Options::Refused,
        stray_authorization: StrayAuthorization::Ignored,
        wording: Wording::Kirby,
        statuses: Statuses { csrf: 401, basic: 403, method: 404, unknown_method: 404, ..Self::DOORWARD.statuses },
        challenges: false,
        prefix: "/api",
        ..Self::DOORWARD
    };

    /// Magento: sessions count for scripts only; every refusal is 401; a wrong method is 404.
    pub const MAGENTO: Self = Self {
        name: "magento",
        session_needs: Some(("x-requested-with", "XMLHttpRequest")),
        tells_methods: false,
        takes_bearer: true,
        options: Options::Refused,
        stray_authorization: StrayAuthorization::Ignored,
        wording: Wording::Magento,
        statuses: Statuses {
            forbidden: 401,
            csrf: 401,
            insecure: 400,
            method: 404,
            unknown_method: 405,
            ..Self::DOORWARD.statuses
        },
        challenges: false,
        prefix: "/rest",
        ..Self::DOORWARD
    };

    /// Magento with the verdicts that it computes itself.
    pub const MAGENTO_EXACT: Self = Self { exact: true, ..Self::MAGENTO };

    /// What people call it.
    pub fn title(&self) -> &'static str {
        match self.wording {
            Wording::Problem => "Doorward",
            Wording::ErrorMessage => "eZ Platform",
            Wording::Kirby => "Kirby",
            Wording::Magento => "Magento",
        }
    }

    /// The status of a refusal for this reason.
    pub fn status(&self, reason: &Reason) -> StatusCode {
        if self.wording == Wording::Kirby
            && let Some(status) = kirby::status(reason)
        {
            return status;
        }
        let statuses = &self.statuses;
        if self.wording == Wording::Magento
            && matches!(reason, Reason::Force(ForceError::MissingAttribute | ForceError::UnsupportedMediaType))
        {
            // There a value that is not there is a parameter that is missing, and a body that is not read is no request.
            return StatusCode::BAD_REQUEST;
        }
        let status = match reason {
            Reason::NotLoggedIn => statuses.guest,
            Reason::Forbidden(_) | Reason::Undecided => statuses.forbidden,
            Reason::Csrf(_) => statuses.csrf,
            Reason::BadCredentials | Reason::MalformedAuthorization => statuses.basic,
            Reason::HttpsRequired => statuses.insecure,
            Reason::NotFound => statuses.not_found,
            Reason::MethodNotAllowed => statuses.method,
            Reason::UnknownMethod => statuses.unknown_method,
            _ => return reason.status(),
        };
        StatusCode::from_u16(status).unwrap_or_else(|_| reason.status())
    }
}
