//! The session's token stands in paths here, and in no log and no audit.

use doorward::store::{EventFilter, Page};

use crate::kit::{Log, until};
use crate::site::{ROOT, Site};

#[test]
fn a_token_in_a_path_is_in_no_log_and_no_audit() {
    let log = Log::listen();
    let site = Site::with("log = { access = true }\naudit = { refusals = true }\n");
    let session = site.log_in("ada");
    let path = session.path().to_owned();
    assert_eq!(site.ask("POST", &format!("{path}/refresh"), &[&session.cookie, "Content-Length: 0"]).status, 401);
    let foreign = "Origin: https://evil.example";
    assert_eq!(site.ask("DELETE", &path, &[&session.cookie, &session.proof, foreign]).status, 401);
    assert_eq!(site.ask("DELETE", &format!("/user//sessions/{}", session.id), &[&session.cookie]).status, 400);
    assert_eq!(site.ask("GET", &path, &[&session.cookie]).status, 405);
    assert_eq!(site.ask("DELETE", &path, &[&session.cookie, &session.proof]).status, 204);
    let line = format!("DELETE path=\"{ROOT}/user/sessions/***\" status=204");
    until("the access log is written", || (!log.with(&line).is_empty()).then_some(()));
    assert_eq!(log.with(&session.id), Vec::<String>::new());
    assert_eq!(log.with(&session.token), Vec::<String>::new());

    site.house.block_on(site.house.engine.maintain()).expect("the store answers");
    let page = Page { after: None, limit: 100 };
    let events = site.house.block_on(site.house.store.events(EventFilter::default(), page)).expect("events");
    let text: Vec<String> = events.items.iter().map(|item| format!("{item:?}")).collect();
    assert!(text.iter().any(|event| event.contains("***")), "{text:#?}");
    assert!(text.iter().all(|event| !event.contains(&session.id)), "{text:#?}");
    let metrics = format!(
        "{:?}",
        site.house.engine.tallies().iter().map(|tally| format!("{:?}", tally.route)).collect::<Vec<_>>()
    );
    assert!(metrics.contains("/user/sessions/:id") && !metrics.contains(&session.id), "{metrics}");
}
