//! Requests for Doorward's own resources, and the answers to them. Unlike those of a service they carry our cookies.

use http::header::HeaderMap;
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};

use crate::identity;
use crate::problem::PROTECTION;
use crate::verdict::Pass;

impl Pass {
    /// Turns the request that came into the one for whoever serves Doorward's own resources: the path below `mount` in its one
    /// spelling, without a slash at its end, and no identity but the one in the [`Admission`](crate::Admission).
    pub fn edit_own_request(&self, parts: &mut Parts) {
        identity::strip(&mut parts.headers);
        if let Some(method) = &self.method {
            parts.method = method.clone();
        }
        let sent = self.matched.as_deref().or(self.path.as_deref()).unwrap_or_else(|| parts.uri.path());
        let profile = self.route().profile;
        let spoken: String;
        let path = match self.policy().dialect(profile) {
            // Wherever a dialect is spoken, its resources have one place behind the door.
            Some(dialect) => {
                let places = || dialect.places().iter().filter(|place| place.covers(sent));
                let place = places().find(|place| self.route().host == place.host).or_else(|| places().next());
                let rest = below(place.map_or("", |place| &place.root), sent);
                spoken = format!("/dialect/{}{rest}", profile.name);
                spoken.strip_suffix('/').unwrap_or(&spoken)
            }
            None => below(self.policy().mount(), sent),
        };
        if path == parts.uri.path() {
            return;
        }
        let text = match parts.uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        // A part of a canonical path is one; should it not be, nothing is found there.
        let target = PathAndQuery::try_from(text).unwrap_or_else(|_| PathAndQuery::from_static("/"));
        parts.uri = Uri::from(target);
    }

    /// Completes the answer of one of Doorward's own resources: nobody keeps it, guesses its type or shows it in a frame, unless
    /// the answer says otherwise itself; and what [`edit_response`](Self::edit_response) does.
    pub fn edit_own_response(&self, headers: &mut HeaderMap) {
        for (name, value) in PROTECTION {
            headers.entry(name).or_insert(value);
        }
        self.edit_response(headers);
    }
}

/// A path below `mount`, without a slash at its end.
fn below<'p>(mount: &str, path: &'p str) -> &'p str {
    let rest = path.strip_prefix(mount).filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path);
    match rest.strip_suffix('/').unwrap_or(rest) {
        "" => "/",
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_resources_have_one_path_wherever_they_are_mounted() {
        for (mount, path, expected) in [
            ("", "/user/me", "/user/me"),
            ("", "/user/me/", "/user/me"),
            ("/auth", "/auth/user/me", "/user/me"),
            ("/auth", "/auth/", "/"),
            ("/auth", "/authors", "/authors"),
            ("", "/", "/"),
        ] {
            assert_eq!(below(mount, path), expected, "{mount} {path}");
        }
    }
}
