//! What more sessions cost: throughput, memory, and the first answer after a restart.

use std::time::Instant;

use crate::check;
use crate::client::Connection;
use crate::crowd::{Crowd, USERS, cookie};
use crate::nginx::Nginx;
use crate::rounds::{Case, measure as measure_rounds};
use crate::run::Run;
use crate::server::Server;
use crate::table::{Cell, Table};
use crate::wrk::Wrk;

/// A server that has all of its sessions in memory.
struct Full {
    crowd: Crowd,
    server: Server,
    /// Milliseconds from its start to its first answer.
    first: f64,
    /// Bytes of memory that each session has added.
    each: f64,
}

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let sizes: &[u32] = match (run.quick, run.ten_million) {
        (true, _) => &[1_000, 20_000],
        (false, false) => &[1_000, 100_000, 1_000_000],
        (false, true) => &[1_000, 100_000, 1_000_000, 10_000_000],
    };
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let target = format!("http://{}", upstream.address);
    let full = sizes.iter().map(|sessions| fill(run, &target, *sessions)).collect::<anyhow::Result<Vec<_>>>()?;
    let names: Vec<String> = full.iter().map(|full| format!("{} sessions", full.crowd.sessions)).collect();
    let scripts = full.iter().map(|full| full.crowd.script()).collect::<anyhow::Result<Vec<_>>>()?;
    let cases: Vec<Case<'_>> = full
        .iter()
        .zip(&scripts)
        .zip(&names)
        .map(|((full, script), name)| {
            let url = format!("http://{}/me", full.server.address);
            let wrk = Wrk { script: Some(script), ..Wrk::new(url, "X-Nothing: 1") };
            Case { name, aim: "", process: full.server.process.id(), load: Box::new(move |seconds| wrk.run(seconds)) }
        })
        .collect();
    let measured = measure_rounds(&cases, run)?;
    let about = format!(
        "Sessions of {USERS} users, all of them in memory, each request with another one, any of them. The first answer counts from \
         the start of the process. Aims are for ten million: throughput 0.85, better 0.95; 120 bytes a session, better 100; first \
         answer in 1 s, better 0.2 s."
    );
    let columns = ["what", "requests/s", "ratio", "bytes a session", "first answer, ms"];
    let mut table = Table::new("sessions", "More sessions", &about, &columns);
    let least = measured.first().map_or(1.0, |measured| measured.rate.median());
    for ((full, measured), name) in full.iter().zip(&measured).zip(&names) {
        let cells = vec![
            Cell::spread(&measured.rate, 0),
            Cell::number(measured.rate.median() / least, 2),
            Cell::number(full.each, 0),
            Cell::number(full.first, 1),
        ];
        table.row(name, cells);
    }
    Ok(table)
}

fn fill(run: &Run, upstream: &str, sessions: u32) -> anyhow::Result<Full> {
    let crowd = Crowd::gather(upstream, sessions)?;
    let start = Instant::now();
    let server = crowd.serve(run)?;
    let mut connection = Connection::open(server.address)?;
    crowd.ask(&mut connection, 0)?;
    let first = start.elapsed().as_secs_f64() * 1_000.0;
    check::opens_and_shuts(&format!("http://{}/me", server.address), &cookie(0), &cookie(sessions))?;
    let before = server.process.memory()?;
    crowd.ask_for_all(&mut connection)?;
    let each = (server.process.memory()? - before) * 1e6 / f64::from(sessions);
    Ok(Full { crowd, server, first, each })
}
