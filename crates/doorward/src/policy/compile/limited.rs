//! Where the values of limitations stand in the requests of a route, and limitations whose values nobody knows.

use std::collections::BTreeSet;

use super::Workshop;
use super::declared::Written;
use crate::name::Name;
use crate::policy::binding::{Binding, Bindings, SITEACCESS};
use crate::policy::complaint::Complaint;
use crate::policy::force::{Force, Place, Steps};
use crate::policy::pattern::Pattern;
use crate::policy::profile::{Profile, Wording};
use crate::policy::role::Role;
use crate::policy::route::{Access, Route};

impl Workshop<'_> {
    pub(super) fn limitations(
        &mut self,
        here: &Written<'_>,
        pattern: &Pattern,
        profile: &Profile,
        force: Option<&Force>,
    ) -> Bindings {
        let mut bindings: Vec<(Name, Binding)> = Vec::new();
        let is_ez = profile.wording == Wording::ErrorMessage;
        for (name, text) in &here.rule.limitations {
            let key = format!("limitations.{name}");
            if is_ez && name.as_str() == SITEACCESS {
                let complaint = here.complaint(&key, "the siteaccess is known by the header and the settings");
                self.complaints.push(complaint.fix("take it out"));
                continue;
            }
            match binding(text, pattern, force) {
                Ok(binding) => {
                    if matches!(binding, Binding::Query(_)) && here.has_bodies() {
                        let text = format!("`{text}` is read in the query: an upstream may prefer what a body says");
                        let fix = "see that the upstream reads it in the query alone, or put it into the path";
                        self.warnings.push(here.complaint(&key, text).fix(fix));
                    }
                    bindings.push((name.clone(), binding));
                }
                Err(text) => {
                    let fix =
                        "write `:id` or `*rest` for what the path has there, `?name` for a parameter of the query";
                    self.complaints.push(here.complaint(&key, text).fix(fix));
                }
            }
        }
        if !here.rule.limitations.is_empty() && !here.asks_for_resources() {
            let text = "limitations are about resources, and the route asks for none";
            self.warnings.push(here.complaint("limitations", text).fix("take them out"));
        }
        let siteaccess = Name::parse(SITEACCESS).ok().filter(|_| is_ez);
        bindings.extend(siteaccess.map(|name| (name, Binding::Siteaccess)));
        Bindings::new(bindings)
    }

    /// Warns of limitations that no route knows the value of: what is allowed by them alone, nobody may.
    pub(super) fn find_unbound<'r>(&mut self, roles: impl Iterator<Item = &'r Role>, routes: &[Route]) {
        let asking = routes.iter().filter(|route| matches!(route.access, Access::Resources(_)));
        let known: BTreeSet<&Name> = asking.flat_map(|route| route.limitations.names()).collect();
        let mut told: BTreeSet<&Name> = BTreeSet::new();
        for role in roles {
            for limitation in role.limited.iter().flat_map(|limited| &*limited.to) {
                if known.contains(&limitation.name) || !told.insert(&limitation.name) {
                    continue;
                }
                let text = format!("no route says where `{}` stands in a request: nobody may by it", limitation.name);
                let fix = format!("`limitations = {{ {} = \":id\" }}` at the routes that it is about", limitation.name);
                self.warnings.push(Complaint::new(role.source(), text).fix(fix));
            }
        }
    }
}

impl Written<'_> {
    fn asks_for_resources(&self) -> bool {
        !matches!(&self.rule.access[..], [only] if matches!(only.as_str(), "anonymous" | "self" | "deny"))
    }

    /// Whether its requests may have their parameters in a body.
    fn has_bodies(&self) -> bool {
        let methods = self.rule.pattern.split('/').next().unwrap_or_default();
        let mut named = methods.split(',').map(str::trim);
        named
            .any(|name| http::Method::from_bytes(name.as_bytes()).is_ok_and(|method| Place::of(&method) == Place::Body))
    }
}

fn binding(text: &str, pattern: &Pattern, force: Option<&Force>) -> Result<Binding, String> {
    if let Some(name) = text.strip_prefix('?') {
        let steps = Steps::parse(name).ok_or_else(|| format!("`{text}` names no parameter"))?;
        return match force.is_some_and(|force| force.sets(&steps)) {
            true => Err(format!("`{text}` is forced: what is judged would not be what the upstream gets")),
            false => Ok(Binding::Query(steps)),
        };
    }
    let parameter = text.strip_prefix([':', '*']).and_then(|name| pattern.segment(name));
    match parameter {
        Some(segment) if segment.to_string() == text => Ok(Binding::Path(text[1..].into())),
        Some(segment) => Err(format!("the path has `{segment}`, and not `{text}`")),
        None => Err(format!("the path has no `{text}`")),
    }
}
