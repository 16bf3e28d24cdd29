//! A store that does not answer: nobody is logged out by it, and nobody is let in.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn who_is_known_goes_on_while_the_store_is_away() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    browser.get("/orders").await;
    house.store.set_broken(true);

    assert_eq!(browser.get("/orders").await.status, 200);
    assert_eq!(browser.get("/user/csrf").await.status, 200);
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
    assert_eq!(house.browser().get("/countries").await.status, 200);
}

#[tokio::test]
async fn who_is_not_known_here_is_told_that_nobody_knows_and_keeps_the_cookie() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let mut stranger = house.browser();
    stranger.cookies.insert("__Host-doorward-default".into(), "A".repeat(43));
    house.store.set_broken(true);

    for path in ["/orders", "/welcome"] {
        let reply = stranger.get(path).await;

        assert_eq!(reply.refusal(), (503, "unavailable".into()), "{path}");
        assert_eq!(reply.header("retry-after"), Some("5"));
        assert_eq!(reply.set_cookies().len(), 0);
        assert_eq!(reply.header("www-authenticate"), None);
    }
    house.store.set_broken(false);
    assert_eq!(stranger.get("/orders").await.status, 401);
    assert_eq!(stranger.get("/welcome").await.status, 200);
}

#[tokio::test]
async fn nobody_logs_in_while_the_store_is_away() {
    let house = House::with_anna().await;
    house.store.set_broken(true);
    let mut browser = house.browser();

    let reply = browser.log_in("anna").await;

    assert_eq!(reply.refusal(), (503, "unavailable".into()));
    assert_eq!(reply.header("retry-after"), Some("5"));
    house.store.set_broken(false);
    assert_eq!(browser.log_in("anna").await.status, 201);
}

#[tokio::test]
async fn a_log_out_that_could_not_be_stored_is_not_reported_as_done() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    house.store.set_read_only(true);

    for path in ["/user/sessions", "/user/sessions/current", "/user/sessions?scope=all"] {
        let reply = browser.delete(path).await;
        assert_eq!(reply.refusal(), (503, "unavailable".into()), "{path}");
        assert_eq!(reply.set_cookies().len(), 0, "the cookie is left alone");
    }
    assert_eq!(browser.get("/orders").await.status, 200);
    house.store.set_read_only(false);
    assert_eq!(browser.delete("/user/sessions").await.status, 204);
    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn running_sessions_read_while_nothing_can_be_written() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    house.store.set_read_only(true);
    house.clock.advance(120);

    assert_eq!(browser.get("/orders").await.status, 200);
    assert_eq!(browser.get("/user/me").await.status, 200);
    assert_eq!(browser.get("/user/sessions").await.status, 200);
    assert_eq!(browser.post("/user/sessions/current/refresh", json!({})).await.refusal(), (503, "unavailable".into()));
    let change = json!({ "current": crate::house::PASSWORD, "new": crate::house::OTHER });
    assert_eq!(browser.put("/user/me/password", change).await.refusal(), (503, "unavailable".into()));
    assert_eq!(house.browser().log_in("anna").await.refusal(), (503, "unavailable".into()));
    assert!(house.engine.maintain().await.is_err());
    house.store.set_read_only(false);
    house.engine.maintain().await.expect("what waited is written");
}

#[tokio::test]
async fn the_last_use_of_a_session_is_written_later_and_survives_an_outage() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let last_seen = async || {
        let store = house.engine.store();
        let listed =
            store.sessions(Default::default(), house.engine.now(), Default::default()).await.expect("sessions");
        listed.items.first().expect("one session").session.last_seen
    };
    let before = last_seen().await;
    house.clock.advance(120);

    assert_eq!(browser.get("/orders").await.status, 200);

    assert_eq!(last_seen().await, before, "nothing is written on a request's way");
    house.store.set_broken(true);
    assert!(house.engine.maintain().await.is_err());
    house.store.set_broken(false);
    house.engine.maintain().await.expect("what waited is written");
    assert_eq!(last_seen().await, before + 120);
}

#[tokio::test]
async fn what_happened_during_an_outage_is_audited_after_it() {
    let house = House::with_anna().await;
    house.browser().post("/user/sessions", json!({ "login": "anna", "password": "wrong" })).await;
    house.store.set_broken(true);
    assert!(house.engine.maintain().await.is_err());
    house.store.set_broken(false);

    house.engine.maintain().await.expect("the store is back");

    let filter = doorward::store::EventFilter { outcome: Some("bad_credentials".into()), ..Default::default() };
    let events = house.engine.store().events(filter, Default::default()).await.expect("events");
    let event = &events.items.first().expect("one event").event;
    assert_eq!((event.kind.as_str(), event.address.as_deref()), ("log_in", Some("127.0.0.1")));
    assert!(event.request_id.is_some());
}
