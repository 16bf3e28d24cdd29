//! Which realm a request is about, and which route a name stands for.

use std::borrow::Cow;

use super::Policy;
use super::route::{RealmId, Route};
use super::table::RouteId;
use crate::refusal::Reason;

impl Policy {
    /// The realms whose sessions count, the first one first. On Doorward's own resources `?realm=` chooses one of several;
    /// where only one counts, as in administration, `realm` in the query is the resource's own affair.
    pub(crate) fn asked_realms<'r>(&self, route: &'r Route, query: Option<&str>) -> Result<Cow<'r, [RealmId]>, Reason> {
        let chooses = route.is_own() && route.realms.len() > 1;
        let asked = if chooses { query.and_then(realm_in) } else { None };
        let Some(name) = asked else { return Ok(Cow::Borrowed(&route.realms)) };
        let id = self.realm_id(&name).filter(|id| route.realms.contains(id));
        id.map(|id| Cow::Owned(vec![id])).ok_or(Reason::Realm("realm_unknown"))
    }

    /// The realm whose users may use Basic on a route.
    pub(crate) fn basic_realm(&self, route: &Route, query: Option<&str>) -> Option<RealmId> {
        let asked = if route.is_own() { query.and_then(realm_in) } else { None };
        match asked {
            Some(name) => self.realm_id(&name).filter(|id| route.basic.contains(id)),
            None => route.basic.first().copied(),
        }
    }

    /// The realm that somebody logs in to. Where there is only one, it need not be named.
    ///
    /// # Errors
    /// `realm_required` or `realm_unknown`.
    pub fn realm_to_log_in(&self, name: Option<&str>) -> Result<RealmId, Reason> {
        match (name, self.realms()) {
            (Some(name), _) => self.realm_id(name).ok_or(Reason::Realm("realm_unknown")),
            (None, [_]) => Ok(RealmId(0)),
            (None, _) => Err(Reason::Realm("realm_required")),
        }
    }

    /// The route that matches the same requests as one of an earlier policy.
    pub(crate) fn same_route(&self, earlier: &Route) -> Option<&Route> {
        let same = |route: &&Route| {
            route.host == earlier.host && route.methods == earlier.methods && route.pattern == earlier.pattern
        };
        self.routes.iter().find(same)
    }

    /// A route in one line, for counters: its methods and its pattern.
    pub fn route_text(&self, id: RouteId) -> String {
        self.route(id).map_or_else(|| "-".into(), ToString::to_string)
    }
}

/// What `realm=` says in a query. What is no UTF-8 is the name of no realm.
fn realm_in(query: &str) -> Option<Cow<'_, str>> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("realm="))?;
    Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy())
}
