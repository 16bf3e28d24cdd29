//! The same service as the benchmark's own in axum, guarded by others. `POST /login` with a form opens a session, and
//! `GET /me` wants one.

mod actix;
mod axum_login;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use serde::Deserialize;

/// Who guards it, and where sessions are kept.
#[derive(Parser)]
enum Service {
    AxumLoginMemory,
    AxumLoginSqlite { file: PathBuf },
    AxumLoginRedis { redis: SocketAddr },
    ActixSessionCookie,
    ActixSessionRedis { redis: SocketAddr },
}

/// What is sent to `POST /login`.
#[derive(Clone, Deserialize)]
struct Credentials {
    login: String,
    password: String,
}

impl Credentials {
    /// Whether these are the only user's. No log-in is measured, so that no hash is needed.
    fn are_right(&self) -> bool {
        self.login == "anna" && self.password == "a quiet sea at night"
    }
}

/// A small answer, as an API gives it.
const ANSWER: &str = r#"{"id":7,"name":"Anna","group":"a"}"#;

fn main() -> anyhow::Result<()> {
    match Service::parse() {
        Service::AxumLoginMemory => axum_login::in_memory(),
        Service::AxumLoginSqlite { file } => axum_login::in_sqlite(&file),
        Service::AxumLoginRedis { redis } => axum_login::in_redis(redis),
        Service::ActixSessionCookie => actix::in_the_cookie(),
        Service::ActixSessionRedis { redis } => actix::in_redis(redis),
    }
}

fn say(address: SocketAddr) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "listening on {address}")
}
