//! `${NAME}`, and what must not be seen of it.

use super::*;
use crate::policy::Settings;

fn variables(name: &str) -> Option<String> {
    match name {
        "HOST" => Some("api.example".into()),
        "PORT" => Some("9000".into()),
        "NESTED" => Some("${HOST}".into()),
        "EMPTY" => Some(String::new()),
        "SECRET_URL" => Some("postgres://me:hunter2@db/x".into()),
        "SECRET" => Some("hunter2".into()),
        _ => None,
    }
}

fn host(text: &str) -> Option<String> {
    let text = format!("[[route]]\nmatch = \"GET /\"\naccess = \"self\"\nhost = {text}\n");
    Rules::parse("rules.toml", &text, &variables).expect("rules").routes[0].host.clone()
}

fn complaints_about(settings: &str) -> String {
    Settings::parse("doorward.toml", settings, &variables).expect_err(settings).to_string()
}

#[test]
fn a_variable_is_put_in_wherever_text_may_stand() {
    assert_eq!(host("\"${HOST}\"").as_deref(), Some("api.example"));
    assert_eq!(host("\"a.${HOST}:${PORT}\"").as_deref(), Some("a.api.example:9000"));
    assert_eq!(host("'${EMPTY}'").as_deref(), Some(""));
    let text = "[[route]]\nmatch = \"GET /${PORT}\"\naccess = [\"${HOST}\"]\nforce = { a.b = \"${PORT}\" }\n";
    let rules = Rules::parse("rules.toml", text, &variables).expect("rules");
    assert_eq!((&*rules.routes[0].pattern, &*rules.routes[0].access.0[0]), ("GET /9000", "api.example"));
    let below = ForceRule::Below([("b".to_owned(), ForceRule::Text("9000".into()))].into());
    assert_eq!(rules.routes[0].force["a"], below);
}

#[test]
fn what_was_put_in_is_not_looked_at_again() {
    assert_eq!(host("\"${NESTED}\"").as_deref(), Some("${HOST}"));
}

#[test]
fn a_doubled_dollar_keeps_the_text() {
    assert_eq!(host("\"$${HOST}\"").as_deref(), Some("${HOST}"));
    assert_eq!(host("\"$${HOST}${PORT}\"").as_deref(), Some("${HOST}9000"));
    assert_eq!(host("\"$HOST {x}\"").as_deref(), Some("$HOST {x}"));
}

#[test]
fn a_variable_that_is_not_set_is_told_with_its_name_and_place() {
    for (value, name) in [("\"${ABSENT}\"", "ABSENT"), ("\"x${ABSENT\"", "ABSENT"), ("\"${}\"", "")] {
        let text = format!("[[route]]\nmatch = \"GET /\"\naccess = \"self\"\nhost = {value}\n");
        let complaints = Rules::parse("rules.toml", &text, &variables).expect_err(value);
        assert_eq!(complaints.0.len(), 1);
        assert_eq!(complaints.0[0].text, format!("the environment has no `{name}`"));
        assert_eq!(complaints.0[0].source.to_string(), "rules.toml:4:8");
    }
}

#[test]
fn comments_are_left_alone() {
    let text = "# ${ABSENT}\n[[route]]\nmatch = \"GET /\"\naccess = \"self\"\n";
    assert!(Rules::parse("rules.toml", text, &variables).is_ok());
}

#[test]
fn a_password_from_the_environment_is_in_no_complaint() {
    for settings in [
        "upstream = \"${SECRET_URL}\"",
        "[upstream.a]\nurl = \"http://me:${SECRET}@127.0.0.1\"",
        "store = [\"${SECRET_URL}\"]",
        "listen = \"${SECRET_URL}\"",
        "allow_plain_http = \"${SECRET_URL}\"",
        "log.level = \"${SECRET_URL}\"",
        "public_url = \"${SECRET_URL}\"",
        "mount = \"${SECRET_URL}\"",
        "cors.headers = [\"${SECRET_URL}\"]",
        "data = \"a\"\nstore = \"${SECRET_URL}\"",
    ] {
        let told = complaints_about(settings);
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_password_in_the_file_is_in_no_complaint() {
    for settings in [
        "stor = \"postgres://me:hunter2@db/x\"",
        "store = \"postgres:/me:hunter2@db/x\"",
        "store = \"me:hunter2@db/x\"",
        "store = 'redis:///:hunter2@db' # me:hunter2@db\nx = 1",
        "upstream = \"http://me:hunter2@127.0.0.1\"",
        "data = \"a\"\nstore = \"postgres://me:hunter2@db/x\"",
        "sessions = \"redis://:hunter2@db\"\nsessions_file = \"f\"",
        "store = { url = \"postgres://me:hunter2@db/x\" }",
        "store = \"postgres://me:hunter2@db/x",
    ] {
        let told = complaints_about(settings);
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_debugger_sees_no_password() {
    let text = "store = \"${SECRET_URL}\"\nsessions = \"redis://:hunter2@db\"\n";
    let (settings, _) = Settings::parse("doorward.toml", text, &variables).expect("settings");
    assert_eq!(settings.store.as_ref().map(|url| url.expose()), Some("postgres://me:hunter2@db/x"));
    assert!(!format!("{settings:?}").contains("hunter2"));
}
