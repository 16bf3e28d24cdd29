//! A log-in, as the bytes that a client holds.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::answer::Answer;
use super::client::Client;
use crate::kit::Place;

/// The password of everybody.
pub const PASSWORD: &str = "the heron waits at the weir";

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// `Cookie: …`
    pub cookie: String,
    /// `X-CSRF: …`
    pub proof: String,
}

/// Adds a user, who has the password of everybody: `anna --realm customer`.
pub fn add_user(place: &Place, line: &str) {
    place.run_with(&format!("user add --password-stdin {line}"), &format!("{PASSWORD}\n")).ok();
}

impl Session {
    /// Logs in.
    #[track_caller]
    pub fn log_in(address: SocketAddr, login: &str) -> Self {
        let answer = Self::try_log_in(&mut Client::tcp(address), login, PASSWORD);
        assert_eq!(answer.status, 201, "{}", answer.text());
        Self::read(&answer)
    }

    /// Tries to.
    pub fn try_log_in(client: &mut Client, login: &str, password: &str) -> Answer {
        Self::send_log_in(client, login, password).answer()
    }

    /// Tries to, and leaves the answer to be read.
    pub fn send_log_in<'c>(client: &'c mut Client, login: &str, password: &str) -> &'c mut Client {
        let body = json!({ "login": login, "password": password }).to_string();
        client.request_with("POST", "/user/sessions", &["Content-Type: application/json"], &body)
    }

    /// The session that an answer to a log-in gives.
    pub fn read(answer: &Answer) -> Self {
        Self { cookie: cookie(answer), proof: proof(answer) }
    }

    /// The session that an answer to a new password gives, if there is time to fetch its token.
    pub fn read_new(answer: &Answer, client: &mut Client) -> Option<Self> {
        let cookie = cookie(answer);
        let told =
            client.request("GET", "/user/csrf", &[&cookie]).try_answer().ok().filter(|answer| answer.is_whole)?;
        Some(Self { cookie, proof: proof(&told) })
    }

    /// What Doorward answers to it, asked by its own resource.
    pub fn status(&self, address: SocketAddr) -> u16 {
        Client::tcp(address).request("GET", "/user/me", &[&self.cookie]).answer().status
    }

    /// Logs out.
    pub fn log_out(&self, client: &mut Client) -> Answer {
        self.send_log_out(client).answer()
    }

    /// Logs out, and leaves the answer to be read.
    pub fn send_log_out<'c>(&self, client: &'c mut Client) -> &'c mut Client {
        client.request("DELETE", "/user/sessions/current", &[&self.cookie, &self.proof])
    }
}

fn cookie(answer: &Answer) -> String {
    let pairs: Vec<&str> = answer.all("set-cookie").filter_map(|cookie| cookie.split(';').next()).collect();
    let is_session = |pair: &&&str| !pair.contains("-device=") && !pair.contains("-guest=");
    format!("Cookie: {}", pairs.iter().find(is_session).expect("a cookie"))
}

fn proof(answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    format!("X-CSRF: {}", body["csrf_token"].as_str().expect("a token"))
}
