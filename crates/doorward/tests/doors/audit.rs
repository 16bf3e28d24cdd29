//! What is written down, and how much of it.

use std::net::{IpAddr, Ipv6Addr};

use doorward::audit::Event;
use doorward::store::{EventFilter, Page};
use doorward::{Actor, Reason, Refusal};
use serde_json::json;

use crate::house::{House, OTHER, PASSWORD};

async fn events(house: &House, kind: &str, outcome: &str) -> Vec<Event> {
    house.engine.maintain().await.expect("written");
    let filter = EventFilter { kind: Some(kind.into()), outcome: Some(outcome.into()), ..EventFilter::default() };
    let page = Page { after: None, limit: Page::GREATEST };
    let listed = house.engine.store().events(filter, page).await.expect("events");
    listed.items.into_iter().map(|stored| stored.event).collect()
}

fn logins(events: &[Event]) -> Vec<Option<&str>> {
    events.iter().map(|event| event.login.as_deref()).collect()
}

#[tokio::test]
async fn a_throttled_log_in_says_whose_login_was_tried_if_somebody_has_it() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for login in ["anna", "my password by mistake"] {
        for _ in 0..6 {
            browser.post("/user/sessions", json!({ "login": login, "password": OTHER })).await;
        }
        house.clock.advance(10);
    }

    let throttled = events(&house, "log_in", "throttled").await;

    assert_eq!(logins(&throttled), [None, Some("anna")]);
    assert!(throttled.iter().all(|event| event.realm.is_some() && event.address.is_some()));
}

#[tokio::test]
async fn failed_basic_says_whose_login_was_tried_if_somebody_has_it() {
    use base64ct::{Base64, Encoding as _};
    let house = House::with_anna().await;
    for login in ["anna", "nobody"] {
        let text = Base64::encode_string(format!("{login}:{OTHER}").as_bytes());
        let mut client = house.browser().with("authorization", &format!("Basic {text}"));
        let reply = client.get("/orders").await;
        assert_eq!(reply.refusal(), (401, "bad_credentials".into()));
        assert!(!reply.text.contains(login));
        house.clock.advance(10);
    }

    assert_eq!(logins(&events(&house, "refused", "bad_credentials").await), [None, Some("anna")]);
}

#[tokio::test]
async fn a_code_that_is_redeemed_says_by_whom() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let code = house.engine.issue_code(&Actor::console(), &ben).await.expect("a code");
    let body = json!({ "code": code.code.as_str(), "password": OTHER });
    assert_eq!(house.browser().post("/user/password-reset", body).await.status, 204);

    let set = events(&house, "password_set", "ok").await;

    assert_eq!((logins(&set), set[0].detail.as_deref()), (vec![Some("ben")], Some("by one-time code")));
}

#[tokio::test]
async fn wrong_codes_are_not_written_one_by_one() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    for number in 0..20 {
        let body = json!({ "code": format!("{number:022}"), "password": OTHER });
        assert_eq!(browser.post("/user/password-reset", body).await.status, 400);
    }

    assert_eq!(events(&house, "password_set", "bad_code").await.len(), 1);
}

#[tokio::test]
async fn somebody_at_the_machine_who_sets_their_password_does_not_log_in() {
    let house = House::with_anna().await;
    let ben = house.add("default", "ben", &[]).await;
    let mut browser = house.browser();
    browser.log_in("ben").await;
    let before = house.engine.store().user(ben.number).await.expect("an answer").expect("ben").last_login;
    house.clock.advance(60);
    let headers = Default::default();
    let client = doorward::client::Client { address: [127, 0, 0, 1].into(), secure: true, by_proxy: false };
    let visit =
        doorward::Visit { client, headers: &headers, request_id: None, profile: &doorward::policy::Profile::DOORWARD };
    let bytes = |text: &str| text.as_bytes().to_vec().into();

    let wrong = house.engine.replace_password(&ben, bytes("wrong"), bytes(OTHER), &visit).await;
    assert_eq!(wrong.map_err(|refusal| refusal.code()), Err("wrong_password"));
    house.engine.replace_password(&ben, bytes(PASSWORD), bytes(OTHER), &visit).await.expect("set");

    assert_eq!(logins(&events(&house, "password_set", "ok").await), [Some("ben")]);
    assert_eq!(logins(&events(&house, "password_set", "bad_credentials").await), [Some("ben")]);
    assert_eq!(events(&house, "log_in", "ok").await.len(), 1);
    assert!(events(&house, "log_out", "ok").await.is_empty());
    let after = house.engine.store().user(ben.number).await.expect("an answer").expect("ben");
    assert_eq!(after.last_login, before);
    assert_eq!(browser.get("/orders").await.status, 401);
}

#[tokio::test]
async fn however_many_networks_are_refused_few_rows_a_minute_are_written() {
    let house = House::with_anna().await;
    house.clock.advance(60 - house.engine.now() % 60);
    let refuse = |number: u16| {
        let network = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, number, 0, 0, 0, 0, 1));
        house.engine.note_refusal(&Refusal::new(Reason::NotLoggedIn), "GET", "/orders", network, "r");
    };
    (0..20_000).for_each(refuse);

    assert_eq!(events(&house, "refused", "not_logged_in").await.len(), 120);
    assert!(events(&house, "refused", "too_many").await.is_empty());
    house.clock.advance(60);
    let rest = events(&house, "refused", "too_many").await;
    assert_eq!(rest.iter().map(|event| event.omitted).collect::<Vec<_>>(), [19_880]);
    // A network that was written already, and those that were seen and left out, are all counted.
    (0..20_000).for_each(refuse);
    house.clock.advance(60);
    let rest = events(&house, "refused", "too_many").await;
    let told: u32 = rest.iter().map(|event| event.omitted).sum();
    let omitted: u32 = events(&house, "refused", "not_logged_in").await.iter().map(|event| event.omitted).sum();
    assert_eq!((rest.len(), told + omitted + 240), (2, 40_000));
}

#[tokio::test]
async fn a_flood_of_guests_hides_no_refusal_of_somebody_who_is_logged_in() {
    let house = House::with_anna().await;
    house.clock.advance(60 - house.engine.now() % 60);
    let mut browser = house.browser();
    browser.log_in("anna").await;
    for number in 0..200 {
        let network = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, number, 0, 0, 0, 0, 1));
        house.engine.note_refusal(&Refusal::new(Reason::NotLoggedIn), "GET", "/orders", network, "r");
    }

    assert_eq!(browser.get("/reports").await.refusal(), (403, "forbidden".into()));

    assert_eq!(logins(&events(&house, "refused", "forbidden").await), [Some("anna")]);
}
