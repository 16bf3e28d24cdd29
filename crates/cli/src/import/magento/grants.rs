//! What a role of Magento may, and how rules say the same.

use std::collections::{HashMap, HashSet};

use doorward::policy::MagentoCompat;

use super::tree::Resource;

/// The tree as a list: those below a resource follow it without a gap.
pub struct Flat {
    ids: Vec<String>,
    /// The first one after each that is not below it.
    ends: Vec<usize>,
    places: HashMap<String, usize>,
}

/// The resource that stands for all, also for what nobody declares.
pub const ALL: &str = "Magento_Backend::all";

/// What a role may.
pub struct Granted {
    /// By place in the tree.
    resources: Vec<bool>,
    /// Whether that includes everything else, too.
    pub everything: bool,
}

/// A role as rules say it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// With all below.
    pub allow: Vec<String>,
    /// Without.
    pub only: Vec<String>,
}

impl Flat {
    pub fn of(resources: &[Resource]) -> Self {
        let mut flat = Self { ids: Vec::new(), ends: Vec::new(), places: HashMap::new() };
        flat.add(resources);
        flat
    }

    fn add(&mut self, resources: &[Resource]) {
        for resource in resources {
            let place = self.ids.len();
            self.places.insert(resource.id.clone(), place);
            self.ids.push(resource.id.clone());
            self.ends.push(0);
            self.add(&resource.children);
            self.ends[place] = self.ids.len();
        }
    }

    pub fn has(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// Applies the rows of one role in their order. `known` are the resources for which any role has a row.
    ///
    /// What nobody decided about when the role was saved is denied. Magento forgets that as soon as any other role is saved, where
    /// the role has what is above: `compat` says whether that is followed.
    pub fn granted(&self, rows: &[(String, bool)], known: &HashSet<&str>, compat: MagentoCompat) -> Granted {
        let mut granted = Granted { resources: vec![false; self.ids.len()], everything: false };
        for (id, is_allowed) in rows {
            let Some(place) = self.places.get(id) else { continue };
            if id == ALL && *is_allowed {
                granted.resources.fill(true);
                granted.everything = true;
            }
            granted.resources[*place..self.ends[*place]].fill(*is_allowed);
        }
        if rows.iter().all(|(_, is_allowed)| *is_allowed) {
            return granted;
        }
        granted.everything = false;
        let own: HashSet<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
        for (place, id) in self.ids.iter().enumerate() {
            if !known.contains(id.as_str()) {
                granted.resources[place..self.ends[place]].fill(false);
            } else if !own.contains(id.as_str()) && compat == MagentoCompat::Strict {
                granted.resources[place] = false;
            }
        }
        granted
    }

    /// Says the same with as few words as can be: a resource by itself, or with all below it.
    pub fn form(&self, granted: &Granted) -> Form {
        let mut form = Form::default();
        let mut place = 0;
        while place < self.ids.len() {
            let (id, end) = (&self.ids[place], self.ends[place]);
            let is_whole = granted.resources[place..end].iter().all(|has| *has);
            match (granted.resources[place], is_whole) {
                (true, true) => form.allow.push(id.clone()),
                (true, false) => form.only.push(id.clone()),
                (false, _) => {}
            }
            place = if is_whole { end } else { place + 1 };
        }
        form
    }
}

impl Granted {
    /// Whether a role may something at all.
    pub fn is_something(&self) -> bool {
        self.everything || self.resources.contains(&true)
    }
}

#[cfg(test)]
mod tests {
    use doorward::policy::{Draft, Policy, Rules, Settings};
    use proptest::prelude::*;

    use super::super::text;
    use super::*;

    /// A tree from the depth of each of its resources. The first root is the one that stands for all.
    fn tree(depths: &[u8]) -> Vec<Resource> {
        let resource = |id: String| Resource { id, title: None, children: Vec::new() };
        let mut roots = vec![resource(ALL.to_owned())];
        for (number, depth) in depths.iter().enumerate() {
            let mut level = &mut roots;
            for _ in 0..*depth {
                if level.is_empty() || level[level.len() - 1].id == ALL {
                    break;
                }
                level = &mut level.last_mut().expect("one at least").children;
            }
            level.push(resource(format!("AB_Cd::r{number}")));
        }
        roots
    }

    /// What the engine itself grants.
    fn compiled(roots: &[Resource], form: &Form) -> Vec<bool> {
        let rules = format!("{}[role.r]\nallow = {:?}\nonly = {:?}\n", text::resources(roots), form.allow, form.only);
        let rules = Rules::parse("rules.toml", &rules, &|_| None).expect("rules");
        let policy = Policy::compile(&Draft::new(&Settings::default(), &[rules])).expect("a policy");
        let grants = policy.roles().iter().find(|(name, _)| name.as_str() == "r").expect("the role").1.grants();
        let mut all = Vec::new();
        Resource::all(roots, &mut all);
        let has = |id: &str| policy.resources().find(id).is_some_and(|id| grants.has(id));
        all.iter().map(|resource| has(&resource.id)).collect()
    }

    fn rows(pairs: &[(&str, bool)]) -> Vec<(String, bool)> {
        pairs.iter().map(|(id, allow)| ((*id).to_owned(), *allow)).collect()
    }

    fn form(flat: &Flat, role: &[(&str, bool)], known: &[&str]) -> Form {
        flat.form(&flat.granted(&rows(role), &known.iter().copied().collect(), MagentoCompat::Strict))
    }

    fn said(allow: &[&str], only: &[&str]) -> Form {
        let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Form { allow: all(allow), only: all(only) }
    }

    /// `r0` has `r1`, which has `r2` and `r3`; and `r0` has `r4`.
    const DEPTHS: [u8; 5] = [0, 1, 2, 2, 1];
    const KNOWN: [&str; 6] = [ALL, "AB_Cd::r0", "AB_Cd::r1", "AB_Cd::r2", "AB_Cd::r3", "AB_Cd::r4"];

    #[test]
    fn a_saved_parent_does_not_mean_its_children() {
        let flat = Flat::of(&tree(&DEPTHS));
        let saved = |allowed: &[&str]| -> Vec<(String, bool)> {
            KNOWN.iter().map(|id| ((*id).to_owned(), allowed.contains(id))).collect()
        };
        let known = KNOWN.iter().copied().collect();
        let form = |allowed: &[&str]| flat.form(&flat.granted(&saved(allowed), &known, MagentoCompat::Strict));
        assert_eq!(form(&["AB_Cd::r0", "AB_Cd::r1"]), said(&[], &["AB_Cd::r0", "AB_Cd::r1"]));
        assert_eq!(form(&["AB_Cd::r0", "AB_Cd::r1", "AB_Cd::r2", "AB_Cd::r3"]), said(&["AB_Cd::r1"], &["AB_Cd::r0"]));
        assert_eq!(form(&["AB_Cd::r1", "AB_Cd::r2", "AB_Cd::r3"]), said(&["AB_Cd::r1"], &[]));
        // Between them is something that the role does not have.
        assert_eq!(form(&["AB_Cd::r0", "AB_Cd::r2"]), said(&["AB_Cd::r2"], &["AB_Cd::r0"]));
        assert_eq!(form(&[]), Form::default());
    }

    #[test]
    fn rows_count_in_their_order_for_all_below() {
        let flat = Flat::of(&tree(&DEPTHS));
        let later_deny = [("AB_Cd::r2", true), ("AB_Cd::r1", false)];
        assert_eq!(form(&flat, &later_deny, &KNOWN), Form::default());
        assert_eq!(form(&flat, &[("AB_Cd::r0", true)], &[]), said(&["AB_Cd::r0"], &[]));
        let unknown = [("AB_Cd::gone", true)];
        assert_eq!(form(&flat, &unknown, &KNOWN), Form::default());
    }

    #[test]
    fn a_new_resource_is_denied_whether_or_not_another_role_was_saved_since() {
        let flat = Flat::of(&tree(&DEPTHS));
        let role = [("AB_Cd::r0", true), ("AB_Cd::r1", true), ("AB_Cd::r2", true), ("AB_Cd::r4", false)];
        let expected = said(&["AB_Cd::r2"], &["AB_Cd::r0", "AB_Cd::r1"]);
        assert_eq!(form(&flat, &role, &KNOWN), expected);
        let unknown = ["AB_Cd::r0", "AB_Cd::r1", "AB_Cd::r2", "AB_Cd::r4"];
        assert_eq!(form(&flat, &role, &unknown), expected);
        // Magento tells these two apart: the role has what is above the new one.
        let exact = |known: &[&str]| {
            flat.form(&flat.granted(&rows(&role), &known.iter().copied().collect(), MagentoCompat::Exact))
        };
        assert_eq!(exact(&unknown), expected);
        assert_eq!(exact(&KNOWN), said(&["AB_Cd::r1"], &["AB_Cd::r0"]));
    }

    #[test]
    fn who_may_everything_may_also_what_nobody_declares() {
        let flat = Flat::of(&tree(&DEPTHS));
        for compat in [MagentoCompat::Strict, MagentoCompat::Exact] {
            let all = flat.granted(&rows(&[(ALL, true)]), &HashSet::from([ALL]), compat);
            assert!(all.everything);
            assert_eq!(flat.form(&all), said(&[ALL, "AB_Cd::r0"], &[]));
        }
    }

    proptest! {
        /// Whatever the tree and the selection: what the engine grants is what was selected.
        #[test]
        fn the_engine_grants_what_the_role_had(depths in prop::collection::vec(0u8..5, 1..24), picks in any::<u32>()) {
            let roots = tree(&depths);
            let flat = Flat::of(&roots);
            let picked = |place: usize| picks >> (place % 32) & 1 == 1 && place > 0;
            let rows: Vec<(String, bool)> =
                flat.ids.iter().enumerate().map(|(place, id)| (id.clone(), picked(place))).collect();
            let known = flat.ids.iter().map(String::as_str).collect();
            for compat in [MagentoCompat::Strict, MagentoCompat::Exact] {
                let form = flat.form(&flat.granted(&rows, &known, compat));
                let expected: Vec<bool> = (0..flat.ids.len()).map(picked).collect();
                prop_assert_eq!(compiled(&roots, &form), expected);
            }
        }
    }
}
