//! Where in a request the value of a limitation stands.

use std::collections::BTreeMap;

use super::Found;
use super::force::Steps;
use crate::name::Name;

/// The limitation that eZ Platform's dialect knows the value of.
pub(super) const SITEACCESS: &str = "siteaccess";

/// Where the values of limitations stand in the requests of a route.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bindings(Box<[(Name, Binding)]>);

/// Where one value stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Binding {
    /// In `:name` or `*name` of the path.
    Path(Box<str>),
    /// In a parameter of the query.
    Query(Steps),
    /// It is the siteaccess that the request is for.
    Siteaccess,
}

/// The values that one request has for limitations. What it does not clearly say is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bound(BTreeMap<Name, Box<str>>);

impl Bindings {
    pub(super) fn new(bindings: Vec<(Name, Binding)>) -> Self {
        Self(bindings.into())
    }

    /// Whether the route says where any limitation stands.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The limitations whose values the route knows.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values of a request.
    pub(crate) fn read(&self, found: &Found<'_>, query: Option<&str>, siteaccess: Option<&str>) -> Bound {
        let value = |binding: &Binding| match binding {
            Binding::Path(name) => found.decoded(name).map(|value| value.into_owned()),
            Binding::Query(steps) => steps.only_value(query.unwrap_or_default()),
            Binding::Siteaccess => siteaccess.map(str::to_owned),
        };
        let values = self.0.iter().filter_map(|(name, binding)| {
            let value = value(binding).filter(|value| !value.is_empty())?;
            Some((name.clone(), value.into()))
        });
        Bound(values.collect())
    }
}

impl Bound {
    /// What a request has that is about a siteaccess alone.
    pub(super) fn siteaccess(name: &str) -> Self {
        Self(Name::parse(SITEACCESS).ok().map(|key| (key, name.into())).into_iter().collect())
    }

    /// The value of a limitation.
    pub(crate) fn value(&self, name: &Name) -> Option<&str> {
        self.0.get(name).map(|value| &**value)
    }
}
