//! What is done now and then.

use std::sync::Arc;
use std::time::Duration;

use doorward::policy::{Draft, Policy, Settings};
use doorward::runtime::{BlockingHasher, maintain};
use doorward::store::Change;
use doorward::{Engine, EngineParts, MemoryStore};

use crate::house::{BEGINNING, House};

#[tokio::test]
async fn what_another_process_changes_holds_within_a_second() {
    let house = House::with_anna().await;
    tokio::spawn(maintain(house.engine.clone()));
    let mut browser = house.browser();
    browser.log_in("anna").await;
    assert_eq!(browser.get("/orders").await.status, 200);

    house.engine.store().commit(Change::EndEverySession, vec![]).await.expect("ended");

    let refused = async {
        while browser.get("/orders").await.status == 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("the change is felt");
}

#[tokio::test]
async fn the_upkeep_survives_an_outage() {
    let house = House::with_anna().await;
    tokio::spawn(maintain(house.engine.clone()));
    house.store.set_broken(true);
    tokio::time::sleep(Duration::from_millis(300)).await;
    house.store.set_broken(false);
    let mut browser = house.browser();
    browser.log_in("anna").await;

    house.engine.store().commit(Change::EndEverySession, vec![]).await.expect("ended");

    let refused = async {
        while browser.get("/orders").await.status == 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("the change is felt");
}

#[tokio::test]
async fn the_upkeep_ends_with_the_engine() {
    let (settings, rules) = Settings::parse("rules", "", &|_| None).expect("rules");
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy");
    let parts = EngineParts::new(policy, Arc::new(MemoryStore::new()), Arc::new(BlockingHasher::new()));
    let engine = Engine::start(parts).await.expect("an engine");
    let upkeep = tokio::spawn(maintain(engine.clone()));
    tokio::task::yield_now().await;

    drop(engine);

    tokio::time::timeout(Duration::from_secs(10), upkeep).await.expect("it ends").expect("well");
}

#[tokio::test]
async fn it_is_written_down_when_somebody_was_seen_by_session_and_by_basic() {
    use base64ct::{Base64, Encoding as _};
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let seen = async || {
        house.engine.maintain().await.expect("written");
        house.engine.store().user(ben.number).await.expect("an answer").expect("ben").last_seen
    };
    assert_eq!(seen().await, None);

    let text = Base64::encode_string(format!("ben:{}", crate::house::PASSWORD).as_bytes());
    let mut server = house.browser().with("authorization", &format!("Basic {text}"));
    assert_eq!(server.get("/orders").await.status, 200);
    assert_eq!(seen().await, Some(BEGINNING));
    let stored = house.engine.store().user(ben.number).await.expect("an answer").expect("ben");
    assert_eq!(stored.last_login, None, "no session was made");
    house.clock.advance(120);
    assert_eq!(server.get("/orders").await.status, 200);
    assert_eq!(seen().await, Some(BEGINNING + 120));

    let mut browser = house.browser();
    house.clock.advance(60);
    browser.log_in("ben").await;
    assert_eq!(seen().await, Some(BEGINNING + 180));
    house.clock.advance(300);
    assert_eq!(browser.get("/orders").await.status, 200);
    assert_eq!(seen().await, Some(BEGINNING + 480));

    // What cannot be written waits.
    house.clock.advance(120);
    assert_eq!(server.get("/orders").await.status, 200);
    house.store.set_broken(true);
    assert!(house.engine.maintain().await.is_err());
    house.store.set_broken(false);
    assert_eq!(seen().await, Some(BEGINNING + 600));
}

#[tokio::test]
async fn requests_are_counted_by_route_and_outcome() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.get("/countries").await;
    browser.get("/countries").await;
    browser.get("/orders").await;
    browser.get("/nothing").await;
    browser.post("/user/sessions", serde_json::json!({ "login": "anna", "password": "wrong" })).await;

    let tallies = house.engine.tallies();
    let hits = |route: &str, outcome: &str| {
        let found = tallies.iter().find(|tally| tally.route == route && tally.outcome == outcome);
        found.map_or(0, |tally| tally.hits)
    };

    assert_eq!(hits("GET /countries", "allow"), 2, "{tallies:?}");
    assert_eq!(hits("GET,POST /orders", "not_logged_in"), 1, "{tallies:?}");
    assert_eq!(hits("-", "not_found"), 1, "{tallies:?}");
    assert_eq!(hits("POST /user/sessions", "bad_credentials"), 1, "{tallies:?}");
}
