//! Settings that may be meant, and are doubtful all the same.

use super::*;
use crate::policy::{Draft, Policy};

/// The warnings, each with its line.
fn doubts(text: &str) -> Vec<(usize, String)> {
    let (settings, rules) = parse(text);
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).unwrap_or_else(|complaints| panic!("{complaints}"));
    policy.warnings().iter().map(|doubt| (doubt.source.line(), doubt.text.clone())).collect()
}

fn doubted(text: &str, line: usize, said: &str) {
    let all = doubts(text);
    let [(found, doubt)] = &all[..] else { panic!("{all:#?}") };
    assert_eq!(*found, line);
    assert!(doubt.contains(said), "{doubt}");
}

#[test]
fn a_plain_file_raises_no_doubt() {
    assert_eq!(doubts(""), []);
    assert_eq!(
        doubts("public_url = \"https://a.example\"\n[basic]\nenabled = true\n[realm.a]\nsession.idle = \"1h\"\n"),
        []
    );
}

#[test]
fn cookies_over_plain_http_are_doubtful() {
    doubted("mount = \"/\"\nallow_plain_http = true", 2, "given over plain HTTP");
}

#[test]
fn administration_at_the_origin_of_an_upstream_is_doubtful() {
    doubted("upstream = \"http://127.0.0.1:1\"\n[panel]\npublic = true\n", 3, "shares an origin with the upstream");
    assert_eq!(doubts("[panel]\npublic = true\n"), [], "a service has no pages but its own");
}

#[test]
fn short_passwords_are_doubtful() {
    doubted("password.min_length = 8", 1, "under 15 characters are weak");
}

#[test]
fn to_report_forgery_and_not_to_stop_it_is_doubtful() {
    doubted("csrf.report_only = true", 1, "counted, and let through");
}

#[test]
fn passwords_over_plain_http_are_doubtful_where_they_can_occur() {
    doubted("[basic]\nenabled = true\nallow_insecure = true\n", 3, "the realm `default` may travel over plain HTTP");
    assert_eq!(doubts("[basic]\nallow_insecure = true\n"), []);
    doubted("[realm.a]\n[realm.b.basic]\nenabled = true\nallow_insecure = true\n", 4, "the realm `b`");
}

#[test]
fn administrators_who_stay_logged_in_are_doubtful() {
    doubted("[realm.a]\nsession.remember = \"20d\"\n", 2, "administrators may stay logged in");
    assert_eq!(doubts("[realm.a]\nsession.remember = \"20d\"\n[realm.b]\n[admin]\nrealm = \"b\"\n"), []);
}
