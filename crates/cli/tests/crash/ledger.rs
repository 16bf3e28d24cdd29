//! What was acknowledged, written down beside the server.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::kit::Server;
use crate::load::root;
use crate::peers::{Session, connect};

/// All of it.
#[derive(Default)]
pub struct Ledger {
    sessions: Mutex<Vec<Kept>>,
    users: Mutex<BTreeMap<String, Known<Option<User>>>>,
    passwords: Mutex<BTreeMap<String, Known<String>>>,
    acknowledged: AtomicUsize,
    ended: AtomicUsize,
    in_doubt: AtomicUsize,
}

/// A session that was given to somebody.
struct Kept {
    login: String,
    session: Session,
    fate: Fate,
}

/// How it is with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Alive,
    Dead,
    /// It was to be ended, and nobody has said whether it was.
    InDoubt,
}

/// What was acknowledged last, and what was asked for since, of which nobody has said whether it was done.
#[derive(Clone, Debug, Default)]
struct Known<T> {
    sure: T,
    asked: Option<T>,
}

/// A user, as far as this test changes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub state: String,
    pub roles: Vec<String>,
}

impl Ledger {
    /// How much was acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::SeqCst)
    }

    pub fn summary(&self) -> String {
        let (sessions, users) =
            (self.sessions.lock().expect("not poisoned").len(), self.users.lock().expect("not poisoned").len());
        let (all, ended) = (self.acknowledged(), self.ended.load(Ordering::SeqCst));
        let in_doubt = self.in_doubt.load(Ordering::SeqCst);
        format!("{all} acknowledged changes ({sessions} log-ins, {ended} log-outs, {users} users), {in_doubt} in doubt")
    }

    /// A log-in was acknowledged.
    pub fn began(&self, login: &str, session: &Session) {
        let kept = Kept { login: login.to_owned(), session: session.clone(), fate: Fate::Alive };
        self.sessions.lock().expect("not poisoned").push(kept);
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// The sessions of somebody that are alive.
    pub fn alive(&self, login: &str) -> Vec<Session> {
        let sessions = self.sessions.lock().expect("not poisoned");
        let alive = sessions.iter().filter(|kept| kept.login == login && kept.fate == Fate::Alive);
        alive.map(|kept| kept.session.clone()).collect()
    }

    /// A session is about to be ended.
    pub fn ending(&self, session: &Session) {
        self.set(|kept| kept.session.cookie == session.cookie, Fate::InDoubt);
    }

    /// Its end was acknowledged.
    pub fn ended(&self, session: &Session) {
        self.set(|kept| kept.session.cookie == session.cookie, Fate::Dead);
        self.ended.fetch_add(1, Ordering::SeqCst);
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    fn set(&self, which: impl Fn(&Kept) -> bool, fate: Fate) {
        let mut sessions = self.sessions.lock().expect("not poisoned");
        sessions.iter_mut().filter(|kept| kept.fate != Fate::Dead && which(kept)).for_each(|kept| kept.fate = fate);
    }

    /// A user is about to become this, or to go.
    pub fn asked(&self, login: &str, user: Option<User>) {
        self.users.lock().expect("not poisoned").entry(login.to_owned()).or_default().asked = Some(user);
    }

    /// That was acknowledged.
    pub fn done(&self, login: &str) {
        let mut users = self.users.lock().expect("not poisoned");
        let known = users.get_mut(login).expect("it was asked for");
        known.sure = known.asked.take().expect("it was asked for");
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// The password of somebody, as far as anybody knows.
    pub fn password(&self, login: &str) -> Option<String> {
        self.passwords.lock().expect("not poisoned").get(login).map(|known| known.sure.clone())
    }

    /// A password is about to be changed, with which all sessions end.
    pub fn asked_password(&self, login: &str, current: &str, new: &str) {
        self.set(|kept| kept.login == login, Fate::InDoubt);
        let known = Known { sure: current.to_owned(), asked: Some(new.to_owned()) };
        self.passwords.lock().expect("not poisoned").insert(login.to_owned(), known);
    }

    /// That was acknowledged.
    pub fn done_password(&self, login: &str) {
        self.set(|kept| kept.login == login, Fate::Dead);
        let mut passwords = self.passwords.lock().expect("not poisoned");
        let known = passwords.get_mut(login).expect("it was asked for");
        known.sure = known.asked.take().expect("it was asked for");
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// What is not as it was acknowledged. What was in doubt is known afterwards.
    pub fn compare(&self, server: &Server, all: bool) -> Vec<String> {
        let mut lost = self.compare_sessions(server, all);
        lost.extend(self.compare_passwords(server));
        lost.extend(self.compare_users(server));
        lost
    }

    fn compare_sessions(&self, server: &Server, all: bool) -> Vec<String> {
        let mut sessions = self.sessions.lock().expect("not poisoned");
        // What has outlived a few crashes is looked at again at the very end.
        let first = if all { 0 } else { sessions.len().saturating_sub(300) };
        let mut client = connect(server.address());
        let mut lost = Vec::new();
        for Kept { login, session, fate } in &mut sessions[first..] {
            let answer = client.request("GET", "/orders", &[&session.cookie]).answer();
            match (*fate, answer.status) {
                (Fate::Alive, 200) | (Fate::Dead, 401) => {}
                (Fate::InDoubt, status @ (200 | 401)) => {
                    self.in_doubt.fetch_add(1, Ordering::SeqCst);
                    *fate = if status == 200 { Fate::Alive } else { Fate::Dead };
                }
                (fate, status) => {
                    lost.push(format!("a session of {login} that is {fate:?} got {status}: {}", answer.text()))
                }
            }
        }
        lost
    }

    fn compare_passwords(&self, server: &Server) -> Vec<String> {
        let mut lost = Vec::new();
        for (login, known) in self.passwords.lock().expect("not poisoned").iter_mut() {
            let mut client = connect(server.address());
            let mut opens = |password: &str| Session::try_log_in(&mut client, login, password).status == 201;
            match known.asked.take() {
                Some(asked) if opens(&asked) => {
                    known.sure = asked;
                    self.in_doubt.fetch_add(1, Ordering::SeqCst);
                }
                _ if opens(&known.sure) => {}
                _ => lost.push(format!("the password of {login} is not {:?}", known.sure)),
            }
        }
        lost
    }

    fn compare_users(&self, server: &Server) -> Vec<String> {
        let found = list(server);
        let mut lost = Vec::new();
        for (login, known) in self.users.lock().expect("not poisoned").iter_mut() {
            let actual = found.get(login).cloned();
            match &known.asked {
                _ if actual == known.sure => {}
                Some(asked) if actual == *asked => {
                    self.in_doubt.fetch_add(1, Ordering::SeqCst);
                    known.sure = actual;
                }
                _ => lost.push(format!("{login} is {actual:?}, and {known:?} is known")),
            }
            known.asked = None;
        }
        lost
    }
}

/// All users, by login.
fn list(server: &Server) -> BTreeMap<String, User> {
    let session = root(server.address()).expect("it listens");
    let mut client = connect(server.admin_address());
    let (mut users, mut after) = (BTreeMap::new(), String::new());
    loop {
        let answer = client.request("GET", &format!("/admin/users?limit=1000{after}"), &[&session.cookie]).answer();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let page: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        for user in page["items"].as_array().expect("a list") {
            let roles = user["roles"].as_array().expect("a list").iter().map(text).collect();
            users.insert(text(&user["login"]), User { name: text(&user["name"]), state: text(&user["state"]), roles });
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return users,
        }
    }
}
