//! An explanation while it is told.

use http::StatusCode;

use super::{Explanation, Outcome, Question, Step};
use crate::name::Name;

/// Where a decision ends: with what status, and why.
pub(super) type End = (StatusCode, String);

/// The steps so far.
pub(super) struct Told {
    pub(super) explanation: Explanation,
}

impl Told {
    pub(super) fn new(question: &Question) -> Self {
        let caller = match &question.realm {
            None => "guest".to_owned(),
            Some(realm) => {
                let roles: Vec<&str> = question.roles.iter().map(Name::as_str).collect();
                let roles = if roles.is_empty() { String::new() } else { format!(" with {}", roles.join(", ")) };
                let id = question.user_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
                format!("user of {realm}{id}{roles}")
            }
        };
        Self {
            explanation: Explanation {
                method: question.method.clone(),
                path: question.path.clone(),
                route: None,
                access: Vec::new(),
                caller,
                verdict: Outcome::Deny,
                status: 0,
                reason: String::new(),
                needs: None,
                steps: Vec::new(),
            },
        }
    }

    pub(super) fn pass(&mut self, title: &'static str, text: String) {
        self.explanation.steps.push(Step { title, text, passed: true, needs: false });
    }

    /// The decision goes on for whoever has what the text says.
    pub(super) fn pass_with(&mut self, title: &'static str, text: String) {
        self.explanation.steps.push(Step { title, text, passed: true, needs: true });
    }

    pub(super) fn stop(&mut self, title: &'static str, status: StatusCode, text: String) -> End {
        self.explanation.steps.push(Step { title, text: text.clone(), passed: false, needs: false });
        (status, text)
    }

    /// What the access step found: the reason for letting in.
    pub(super) fn last_reason(&self) -> String {
        let access = self.explanation.steps.iter().rev().find(|step| step.title == "access");
        access.map(|step| step.text.clone()).unwrap_or_default()
    }

    pub(super) fn ends(mut self, verdict: Outcome, status: StatusCode, reason: String) -> Explanation {
        self.explanation.verdict = verdict;
        let needs = self.explanation.steps.iter().find(|step| step.needs).filter(|_| verdict == Outcome::Allow);
        self.explanation.needs = needs.map(|step| step.text.clone());
        self.explanation.status = status.as_u16();
        self.explanation.reason = reason;
        self.explanation
    }
}
