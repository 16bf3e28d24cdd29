//! What an administrator takes away is gone with the next request.

use doorward::store::SessionFilter;
use doorward::{Actor, Name, UserState};
use serde_json::json;

use crate::house::{House, SHOP};

#[tokio::test]
async fn a_role_that_is_taken_ends_the_sessions_and_the_right() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &["analyst"]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;
    assert_eq!(browser.get("/reports").await.status, 200);

    house.engine.change_roles(&Actor::console(), &ben, &[], &["analyst".into()]).await.expect("taken");

    assert_eq!(browser.get("/orders").await.status, 401);
    browser.log_in("ben").await;
    assert_eq!(browser.get("/reports").await.refusal(), (403, "forbidden".into()));
}

#[tokio::test]
async fn a_disabled_user_is_out_and_cannot_come_back() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;

    house.engine.set_state(&Actor::console(), &ben, UserState::Disabled).await.expect("disabled");

    assert_eq!(browser.get("/orders").await.status, 401);
    assert_eq!(browser.log_in("ben").await.refusal(), (401, "bad_credentials".into()));
}

#[tokio::test]
async fn a_removed_user_is_out_and_a_namesake_inherits_nothing() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;

    house.engine.remove_user(&Actor::console(), &ben).await.expect("removed");
    let namesake = house.add("default", "ben", &[]).await;

    assert_eq!(browser.get("/orders").await.status, 401);
    assert_ne!(namesake.id, ben.id);
}

#[tokio::test]
async fn sessions_that_are_ended_by_somebody_else_are_out_in_the_same_second() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let (mut anna, mut bens) = (house.browser(), house.browser());
    anna.log_in("anna").await;
    bens.log_in("ben").await;

    house.engine.end_sessions_of(&Actor::console(), &ben).await.expect("ended");
    assert_eq!(bens.get("/orders").await.status, 401);
    assert_eq!(anna.get("/orders").await.status, 200);

    bens.log_in("ben").await;
    house.engine.end_matching(&Actor::console(), SessionFilter::default()).await.expect("ended");
    assert_eq!(bens.get("/orders").await.status, 401);
    assert_eq!(anna.get("/orders").await.status, 401);
}

#[tokio::test]
async fn a_role_that_is_altered_holds_for_open_sessions() {
    let house = House::open(SHOP).await;
    let role = |allow: &[&str]| doorward::store::StoredRole {
        name: Name::parse("reader").expect("a name"),
        allow: allow.iter().map(|id| (*id).to_owned()).collect(),
        deny: vec![],
    };
    house.engine.save_role(&Actor::console(), role(&["Shop::reports"]), true).await.expect("made");
    house.add("default", "ben", &["reader"]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;
    assert_eq!(browser.get("/reports").await.status, 200);

    house.engine.save_role(&Actor::console(), role(&["Shop::prices"]), false).await.expect("altered");

    assert_eq!(browser.get("/reports").await.status, 403);
}

#[tokio::test]
async fn what_another_process_changes_holds_after_the_next_upkeep() {
    use doorward::store::Change;
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;
    assert_eq!(browser.get("/orders").await.status, 200);

    // Past the engine, as another process would do it.
    let change = Change::EndSessions { user: ben.number, keep: None };
    house.engine.store().commit(change, vec![]).await.expect("ended");
    house.engine.maintain().await.expect("the feed is read");

    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn everybody_is_out_when_every_session_is_ended() {
    use doorward::store::Change;
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;

    house.engine.store().commit(Change::EndEverySession, vec![]).await.expect("ended");
    house.engine.maintain().await.expect("the feed is read");

    assert_eq!(browser.get("/orders").await.status, 401);
    assert_eq!(browser.log_in("anna").await.status, 201);
    assert_eq!(browser.post("/orders", json!({})).await.status, 200);
}

#[tokio::test]
async fn rules_that_are_reloaded_hold_for_open_sessions() {
    use doorward::policy::{Draft, Policy, Settings};
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    let stricter = SHOP.replace(
        "match = \"GET,POST /orders\"\naccess = \"self\"",
        "match = \"GET,POST /orders\"\naccess = \"Shop::reports\"",
    );
    let (settings, rules) = Settings::parse("doorward.toml", &stricter, &|_| None).expect("rules");
    let rules = [rules];
    let draft = Draft { own: doorward::axum::own_routes(), ..Draft::new(&settings, &rules) };
    let policy = Policy::compile(&draft).expect("a policy");

    house.engine.reload(policy, doorward::password::PasswordPolicy::default()).await.expect("reloaded");

    assert_eq!(browser.get("/orders").await.refusal(), (403, "forbidden".into()));
    assert_eq!(browser.get("/user/me").await.status, 200);
}
