//! Wire formats of other systems, each as its settings say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::name::Name;
use crate::policy::quantity::Period;
use crate::policy::words::List;

/// Wire formats of other systems, for clients that were written for those.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dialects {
    /// eZ Platform, Ibexa.
    pub ez: Option<EzSettings>,
    /// Kirby.
    pub kirby: Option<KirbySettings>,
    /// Magento.
    pub magento: Option<MagentoSettings>,
}

/// eZ Platform's REST API, version 2.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EzSettings {
    /// The path below which it is spoken. Absent: `/api/ezp/v2`, or `/api/ibexa/v2` where that is the vendor.
    pub root: Option<String>,
    /// Whose media types: `application/vnd.ez.api.…` or `application/vnd.ibexa.api.…`.
    pub vendor: EzVendor,
    /// The realm that logs in.
    pub users: Name,
    /// What the session's cookie is called. Behind the usual name, and for `{siteaccess_hash}`, stands the MD5 of the siteaccess; a
    /// name that does not begin as the usual one gets `eZSESSID_` before it.
    pub session_name: String,
    /// The siteaccess, or several: `X-Siteaccess` may name any of them, and the first one is meant where it is not sent.
    pub siteaccess: List<String>,
    /// Roles of whoever is not logged in.
    pub anonymous_roles: Vec<Name>,
    /// Whether HTTP Basic is accepted.
    pub basic: bool,
    /// A host where guests are asked for Basic credentials. Empty: none.
    pub basic_host: String,
    /// A path below which guests are asked for Basic credentials. Empty: none.
    pub basic_root: String,
    /// What a browser's dialogue shows.
    pub challenge: String,
}

impl Default for EzSettings {
    fn default() -> Self {
        Self {
            root: None,
            vendor: EzVendor::Ez,
            users: default_realm(),
            session_name: "eZSESSID".into(),
            siteaccess: List(vec!["site".into()]),
            anonymous_roles: vec![Name::parse("anonymous").expect("the word is a name")],
            basic: true,
            basic_host: String::new(),
            basic_root: String::new(),
            challenge: "eZ Publish REST API".into(),
        }
    }
}

impl EzSettings {
    /// The path below which it is spoken.
    pub fn root(&self) -> &str {
        match (&self.root, self.vendor) {
            (Some(root), _) => root.trim_end_matches('/'),
            (None, EzVendor::Ez) => "/api/ezp/v2",
            (None, EzVendor::Ibexa) => "/api/ibexa/v2",
        }
    }
}

/// Whose media types are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EzVendor {
    /// `application/vnd.ez.api.…`
    #[default]
    Ez,
    /// `application/vnd.ibexa.api.…`
    Ibexa,
}

/// Kirby's REST API. Names of options are Kirby's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KirbySettings {
    /// The path below which it is spoken.
    pub root: String,
    /// The realm that logs in.
    pub users: Name,
    /// Whether HTTP Basic is accepted.
    #[serde(rename = "basicAuth")]
    pub basic_auth: bool,
    /// Whether HTTP Basic is accepted over plain HTTP.
    #[serde(rename = "allowInsecure")]
    pub allow_insecure: bool,
    /// Whether requests of a session need the token, whatever their method.
    pub csrf: bool,
    /// What scripts of other origins may do: `false`, or a table.
    pub cors: KirbyCors,
}

impl Default for KirbySettings {
    fn default() -> Self {
        Self {
            root: "/api".into(),
            users: default_realm(),
            basic_auth: false,
            allow_insecure: false,
            csrf: true,
            cors: KirbyCors::Switch(false),
        }
    }
}

/// What scripts of other origins may do, as Kirby's option `cors` says it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum KirbyCors {
    /// `false`: nothing. `true`: Kirby's defaults.
    Switch(bool),
    /// Options, with Kirby's names.
    Options(KirbyCorsOptions),
}

impl KirbyCors {
    /// The options, where there are any.
    pub fn options(&self) -> Option<KirbyCorsOptions> {
        match self {
            Self::Switch(false) => None,
            Self::Switch(true) => Some(KirbyCorsOptions::default()),
            Self::Options(options) => Some(options.clone()),
        }
    }
}

/// Kirby's CORS options.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct KirbyCorsOptions {
    /// Origins; `*` for all.
    pub allow_origin: OneOrMany,
    /// Whether their requests may carry cookies. Never with `*`.
    pub allow_credentials: bool,
    /// Methods that a preflight is told.
    pub allow_methods: OneOrMany,
    /// Headers that a preflight is told; `true` for those that it asks for.
    pub allow_headers: AllowHeaders,
    /// Headers that scripts may read.
    pub expose_headers: OneOrMany,
    /// How many seconds the answer to a preflight is good for.
    pub max_age: Option<u32>,
}

impl Default for KirbyCorsOptions {
    fn default() -> Self {
        let methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];
        Self {
            allow_origin: OneOrMany::One("*".into()),
            allow_credentials: false,
            allow_methods: OneOrMany::Many(methods.map(str::to_owned).into()),
            allow_headers: AllowHeaders::Named(OneOrMany::default()),
            expose_headers: OneOrMany::default(),
            max_age: None,
        }
    }
}

/// A text, or a list of texts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        all.iter().map(String::as_str)
    }
}

/// Headers that a preflight is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AllowHeaders {
    /// `true`: those that it asks for.
    Reflect(bool),
    /// These.
    Named(OneOrMany),
}

/// Magento's REST API.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MagentoSettings {
    /// The path below which it is spoken.
    pub root: String,
    /// The realm of customers.
    pub customers: Name,
    /// The realm of administrators.
    pub admins: Name,
    /// Files of rules that the importer wrote, beside those of `rules`.
    pub rules: Vec<String>,
    /// Store view codes that may stand behind the root: `/rest/de/V1/…`. `all` always may. The first one is meant where a path has
    /// none.
    pub stores: Vec<String>,
    /// The store view codes of each website, by its number, where customers belong to the stores of their website alone: that of
    /// their attribute `customer_website_id`. Absent: to all stores.
    pub websites: BTreeMap<String, Vec<String>>,
    /// Whether precedence of routes and roles are strict, or exactly as Magento computes them.
    pub compat: MagentoCompat,
    /// How long a customer's session lasts when it is not used.
    pub session_lifetime: Period,
    /// After how many wrong passwords an account waits.
    pub lockout_failures: u32,
    /// Whether an administrator may be logged in at several places at once.
    pub admin_account_sharing: bool,
}

impl Default for MagentoSettings {
    fn default() -> Self {
        Self {
            root: "/rest".into(),
            customers: Name::parse("customer").expect("the word is a name"),
            admins: Name::parse("admin").expect("the word is a name"),
            rules: Vec::new(),
            stores: vec!["default".into()],
            websites: BTreeMap::new(),
            compat: MagentoCompat::Strict,
            session_lifetime: Period(3_600),
            lockout_failures: 10,
            admin_account_sharing: false,
        }
    }
}

/// Whose verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MagentoCompat {
    /// Doorward's: literal segments win, and an administrator is nobody's customer unless a route says so.
    #[default]
    Strict,
    /// As Magento computes them: of all routes that match the last one by its bytes, and whoever has `Magento_Backend::all` may
    /// everything.
    Exact,
}

fn default_realm() -> Name {
    Name::parse("default").expect("the word is a name")
}
