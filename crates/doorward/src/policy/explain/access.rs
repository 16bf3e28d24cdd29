//! What the route asks for, and what it sets.

use http::StatusCode;

use super::Question;
use super::asked::Asked;
use super::caller::Caller;
use super::limited::Worth;
use super::told::{End, Told};
use crate::name::Name;
use crate::policy::acl::ResourceId;
use crate::policy::route::{Access, Route};
use crate::policy::{Found, Policy};
use crate::refusal::Reason;

impl Policy {
    pub(super) fn tell_access(
        &self,
        asked: &Asked<'_>,
        found: &Found<'_>,
        caller: Caller,
        question: &Question,
        told: &mut Told,
    ) -> Result<(), End> {
        let (route, roles) = (found.route, &question.roles[..]);
        let not_logged_in = |told: &mut Told| {
            let text = format!("it asks for {}, and nobody is logged in", route.asks);
            told.stop("access", route.profile.status(&Reason::NotLoggedIn), text)
        };
        match (&route.access, caller.realm) {
            (Access::Anonymous, _) => told.pass("access", "it asks for nothing".to_owned()),
            (Access::SelfOnly, Some(realm)) => {
                let name = self.realm(realm).name();
                if !self.may_self(route, asked.path.as_str(), name, roles, None) {
                    let is_admin =
                        self.dialect_settings.magento.as_ref().is_some_and(|magento| *name == magento.admins);
                    let text = match is_admin {
                        true => "it asks for a customer, and an administrator who lacks some resource is none",
                        false => "it asks for a customer, and behind the store code `all` there are none",
                    };
                    let status = route.profile.status(&Reason::Forbidden("self".to_owned()));
                    return Err(told.stop("access", status, text.to_owned()));
                }
                told.pass("access", "it asks for a user, on their own data".to_owned());
            }
            (Access::SelfOnly, None) | (Access::Deny, None) => return Err(not_logged_in(told)),
            (Access::Deny, Some(_)) => {
                let text = "access = \"deny\": nobody has decided yet".to_owned();
                return Err(told.stop("access", route.profile.status(&Reason::Undecided), text));
            }
            (Access::Resources(_), Some(realm)) if !self.may_have_resources(route, self.realm(realm).name()) => {
                let text = format!("it asks for {}, and customers have no resources", route.asks);
                let status = route.profile.status(&Reason::Forbidden(route.asks.to_string()));
                return Err(told.stop("access", status, text));
            }
            (Access::Resources(needed), Some(_)) => {
                let names: Vec<&str> = needed.iter().map(|id| self.resources().name(*id)).collect();
                match self.worth(asked, found, &self.grants(roles), needed, question.user_id.as_deref()) {
                    Worth::Enough => told.pass("access", format!("the roles grant {}", names.join(", "))),
                    Worth::Within(limits) => {
                        told.pass("access", format!("the roles grant {}: {limits}", names.join(", ")));
                    }
                    Worth::Lacking(id, limits) => {
                        let missing = self.resources().name(id);
                        let status = route.profile.status(&Reason::Forbidden(missing.to_owned()));
                        let text = match limits.is_empty() {
                            true => format!("the roles do not grant {missing}{}", self.tell_why_not(id, roles)),
                            false => format!("the roles grant {missing} {limits}"),
                        };
                        return Err(told.stop("access", status, text));
                    }
                }
            }
            (Access::Resources(needed), None) => match self.tell_guest(asked, found, needed) {
                Ok(text) => told.pass("access", text),
                Err(None) => return Err(not_logged_in(told)),
                Err(Some(text)) => {
                    return Err(told.stop("access", route.profile.status(&Reason::NotLoggedIn), text));
                }
            },
        }
        Ok(())
    }

    /// Whether guests of a realm may, and within which limitations they may not.
    fn tell_guest(
        &self,
        asked: &Asked<'_>,
        found: &Found<'_>,
        needed: &[ResourceId],
    ) -> Result<String, Option<String>> {
        let route = found.route;
        let mut within = None;
        for realm in &route.realms {
            let name = self.realm(*realm).name();
            match self.worth(asked, found, self.guest_grants(*realm), needed, None) {
                Worth::Enough => return Ok(format!("guests of {name} have {}", route.asks)),
                Worth::Within(limits) => return Ok(format!("guests of {name} have {}: {limits}", route.asks)),
                Worth::Lacking(id, limits) if within.is_none() && !limits.is_empty() => {
                    within = Some(format!("guests of {name} have {} {limits}", self.resources().name(id)));
                }
                Worth::Lacking(..) => {}
            }
        }
        Err(within)
    }

    /// Of a resource that is not granted: which role denies it, or else how near one comes to allowing it.
    fn tell_why_not(&self, missing: ResourceId, roles: &[Name]) -> String {
        let denying = roles.iter().filter_map(|name| self.roles().get(name)).find(|role| role.denied.has(missing));
        denying.map_or_else(|| self.tell_only(missing, roles), |role| format!(": the role {} denies it", role.name))
    }

    /// Of a resource that is not granted: which one above it is, without it; the nearest of several.
    fn tell_only(&self, missing: ResourceId, roles: &[Name]) -> String {
        let known = roles.iter().filter_map(|name| self.roles().get(name));
        let above = known.flat_map(|role| {
            let above = role.only.iter().filter(|id| self.resources().subtree(**id).any(|below| below == missing));
            above.map(|id| (&role.name, *id))
        });
        let found = above.filter(|(_, id)| *id != missing).min_by_key(|(_, id)| self.resources().subtree(*id).count());
        found.map_or_else(String::new, |(role, id)| {
            format!(": `only` of {role} has {}, without what is below it", self.resources().name(id))
        })
    }

    /// Asked for after everything else, as the door does.
    pub(super) fn tell_secure(&self, asked: &Asked<'_>, route: &Route, told: &mut Told) -> Result<(), End> {
        if !route.secure {
            return Ok(());
        }
        if !asked.secure {
            let text = "the route is for https alone".to_owned();
            return Err(told.stop("secure", route.profile.status(&Reason::HttpsRequired), text));
        }
        told.pass("secure", "it comes by https".to_owned());
        Ok(())
    }

    pub(super) fn tell_force(
        &self,
        found: &Found<'_>,
        question: &Question,
        known: bool,
        told: &mut Told,
    ) -> Result<(), End> {
        let Some(force) = &found.route.force else { return Ok(()) };
        let is_no_customer = |realm: &Name| known && self.is_no_customer(found.route, realm);
        if force.needs_user() && question.realm.as_ref().is_some_and(is_no_customer) {
            let text = "what is forced is a customer's, and an administrator has none".to_owned();
            return Err(told.stop("force", StatusCode::BAD_REQUEST, text));
        }
        if let Some(id) = question.user_id.as_deref().filter(|_| known)
            && !force.path_may_match(id, |name| found.decoded(name))
        {
            let text = format!("a parameter of the path is not the caller's own ({id})");
            return Err(told.stop("force", StatusCode::NOT_FOUND, text));
        }
        told.pass("force", format!("parameters are set, whatever the client sent: {}", force.describe()));
        Ok(())
    }
}
