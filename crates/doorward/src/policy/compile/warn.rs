//! Routes that let through what a stricter one beside them would not.

use std::collections::HashMap;

use super::{Workshop, place};
use crate::policy::complaint::Complaint;
use crate::policy::pattern::{Pattern, Segment};
use crate::policy::route::Route;

impl Workshop<'_> {
    /// Warns of each catch-all that is laxer than a route it surrounds: `/ADMIN` or `/admin.json` would go to the
    /// catch-all, and an upstream may take them for `/admin`.
    pub(super) fn find_laxer(&mut self, routes: &[Route]) {
        let stricter = Stricter::of(routes);
        for lax in routes {
            let surrounded = stricter.within(lax);
            let Some(first) = surrounded.first() else { continue };
            let more = match surrounded.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            let text = format!(
                "`{lax}` asks for less ({}) than `{first}` ({}, {}){more}: a path that is almost the same gets through",
                lax.asks,
                first.asks,
                place(&first.source),
            );
            let complaint = Complaint::new(lax.source.clone(), text).other(first.source.clone());
            self.warnings.push(complaint.fix("let it ask for as much, or declare the routes that you need one by one"));
        }
    }
}

/// Routes that ask for something, by the beginning of their path.
struct Stricter<'r> {
    below: HashMap<String, Vec<&'r Route>>,
}

impl<'r> Stricter<'r> {
    fn of(routes: &'r [Route]) -> Self {
        let mut below: HashMap<String, Vec<&Route>> = HashMap::new();
        for route in routes.iter().filter(|route| route.access.strictness() > 0) {
            for depth in 0..route.pattern.segments().len() {
                below.entry(beginning(&route.pattern, depth)).or_default().push(route);
            }
        }
        Self { below }
    }

    /// The stricter routes that a laxer one surrounds: all below `*rest`, and beside `:name` at its end those that have
    /// a literal there.
    fn within(&self, lax: &Route) -> Vec<&'r Route> {
        let length = lax.pattern.segments().len();
        let takes_all = match lax.pattern.segments().last() {
            Some(Segment::Rest(_)) => true,
            Some(Segment::Parameter(_)) => false,
            _ => return Vec::new(),
        };
        let Some(candidates) = self.below.get(&beginning(&lax.pattern, length - 1)) else { return Vec::new() };
        let is_surrounded = |route: &&&Route| {
            let stricter = route.access.strictness() > lax.access.strictness();
            let same_host = lax.host.is_none() || lax.host == route.host;
            let beside = route.pattern.segments().len() == length
                && matches!(route.pattern.segments().last(), Some(Segment::Literal(_)));
            let here = if takes_all { lax.pattern != route.pattern } else { beside };
            stricter && same_host && here && share_methods(&lax.methods, &route.methods)
        };
        candidates.iter().filter(is_surrounded).copied().collect()
    }
}

/// The first segments, parameters without their names.
fn beginning(pattern: &Pattern, depth: usize) -> String {
    let mut text = String::new();
    for segment in &pattern.segments()[..depth] {
        text.push('/');
        text.push_str(match segment {
            Segment::Literal(literal) => literal,
            Segment::Parameter(_) | Segment::Rest(_) => ":",
        });
    }
    text
}

fn share_methods(one: &str, two: &str) -> bool {
    one == "*" || two == "*" || one.split(',').any(|method| two.split(',').any(|other| other == method))
}
