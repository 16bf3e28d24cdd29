//! What stays as it was: roles when resources are added below theirs, and files that are their owner's alone.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::kit::Place;
use crate::rules;

fn offline() -> Place {
    Place::with(&rules("http://127.0.0.1:9000"))
}

fn details(place: &Place, line: &str) -> Vec<Value> {
    let items = place.run(line).json()["items"].clone();
    items.as_array().expect("items").iter().map(|event| event["detail"].clone()).collect()
}

#[test]
fn a_role_that_is_altered_gains_nothing_that_was_declared_below_its_resources_since() {
    let place = offline();
    place.run("role create keeper --allow Shop::orders").ok();
    let later = place
        .read("doorward.toml")
        .replace(r#"{ id = "Shop::orders" }"#, r#"{ id = "Shop::orders", children = [{ id = "Shop::refunds" }] }"#);
    place.write("doorward.toml", &later);
    let allowed = || place.run("role show keeper --json").json()["allow"].clone();
    place.run("role allow keeper Shop::invoices").ok();
    assert_eq!(allowed(), json!(["Shop::orders", "Shop::invoices"]));
    place.run("role allow keeper Shop::invoices --undo").ok();
    assert_eq!(allowed(), json!(["Shop::orders"]));
    place.run("role allow keeper Shop::orders").ok();
    assert_eq!(allowed(), json!(["Shop::orders", "Shop::refunds"]));
    assert_eq!(
        details(&place, "audit --json --kind role_changed"),
        [
            "keeper: allows also Shop::refunds",
            "keeper: no longer allows Shop::invoices",
            "keeper: allows also Shop::invoices",
            "keeper: made; allows Shop::orders",
        ]
    );
}

#[test]
fn the_audit_log_says_in_words_which_sessions_were_ended() {
    let place = offline();
    place.run("user add anna --role clerk").ok();
    for line in ["session end --all", "session end --login anna", "session end --role clerk --device Robot"] {
        place.run(line).ok();
    }
    assert_eq!(
        details(&place, "audit --json --kind session_ended"),
        ["all of users with the role clerk with Robot in the device's name", "all of the user", "all of everybody"]
    );
}

#[test]
fn a_database_that_others_could_read_is_its_owners_alone_from_then_on() {
    let place = offline();
    place.run("user add anna").ok();
    fs::set_permissions(place.file("doorward.db"), Permissions::from_mode(0o644)).expect("rights for all");
    let ran = place.run("user list");
    assert!(ran.stderr.contains("others than its owner had rights to"), "{}", ran.stderr);
    let mode = fs::metadata(place.file("doorward.db")).expect("the file").permissions().mode();
    assert_eq!((ran.code, mode & 0o777), (0, 0o600));
    assert_eq!(place.run("user list").stderr, "");
}
