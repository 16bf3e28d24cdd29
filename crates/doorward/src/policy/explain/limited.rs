//! What roles grant within limitations, for a request that nobody makes: of the caller no more is known than the id.

use serde_json::Map;

use super::asked::Asked;
use crate::policy::acl::{Grants, ResourceId};
use crate::policy::binding::Bound;
use crate::policy::force::Values;
use crate::policy::limitation::{Limitation, Limited};
use crate::policy::{Found, Policy};

/// What grants are worth.
pub(super) enum Worth {
    /// All that is asked for, without a doubt.
    Enough,
    /// All that is asked for, within these limitations.
    Within(String),
    /// Not this one; and what limitations it would be granted within.
    Lacking(ResourceId, String),
}

impl Policy {
    pub(super) fn worth(
        &self,
        asked: &Asked<'_>,
        found: &Found<'_>,
        grants: &Grants,
        needed: &[ResourceId],
        user_id: Option<&str>,
    ) -> Worth {
        let nothing = Map::new();
        let caller = user_id.map(|user_id| Values { user_id, user_login: "", attributes: &nothing });
        let siteaccess = self.siteaccess(found.route.profile, &asked.headers).ok().flatten();
        let bound = found.route.limitations.read(found, asked.query, siteaccess);
        match grants.suffice(needed, || bound.clone(), caller) {
            Ok(None) => Worth::Enough,
            Ok(Some(_)) => {
                let limited = needed.iter().filter(|id| !grants.has(**id)).map(|id| {
                    let met =
                        grants.limited().iter().find(|limited| limited.has(*id) && limited.is_met(&bound, caller));
                    let to = met.map(Limited::describe).unwrap_or_default();
                    format!("{} limited to {to}", self.resources().name(*id))
                });
                Worth::Within(limited.collect::<Vec<_>>().join("; "))
            }
            Err(missing) => {
                let told = grants.limited().iter().filter(|limited| limited.has(missing)).map(|limited| {
                    let unmet = limited.to.iter().filter(|limitation| !limitation.is_met(&bound, caller));
                    let unmet: Vec<String> = unmet.map(|limitation| here(limitation, &bound)).collect();
                    format!("limited to {}, and {}", limited.describe(), unmet.join(", "))
                });
                Worth::Lacking(missing, told.collect::<Vec<_>>().join("; "))
            }
        }
    }
}

/// What a limitation is here.
fn here(limitation: &Limitation, bound: &Bound) -> String {
    match bound.value(&limitation.name) {
        Some(value) => format!("here {} is {value}", limitation.name),
        None => format!("the request does not say {}", limitation.name),
    }
}
