//! The methods of a path as a dialect lists them.

use http::{HeaderValue, Method};

use super::table::RouteId;
use super::{Allow, Match, Policy};
use crate::head::Head;

impl Policy {
    /// The methods that the routes of a path name, in the order of the routes, with commas alone between them: without those
    /// that Doorward adds.
    pub(crate) fn listed(&self, head: &Head<'_>, path: &str, allow: &Allow) -> Option<HeaderValue> {
        let mut routes: Vec<RouteId> = Vec::new();
        for name in allow.as_str().split(", ") {
            let Ok(method) = Method::from_bytes(name.as_bytes()) else { continue };
            if let Match::Route(found) = self.find(head.door, &method, &head.host, path)
                && !routes.contains(&found.id)
            {
                routes.push(found.id);
            }
        }
        routes.sort_unstable();
        let mut names: Vec<&str> = Vec::new();
        for route in routes.into_iter().filter_map(|id| self.route(id)) {
            let all = if &*route.methods == "*" { allow.as_str().split(", ") } else { route.methods.split(", ") };
            for name in all.flat_map(|names| names.split(',')) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        HeaderValue::from_str(&names.join(",")).ok().filter(|value| !value.is_empty())
    }
}
