//! Values that several settings and rules share.

use std::fmt;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// One value, or a list of them: `"customer"` or `["customer", "admin"]`. A value may be a table where its type allows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(List(vec![T::deserialize(StrDeserializer::new(text))?]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Ok(List(vec![T::deserialize(MapAccessDeserializer::new(map))?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(List(list))
            }
        }

        deserializer.deserialize_any(OneOrMany(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// A serialized origin, as browsers send it: scheme, host, and a port unless it is the scheme's own.
///
/// ```
/// use doorward::policy::Origin;
/// assert!("https://app.example.com".parse::<Origin>().is_ok());
/// assert!("https://App.example.com/".parse::<Origin>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^https?://[^/?#@A-Z]+$", "examples" = ["https://app.example.com"]))]
pub struct Origin(Box<str>);

/// The text is not an [`Origin`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is `http://` or `https://`, a host in lower case, and a port unless it is the scheme's own; nothing follows"
)]
pub struct InvalidOrigin;

impl Origin {
    /// The text that an `Origin` header must equal byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is `https`.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host with the port, as a request's authority has it.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whether the host is this machine itself.
    pub fn is_loopback(&self) -> bool {
        let host = host_of(self.authority());
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|a| a.is_loopback())
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, authority) = text.split_once("://").ok_or(InvalidOrigin)?;
        let own_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(InvalidOrigin),
        };
        let uri: Uri = text.parse().map_err(|_| InvalidOrigin)?;
        let parsed = uri.authority().ok_or(InvalidOrigin)?;
        let port = &authority[host_of(authority).len()..];
        let canonical_port =
            port.is_empty() || port[1..].parse::<u16>().is_ok_and(|number| format!(":{number}") == port);
        let bare = parsed.as_str() == authority && !authority.contains('@') && !parsed.host().is_empty();
        let lower = !authority.bytes().any(|byte| byte.is_ascii_uppercase());
        let serialized = bare && lower && canonical_port && port != own_port;
        if serialized { Ok(Self(text.into())) } else { Err(InvalidOrigin) }
    }
}

/// The host of an authority, in brackets where it is an IPv6 address.
fn host_of(authority: &str) -> &str {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
        _ => authority,
    }
}

impl TryFrom<String> for Origin {
    type Error = InvalidOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address or a network of addresses: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9A-Fa-f.:]+(/[0-9]+)?$", "examples" = ["10.0.0.0/8"]))]
pub struct Network(pub IpNet);

/// The text is not a [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address, or an address and a length of prefix: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`")]
pub struct InvalidNetwork;

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(|network| Self(network.trunc())).map_err(|_| InvalidNetwork)
    }
}

impl TryFrom<String> for Network {
    type Error = InvalidNetwork;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An address that may hold a password, such as `postgres://user:password@host/database`. It is never shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The address, for the one who connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretUrl")
    }
}

impl<'de> Deserialize<'de> for SecretUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.contains("://") {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("an address has a scheme: `postgres://…`"))
        }
    }
}

impl JsonSchema for SecretUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z+]+://" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_would_send_and_nothing_else() {
        for text in ["https://a.example", "http://a.example:8080", "http://[::1]:8080", "https://xn--e1afmkfd.example"]
        {
            assert_eq!(text.parse::<Origin>().map(|origin| origin.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "null",
            "*",
            "",
            "https://",
            "https://a.example/",
            "https://a.example/x",
            "https://A.example",
            "HTTPS://a.example",
            "https://a.example:443",
            "http://a.example:80",
            "https://u@a.example",
            "https://a.example:",
            "https://a.example:0443",
            "https://a.example?x",
            "ftp://a.example",
            "a.example",
            "https://*.a.example ",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(InvalidOrigin), "{text:?}");
        }
    }

    #[test]
    fn loopback_is_told_from_look_alikes() {
        let is_loopback = |text: &str| text.parse::<Origin>().expect("an origin").is_loopback();
        assert!(
            is_loopback("http://localhost:8080") && is_loopback("http://127.0.0.1") && is_loopback("http://[::1]:81")
        );
        assert!(!is_loopback("http://localhost.example") && !is_loopback("http://127.0.0.1.example"));
    }

    #[test]
    fn an_address_alone_is_a_network_of_one() {
        assert_eq!("10.1.2.3".parse::<Network>().map(|n| n.to_string()), Ok("10.1.2.3/32".into()));
        assert_eq!("10.1.2.3/8".parse::<Network>().map(|n| n.to_string()), Ok("10.0.0.0/8".into()));
        assert_eq!("anywhere".parse::<Network>(), Err(InvalidNetwork));
    }
}
