//! Listeners and upstreams.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::name::Name;
use crate::policy::quantity::Period;

/// Where connections are taken: `"127.0.0.1:8080"`, or a table when there is more to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// `address:port`, or `unix:/path`.
    pub address: String,
    /// Plain HTTP, although `[tls]` is there. A Unix socket is plain unless the file says `plain = false`.
    pub plain: bool,
    /// On a plain listener: pages are sent to https, everything else is refused.
    pub redirect_to_https: bool,
    /// Whether each connection begins with a PROXY protocol header, which says the client's address.
    pub proxy_protocol: bool,
}

impl Listener {
    /// A listener at this address, with nothing more said.
    pub fn at(address: &str) -> Self {
        Self { address: address.into(), plain: is_unix(address), redirect_to_https: false, proxy_protocol: false }
    }

    /// Whether only this machine can connect.
    pub fn is_at_home(&self) -> bool {
        let host = self.address.rsplit_once(':').map_or(&*self.address, |(host, _)| host);
        let parsed = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || parsed.is_ok_and(|ip| ip.is_loopback()) || is_unix(&self.address)
    }
}

/// What comes over a Unix socket does not leave this machine.
fn is_unix(address: &str) -> bool {
    address.starts_with("unix:")
}

/// A listener as a table.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListenerTable {
    /// `address:port`, or `unix:/path`.
    address: String,
    /// Plain HTTP, although `[tls]` is there. Absent: `true` for a Unix socket, `false` for all others.
    plain: Option<bool>,
    /// On a plain listener: pages are sent to https, everything else is refused.
    #[serde(default)]
    redirect_to_https: bool,
    /// Whether each connection begins with a PROXY protocol header.
    #[serde(default)]
    proxy_protocol: bool,
}

impl<'de> Deserialize<'de> for Listener {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AddressOrTable;

        impl<'de> Visitor<'de> for AddressOrTable {
            type Value = Listener;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address such as \"127.0.0.1:8080\", or a table with `address`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Listener, E> {
                Ok(Listener::at(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Listener, A::Error> {
                let table = ListenerTable::deserialize(MapAccessDeserializer::new(map))?;
                let ListenerTable { address, plain, redirect_to_https, proxy_protocol } = table;
                let plain = plain.unwrap_or_else(|| is_unix(&address));
                Ok(Listener { address, plain, redirect_to_https, proxy_protocol })
            }
        }

        deserializer.deserialize_any(AddressOrTable)
    }
}

impl JsonSchema for Listener {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Listener".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<ListenerTable>();
        json_schema!({ "anyOf": [{ "type": "string", "examples": ["127.0.0.1:8080"] }, table] })
    }
}

/// Certificate and key, read again when the files change.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// A PEM file with the certificate and what leads to its issuer.
    pub cert: String,
    /// A PEM file with the private key.
    pub key: String,
}

/// Upstreams by name: `upstream = "http://…"` is one named `default`.
#[derive(Clone, Debug, Default)]
pub struct Upstreams(pub BTreeMap<Name, UpstreamSettings>);

impl Upstreams {
    /// The upstream of routes that name none: `default`, or the only one.
    pub fn default_name(&self) -> Option<&Name> {
        let only = if self.0.len() == 1 { self.0.keys().next() } else { None };
        self.0.get_key_value("default").map(|(name, _)| name).or(only)
    }
}

/// One server behind Doorward.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamSettings {
    /// `http://host:port`, `https://host` or `unix:/path`.
    pub url: String,
    /// A PEM file: the only issuers that are trusted for this upstream. Absent: those of the system.
    pub ca: Option<String>,
    /// A path that answers 2xx when the upstream is well.
    pub health: Option<String>,
    /// How long the head of a response may take. Absent: `limits.timeout`.
    pub timeout: Option<Period>,
    /// How long a connection may take.
    #[serde(default = "connect_timeout")]
    pub connect_timeout: Period,
    /// The `Host` to send. Absent: the client's.
    pub host: Option<String>,
    /// The most connections at once, over all cores. Absent: as many as `limits.connections`.
    #[schemars(range(min = 1))]
    pub max_connections: Option<u32>,
}

fn connect_timeout() -> Period {
    Period(5)
}

impl UpstreamSettings {
    /// An upstream at this address, with nothing more said.
    pub fn at(url: &str) -> Self {
        let connect_timeout = connect_timeout();
        let (ca, health, timeout, host, max_connections) = (None, None, None, None, None);
        Self { url: url.into(), ca, health, timeout, connect_timeout, host, max_connections }
    }
}

impl<'de> Deserialize<'de> for Upstreams {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UrlOrTables;

        impl<'de> Visitor<'de> for UrlOrTables {
            type Value = Upstreams;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address such as \"http://127.0.0.1:9000\", or tables [upstream.NAME]")
            }

            fn visit_str<E: serde::de::Error>(self, url: &str) -> Result<Upstreams, E> {
                let name = Name::parse("default").expect("the word is a name");
                Ok(Upstreams([(name, UpstreamSettings::at(url))].into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Upstreams, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Upstreams)
            }
        }

        deserializer.deserialize_any(UrlOrTables)
    }
}

impl JsonSchema for Upstreams {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Upstreams".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let tables = generator.subschema_for::<BTreeMap<Name, UpstreamSettings>>();
        json_schema!({ "anyOf": [{ "type": "string", "examples": ["http://127.0.0.1:9000"] }, tables] })
    }
}
