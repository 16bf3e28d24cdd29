use std::sync::Arc;

use super::*;
use crate::session::{SessionDigest, SessionToken};
use crate::user::UserNumber;

pub(crate) mod shelf;

use shelf::Shelf;

const NOW: Time = 1_000_000;

fn stored(token: &str) -> StoredSession {
    StoredSession {
        digest: SessionDigest::of(token),
        user: UserNumber(4),
        realm: crate::name::Name::parse("customer").expect("a name"),
        epoch: 2,
        created: NOW - 100,
        last_seen: NOW - 100,
        idle_end: NOW + 1_000,
        absolute_end: NOW + 5_000,
        authenticated: NOW - 100,
        remembered: false,
        bearer: false,
        address: "192.0.2.1".into(),
        device: "curl".into(),
    }
}

fn key(token: &str) -> SessionKey {
    SessionDigest::of(token).key()
}

async fn load(table: &Sessions, token: &str, now: Time, store: &Shelf) -> Option<Session> {
    table.load(key(token), now, store, |_| Some(3)).await.expect("the store answers")
}

#[tokio::test]
async fn a_session_is_read_once_and_then_known() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.put(stored("a"));
    let first = load(&table, "a", NOW, &store).await.expect("a session");
    assert_eq!((first.user, first.epoch, first.realm, first.idle_end), (UserNumber(4), 2, 3, NOW + 1_000));
    assert_eq!(load(&table, "a", NOW, &store).await, Some(first));
    assert_eq!(table.peek(key("a")), Some(first));
    assert_eq!((store.asked(), table.len()), (1, 1));
}

#[tokio::test]
async fn an_unknown_token_asks_the_store_once_in_ten_seconds() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    for now in NOW..NOW + Sessions::UNKNOWN_FOR {
        assert_eq!(load(&table, "a", now, &store).await, None);
    }
    assert_eq!(store.asked(), 1);
    assert_eq!(load(&table, "a", NOW + Sessions::UNKNOWN_FOR, &store).await, None);
    assert_eq!((store.asked(), table.len()), (2, 0));
}

#[tokio::test]
async fn a_flood_with_one_unknown_token_is_one_question() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.close();
    let flood = futures_util::future::join_all((0..200).map(|_| load(&table, "a", NOW, &store)));
    let (answers, ()) = tokio::join!(flood, store.open_when_asked());
    assert!(answers.iter().all(Option::is_none));
    assert_eq!(store.asked(), 1);
}

#[tokio::test]
async fn a_flood_of_unknown_tokens_leaves_the_memory_bounded() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    for number in 0..3 * Sessions::UNKNOWN_AT_MOST {
        load(&table, &number.to_string(), NOW, &store).await;
    }
    assert!(table.unknown.len() <= Sessions::UNKNOWN_AT_MOST);
    assert_eq!(table.len(), 0);
    table.sweep(NOW + Sessions::UNKNOWN_FOR);
    assert_eq!(table.unknown.len(), 0);
}

#[tokio::test]
async fn a_session_that_begins_while_its_token_is_looked_for_is_not_called_unknown() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.close();
    let begins = async {
        store.asked_once().await;
        // The log-in is stored and remembered after the store has looked, and before it answers.
        table.insert(key("a"), stored("a").in_memory(3));
        store.open();
    };
    let (found, ()) = tokio::join!(load(&table, "a", NOW, &store), begins);
    assert!(found.is_some());
    assert!(load(&table, "a", NOW, &store).await.is_some());
}

#[tokio::test]
async fn a_session_that_ends_while_it_is_read_is_not_remembered() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.put(stored("a"));
    store.close();
    let ends = async {
        store.asked_once().await;
        store.remove(key("a"));
        table.forget(key("a"));
        store.open();
    };
    let (found, ()) = tokio::join!(load(&table, "a", NOW, &store), ends);
    assert_eq!((found, table.peek(key("a"))), (None, None));
    assert_eq!(store.asked(), 2);
}

#[tokio::test]
async fn a_session_of_a_realm_that_is_gone_is_unknown() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.put(stored("a"));
    for _ in 0..3 {
        assert_eq!(table.load(key("a"), NOW, &store, |_| None).await.expect("an answer"), None);
    }
    assert_eq!((store.asked(), table.len()), (1, 0));
}

#[tokio::test]
async fn an_outage_is_an_error_and_is_not_remembered() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.put(stored("a"));
    store.fail(true);
    assert!(table.load(key("a"), NOW, &store, |_| Some(3)).await.is_err());
    store.fail(false);
    assert!(load(&table, "a", NOW, &store).await.is_some());
}

#[tokio::test]
async fn what_was_forgotten_is_read_again() {
    let (table, store) = (Sessions::new(10), Shelf::default());
    store.put(stored("a"));
    load(&table, "a", NOW, &store).await;
    load(&table, "b", NOW, &store).await;
    table.forget(key("a"));
    table.forget(key("b"));
    load(&table, "a", NOW, &store).await;
    load(&table, "b", NOW, &store).await;
    assert_eq!(store.asked(), 4);
    table.forget_all();
    assert_eq!((table.len(), table.unknown.len()), (0, 0));
    load(&table, "a", NOW, &store).await;
    assert_eq!(store.asked(), 5);
}

#[test]
fn a_sign_of_life_moves_the_idle_end_forward_and_never_back() {
    let table = Sessions::new(10);
    table.insert(key("a"), stored("a").in_memory(3));
    table.touch(key("a"), NOW, 1_800);
    let touched = table.peek(key("a")).expect("a session");
    assert_eq!((touched.last_seen, touched.idle_end), (NOW, NOW + 1_800));
    table.touch(key("a"), NOW - 50, 10);
    assert_eq!(table.peek(key("a")), Some(touched));
    assert_eq!(touched.absolute_end, NOW + 5_000);
    let ends: Vec<(Time, Time)> = table.take_touched().iter().map(|touch| (touch.last_seen, touch.idle_end)).collect();
    assert_eq!(ends, [(NOW, NOW + 1_800); 2]);
    assert_eq!(table.take_touched().len(), 0);
}

#[test]
fn a_remembered_session_has_no_idle_end_to_move_and_an_unknown_one_nothing() {
    let table = Sessions::new(10);
    let session = StoredSession { remembered: true, idle_end: Time::MAX, ..stored("a") };
    table.insert(key("a"), session.in_memory(3));
    table.touch(key("a"), NOW, 10);
    table.touch(key("b"), NOW, 10);
    assert_eq!(table.peek(key("a")).map(|session| (session.last_seen, session.idle_end)), Some((NOW, Time::MAX)));
    assert_eq!(table.take_touched().len(), 1);
}

#[test]
fn signs_of_life_that_could_not_be_written_wait_within_bounds() {
    let table = Sessions::new(2);
    let touch = || Touch { key: key("a"), last_seen: NOW, idle_end: NOW };
    for _ in 0..5 {
        table.put_back(vec![touch()]);
    }
    assert_eq!(table.take_touched().len(), 2);
}

#[test]
fn a_sweep_removes_what_has_ended_and_what_is_too_much() {
    let table = Sessions::new(100);
    for number in 0..150 {
        let session =
            StoredSession { idle_end: if number < 20 { NOW } else { NOW + 10 }, ..stored(&number.to_string()) };
        table.insert(session.digest.key(), session.in_memory(3));
    }
    table.sweep(NOW - 1);
    // Ten more than must go, so that the next log-in does not sweep again.
    assert_eq!(table.len(), 90);
    table.sweep(NOW + 10);
    assert_eq!(table.len(), 0);
}

#[test]
fn parallel_signs_of_life_lose_none() {
    let table = Arc::new(Sessions::new(1_000));
    table.insert(key("a"), stored("a").in_memory(3));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let table = &table;
            scope.spawn(move || (0..500).for_each(|step| table.touch(key("a"), NOW + step * 4 + thread, 60)));
        }
    });
    assert_eq!(table.peek(key("a")).map(|session| session.last_seen), Some(NOW + 1_999));
    assert_eq!(table.take_touched().len(), 2_000);
}

#[test]
fn keys_spread_over_the_table() {
    use std::collections::HashSet;
    use std::hash::BuildHasher as _;
    let hash = |key: SessionKey| BuildHasherDefault::<KeyHasher>::default().hash_one(key);
    let keys = (0..1_000).map(|_| SessionDigest::of(SessionToken::random().expect("randomness").expose()).key());
    let hashes: HashSet<u64> = keys.map(hash).collect();
    assert_eq!(hashes.len(), 1_000);
    let low: HashSet<u64> = hashes.iter().map(|hash| hash & 0xff).collect();
    assert!(low.len() > 200, "{}", low.len());
}
