//! Basic, CSRF, CORS and passwords.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::csrf::Proof;
use crate::policy::quantity::{Period, Size};
use crate::policy::words::Origin;

/// HTTP Basic.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BasicSettings {
    /// Whether Basic is accepted where a route does not say. Off by default.
    pub enabled: Option<bool>,
    /// Whether Basic is accepted over plain HTTP. Off by default.
    pub allow_insecure: Option<bool>,
    /// What a browser's dialogue shows: the `realm` of the challenge. Absent: the realm's name.
    pub challenge: Option<String>,
}

impl BasicSettings {
    /// What this says, and where it says nothing, what `general` says.
    #[must_use]
    pub fn or(self, general: &Self) -> Self {
        Self {
            enabled: self.enabled.or(general.enabled),
            allow_insecure: self.allow_insecure.or(general.allow_insecure),
            challenge: self.challenge.or_else(|| general.challenge.clone()),
        }
    }

    /// Whether Basic is accepted.
    pub fn is_enabled(&self) -> bool {
        self.enabled.unwrap_or(false)
    }

    /// Whether Basic is accepted over plain HTTP.
    pub fn allows_insecure(&self) -> bool {
        self.allow_insecure.unwrap_or(false)
    }
}

/// Protection against cross-site request forgery.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CsrfSettings {
    /// The header that carries the token.
    pub header: String,
    /// Which requests need proof: `unsafe` methods, or `all`.
    pub requests: CsrfRequests,
    /// What proves that a request is meant: a token, or an origin that the browser vouches for. Administration asks for a token
    /// always.
    pub proof: ProofKind,
    /// Counts and logs what would be refused, and lets it pass.
    pub report_only: bool,
}

impl Default for CsrfSettings {
    fn default() -> Self {
        let (requests, proof) = (CsrfRequests::default(), ProofKind::default());
        Self { header: "X-CSRF".into(), requests, proof, report_only: false }
    }
}

/// Which requests need proof against forgery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CsrfRequests {
    /// Everything but GET, HEAD and OPTIONS.
    #[default]
    Unsafe,
    /// Every request.
    All,
    /// None, on one route only. A foreign `Origin` is refused all the same.
    Off,
}

/// What proves that a request is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProofKind {
    /// A token, or an own or listed origin that the browser states.
    #[default]
    TokenOrOrigin,
    /// A token.
    Token,
}

impl From<ProofKind> for Proof {
    fn from(kind: ProofKind) -> Self {
        match kind {
            ProofKind::TokenOrOrigin => Self::TokenOrOrigin,
            ProofKind::Token => Self::Token,
        }
    }
}

/// What scripts of other origins may do. Without origins nothing is answered for them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CorsSettings {
    /// Origins, each exactly as a browser sends it.
    pub origins: Vec<Origin>,
    /// Whether their requests may carry cookies.
    pub credentials: bool,
    /// Headers that their requests may have.
    pub headers: Vec<String>,
    /// Methods that their requests may use. Absent: those that the route has.
    pub methods: Option<Vec<String>>,
    /// How long a browser may remember the answer.
    pub max_age: Period,
    /// Headers of responses that their scripts may read.
    pub expose: Vec<String>,
    /// What a dialect allows beyond it. No file says so here.
    #[serde(skip)]
    pub wider: WiderCors,
}

/// What Kirby's option `cors` can say and `[cors]` cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WiderCors {
    /// All origins, without cookies.
    pub any_origin: bool,
    /// All headers that a preflight asks for.
    pub reflects_headers: bool,
    /// A browser is not told how long the answer is good for.
    pub says_no_age: bool,
}

impl Default for CorsSettings {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            credentials: false,
            headers: vec!["Content-Type".into(), "X-CSRF".into()],
            methods: None,
            max_age: Period(600),
            expose: Vec::new(),
            wider: WiderCors::default(),
        }
    }
}

/// Passwords: what is accepted, and what a hash costs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordSettings {
    /// The fewest characters of a new password.
    #[schemars(range(min = 8, max = 128))]
    pub min_length: u32,
    /// A file of passwords that are refused, one a line, beside those that Doorward knows.
    pub blocklist: Option<String>,
    /// Memory of one Argon2id hash. At least `19MiB`.
    pub memory: Size,
    /// Passes over that memory. At least 2.
    #[schemars(range(min = 2))]
    pub passes: u32,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self { min_length: 15, blocklist: None, memory: Size(19_456 << 10), passes: 2 }
    }
}
