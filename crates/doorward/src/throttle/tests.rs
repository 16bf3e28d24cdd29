//! What a guesser meets.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

fn attempt(login: &str, network: IpAddr) -> Attempt<'_> {
    Attempt { account: ("default", login), network, known_device: false, stored_failures: 0, lockout: None }
}

fn throttle() -> Throttle {
    Throttle::new(ThrottleLimits::default())
}

async fn fail(throttle: &Throttle, attempt: &Attempt<'_>, now: Time) -> Result<(), Wait> {
    throttle.reserve(attempt, now).await.map(Reservation::fail)
}

#[tokio::test]
async fn five_failures_bring_a_wait_that_doubles() {
    let throttle = throttle();
    let anna = attempt("anna", HERE);
    for _ in 0..5 {
        assert_eq!(fail(&throttle, &anna, 0).await, Ok(()));
    }
    assert_eq!(fail(&throttle, &anna, 0).await, Err(Wait(30)));
    assert_eq!(fail(&throttle, &anna, 29).await, Err(Wait(1)));
    assert_eq!(fail(&throttle, &anna, 30).await, Ok(()));
    assert_eq!(fail(&throttle, &anna, 30).await, Err(Wait(60)));
    assert_eq!(fail(&throttle, &attempt("anna", THERE), 30).await, Ok(()));
}

#[tokio::test]
async fn a_right_password_clears_its_own_source_only() {
    let throttle = throttle();
    for _ in 0..49 {
        fail(&throttle, &attempt(&format!("user{}", rand()), HERE), 0).await.expect("not blocked yet");
    }
    match throttle.reserve(&attempt("mallory", HERE), 0).await {
        Ok(reservation) => reservation.succeed(),
        Err(wait) => panic!("blocked already: {wait:?}"),
    }
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Ok(()));
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 1).await, Err(Wait(599)));
}

#[tokio::test]
async fn a_hundred_failures_from_everywhere_stop_strangers_but_not_a_known_device() {
    let throttle = throttle();
    for n in 0..100u8 {
        let network = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, n));
        assert_eq!(fail(&throttle, &attempt("anna", network), 0).await, Ok(()));
    }
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Err(Wait(3_600)));
    let own = Attempt { known_device: true, ..attempt("anna", HERE) };
    assert!(throttle.reserve(&own, 0).await.is_ok());
    throttle.forgive("default", "anna");
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Ok(()));
}

#[tokio::test]
async fn forgiving_ends_the_waits_of_every_source() {
    let throttle = throttle();
    for _ in 0..5 {
        fail(&throttle, &attempt("anna", HERE), 0).await.expect("not blocked yet");
    }
    throttle.forgive("default", "anna");
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 1).await, Ok(()));
}

#[tokio::test]
async fn of_two_hundred_parallel_tries_no_more_than_five_are_verified() {
    let throttle = Arc::new(throttle());
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let throttle = throttle.clone();
        tries.spawn(async move {
            let reservation = throttle.reserve(&attempt("anna", HERE), 0).await.ok()?;
            tokio::task::yield_now().await;
            reservation.fail();
            Some(())
        });
    }
    assert_eq!(tries.join_all().await.into_iter().flatten().count(), 5);
}

/// How many of these tries, all at once and all wrong, are verified.
async fn verified(throttle: &Arc<Throttle>, tries: impl Iterator<Item = (String, IpAddr, u32)>) -> usize {
    let mut all = tokio::task::JoinSet::new();
    for (login, network, stored_failures) in tries {
        let throttle = throttle.clone();
        all.spawn(async move {
            let attempt = Attempt { stored_failures, ..attempt(&login, network) };
            let reservation = throttle.reserve(&attempt, 0).await.ok()?;
            tokio::task::yield_now().await;
            reservation.fail();
            Some(())
        });
    }
    all.join_all().await.into_iter().flatten().count()
}

fn elsewhere(number: u8) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, number))
}

#[tokio::test]
async fn of_two_hundred_parallel_tries_from_one_network_no_more_than_fifty_are_verified() {
    let throttle = Arc::new(throttle());
    let tries = (0..200).map(|number| (format!("user{number}"), HERE, 0));
    assert_eq!(verified(&throttle, tries).await, 50);
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Err(Wait(600)));
}

#[tokio::test]
async fn parallel_tries_from_everywhere_stop_at_a_hundred_failures_of_an_account() {
    let throttle = Arc::new(throttle());
    let tries = (0..200).map(|number| ("anna".to_owned(), elsewhere(number), 0));
    assert_eq!(verified(&throttle, tries).await, 100);
    // Of the second account the store remembers some: all of these read that before the first of them has failed.
    let tries = (0..200).map(|number| ("ben".to_owned(), elsewhere(number), 93));
    assert_eq!(verified(&throttle, tries).await, 7);
}

#[tokio::test]
async fn what_the_store_remembered_before_it_was_forgiven_counts_no_more() {
    let throttle = throttle();
    let tried = Attempt { stored_failures: 99, ..attempt("anna", HERE) };
    let reservation = throttle.reserve(&tried, 0).await.unwrap_or_else(|wait| panic!("{wait:?}"));
    throttle.forgive("default", "anna");
    reservation.fail();
    assert_eq!(fail(&throttle, &attempt("anna", THERE), 0).await, Ok(()));
}

#[tokio::test]
async fn a_right_password_makes_no_room_for_tries_beside_those_under_way() {
    let throttle = throttle();
    let mut under_way = Vec::new();
    for _ in 0..5 {
        under_way.push(throttle.reserve(&attempt("anna", HERE), 0).await.unwrap_or_else(|wait| panic!("{wait:?}")));
    }
    assert!(throttle.reserve(&attempt("anna", HERE), 0).now_or_never().is_none());
    under_way.remove(0).succeed();
    let one = throttle.reserve(&attempt("anna", HERE), 0).now_or_never();
    assert!(one.as_ref().is_some_and(Result::is_ok));
    assert!(throttle.reserve(&attempt("anna", HERE), 0).now_or_never().is_none());
}

#[tokio::test]
async fn whoever_stops_waiting_gives_all_places_back() {
    let throttle = throttle();
    let mut under_way = Vec::new();
    for _ in 0..5 {
        under_way.push(throttle.reserve(&attempt("anna", HERE), 0).await.unwrap_or_else(|wait| panic!("{wait:?}")));
    }
    for _ in 0..200 {
        assert!(throttle.reserve(&attempt("anna", HERE), 0).now_or_never().is_none());
    }
    assert!(throttle.reserve(&attempt("ben", HERE), 0).now_or_never().is_some());
    under_way.clear();
    assert_eq!(throttle.counters.len(), 0);
}

#[tokio::test]
async fn so_many_wait_and_the_next_is_sent_away_until_there_is_room_again() {
    let throttle = throttle();
    let anna = attempt("anna", HERE);
    let mut under_way = Vec::new();
    for _ in 0..5 {
        under_way.push(throttle.reserve(&anna, 0).await.unwrap_or_else(|wait| panic!("{wait:?}")));
    }
    let mut waiting: Vec<_> = (0..1_000).map(|_| Box::pin(throttle.reserve(&anna, 0))).collect();
    let sent_away = waiting.iter_mut().filter_map(|one| one.now_or_never());
    assert!(
        sent_away.filter(|answer| matches!(answer, Err(Wait(1)))).count() >= 1_000 - 3 * Counters::GREATEST_WAITING
    );
    drop(waiting);
    assert!(throttle.reserve(&anna, 0).now_or_never().is_none());
    drop(under_way);
    assert!(throttle.reserve(&anna, 0).await.is_ok());
    assert_eq!(throttle.counters.len(), 0);
}

#[tokio::test]
async fn tries_that_were_never_verified_crowd_nobody_out() {
    let throttle = throttle();
    fail(&throttle, &attempt("anna", HERE), 0).await.expect("not blocked yet");
    let before = throttle.counters.len();
    for number in 0..300_000u32 {
        let login = number.to_string();
        // As when too many passwords wait to be computed.
        drop(throttle.reserve(&attempt(&login, IpAddr::V4(number.into())), 0).await);
    }
    assert_eq!(throttle.counters.len(), before);
}

#[tokio::test]
async fn parallel_right_passwords_wait_for_each_other_and_all_pass() {
    let throttle = Arc::new(throttle());
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let throttle = throttle.clone();
        tries.spawn(async move {
            let reservation = throttle.reserve(&attempt("anna", HERE), 0).await.ok()?;
            tokio::task::yield_now().await;
            reservation.succeed();
            Some(())
        });
    }
    assert_eq!(tries.join_all().await.into_iter().flatten().count(), 50);
}

#[tokio::test]
async fn a_million_names_leave_the_memory_bounded_and_the_busy_counters_in_place() {
    let throttle = throttle();
    for _ in 0..5 {
        fail(&throttle, &attempt("anna", HERE), 0).await.expect("not blocked yet");
    }
    for n in 0..300_000u32 {
        throttle.count_source(IpAddr::V4(n.into()), 0);
    }
    let held = throttle.counters.len();
    assert!(held <= Counters::SHARDS * Counters::GREATEST_SHARD, "{held}");
    assert_eq!(fail(&throttle, &attempt("anna", HERE), 0).await, Err(Wait(30)));
}

fn rand() -> u64 {
    RandomState::new().hash_one(0)
}

#[tokio::test]
async fn a_lockout_of_its_own_ends_and_counts_anew() {
    let throttle = Throttle::new(ThrottleLimits::default());
    let lockout = Some(Lockout { failures: 3, wait: 600 });
    let tried = Attempt { lockout, ..attempt("anna", HERE) };
    for round in 0..2 {
        let now = round * 600;
        for _ in 0..3 {
            throttle.reserve(&tried, now).await.unwrap_or_else(|_| panic!("round {round}")).fail();
        }
        assert_eq!(throttle.reserve(&tried, now + 1).await.err(), Some(Wait(599)));
    }
    let elsewhere = throttle.reserve(&attempt("anna", HERE), 601).await;
    assert!(elsewhere.is_ok(), "failures of one kind are counted apart from those of another");
}

#[tokio::test]
async fn a_lockout_of_no_failures_never_comes() {
    let throttle = Throttle::new(ThrottleLimits::default());
    let tried = Attempt { lockout: Some(Lockout { failures: 0, wait: 600 }), ..attempt("anna", HERE) };
    for _ in 0..20 {
        throttle.reserve(&tried, 1_000).await.expect("a try").fail();
    }
}
