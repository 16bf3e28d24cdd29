//! What shells, scripts and manuals see.

use std::fs;
use std::process::Stdio;

use crate::kit::Place;

#[test]
fn completions_are_made_for_each_shell() {
    let place = Place::new();
    for (shell, sign) in [("bash", "_doorward()"), ("zsh", "#compdef doorward"), ("fish", "complete -c doorward")] {
        let script = place.run(&format!("completions {shell}")).ok();
        assert!(script.contains(sign), "{shell}");
        assert!(script.contains("explain"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let place = Place::new();
    let page = place.run("man").ok();
    assert!(page.contains(".TH doorward 1"), "{page}");
    place.run("man --dir pages").ok();
    for name in
        ["doorward.1", "doorward-serve.1", "doorward-user.1", "doorward-user-add.1", "doorward-import-openapi.1"]
    {
        assert!(fs::metadata(place.file("pages").join(name)).is_ok(), "{name}");
    }
}

#[test]
fn the_schema_knows_settings_and_rules() {
    let schema = Place::new().run("schema").json();
    for key in ["listen", "realm", "csrf", "route", "acl", "role"] {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn help_is_an_answer_and_a_slip_is_not() {
    let place = Place::new();
    insta::assert_snapshot!(place.run("--help").ok());
    place.run("user add --help").ok();
    place.run("--version").ok();
    let error = place.run("serv").failed(2);
    assert!(error.contains("'serve'"), "{error}");
    place.run("").failed(2);
    place.run("user").failed(2);
    place.run("check --jsn").failed(2);
}

#[test]
fn a_password_is_never_an_argument() {
    let place = Place::new();
    place.run("user add anna --password secret").failed(2);
    place.run("user passwd anna --password secret").failed(2);
}

#[test]
fn whoever_stops_reading_is_no_failure() {
    let place = Place::new();
    let mut child = place.program().arg("schema").stdout(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    assert!(child.wait().expect("it ends").success());
}
