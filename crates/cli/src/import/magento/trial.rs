//! What is about to be written, tried: whatever rules do not take is found before anybody relies on it.

use doorward::policy::{Complaint, Draft, Policy, Rules, Settings};

use super::route::Route;

/// Settings that have the two realms, and the resources and roles of the import.
pub struct Trial {
    settings: Settings,
    rules: Vec<Rules>,
}

/// How routes are called while they are looked at; a number follows.
const NAME: &str = "imported route ";

impl Trial {
    /// # Errors
    /// What is wrong with the realms, the resources or the roles themselves.
    pub fn new(realms: [&str; 2], others: &str) -> Result<Self, String> {
        let told = |complaints: doorward::policy::Complaints| complaints.to_string();
        let [first, second] = realms;
        let mut text = format!("[realm.{first:?}]\n");
        if first != second {
            text.push_str(&format!("[realm.{second:?}]\n"));
        }
        text.push_str(&format!("[admin]\nrealm = {second:?}\n"));
        let (settings, own) = Settings::parse("settings", &text, &|_| None).map_err(told)?;
        let others = Rules::parse("resources and roles", others, &|_| None).map_err(told)?;
        let trial = Self { settings, rules: vec![own, others] };
        Policy::compile(&Draft::new(&trial.settings, &trial.rules)).map_err(told)?;
        Ok(trial)
    }

    /// Marks the routes that rules do not take, with the reason. `rule` writes a route.
    pub fn refuse(&self, routes: &mut [Route], rule: impl Fn(&Route) -> String) {
        loop {
            let mut found = Vec::new();
            let mut all = self.rules.clone();
            for (place, route) in routes.iter().enumerate().filter(|(_, route)| route.refused.is_none()) {
                match Rules::parse(&format!("{NAME}{place}"), &rule(route), &|_| None) {
                    Ok(rules) => all.push(rules),
                    Err(complaints) => found.extend(complaints.0),
                }
            }
            if let Err(complaints) = Policy::compile(&Draft::new(&self.settings, &all)) {
                found.extend(complaints.0);
            }
            let mut is_news = false;
            for complaint in &found {
                let Some(route) = place(complaint).and_then(|place| routes.get_mut(place)) else { continue };
                if route.refused.is_none() {
                    route.refused = Some(complaint.text.clone());
                    is_news = true;
                }
            }
            if !is_news {
                return;
            }
        }
    }
}

fn place(complaint: &Complaint) -> Option<usize> {
    complaint.source.file().strip_prefix(NAME)?.parse().ok()
}
