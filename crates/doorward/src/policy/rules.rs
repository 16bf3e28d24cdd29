//! Routes, ACL and roles, as people write them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use toml::de::DeTable;

use super::complaint::{Complaint, Complaints};
use super::document::{Document, Environment, places};
use super::quantity::{Period, Rate, Size};
use super::settings::{CorsSettings, CsrfRequests, Places, ProofKind};
use super::source::Source;
use super::words::List;
use crate::name::Name;

/// What one file says about routes, resources and roles.
///
/// ```
/// use doorward::policy::Rules;
/// let rules = Rules::parse("rules.toml", "[[acl]]\nid = \"Shop::orders\"\n", &|_| None).unwrap();
/// assert_eq!(rules.acl[0].id, "Shop::orders");
/// ```
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// What each request asks for.
    #[serde(rename = "route")]
    pub routes: Vec<RouteRule>,
    /// The tree of resources.
    pub acl: Vec<AclRule>,
    /// Named sets of resources.
    #[serde(rename = "role")]
    pub roles: BTreeMap<Name, RoleRule>,
    /// Where each rule was written.
    #[serde(skip)]
    places: Places,
}

impl Rules {
    /// The keys of a rules file.
    pub(crate) const KEYS: [&'static str; 3] = ["route", "acl", "role"];

    /// Reads a file that holds only `route`, `acl` and `role`. `environment` gives the values of `${NAME}`.
    ///
    /// # Errors
    /// All that is wrong with the text. What the rules mean together is checked by
    /// [`Policy::compile`](super::Policy::compile).
    pub fn parse(file_name: &str, text: &str, environment: Environment<'_>) -> Result<Self, Complaints> {
        let mut document = Document::parse(file_name, text, environment);
        let table = document.take(&Self::KEYS);
        for key in document.table.keys() {
            let source = Source::new(Arc::clone(&document.file), key.span());
            let complaint = Complaint::new(source, format!("`{}` has no place in a rules file", key.get_ref()));
            let fix = "a rules file holds only `route`, `acl` and `role`; settings go into doorward.toml";
            document.complaints.push(complaint.fix(fix));
        }
        let rules = Self::read(&mut document, table);
        match rules {
            Some(rules) => document.complaints.unless_any(rules),
            None => Err(document.complaints),
        }
    }

    pub(crate) fn read<'t>(document: &mut Document<'t>, table: DeTable<'t>) -> Option<Self> {
        let places = Places { file: Some(Arc::clone(&document.file)), spans: places(&table) };
        let rules = document.read::<Self>(table)?;
        Some(Self { places, ..rules })
    }

    /// Where the value of a path such as `route.3.access` was written.
    pub(crate) fn source(&self, path: &str) -> Source {
        self.places.source(path)
    }
}

/// Methods and a path, and what they ask for.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// Methods and a path: `GET /orders/:id`, `GET,POST /orders`, `* /files/*rest`. GET means HEAD too; `:name` is one
    /// segment, `*rest` one or more at the end.
    #[serde(rename = "match")]
    pub pattern: String,
    /// `anonymous`, `self`, resources that must all be granted, or `deny`.
    pub access: List<String>,
    /// The realm whose users are meant, or several: the first live session decides. Needed when there are several realms.
    #[serde(default)]
    pub realm: List<Name>,
    /// Parameters that Doorward sets, whatever the client sent: by name, or by path (`customer.id`).
    #[serde(default)]
    pub force: BTreeMap<String, ForceRule>,
    /// Where the values of limitations stand, by their names: `:id` or `*rest` for what the path has there, `?name` for a parameter of
    /// the query. What a role allows within limitations counts where the route says of all of them where they stand.
    #[serde(default)]
    pub limitations: BTreeMap<Name, String>,
    /// Only requests to this host.
    pub host: Option<String>,
    /// Whether it is refused over plain HTTP, once the caller may use it.
    #[serde(default)]
    pub secure: bool,
    /// On an `anonymous` route: recognises a live session, so that the upstream learns who it is.
    #[serde(default)]
    pub identify: bool,
    /// Which requests need proof against forgery, where it differs from `[csrf]`.
    pub csrf: Option<CsrfRequests>,
    /// What proves that a request is meant, where it differs from `[csrf]`.
    pub proof: Option<ProofKind>,
    /// Hands the upstream a token to put into a page.
    #[serde(default)]
    pub csrf_token: bool,
    /// Whether Basic is accepted, where it differs from `[basic]`.
    pub basic: Option<bool>,
    /// What scripts of other origins may do, where it differs from `[cors]`; `false` for nothing.
    pub cors: Option<CorsRule>,
    /// Whether the connection may become a WebSocket.
    #[serde(default)]
    pub websocket: bool,
    /// Whether a person who opens the address in a browser without being logged in is sent to the log-in page, and back from there.
    /// Absent: `true`. Programs get 401 in any case. What somebody who is logged in may not see, or what does not answer, is a page to
    /// them as well.
    pub log_in_page: Option<bool>,
    /// `pass` hands an `Authorization` header that Doorward does not use to the upstream.
    #[serde(default)]
    pub authorization: AuthorizationRule,
    /// Whether a parameter may hold an encoded slash, `%2F`.
    #[serde(default)]
    pub encoded_slash: bool,
    /// The upstream. Absent: the default one.
    pub upstream: Option<Name>,
    /// A beginning of the path that the upstream does not see.
    pub strip_prefix: Option<String>,
    /// Bounds, where they differ from `[limits]`.
    #[serde(default)]
    pub limits: LimitsRule,
    /// Headers to set and to remove.
    #[serde(default)]
    pub headers: HeadersRule,
    /// Behind forward-auth: promises that the upstream takes the caller from the identity headers, and so needs no forced body.
    #[serde(default)]
    pub upstream_uses_identity: bool,
}

/// A forced value: text with or without a placeholder, a number, a truth value, or values one step further down.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum ForceRule {
    /// `%user_id%`, `%user_login%`, `%attribute.NAME%`, or the text itself.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A truth value.
    Truth(bool),
    /// Steps further down.
    Below(BTreeMap<String, ForceRule>),
}

impl<'de> Deserialize<'de> for ForceRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueOrTable;

        impl<'de> Visitor<'de> for ValueOrTable {
            type Value = ForceRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a whole number, a truth value, or a table of those")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ForceRule, E> {
                Ok(ForceRule::Text(text.into()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<ForceRule, E> {
                Ok(ForceRule::Number(number))
            }

            fn visit_bool<E: serde::de::Error>(self, truth: bool) -> Result<ForceRule, E> {
                Ok(ForceRule::Truth(truth))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ForceRule, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(ForceRule::Below)
            }
        }

        deserializer.deserialize_any(ValueOrTable)
    }
}

/// What scripts of other origins may do on a route.
#[derive(Clone, Debug, PartialEq)]
pub enum CorsRule {
    /// `false`: nothing. `true`: what `[cors]` says.
    Switch(bool),
    /// This, instead of what `[cors]` says.
    Instead(CorsSettings),
}

impl<'de> Deserialize<'de> for CorsRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SwitchOrTable;

        impl<'de> Visitor<'de> for SwitchOrTable {
            type Value = CorsRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false`, or a table as `[cors]` is")
            }

            fn visit_bool<E: serde::de::Error>(self, switch: bool) -> Result<CorsRule, E> {
                Ok(CorsRule::Switch(switch))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CorsRule, A::Error> {
                CorsSettings::deserialize(MapAccessDeserializer::new(map)).map(CorsRule::Instead)
            }
        }

        deserializer.deserialize_any(SwitchOrTable)
    }
}

impl JsonSchema for CorsRule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CorsRule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<CorsSettings>();
        json_schema!({ "anyOf": [{ "type": "boolean" }, table] })
    }
}

/// What happens to an `Authorization` header that Doorward does not use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuthorizationRule {
    /// The caller is refused with 401 where the route is not anonymous, and the header is dropped where it is.
    #[default]
    Drop,
    /// The upstream gets it.
    Pass,
}

/// Bounds of one route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsRule {
    /// The body of a request.
    pub body: Option<Size>,
    /// How long the head of the response may take.
    pub timeout: Option<Period>,
    /// How many requests each caller may make.
    pub rate: Option<Rate>,
}

/// Headers to set and to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HeadersRule {
    /// On the way to the upstream.
    pub request: HeaderRule,
    /// On the way back.
    pub response: HeaderRule,
}

/// Headers to set and to remove, one way.
///
/// Values may be passwords of an upstream: `Debug` shows names alone.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderRule {
    /// Headers with their values, instead of those that are there.
    pub set: BTreeMap<String, String>,
    /// Headers that do not get through.
    pub remove: Vec<String>,
}

impl fmt::Debug for HeaderRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set: Vec<&String> = self.set.keys().collect();
        f.debug_struct("HeaderRule").field("set", &set).field("remove", &self.remove).finish()
    }
}

/// A resource and those below it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AclRule {
    /// The id, such as `Magento_Customer::group`.
    pub id: String,
    /// What people see.
    pub title: Option<String>,
    /// Resources below.
    #[serde(default)]
    pub children: Vec<AclRule>,
}

/// What a role allows and denies: each resource stands for all below it too, but for those in `only`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleRule {
    /// What people see.
    pub title: Option<String>,
    /// What is allowed.
    pub allow: Vec<String>,
    /// What is allowed without what is below it.
    pub only: Vec<String>,
    /// What is denied, whatever other roles of the user allow.
    pub deny: Vec<String>,
    /// What is allowed within limitations.
    pub limited: Vec<LimitedRule>,
}

/// What a role allows where a request is about certain things alone, such as the caller's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitedRule {
    /// What is allowed.
    pub allow: List<String>,
    /// Limitations by their names, each with the value that meets it or several: text, `%user_id%`, `%user_login%` or
    /// `%attribute.NAME%`. Text with a slash at its end, `/1/2/`, is a path with all that is below it. All limitations must be met.
    pub to: BTreeMap<Name, List<String>>,
}

#[cfg(test)]
mod tests;
