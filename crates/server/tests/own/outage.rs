//! A store that fails is an outage, and never a "no".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use doorward::audit::{Count, Event, StoredEvent};
use doorward::store::{
    Answer, Change, Committed, CountFilter, EventFilter, Feed, Listed, ListedSession, Page, Seen, SessionFilter, Store,
    StoreError, StoredRole, StoredSession, Touch, UserFilter, UserOrder,
};
use doorward::{Login, MemoryStore, Name, SessionHandle, SessionKey, Time, User, UserId, UserNumber};
use serde_json::json;

use crate::house::{Door, House, PASSWORD, RULES};

/// A store that can be switched off.
struct Switched {
    store: MemoryStore,
    is_off: Arc<AtomicBool>,
}

impl Switched {
    fn ask<'s, T: Send + 's>(&'s self, answer: Answer<'s, T>) -> Answer<'s, T> {
        if self.is_off.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::Unavailable("switched off: /var/lib/secret".into())) });
        }
        answer
    }
}

impl Store for Switched {
    fn commit(&self, change: Change, events: Vec<Event>) -> Answer<'_, Committed> {
        self.ask(self.store.commit(change, events))
    }
    fn session(&self, key: SessionKey) -> Answer<'_, Option<StoredSession>> {
        self.ask(self.store.session(key))
    }
    fn session_by_handle(&self, handle: SessionHandle) -> Answer<'_, Option<StoredSession>> {
        self.ask(self.store.session_by_handle(handle))
    }
    fn sessions(&self, filter: SessionFilter, now: Time, page: Page) -> Answer<'_, Listed<ListedSession>> {
        self.ask(self.store.sessions(filter, now, page))
    }
    fn user(&self, number: UserNumber) -> Answer<'_, Option<User>> {
        self.ask(self.store.user(number))
    }
    fn user_by_login(&self, realm: Name, login: Login) -> Answer<'_, Option<User>> {
        self.ask(self.store.user_by_login(realm, login))
    }
    fn user_by_id(&self, realm: Name, id: UserId) -> Answer<'_, Option<User>> {
        self.ask(self.store.user_by_id(realm, id))
    }
    fn users(&self, filter: UserFilter, order: UserOrder, page: Page) -> Answer<'_, Listed<User>> {
        self.ask(self.store.users(filter, order, page))
    }
    fn code_owner(&self, digest: [u8; 32], now: Time) -> Answer<'_, Option<User>> {
        self.ask(self.store.code_owner(digest, now))
    }
    fn roles(&self) -> Answer<'_, Vec<StoredRole>> {
        self.ask(self.store.roles())
    }
    fn changes_since(&self, seq: u64) -> Answer<'_, Feed> {
        self.ask(self.store.changes_since(seq))
    }
    fn touch(&self, touched: Vec<Touch>, seen: Vec<Seen>) -> Answer<'_, ()> {
        self.ask(self.store.touch(touched, seen))
    }
    fn record(&self, events: Vec<Event>, counts: Vec<Count>) -> Answer<'_, ()> {
        self.ask(self.store.record(events, counts))
    }
    fn events(&self, filter: EventFilter, page: Page) -> Answer<'_, Listed<StoredEvent>> {
        self.ask(self.store.events(filter, page))
    }
    fn counts(&self, filter: CountFilter) -> Answer<'_, Vec<Count>> {
        self.ask(self.store.counts(filter))
    }
    fn secret(&self, name: &'static str) -> Answer<'_, [u8; 32]> {
        self.ask(self.store.secret(name))
    }
    fn purge(&self, now: Time, keep_since: Time) -> Answer<'_, u64> {
        self.ask(self.store.purge(now, keep_since))
    }
}

fn house() -> (House, Arc<AtomicBool>) {
    let is_off = Arc::new(AtomicBool::new(false));
    let store = Switched { store: MemoryStore::new(), is_off: is_off.clone() };
    (House::on(RULES, Arc::new(store)), is_off)
}

#[test]
fn without_a_store_nobody_is_told_no() {
    let (house, is_off) = house();
    let root = house.root();
    // Both are in memory from here on, and the store is not asked who is calling.
    assert_eq!(house.admin(&root, "GET", "/admin/users", None).status, 200);
    is_off.store(true, Ordering::SeqCst);
    for (method, target) in [
        ("GET", "/admin/users"),
        ("GET", "/admin/users/1"),
        ("GET", "/admin/sessions"),
        ("GET", "/admin/audit"),
        ("GET", "/admin/stats"),
        ("GET", "/admin/routes"),
        ("DELETE", "/admin/sessions?all=true"),
        ("DELETE", "/admin/users/1"),
    ] {
        let answer = house.admin(&root, method, target, None);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "unavailable"),
            "{method} {target}: {}",
            answer.text()
        );
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.all("set-cookie").count(), 0);
    }
    for target in ["/admin/roles", "/admin/acl", "/admin/explain?path=/"] {
        assert_eq!(house.admin(&root, "GET", target, None).status, 200, "{target}");
    }
    is_off.store(false, Ordering::SeqCst);
    assert_eq!(house.admin(&root, "GET", "/admin/users", None).status, 200);
}

#[test]
fn a_log_in_page_says_that_it_cannot_be_found_out() {
    let (house, is_off) = house();
    house.add("customer", "anna", &[]);
    let form = house.send(Door::Public, "GET", "/login", &[], None);
    let token = form
        .text()
        .split("name=\"token\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token")
        .to_owned();
    let cookie = format!("Cookie: {}", crate::house::set_cookie(&form, "doorward-guest").expect("a cookie"));
    is_off.store(true, Ordering::SeqCst);
    let body = format!("token={token}&realm=customer&login=anna&password={}", PASSWORD.replace(' ', "+"));
    let lines = [cookie.as_str(), "Content-Type: application/x-www-form-urlencoded"];
    let answer = house.send(Door::Public, "POST", "/login", &lines, Some(&body));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    assert!(answer.text().contains("This cannot be found out now.") && answer.text().contains("value=\"anna\""));
}

#[test]
fn a_person_is_told_of_an_outage_on_a_page_in_their_language() {
    let (house, is_off) = house();
    house.add("customer", "anna", &[]);
    let session = house.log_in("customer", "anna");
    let cookie = format!("Cookie: {}", session.cookie);
    let ask = || house.send(Door::Public, "GET", "/account", &[&cookie, "Accept-Language: de"], None);
    assert_eq!(ask().status, 200);
    is_off.store(true, Ordering::SeqCst);
    let answer = ask();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    assert!(answer.text().contains("Das lässt sich gerade nicht feststellen."), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.all("set-cookie").count(), 0);
    is_off.store(false, Ordering::SeqCst);
    assert_eq!(ask().status, 200);
}

#[test]
fn a_probe_is_told_that_the_store_is_away() {
    let (house, is_off) = house();
    is_off.store(true, Ordering::SeqCst);
    house.clock.advance(1);
    let answer = house.send(Door::Public, "GET", "/readyz", &[], None);
    assert_eq!((answer.status, answer.code().as_str(), &answer.json()["store"]), (503, "not_ready", &json!("down")));
    assert!(!answer.text().contains("secret"));
    assert_eq!(house.send(Door::Public, "GET", "/healthz", &[], None).status, 200);
    is_off.store(false, Ordering::SeqCst);
    house.clock.advance(1);
    assert_eq!(house.send(Door::Public, "GET", "/readyz", &[], None).status, 200);
}
