//! People at work until the server dies under them.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Scope;

use serde_json::{Value, json};

use crate::kit::Place;
use crate::ledger::{Ledger, User};
use crate::peers::{Answer, Client, PASSWORD, Session, try_connect};

/// Who logs in and out, and, last, who changes passwords.
pub const PEOPLE: [&str; 4] = ["anna", "ben", "carla", "pat"];

/// One round of work.
#[derive(Clone, Copy)]
pub struct Load<'t> {
    pub round: usize,
    pub place: &'t Place,
    pub ledger: &'t Ledger,
    /// Whether the server is dead.
    pub over: &'t AtomicBool,
    pub address: SocketAddr,
    pub admin: SocketAddr,
}

impl<'t> Load<'t> {
    /// Begins it. It ends with the server.
    pub fn begin<'scope>(self, scope: &'scope Scope<'scope, '_>)
    where
        't: 'scope,
    {
        for login in &PEOPLE[..3] {
            scope.spawn(move || self.log_in_and_out(login));
        }
        let old = self.ledger.alive(PEOPLE[0]);
        scope.spawn(move || self.log_out_of(&old));
        scope.spawn(move || self.change_a_password(PEOPLE[3]));
        scope.spawn(move || self.administer());
        scope.spawn(move || self.type_commands());
    }

    fn log_in_and_out(&self, login: &str) -> Option<()> {
        let mut client = try_connect(self.address)?;
        loop {
            let sessions = [self.log_in(&mut client, login)?, self.log_in(&mut client, login)?];
            self.ledger.ending(&sessions[0]);
            self.acknowledged(sessions[0].send_log_out(&mut client).try_answer().ok(), 204)?;
            self.ledger.ended(&sessions[0]);
        }
    }

    /// Ends what was begun in earlier rounds. No password is computed for that, so that much is written in little time.
    fn log_out_of(&self, old: &[Session]) -> Option<()> {
        let mut client = try_connect(self.address)?;
        for session in old {
            self.ledger.ending(session);
            self.acknowledged(session.send_log_out(&mut client).try_answer().ok(), 204)?;
            self.ledger.ended(session);
        }
        None
    }

    fn log_in(&self, client: &mut Client, login: &str) -> Option<Session> {
        let answer = self.acknowledged(Session::send_log_in(client, login, PASSWORD).try_answer().ok(), 201)?;
        self.begin_session(login, &answer)
    }

    fn begin_session(&self, login: &str, answer: &Answer) -> Option<Session> {
        // Cut off within its body, there is no session to be used.
        let session = answer.is_whole.then(|| Session::read(answer))?;
        self.ledger.began(login, &session);
        Some(session)
    }

    /// The old session dies with the old password; the new one is in the answer.
    fn change_a_password(&self, login: &str) -> Option<()> {
        let mut client = try_connect(self.address)?;
        let mut current = self.ledger.password(login).unwrap_or_else(|| PASSWORD.to_owned());
        let answer = self.acknowledged(Session::send_log_in(&mut client, login, &current).try_answer().ok(), 201)?;
        let mut session = self.begin_session(login, &answer)?;
        for number in 0.. {
            let new = format!("the {number}th heron of round {}", self.round);
            self.ledger.asked_password(login, &current, &new);
            let body = json!({ "current": current, "new": new }).to_string();
            let lines = ["Content-Type: application/json", &session.cookie, &session.proof];
            let answer = client.request_with("PUT", "/user/me/password", &lines, &body).try_answer().ok();
            let answer = self.acknowledged(answer, 204)?;
            self.ledger.done_password(login);
            session = Session::read_new(&answer, &mut client)?;
            self.ledger.began(login, &session);
            current = new;
        }
        None
    }

    fn administer(&self) -> Option<()> {
        let session = root(self.address)?;
        self.ledger.began("root", &session);
        let mut client = try_connect(self.admin)?;
        for number in 0.. {
            let login = format!("r{}-{number}", self.round);
            let mut user = User { name: "New".into(), state: "active".into(), roles: Vec::new() };
            let mut change = |method: &str, path: &str, body: Value, status: u16, user: Option<User>| {
                self.ledger.asked(&login, user);
                let lines = ["Content-Type: application/json", &session.cookie, &session.proof];
                let sent = match body {
                    Value::Null => client.request(method, path, &lines[1..]),
                    body => client.request_with(method, path, &lines, &body.to_string()),
                };
                let answer = self.acknowledged(sent.try_answer().ok(), status)?;
                self.ledger.done(&login);
                Some(answer)
            };
            let answer =
                change("POST", "/admin/users", json!({ "login": login, "name": "New" }), 201, Some(user.clone()))?;
            let made: Value = serde_json::from_slice(&answer.body).expect("JSON");
            let path = format!("/admin/users/{}", made["id"].as_str().expect("an id"));
            user.name = format!("Number {number}");
            change("PATCH", &path, json!({ "name": user.name }), 200, Some(user.clone()))?;
            user.roles.push("clerk".into());
            change("PATCH", &path, json!({ "roles": { "add": ["clerk"] } }), 200, Some(user.clone()))?;
            user.state = "disabled".into();
            change("PATCH", &path, json!({ "state": "disabled" }), 200, Some(user.clone()))?;
            if number % 2 == 0 {
                change("DELETE", &path, Value::Null, 204, None)?;
            }
        }
        None
    }

    /// What the command line does needs no server, and is not lost either.
    fn type_commands(&self) -> Option<()> {
        for number in 0.. {
            let login = format!("c{}-{number}", self.round);
            let mut user = User { name: "Typed".into(), state: "active".into(), roles: vec!["clerk".into()] };
            self.type_command(&login, &format!("user add {login} --name Typed --role clerk"), &user)?;
            user.state = "disabled".into();
            self.type_command(&login, &format!("user disable {login}"), &user)?;
            user.roles.clear();
            self.type_command(&login, &format!("user revoke {login} clerk"), &user)?;
        }
        None
    }

    fn type_command(&self, login: &str, line: &str, user: &User) -> Option<()> {
        if self.over.load(Ordering::SeqCst) {
            return None;
        }
        self.ledger.asked(login, Some(user.clone()));
        let mut command = self.place.program();
        let output = command.args(line.split(' ')).stdin(Stdio::null()).output().expect("it starts");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        self.ledger.done(login);
        Some(())
    }

    /// The answer, if there is one; then it says that it was done. Cut off within its body it says so all the same.
    fn acknowledged(&self, answer: Option<Answer>, status: u16) -> Option<Answer> {
        let answer = answer?;
        assert_eq!(answer.status, status, "{}", answer.text());
        Some(answer)
    }
}

/// A log-in of the administrator's.
pub fn root(address: SocketAddr) -> Option<Session> {
    let answer = Session::send_log_in(&mut try_connect(address)?, "root", PASSWORD).try_answer().ok()?;
    (answer.status == 201 && answer.is_whole).then(|| Session::read(&answer))
}
