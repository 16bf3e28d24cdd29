use super::*;
use crate::policy::pattern::Pattern;

mod bodies;
mod compiled;
mod queries;
mod random;

/// The parameters of a route, as a file has them.
fn force_at(pattern: &str, rules: &str) -> Force {
    let text = format!("[[route]]\nmatch = \"POST {pattern}\"\naccess = \"self\"\nforce = {rules}\n");
    let rules = crate::policy::Rules::parse("rules.toml", &text, &|_| None).expect("rules");
    let pattern = Pattern::parse(pattern).expect("a pattern");
    Force::compile(&rules.routes[0].force, &pattern, 32).expect("parameters").expect("one at least")
}

fn force(rules: &str) -> Force {
    force_at("/a", rules)
}

/// The parameters with the values of a user whose id is `id`.
fn forced_for(force: &Force, id: &str) -> Forced {
    let attributes = serde_json::json!({ "cart": "c1", "level": 3, "vip": true, "list": [1], "nothing": null });
    let attributes = attributes.as_object().expect("an object");
    force.resolve(Values { user_id: id, user_login: "anna@example.com", attributes }).expect("values")
}

fn forced(rules: &str) -> Forced {
    forced_for(&force(rules), "7")
}
