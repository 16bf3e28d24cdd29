//! The rules that imported routes come among. What `doorward check` would refuse there is found here, a route at a time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use doorward::policy::{Complaint, Draft, Policy, Rules, Settings};

use super::routes::Route;
use crate::config::Config;

/// Settings and rules that are there already.
pub struct Surroundings {
    settings: Settings,
    rules: Vec<Rules>,
}

/// How imported routes are called while they are looked at; a number follows.
const NAME: &str = "imported route ";

impl Surroundings {
    /// What the file says, as far as it is good already: it may name the file that is about to be written.
    pub fn of(file: &Path) -> Self {
        let environment = |name: &str| std::env::var(name).ok();
        let read = || Settings::parse(&file.display().to_string(), &fs::read_to_string(file).ok()?, &environment).ok();
        let around = match Config::load(file) {
            Ok(config) => Some(config.into_rules()),
            Err(_) => read().map(|(settings, own)| (settings, vec![own])),
        };
        let (settings, rules) = around.unwrap_or_default();
        if Policy::compile(&Draft::new(&settings, &rules)).is_ok() {
            return Self { settings, rules };
        }
        // What is wrong with it is said by `doorward check`; where Doorward's own paths are counts all the same.
        let mut mounted = Settings::default();
        mounted.mount = settings.mount;
        let is_path = Policy::compile(&Draft::new(&mounted, &[])).is_ok();
        Self { settings: if is_path { mounted } else { Settings::default() }, rules: Vec::new() }
    }

    /// Why each of these routes could not be in force here, by its place.
    pub fn refuse(&self, routes: &[Route]) -> BTreeMap<usize, String> {
        let mut refused = BTreeMap::new();
        loop {
            let mut found = Vec::new();
            let mut all = self.rules.clone();
            for (place, route) in routes.iter().enumerate().filter(|(place, _)| !refused.contains_key(place)) {
                match Rules::parse(&format!("{NAME}{place}"), &route.rule(), &|_| None) {
                    Ok(rules) => all.push(rules),
                    Err(complaints) => found.extend(complaints.0),
                }
            }
            match Policy::compile(&Draft::new(&self.settings, &all)) {
                Err(complaints) => found.extend(complaints.0),
                // A route that stands in another file already is no error, and of no use.
                Ok(policy) => found.extend(policy.warnings().iter().filter(|doubt| stands_already(doubt)).cloned()),
            }
            let before = refused.len();
            for complaint in &found {
                if let Some(place) = place(complaint) {
                    refused.entry(place).or_insert_with(|| told(complaint));
                }
            }
            if refused.len() == before {
                return refused;
            }
        }
    }
}

/// Which of the imported routes a complaint is about.
fn place(complaint: &Complaint) -> Option<usize> {
    complaint.source.file().strip_prefix(NAME)?.parse().ok()
}

fn stands_already(doubt: &Complaint) -> bool {
    place(doubt).is_some() && doubt.other.as_ref().is_some_and(|other| !other.file().starts_with(NAME))
}

fn told(complaint: &Complaint) -> String {
    let other = complaint.other.as_ref().map(|other| format!(" ({other})")).unwrap_or_default();
    let fix = complaint.fix.as_ref().map(|fix| format!("; {fix}")).unwrap_or_default();
    format!("{}{other}{fix}", complaint.text)
}
