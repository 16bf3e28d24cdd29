//! What a log-in costs, and what happens when there are too many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use doorward::password::{Busy, HashJob, HashOutcome, Hasher};
use doorward::runtime::BlockingHasher;
use doorward::{Actor, UserDraft, UserState};
use futures_util::future::{BoxFuture, join_all};
use serde_json::json;

use crate::house::{House, PASSWORD, SHOP};

/// Counts what it has others compute.
struct Counting {
    hasher: BlockingHasher,
    jobs: AtomicUsize,
}

impl Hasher for Counting {
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>> {
        self.jobs.fetch_add(1, Ordering::SeqCst);
        self.hasher.run(job)
    }
}

#[tokio::test]
async fn every_log_in_costs_one_computation_whoever_is_meant() {
    let hasher = Arc::new(Counting { hasher: BlockingHasher::new(), jobs: AtomicUsize::new(0) });
    let house = House::open_with(SHOP, hasher.clone()).await;
    house.add("default", "anna", &[]).await;
    let dan = house.add("default", "dan", &[]).await;
    house.engine.set_state(&Actor::console(), &dan, UserState::Disabled).await.expect("disabled");
    house.engine.create_user(&Actor::console(), UserDraft::new("nil")).await.expect("added");

    for (login, password) in
        [("anna", PASSWORD), ("anna", "x"), ("nobody", "x"), ("dan", PASSWORD), ("nil", ""), ("a:b", "x")]
    {
        let before = hasher.jobs.load(Ordering::SeqCst);
        let reply = house.browser().post("/user/sessions", json!({ "login": login, "password": password })).await;
        assert_eq!(hasher.jobs.load(Ordering::SeqCst), before + 1, "{login}: {}", reply.status);
    }
}

#[tokio::test]
async fn a_code_that_is_none_costs_no_computation() {
    let hasher = Arc::new(Counting { hasher: BlockingHasher::new(), jobs: AtomicUsize::new(0) });
    let house = House::open_with(SHOP, hasher.clone()).await;
    let body = json!({ "code": "0123456789abcdefghijkl", "password": PASSWORD });

    let reply = house.browser().post("/user/password-reset", body).await;

    assert_eq!((reply.refusal(), hasher.jobs.load(Ordering::SeqCst)), ((400, "bad_code".into()), 0));
}

#[tokio::test]
async fn what_is_refused_before_costs_no_computation() {
    let hasher = Arc::new(Counting { hasher: BlockingHasher::new(), jobs: AtomicUsize::new(0) });
    let house = House::open_with(SHOP, hasher.clone()).await;
    house.add("default", "anna", &[]).await;
    let before = hasher.jobs.load(Ordering::SeqCst);
    let claim = json!({ "login": "anna", "password": PASSWORD });

    house.browser().with("origin", "https://evil.example").post("/user/sessions", claim.clone()).await;
    house.browser().post("/user/sessions", json!({ "login": "anna" })).await;
    house.browser().with("authorization", "Basic !!!").get("/orders").await;
    house.plain_browser().with("authorization", "Basic YW5uYTp4").get("/orders").await;
    house.browser().with("authorization", "Basic YW5uYTp4").get("/countries").await;

    assert_eq!(hasher.jobs.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn basic_is_computed_once_however_many_ask_at_once() {
    let hasher = Arc::new(Counting { hasher: BlockingHasher::new(), jobs: AtomicUsize::new(0) });
    let house = House::open_with(SHOP, hasher.clone()).await;
    house.add("default", "anna", &[]).await;
    let before = hasher.jobs.load(Ordering::SeqCst);
    let basic = "Basic YW5uYTpzZXZlbiBncmV5IGhlcm9ucyBhdCBub29u";
    let requests = (0..30).map(|_| {
        let mut client = house.browser().with("authorization", basic);
        async move { client.get("/orders").await.status }
    });

    let statuses = join_all(requests).await;

    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(hasher.jobs.load(Ordering::SeqCst), before + 1);
}

#[tokio::test]
async fn too_many_log_ins_at_once_are_told_to_come_again_and_sessions_go_on() {
    let house = House::open_with(SHOP, Arc::new(BlockingHasher::with_threads(1))).await;
    house.add("default", "anna", &[]).await;
    let mut anna = house.browser();
    anna.log_in("anna").await;
    let log_ins = (0..100).map(|number| {
        let mut browser = house.browser();
        async move {
            let reply =
                browser.post("/user/sessions", json!({ "login": format!("user{number}"), "password": PASSWORD })).await;
            (reply.refusal(), reply.header("retry-after").map(str::to_owned))
        }
    });
    let session = async {
        let mut served = 0;
        for _ in 0..20 {
            served += usize::from(anna.get("/orders").await.status == 200);
        }
        served
    };

    let (refusals, served) = tokio::join!(join_all(log_ins), session);

    assert_eq!(served, 20);
    let busy = ((503, "busy".to_owned()), Some("2".to_owned()));
    assert!(refusals.iter().filter(|refusal| **refusal == busy).count() >= 20, "{refusals:?}");
    assert!(refusals.iter().any(|((status, _), _)| *status == 401), "{refusals:?}");
    assert_eq!(house.browser().get("/countries").await.status, 200);
}
