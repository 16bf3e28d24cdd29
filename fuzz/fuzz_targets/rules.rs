//! `doorward.toml`: no text makes the reader panic, every complaint has its place, no secret is told, and in every policy
//! each route can be reached.

#![no_main]

use doorward::policy::{Complaints, Door, Draft, Match, Policy, Rules, Segment, Settings};
use libfuzzer_sys::fuzz_target;

fn environment(name: &str) -> Option<String> {
    match name {
        "S" => Some("postgres://me:hunter2@db/x".into()),
        "X" => Some("x".into()),
        _ => None,
    }
}

fn check(complaints: &Complaints, text: &str) {
    assert!(!complaints.is_empty());
    let lines = text.split('\n').count();
    for complaint in &complaints.0 {
        let told = complaint.to_string();
        assert!(complaint.source.line() <= lines && complaint.source.column() >= 1, "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

fuzz_target!(|text: &str| {
    // What a file says in its own words it may be told; here the secret comes from the environment alone.
    if text.contains("hunter2") {
        return;
    }
    if let Err(complaints) = Rules::parse("rules.toml", text, &environment) {
        check(&complaints, text);
    }
    let (settings, rules) = match Settings::parse("doorward.toml", text, &environment) {
        Ok(read) => read,
        Err(complaints) => return check(&complaints, text),
    };
    assert!(!format!("{settings:?}").contains("hunter2") || text.contains("${S}"));
    let policy = match Policy::compile(&Draft::new(&settings, &[rules])) {
        Ok(policy) => policy,
        Err(complaints) => return check(&complaints, text),
    };
    for warning in policy.warnings() {
        assert!(!warning.to_string().contains("hunter2"));
    }
    for route in policy.declared_routes() {
        let mut path = String::new();
        for (place, segment) in route.pattern.segments().iter().enumerate() {
            path.push('/');
            match segment {
                Segment::Literal(literal) => path.push_str(literal),
                // No literal of a file is like this: the route itself wins, or one with the same shape.
                Segment::Parameter(_) | Segment::Rest(_) => path.push_str(&format!("~~~{place}")),
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        let canonical = doorward::CanonicalPath::parse(&path).expect("a pattern is spelled as paths are");
        assert_eq!(canonical.as_str(), path);
        let method = route.methods.split(',').next().filter(|method| *method != "*").unwrap_or("GET");
        let method = http::Method::from_bytes(method.as_bytes()).expect("a method");
        let host = route.host.as_deref().unwrap_or("localhost");
        match policy.find(Door::Public, &method, host, &path) {
            Match::Route(found) => assert!(
                found.route.pattern.segments().len() <= route.pattern.segments().len()
                    || found.route.pattern.has_rest()
            ),
            other => panic!("{route} is not found: {other:?}"),
        }
    }
});
