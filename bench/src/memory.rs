//! Memory of the real process: before the first log-in, and with a million sessions of ten thousand users.

use std::time::Instant;

use anyhow::ensure;

use crate::client::Connection;
use crate::crowd::{Crowd, USERS, cookie};
use crate::goal::Aim;
use crate::run::Run;
use crate::table::{Cell, Table, grouped};

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let sessions = if run.quick { 20_000 } else { 1_000_000 };
    let crowd = Crowd::gather("http://127.0.0.1:9", sessions)?;
    let start = Instant::now();
    let server = crowd.serve(run)?;
    let idle = server.process.memory()?;
    let mut connection = Connection::open(server.address)?;
    crowd.ask(&mut connection, 0)?;
    let first = start.elapsed().as_secs_f64() * 1_000.0;
    let wrong = connection.get("/user/me", &cookie(sessions))?;
    ensure!(wrong == 401, "a session that nobody has was answered with {wrong}");
    crowd.ask_for(server.address, 0..sessions)?;
    let all = server.process.memory()?;
    let about = format!(
        "Memory of the process: idle, and with {} sessions of {} users that were all asked for. Once, not in rounds.",
        grouped(sessions.into(), 0),
        grouped(USERS.into(), 0)
    );
    let mut table = Table::new("memory", "Memory", &about, &["what", "measured"]);
    let [idle, all] = [idle, all].map(|memory| Cell::number(memory, 1));
    table.row("before the first request, MB", vec![idle.clone()]);
    table.row("with all sessions, MB", vec![all.clone()]);
    table.row("from the start to the first answer, ms", vec![Cell::number(first, 1)]);
    table.goal("memory before the first request", &idle, " MB", Aim::AtMost(30.0, 30.0))?;
    let all = if run.quick { Cell::none() } else { all };
    table.goal("memory with a million sessions", &all, " MB", Aim::AtMost(150.0, 150.0))?;
    Ok(table)
}
