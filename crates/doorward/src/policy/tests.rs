use super::*;

mod access;
mod acl;
mod browsers;
mod cookies;
mod demands;
mod doors;
mod explained;
mod judged;
mod limitations;
mod magento;
mod methods;
mod only;
mod overlaps;
mod permission;
mod rank;
mod realms;
mod roles;
mod schema;
mod table;
mod warnings;

fn nothing(_: &str) -> Option<String> {
    None
}

/// The policy of a file.
fn compiled(text: &str) -> Policy {
    let (settings, rules) =
        Settings::parse("doorward.toml", text, &nothing).unwrap_or_else(|complaints| panic!("{complaints}\n{text}"));
    Policy::compile(&Draft::new(&settings, &[rules])).unwrap_or_else(|complaints| panic!("{complaints}\n{text}"))
}

/// What is wrong with a file, seen by the compiler alone.
fn refused(text: &str) -> Vec<Complaint> {
    let (settings, rules) =
        Settings::parse("doorward.toml", text, &nothing).unwrap_or_else(|complaints| panic!("{complaints}\n{text}"));
    match Policy::compile(&Draft::new(&settings, &[rules])) {
        Ok(_) => panic!("nobody complains about\n{text}"),
        Err(complaints) => complaints.0,
    }
}

/// The only complaint about a file is in this line, and says these things.
fn complained(text: &str, line: usize, said: &str, fix: &str) -> Complaint {
    let mut all = refused(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    let complaint = all.remove(0);
    assert_eq!(complaint.source.line(), line, "{complaint}");
    assert!(complaint.text.contains(said), "{complaint}");
    assert!(complaint.fix.as_deref().unwrap_or_default().contains(fix), "{complaint}");
    complaint
}

/// What a file warns of: line and text.
fn warned(text: &str) -> Vec<(usize, String)> {
    compiled(text).warnings().iter().map(|warning| (warning.source.line(), warning.text.clone())).collect()
}

/// A route of a file, with these keys more.
fn route(pattern: &str, access: &str, keys: &str) -> String {
    format!("[[route]]\nmatch = \"{pattern}\"\naccess = {access}\n{keys}\n")
}

/// An anonymous route.
fn open(pattern: &str) -> String {
    route(pattern, "\"anonymous\"", "")
}

/// What becomes of a request: the winner's path, or the status.
fn led(policy: &Policy, method: &str, path: &str) -> String {
    led_at(policy, method, "shop.example", path)
}

fn led_at(policy: &Policy, method: &str, host: &str, path: &str) -> String {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    match policy.find(Door::Public, &method, host, path) {
        Match::Route(found) => found.route.to_string(),
        Match::MethodNotAllowed(allow) => format!("405 {allow}"),
        Match::UnknownMethod => "501".into(),
        Match::NotFound => "404".into(),
    }
}

/// The only route of a file.
fn only(policy: &Policy) -> &Route {
    let [route] = policy.declared_routes() else { panic!("{} routes", policy.declared_routes().len()) };
    route
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}
