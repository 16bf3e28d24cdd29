//! What the targets for forced parameters share: which names may be taken for which parameter, written a second time.

use std::sync::OnceLock;

use doorward::policy::{Draft, Forced, Policy, Settings, Values};
use serde_json::{Map, Value};

/// Parameters by their steps, with the value that each is set to.
pub type Wanted = &'static [(&'static [&'static str], &'static str)];

/// Rules, and what they mean for a user with the id 7. Values are written as JSON.
const RULES: [(&str, Wanted); 4] = [
    ("{ customerId = \"%user_id%\" }", &[(&["customerId"], "7")]),
    ("{ \"customer.id\" = \"%user_id%\" }", &[(&["customer", "id"], "7")]),
    (
        "{ \"customer.id\" = \"%user_id%\", \"customer.name\" = \"x y\", kind = true }",
        &[(&["customer", "id"], "7"), (&["customer", "name"], "\"x y\""), (&["kind"], "true")],
    ),
    ("{ \"a.b.c\" = \"%user_id%\", \"a.d\" = 1 }", &[(&["a", "b", "c"], "7"), (&["a", "d"], "1")]),
];

/// The forced parameters of one of the rules, chosen by a byte.
pub fn forced(choice: u8) -> (&'static Forced, Wanted) {
    static ALL: OnceLock<Vec<(Forced, Wanted)>> = OnceLock::new();
    let all = ALL.get_or_init(|| RULES.iter().map(|(rules, wanted)| (compiled(rules), *wanted)).collect());
    let (forced, wanted) = &all[usize::from(choice) % all.len()];
    (forced, *wanted)
}

fn compiled(rules: &str) -> Forced {
    let text = format!("[[route]]\nmatch = \"POST /a\"\naccess = \"self\"\nforce = {rules}\n");
    let (settings, rules) = Settings::parse("doorward.toml", &text, &|_| None).expect("settings");
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy");
    let force = policy.declared_routes()[0].force.clone().expect("parameters");
    let values = Values { user_id: "7", user_login: "anna", attributes: &Map::new() };
    force.resolve(values).expect("values")
}

/// Letters and digits alone, in one case.
pub fn bare(name: &str) -> String {
    let upper: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    upper.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// The steps of a name such as `a[b].c`. What follows a `]` is overlooked.
pub fn steps_of(name: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut overlooked = false;
    for character in name.chars() {
        match character {
            '.' | '[' => {
                steps.push(String::new());
                overlooked = false;
            }
            ']' => overlooked = true,
            _ if overlooked => {}
            _ => steps.last_mut().expect("a step").push(character),
        }
    }
    steps.iter().map(|step| bare(step)).collect()
}

/// Whether a name may be taken for the parameter, or for something below it.
pub fn is_alias(name: &str, path: &[&str]) -> bool {
    let path: Vec<String> = path.iter().map(|step| bare(step)).collect();
    bare(name) == path.concat() || steps_of(name).starts_with(&path)
}

/// Whether a name may be taken for a step on the way to the parameter.
pub fn is_on_the_way(name: &str, path: &[&str]) -> bool {
    let (steps, path) = (steps_of(name), path.iter().map(|step| bare(step)).collect::<Vec<_>>());
    let shared = steps.iter().zip(&path).take_while(|(one, two)| one == two).count();
    let rest = &steps[shared..];
    let is_list = rest.first().is_some_and(|step| step.bytes().all(|byte| byte.is_ascii_digit()));
    shared > 0 && shared < path.len() && (rest.is_empty() || is_list)
}

/// Whether a key of an object that the first `depth` steps lead to may be taken for a further one.
pub fn is_related(key: &str, depth: usize, path: &[&str]) -> bool {
    let rest = &path[depth..];
    let beginnings = (1..=rest.len()).map(|length| rest[..length].iter().map(|step| bare(step)).collect::<String>());
    beginnings.into_iter().any(|beginning| beginning == bare(key)) || is_alias(key, rest) || is_on_the_way(key, rest)
}

/// The value that a parameter is set to.
pub fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
