//! The engine's verdict on real requests against the same second answer: log-in, cookie, session, roles, access.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{COOKIE, HOST as HOST_HEADER, HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;

use super::permission::{CallerModel, HOST, REALMS, World, role_name, world};
use super::*;
use crate::client::{Client, Peer, TrustedProxies};
use crate::memory::MemoryStore;
use crate::password::{Busy, HashJob, HashOutcome, Hasher};
use crate::policy::Profile;
use crate::store::{Change, Store as _};
use crate::user::PasswordHash;
use crate::{Actor, Engine, EngineParts, Head, LogIn, UserDraft, Verdict, Visit};

/// Takes every password for right.
struct Trusting;

impl Hasher for Trusting {
    fn run(&self, job: HashJob) -> BoxFuture<'_, Result<HashOutcome, Busy>> {
        let outcome = match job {
            HashJob::Verify { .. } => HashOutcome::Right { outdated: false },
            HashJob::Hash { .. } => HashOutcome::Hashed(PasswordHash::new("none".into())),
        };
        Box::pin(async { Ok(outcome) })
    }
}

/// What a future says that never waits: the store is in memory.
fn ready<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing here waits")
}

fn engine(world: &World) -> Arc<Engine> {
    let store = MemoryStore::new();
    for role in world.stored() {
        ready(store.commit(Change::CreateRole { role, guard: None }, Vec::new())).expect("a role");
    }
    ready(Engine::start(EngineParts::new(world.policy(), Arc::new(store), Arc::new(Trusting)))).expect("an engine")
}

/// The cookie of a session of a new user.
fn log_in(engine: &Engine, login: &str, realm: usize, roles: &[usize]) -> String {
    let password = || b"seven grey herons at noon".to_vec().into();
    let roles: Vec<String> = roles.iter().map(|role| role_name(*role)).collect();
    let realm = REALMS[realm];
    let draft = UserDraft { realm: Some(realm.into()), roles, password: Some(password()), ..UserDraft::new(login) };
    ready(engine.create_user(&Actor::console(), draft)).unwrap_or_else(|refusal| panic!("{}", refusal.code()));
    let client = Client { address: [192, 0, 2, 1].into(), secure: true, by_proxy: false };
    let visit = Visit { client, headers: &HeaderMap::new(), request_id: None, profile: &Profile::DOORWARD };
    let request = LogIn { realm: Some(realm), login, password: password(), remember: false };
    let logged_in = ready(engine.log_in(request, &visit)).unwrap_or_else(|refusal| panic!("{}", refusal.code()));
    let set = logged_in.cookies[0].to_str().expect("text");
    set.split(';').next().expect("a pair").to_owned()
}

fn status(engine: &Engine, path: &str, cookie: Option<&str>) -> u16 {
    let (mut parts, ()) = http::Request::get(path).body(()).expect("a request").into_parts();
    parts.headers.insert(HOST_HEADER, HeaderValue::from_static(HOST));
    if let Some(cookie) = cookie {
        parts.headers.insert(COOKIE, HeaderValue::from_str(cookie).expect("a value"));
    }
    let peer = Peer { address: None, secure: true };
    let head = match Head::read(&parts, &peer, &TrustedProxies::default(), Door::Public) {
        Ok(head) => head,
        Err(refusal) => return refusal.status().as_u16(),
    };
    match ready(engine.judge(&head)) {
        Verdict::Allow(_) => 200,
        Verdict::Deny(refusal) => refusal.status().as_u16(),
        Verdict::Answer(_) => 204,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_engine_says_what_the_documentation_says(world in world(), callers in vec((prop::option::of(0usize..2), vec(any::<prop::sample::Index>(), 0..4)), 1..6)) {
        let engine = engine(&world);
        for (number, (realm, indices)) in callers.into_iter().enumerate() {
            let mut roles: Vec<usize> = indices.iter().map(|index| index.index(world.roles.len())).collect();
            roles.sort_unstable();
            roles.dedup();
            let caller = CallerModel { realm, roles };
            let cookie = caller.realm.map(|realm| log_in(&engine, &format!("user{number}"), realm, &caller.roles));
            for (number, model) in world.routes.iter().enumerate() {
                let found = status(&engine, &format!("/r/{number}"), cookie.as_deref());
                prop_assert_eq!(found, world.expected(model, &caller), "{:?} {:?}", model, caller);
            }
        }
    }
}
