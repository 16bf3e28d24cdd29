//! Forced parameters: what Doorward sets, whatever the client sent.
//!
//! A parameter is named by a path of steps: `customer.id` is `id` within `customer`. An *alias* is any other spelling
//! that some upstream might read as the same name: `customerId`, `customer_id`, `Customer-ID`. After forcing, no alias
//! is left anywhere, so it does not matter which spelling the upstream prefers.

mod alias;
mod json;
mod media;
mod pairs;
mod written;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::Method;
use serde_json::{Map, Value as Json};

pub(crate) use alias::Steps;
use media::{Media, media};

/// The forced parameters of a route.
#[derive(Clone, Debug, PartialEq)]
pub struct Force {
    parameters: Arc<[Parameter]>,
    /// How deep JSON may go.
    deepest: usize,
}

/// One parameter, and where its value comes from.
#[derive(Clone, Debug, PartialEq)]
struct Parameter {
    steps: Steps,
    value: Value,
    /// The name in the route's path that this parameter is compared with.
    in_path: Option<Box<str>>,
}

/// Where a forced value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `%user_id%`.
    UserId,
    /// `%user_login%`.
    UserLogin,
    /// `%attribute.NAME%`.
    Attribute(Box<str>),
    /// Text, a number or a truth value.
    Literal(Json),
}

/// What the caller's parameters are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The public id.
    pub user_id: &'a str,
    /// The login.
    pub user_login: &'a str,
    /// The attributes.
    pub attributes: &'a Map<String, Json>,
}

/// Why a request cannot be forced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForceError {
    /// The body is neither JSON nor a form, or it is encoded. 415.
    #[error("only JSON and forms in UTF-8, without an encoding, can be read here")]
    UnsupportedMediaType,
    /// There is a scalar or a list where the path of a parameter goes on. 400.
    #[error("an object is needed where the path of a parameter goes on")]
    ScalarOnTheWay,
    /// The body or the query is not what its type says. 400.
    #[error("the parameters are malformed")]
    Malformed,
    /// An object has the same key twice. 400.
    #[error("an object has the same key twice")]
    DuplicateKey,
    /// Objects and lists within each other go too deep. 400.
    #[error("the body goes too deep")]
    TooDeep,
    /// The caller has no such attribute. 403.
    #[error("the caller has no value for a parameter")]
    MissingAttribute,
    /// The caller has no cart, where Magento's dialect forces one. 404.
    #[error("the caller has no active cart")]
    NoCart,
}

/// Where a request's forced parameters go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the query: GET, HEAD and DELETE. A body would escape the rule, so there must be none.
    Query,
    /// Into the body; aliases are dropped from the query.
    Body,
}

impl Place {
    /// Where requests with this method have their parameters.
    pub fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::DELETE => Self::Query,
            _ => Self::Body,
        }
    }
}

impl ForceError {
    /// The status that says it.
    pub fn status(self) -> http::StatusCode {
        match self {
            Self::UnsupportedMediaType => http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MissingAttribute => http::StatusCode::FORBIDDEN,
            Self::NoCart => http::StatusCode::NOT_FOUND,
            _ => http::StatusCode::BAD_REQUEST,
        }
    }

    /// One word for logs and problems.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MissingAttribute => "missing_attribute",
            Self::NoCart => "no_cart",
            _ => "bad_parameters",
        }
    }
}

impl Force {
    /// Whether a value depends on the caller.
    pub fn needs_user(&self) -> bool {
        self.parameters.iter().any(|parameter| !matches!(parameter.value, Value::Literal(_)))
    }

    /// Whether anything is set in queries or bodies, beside what is compared with the path.
    pub fn rewrites(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.in_path.is_none())
    }

    /// Whether it sets or drops what a parameter may be taken for.
    pub(crate) fn sets(&self, steps: &Steps) -> bool {
        self.parameters.iter().any(|parameter| parameter.steps.collide(steps))
    }

    /// The names and where their values come from, for people.
    pub fn describe(&self) -> String {
        let texts = self.parameters.iter().map(|parameter| format!("{} = {}", parameter.steps, parameter.value));
        texts.collect::<Vec<_>>().join(", ")
    }

    /// The parameters with the values of one caller.
    ///
    /// # Errors
    /// [`ForceError::MissingAttribute`] when the caller lacks an attribute, or it is no text, number or truth value.
    pub fn resolve(&self, values: Values<'_>) -> Result<Forced, ForceError> {
        let resolve = |parameter: &'_ Parameter| parameter.value.resolve(values).map(Some);
        let values = self.parameters.iter().map(resolve).collect::<Result<_, _>>()?;
        Ok(Forced { parameters: Arc::clone(&self.parameters), values, deepest: self.deepest })
    }

    /// The parameters for somebody who is known, and to whom nothing of a user applies here.
    ///
    /// # Errors
    /// [`ForceError::MissingAttribute`] when something of a user is needed.
    pub(crate) fn resolve_without_user(&self) -> Result<Forced, ForceError> {
        if self.needs_user() { Err(ForceError::MissingAttribute) } else { Ok(self.resolve_for_guest()) }
    }

    /// The parameters for which a caller has no value, each with where it would come from.
    pub(crate) fn missing(&self, caller: Option<Values<'_>>) -> impl Iterator<Item = (String, &Value)> {
        let missing = self.parameters.iter().filter(move |parameter| parameter.value.text(caller).is_none());
        missing.map(|parameter| (parameter.steps.to_string(), &parameter.value))
    }

    /// The parameters for a guest: what would be a user's is dropped, and nothing is set.
    pub fn resolve_for_guest(&self) -> Forced {
        let literal = |parameter: &Parameter| match &parameter.value {
            Value::Literal(value) => Some(value.clone()),
            _ => None,
        };
        let values = self.parameters.iter().map(literal).collect();
        Forced { parameters: Arc::clone(&self.parameters), values, deepest: self.deepest }
    }

    /// As [`Forced::path_matches`], where nothing is known of the caller but the id: what else a path may have to hold is
    /// taken to be there.
    pub fn path_may_match<'p>(&self, user_id: &str, parameter: impl Fn(&str) -> Option<Cow<'p, str>>) -> bool {
        self.parameters.iter().all(|forced| {
            let Some(name) = forced.in_path.as_deref() else { return true };
            let expected = match &forced.value {
                Value::UserId => user_id.to_owned(),
                Value::Literal(value) => plain(value),
                Value::UserLogin | Value::Attribute(_) => return true,
            };
            parameter(name).is_some_and(|found| found == expected)
        })
    }
}

impl Value {
    /// The value as text. None where it is somebody's, and this caller has none.
    pub(crate) fn text(&self, caller: Option<Values<'_>>) -> Option<String> {
        match (self, caller) {
            (Self::Literal(value), _) => Some(plain(value)),
            (value, Some(values)) => value.resolve(values).ok().map(|value| plain(&value)),
            (_, None) => None,
        }
    }

    fn resolve(&self, values: Values<'_>) -> Result<Json, ForceError> {
        match self {
            Self::UserId => Ok(id(values.user_id)),
            Self::UserLogin => Ok(values.user_login.into()),
            Self::Literal(value) => Ok(value.clone()),
            Self::Attribute(name) => match values.attributes.get(&**name) {
                Some(value @ (Json::String(_) | Json::Number(_) | Json::Bool(_))) => Ok(value.clone()),
                _ => Err(ForceError::MissingAttribute),
            },
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserId => f.write_str("%user_id%"),
            Self::UserLogin => f.write_str("%user_login%"),
            Self::Attribute(name) => write!(f, "%attribute.{name}%"),
            Self::Literal(value) => value.fmt(f),
        }
    }
}

/// A canonical decimal is a number, unless readers with floating-point numbers would take it for another one
/// (RFC 8259, section 6).
fn id(text: &str) -> Json {
    const GREATEST_EXACT: u64 = (1 << 53) - 1;
    match text.parse::<u64>() {
        Ok(number) if number <= GREATEST_EXACT && number.to_string() == text => number.into(),
        _ => text.into(),
    }
}

/// Forced parameters with the values of one caller, ready to be applied.
#[derive(Debug)]
pub struct Forced {
    parameters: Arc<[Parameter]>,
    /// None where nothing is set.
    values: Vec<Option<Json>>,
    deepest: usize,
}

/// A body after forcing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedBody {
    /// The new body.
    pub bytes: Vec<u8>,
    /// The type to state, when the request stated none.
    pub content_type: Option<&'static str>,
}

impl Forced {
    /// Whether the parameters in the path are the caller's own. Else the answer is 404, as for what does not exist.
    /// `parameter` gives a path's parameter, decoded.
    pub fn path_matches<'p>(&self, parameter: impl Fn(&str) -> Option<Cow<'p, str>>) -> bool {
        self.each().filter_map(|(forced, value)| Some((forced.in_path.as_deref()?, value))).all(|(name, value)| {
            let expected = value.map(plain);
            expected.is_some_and(|expected| parameter(name).is_some_and(|found| found == expected))
        })
    }

    /// The query with every alias dropped and the values set.
    ///
    /// # Errors
    /// [`ForceError::Malformed`] or [`ForceError::ScalarOnTheWay`].
    pub fn query(&self, query: Option<&str>) -> Result<String, ForceError> {
        pairs::force(query.unwrap_or_default(), &self.steps(), &self.to_set())
    }

    /// The query with every alias dropped, for requests whose values are in the path or the body.
    ///
    /// # Errors
    /// [`ForceError::Malformed`] or [`ForceError::ScalarOnTheWay`].
    pub fn drop_from_query(&self, query: Option<&str>) -> Result<String, ForceError> {
        pairs::force(query.unwrap_or_default(), &self.steps(), &[])
    }

    /// Whether the query is what [`Forced::query`] would make of it, but for order: what a door must know that cannot rewrite.
    pub fn query_is_forced(&self, query: Option<&str>) -> bool {
        let sorted = |query: &str| {
            let mut pairs: Vec<String> = query.split('&').filter(|pair| !pair.is_empty()).map(String::from).collect();
            pairs.sort_unstable();
            pairs
        };
        let forced = self.query(query);
        forced.is_ok_and(|forced| sorted(&forced) == sorted(query.unwrap_or_default()))
    }

    /// The body with every alias dropped and the values set. An empty body becomes one that holds the values alone.
    ///
    /// # Errors
    /// Every [`ForceError`] but [`ForceError::MissingAttribute`].
    pub fn body(
        &self,
        content_type: Option<&str>,
        content_encoding: Option<&str>,
        body: &[u8],
    ) -> Result<ForcedBody, ForceError> {
        if content_encoding.is_some_and(|encoding| !encoding.trim().eq_ignore_ascii_case("identity")) {
            return Err(ForceError::UnsupportedMediaType);
        }
        let media = match content_type {
            None if body.is_empty() => Media::Json,
            None => return Err(ForceError::UnsupportedMediaType),
            Some(content_type) => media(content_type).ok_or(ForceError::UnsupportedMediaType)?,
        };
        let text = std::str::from_utf8(body).map_err(|_| ForceError::Malformed)?;
        let bytes = match media {
            Media::Json => json::force(text, self.deepest, &self.steps(), &self.to_set())?.into_bytes(),
            Media::Form => pairs::force(text, &self.steps(), &self.to_set())?.into_bytes(),
        };
        let stated = content_type.is_some();
        Ok(ForcedBody { bytes, content_type: (!stated).then_some("application/json") })
    }

    fn each(&self) -> impl Iterator<Item = (&Parameter, Option<&Json>)> {
        self.parameters.iter().zip(self.values.iter().map(Option::as_ref))
    }

    fn steps(&self) -> Vec<&Steps> {
        self.parameters.iter().map(|parameter| &parameter.steps).collect()
    }

    /// What is set: a parameter in the path has its value there.
    fn to_set(&self) -> Vec<(&Steps, &Json)> {
        let set = self.each().filter(|(parameter, _)| parameter.in_path.is_none());
        set.filter_map(|(parameter, value)| Some((&parameter.steps, value?))).collect()
    }
}

/// A value as text, for paths, queries and forms.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
