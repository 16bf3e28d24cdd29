//! Which hosts are served, and which origins are our own.

use std::collections::HashSet;
use std::net::IpAddr;

use http::Method;
use memchr::memrchr2;

use super::builtin::Door;
use super::route::Route;
use super::settings::Settings;
use super::words::Origin;
use super::{Match, Policy};
use crate::csrf::Origins;

/// The hosts and origins of a policy.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// In lower case, without the scheme's own port. Empty: the file names none, and only this machine's own are served.
    pub(super) hosts: HashSet<Box<str>>,
    pub(super) origins: Origins,
    /// The first own origin.
    pub(super) usual: Option<Origin>,
}

impl Site {
    pub(super) fn compile(settings: &Settings, routes: &[Route]) -> Self {
        let own = settings.public_url.iter().map(|origin: &Origin| origin.authority().into());
        let named = routes.iter().filter_map(|route| route.host.clone());
        let texts = |origins: &[Origin]| origins.iter().map(ToString::to_string).collect::<Vec<_>>();
        let origins = Origins::new(texts(&settings.public_url), texts(&settings.cors.origins));
        Self { hosts: own.chain(named).collect(), origins, usual: settings.public_url.first().cloned() }
    }
}

impl Policy {
    /// Whether this authority is served. A name that others point at this machine is not (DNS rebinding). This machine's own
    /// names are for whoever is on it, `is_home`: from elsewhere they mean another machine.
    pub fn serves(&self, door: Door, host: &str, is_home: bool) -> bool {
        let hosts = &self.site.hosts;
        if hosts.contains(host) || (is_loopback(host) && (is_home || door == Door::Admin)) {
            return true;
        }
        // Administration listens on an address of its own, which no rule names.
        door == Door::Admin && (is_address(host) || hosts.iter().any(|own| name_of(own) == name_of(host)))
    }

    /// The host, where it is this machine: the origin of such a page is our own at whatever port.
    pub(crate) fn loopback<'h>(&self, host: &'h str) -> Option<&'h str> {
        is_loopback(host).then_some(host)
    }

    /// The path of the Panel, where this door serves it.
    pub fn panel(&self, door: Door) -> Option<String> {
        let path = format!("{}/panel", self.mount());
        let is_here = matches!(self.find(door, &Method::GET, "", &path), Match::Route(found) if found.route.is_own());
        is_here.then_some(path)
    }

    /// The first own origin, where people are sent; none where the file names none.
    pub fn usual_origin(&self) -> Option<&Origin> {
        self.site.usual.as_ref()
    }

    /// Own origins, and the listed ones.
    pub fn origins(&self) -> &Origins {
        &self.site.origins
    }
}

fn name_of(host: &str) -> &str {
    match memrchr2(b':', b']', host.as_bytes()) {
        Some(at) if host.as_bytes()[at] == b':' => &host[..at],
        _ => host,
    }
}

fn address(host: &str) -> Option<IpAddr> {
    name_of(host).trim_matches(['[', ']']).parse().ok()
}

fn is_address(host: &str) -> bool {
    address(host).is_some()
}

/// Whether a host is this machine, by name or by number, at any port.
fn is_loopback(host: &str) -> bool {
    let name = name_of(host);
    name == "localhost" || name.ends_with(".localhost") || address(host).is_some_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_look_alikes() {
        for own in ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:8080", "a.localhost:9"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["localhost.example", "127.0.0.1.example", "example.com", "10.0.0.1", "", "[::2]"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
