//! `doorward.toml`, as people write it.

mod dialect;
mod guard;
mod network;
mod operation;
mod pages;
mod realm;

pub use dialect::{
    AllowHeaders, Dialects, EzSettings, EzVendor, KirbyCors, KirbyCorsOptions, KirbySettings, MagentoCompat,
    MagentoSettings, OneOrMany,
};
pub use guard::{BasicSettings, CorsSettings, CsrfRequests, CsrfSettings, PasswordSettings, ProofKind, WiderCors};
pub use network::{Listener, Tls, UpstreamSettings, Upstreams};
pub use operation::{AdminSettings, Audit, Drain, HeaderSettings, Limits, Log, LogFormat, LogLevel, Otel, Panel};
pub use pages::{ColourSettings, Colours, Language, PageSettings, TextSettings, Title};
pub use realm::{Cookie, RealmSettings, SameSite, SessionCap, SessionSettings, WhenCapped};

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::complaint::{Complaint, Complaints};
use super::document::{Document, Environment, places};
use super::profile::{Profile, Wording};
use super::rules::Rules;
use super::source::{File, Source};
use super::words::{List, Network, Origin, SecretUrl};
use crate::name::Name;

/// Everything that `doorward.toml` says, but for routes, ACL and roles, which are [`Rules`].
///
/// ```
/// use doorward::policy::Settings;
/// let text = "upstream = \"http://127.0.0.1:9000\"\n[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n";
/// let (settings, rules) = Settings::parse("doorward.toml", text, &|_| None).unwrap();
/// assert_eq!(settings.listen[0].address, "127.0.0.1:8080");
/// assert_eq!(rules.routes.len(), 1);
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where requests are taken: `address:port` or `unix:/path`, one or several, each alone or as a table.
    #[schemars(extend("default" = "127.0.0.1:8080"))]
    pub listen: List<Listener>,
    /// Where `/admin`, `/metrics` and `/openapi.json` are served. Absent: nowhere.
    pub admin_listen: List<Listener>,
    /// The own origins, the first one for links. They decide the cookie's name, `Secure`, and what Origin is our own.
    pub public_url: List<Origin>,
    /// Where requests go: one address, or tables `[upstream.NAME]`, of which `default` serves routes that name none.
    pub upstream: Upstreams,
    /// The file of the embedded store. Absent: `doorward.db`.
    pub data: Option<String>,
    /// The address of a shared store, `postgres://…`, instead of `data`.
    pub store: Option<SecretUrl>,
    /// A file that holds what `store` would say.
    pub store_file: Option<String>,
    /// The address of a store for sessions alone, `redis://…`.
    pub sessions: Option<SecretUrl>,
    /// A file that holds what `sessions` would say.
    pub sessions_file: Option<String>,
    /// More files, holding only `route`, `acl` and `role`.
    pub rules: List<String>,
    /// Where Doorward's own resources stand. `/auth` moves `/login` to `/auth/login`.
    pub mount: String,
    /// Certificate and key. Absent: plain HTTP.
    pub tls: Option<Tls>,
    /// Proxies whose `Forwarded` and `X-Forwarded-*` are believed. None by default, this machine included.
    pub trusted_proxies: List<Network>,
    /// Whether cookies are given over plain HTTP to others than this machine.
    pub allow_plain_http: bool,
    /// Populations of users, by name. Absent: one realm, `default`.
    pub realm: BTreeMap<Name, RealmSettings>,
    /// Who may administer.
    pub admin: AdminSettings,
    /// Where administration is reached.
    pub panel: Panel,
    /// How the pages for people look, and which language they speak.
    pub pages: PageSettings,
    /// HTTP Basic.
    pub basic: BasicSettings,
    /// Protection against cross-site request forgery.
    pub csrf: CsrfSettings,
    /// What scripts of other origins may do.
    pub cors: CorsSettings,
    /// Passwords.
    pub password: PasswordSettings,
    /// Sizes and times that bound a request.
    pub limits: Limits,
    /// The record of what happened.
    pub audit: Audit,
    /// The log.
    pub log: Log,
    /// OpenTelemetry traces. Absent: none.
    pub otel: Option<Otel>,
    /// The end of the process.
    pub drain: Drain,
    /// Headers that Doorward adds to responses.
    pub headers: HeaderSettings,
    /// Wire formats of other systems.
    pub dialect: Dialects,
    /// Where each setting was written.
    #[serde(skip)]
    pub(crate) places: Places,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: List(vec![Listener::at("127.0.0.1:8080")]),
            admin_listen: List::default(),
            public_url: List::default(),
            upstream: Upstreams::default(),
            data: None,
            store: None,
            store_file: None,
            sessions: None,
            sessions_file: None,
            rules: List::default(),
            mount: "/".into(),
            tls: None,
            trusted_proxies: List::default(),
            allow_plain_http: false,
            realm: BTreeMap::new(),
            admin: AdminSettings::default(),
            panel: Panel::default(),
            pages: PageSettings::default(),
            basic: BasicSettings::default(),
            csrf: CsrfSettings::default(),
            cors: CorsSettings::default(),
            password: PasswordSettings::default(),
            limits: Limits::default(),
            audit: Audit::default(),
            log: Log::default(),
            otel: None,
            drain: Drain::default(),
            headers: HeaderSettings::default(),
            dialect: Dialects::default(),
            places: Places::default(),
        }
    }
}

impl Settings {
    /// Reads `doorward.toml`. `environment` gives the values of `${NAME}`.
    ///
    /// # Errors
    /// All that is wrong with the text and its values. What needs the routes is checked by
    /// [`Policy::compile`](super::Policy::compile).
    pub fn parse(file_name: &str, text: &str, environment: Environment<'_>) -> Result<(Self, Rules), Complaints> {
        let mut document = Document::parse(file_name, text, environment);
        let rules_table = document.take(&Rules::KEYS);
        let settings_table = std::mem::take(&mut document.table);
        let places = Places { file: Some(Arc::clone(&document.file)), spans: places(&settings_table) };
        let settings = document.read::<Self>(settings_table);
        let rules = Rules::read(&mut document, rules_table);
        let mut complaints = document.complaints;
        let (Some(mut settings), Some(rules)) = (settings, rules) else { return Err(complaints) };
        settings.places = places;
        if complaints.is_empty() {
            super::check::check(&settings, &mut complaints);
        }
        complaints.unless_any((settings, rules))
    }

    /// The realms by name; `default` alone when the file names none.
    pub fn realms(&self) -> BTreeMap<Name, RealmSettings> {
        if !self.realm.is_empty() {
            return self.realm.clone();
        }
        let name = Name::parse("default").expect("the word is a name");
        [(name, RealmSettings::default())].into()
    }

    /// The realm of administrators: the one that the file names, or the only one.
    pub fn admin_realm(&self) -> Option<Name> {
        let mut names = self.realms().into_keys();
        let first = names.next();
        let only = if names.next().is_none() { first } else { None };
        self.admin.realm.clone().or(only)
    }

    /// HTTP Basic in a realm: what `[realm.R.basic]` says, and else what `[basic]` says.
    pub fn basic_in(&self, realm: &Name) -> BasicSettings {
        let special = self.realm.get(realm).map(|realm| realm.basic.clone()).unwrap_or_default();
        special.or(&self.basic)
    }

    /// HTTP Basic for users of a realm on routes with a profile: a dialect has settings of its own.
    pub(crate) fn basic_for(&self, profile: &Profile, realm: &Name) -> BasicSettings {
        let general = self.basic_in(realm);
        match (profile.wording, &self.dialect) {
            (Wording::Problem, _) => general,
            (Wording::ErrorMessage, Dialects { ez: Some(ez), .. }) => {
                BasicSettings { enabled: Some(ez.basic), challenge: Some(ez.challenge.clone()), ..general }
            }
            (Wording::Kirby, Dialects { kirby: Some(kirby), .. }) => {
                BasicSettings { enabled: Some(kirby.basic_auth), allow_insecure: Some(kirby.allow_insecure), ..general }
            }
            // Magento has none.
            _ => BasicSettings { enabled: Some(false), ..general },
        }
    }

    /// Whether browsers reach us by https: all own origins say so, or TLS is configured and none says otherwise.
    pub fn is_secure(&self) -> bool {
        if self.public_url.is_empty() { self.tls.is_some() } else { self.public_url.iter().all(Origin::is_secure) }
    }

    /// Where a setting was written: the innermost of its path that the file has.
    pub fn source(&self, path: &str) -> Source {
        self.places.source(path)
    }

    /// A complaint about a setting.
    pub fn complaint(&self, path: &str, text: impl Into<String>) -> Complaint {
        Complaint::new(self.source(path), text)
    }
}

/// The JSON Schema of `doorward.toml`, routes, ACL and roles included.
pub fn schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(Settings);
    schema.insert("title".into(), "doorward.toml".into());
    schema.insert("description".into(), "What Doorward listens on, whom it lets in, and where it sends them.".into());
    let rules = schemars::schema_for!(Rules);
    for part in ["properties", "$defs"] {
        let more = rules.as_value().get(part).and_then(|part| part.as_object()).cloned().unwrap_or_default();
        let whole = schema.ensure_object().entry(part).or_insert_with(|| serde_json::json!({}));
        if let Some(whole) = whole.as_object_mut() {
            whole.extend(more);
        }
    }
    schema.as_object_mut().into_iter().flat_map(|whole| whole.values_mut()).for_each(describe_plainly);
    schema
}

/// Leaves of each description what people read who write the file: no examples in Rust, and no links to types.
fn describe_plainly(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            if let Some(serde_json::Value::String(text)) = members.get_mut("description") {
                *text = plain(text);
            }
            members.values_mut().for_each(describe_plainly);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(describe_plainly),
        _ => {}
    }
}

fn plain(description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    first.replace("[`", "`").replace("`]", "`")
}

/// Where each value of a file was written, by its path.
#[derive(Clone, Default)]
pub(crate) struct Places {
    pub(crate) file: Option<Arc<File>>,
    pub(crate) spans: BTreeMap<String, Range<usize>>,
}

impl Places {
    /// Where the value of `path` was written, or the innermost table around it.
    pub(crate) fn source(&self, path: &str) -> Source {
        let Some(file) = &self.file else { return Source::made_by("settings") };
        let mut path = path;
        loop {
            if let Some(span) = self.spans.get(path) {
                return Source::new(Arc::clone(file), span.clone());
            }
            let Some((outer, _)) = path.rsplit_once('.') else { break };
            path = outer;
        }
        Source::new(Arc::clone(file), 0..0)
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places")
    }
}

#[cfg(test)]
mod tests;
