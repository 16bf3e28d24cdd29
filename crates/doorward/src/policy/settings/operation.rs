//! Limits, logs, and what else concerns the running of the server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::Name;
use crate::policy::quantity::{Period, Size};

/// Who may use `/admin`: by session only, never by Basic.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdminSettings {
    /// The realm of administrators. Needed when there are several realms.
    pub realm: Option<Name>,
}

/// Where administration is reached.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Panel {
    /// Serves `/admin` and the Panel on `listen` too: at the origin of the upstream's pages, whose scripts then act as the
    /// administrator who opens one.
    pub public: bool,
}

/// Sizes and times that bound a request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The request line.
    pub request_line: Size,
    /// All header fields together.
    pub headers: Size,
    /// The number of header fields.
    pub header_fields: u32,
    /// The body of a log-in.
    pub login_body: Size,
    /// The body of a request to Doorward's own resources.
    pub own_body: Size,
    /// The depth of JSON in a request to Doorward's own resources, or with forced parameters.
    #[schemars(range(min = 1, max = 64))]
    pub json_depth: u32,
    /// How long the head of a request may take.
    pub header_read: Period,
    /// How long a body is waited for, anew after each 4 KiB of it.
    pub body_stall: Period,
    /// How long a connection may be idle between requests.
    pub keep_alive: Period,
    /// The body of a request to an upstream, unless a route says otherwise.
    pub body: Size,
    /// How long the head of an upstream's response may take, unless the route or the upstream says otherwise.
    pub timeout: Period,
    /// The most connections at once, at `listen` and at `admin_listen` each.
    #[schemars(range(min = 1))]
    pub connections: u32,
    /// The most of them from one client's network: an IPv4 address, or an IPv6 /64; a /48 has twice as many. Trusted proxies
    /// and Unix sockets have no bound. Absent: a quarter of those that there may be.
    #[schemars(range(min = 1))]
    pub connections_per_network: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line: Size(8 << 10),
            headers: Size(32 << 10),
            header_fields: 100,
            login_body: Size(8 << 10),
            own_body: Size(64 << 10),
            json_depth: 32,
            header_read: Period(10),
            body_stall: Period(30),
            keep_alive: Period(60),
            body: Size(10 << 20),
            timeout: Period(60),
            connections: 10_000,
            connections_per_network: None,
        }
    }
}

/// The record of what happened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// How long events are kept.
    pub retention: Period,
    /// Also records each refused request, not only log-ins and changes.
    pub refusals: bool,
}

impl Default for Audit {
    fn default() -> Self {
        Self { retention: Period(365 * 86_400), refusals: true }
    }
}

/// The log.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// Whether each request is logged.
    pub access: bool,
    /// The least that is worth a line.
    pub level: LogLevel,
}

/// For whom the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The least that is worth a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What may fail.
    Warn,
    /// What happens.
    #[default]
    Info,
    /// How it happens.
    Debug,
    /// Every step.
    Trace,
}

/// OpenTelemetry traces.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Otel {
    /// The collector: `http://127.0.0.1:4317`.
    pub endpoint: String,
    /// The name of this service.
    #[serde(default = "service")]
    pub service: String,
    /// The share of requests that is traced, from 0 to 1.
    #[serde(default = "sample")]
    #[schemars(range(min = 0, max = 1))]
    pub sample: f64,
}

fn service() -> String {
    "doorward".into()
}

fn sample() -> f64 {
    1.0
}

/// The end of the process.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drain {
    /// How long requests under way may take to end.
    pub deadline: Period,
}

impl Default for Drain {
    fn default() -> Self {
        Self { deadline: Period(30) }
    }
}

/// Headers that Doorward adds to responses of upstreams.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderSettings {
    /// Adds `Strict-Transport-Security` (over https), `X-Content-Type-Options`, `Referrer-Policy` and a
    /// `Content-Security-Policy` with `frame-ancestors`, each where the upstream sent none.
    pub protect: bool,
    /// Adds `preload` to `Strict-Transport-Security`.
    pub hsts_preload: bool,
}

impl Default for HeaderSettings {
    fn default() -> Self {
        Self { protect: true, hsts_preload: false }
    }
}
