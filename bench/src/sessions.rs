//! What more sessions cost: throughput, memory, and the first answer after a restart.

use std::time::Instant;

use anyhow::Context as _;

use crate::chart::{Chart, Panel};
use crate::check;
use crate::client::Connection;
use crate::crowd::{Crowd, USERS, cookie};
use crate::goal::Aim;
use crate::nginx::Nginx;
use crate::rounds::{BESIDES, CPU, Case, RATE, RATIO, measure as measure_rounds};
use crate::run::Run;
use crate::server::Server;
use crate::table::{Cell, Table, grouped};
use crate::wrk::Wrk;

/// What the goals are about.
const MOST: u32 = 10_000_000;
const EACH: &str = "bytes a session";
const FIRST: &str = "first answer, ms";

/// A server that has all of its sessions in memory.
struct Full {
    crowd: Crowd,
    server: Server,
    /// Milliseconds from its start to its first answer.
    first: f64,
    /// Bytes of memory that each session has added to those of the first that every user has.
    each: Option<f64>,
}

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let sizes: &[u32] = match (run.quick, run.ten_million) {
        (true, _) => &[1_000, 20_000],
        (false, false) => &[1_000, 10_000, 100_000, 1_000_000],
        (false, true) => &[1_000, 10_000, 100_000, 1_000_000, MOST],
    };
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let target = format!("http://{}", upstream.address);
    let full = sizes.iter().map(|sessions| fill(run, &target, *sessions)).collect::<anyhow::Result<Vec<_>>>()?;
    let names: Vec<String> =
        full.iter().map(|full| format!("{} sessions", grouped(full.crowd.sessions.into(), 0))).collect();
    let scripts = full.iter().map(|full| full.crowd.script()).collect::<anyhow::Result<Vec<_>>>()?;
    let cases: Vec<Case<'_>> = full
        .iter()
        .zip(&scripts)
        .zip(&names)
        .map(|((full, script), name)| {
            let url = format!("http://{}/me", full.server.address);
            let wrk = Wrk { script: Some(script), ..Wrk::new(url, "X-Nothing: 1") };
            Case { name, processes: vec![full.server.process.id()], load: Box::new(move |seconds| wrk.run(seconds)) }
        })
        .collect();
    let compared = measure_rounds(&cases, run)?;
    let about = format!(
        "Sessions of {} users, all of them in memory, each request with another one, any of them. Bytes are what the process has \
         grown by for each session after the first of every user; where there are no more than users, it is too few to tell. The \
         first answer counts from the start of the process, whose database was just written and so is in memory.",
        grouped(USERS.into(), 0)
    );
    let columns: Vec<&str> = ["what", RATE, CPU, RATIO, EACH, FIRST].into_iter().chain(BESIDES).collect();
    let mut table = Table::new("sessions", "More sessions", &about, &columns);
    table.rounds = Some(run.rounds());
    table.aside = Some(compared.aside());
    let least = compared.0.first().context("there are no sizes")?;
    for ((full, measured), name) in full.iter().zip(&compared.0).zip(&names) {
        let mut cells = vec![
            Cell::spread(&measured.rate, 0),
            Cell::spread(&measured.cpu, 1),
            Cell::spread(&measured.rate.beside(&least.rate), 2),
            full.each.map_or_else(|| Cell::text("too few"), |each| Cell::number(each, 0)),
            Cell::number(full.first, 1),
        ];
        cells.extend(measured.besides());
        table.step(name, full.crowd.sessions.into(), cells);
    }
    // A run that does not go so far says nothing about them.
    let [least, most] = [1_000, MOST].map(|sessions| format!("{} sessions", grouped(f64::from(sessions), 0)));
    let went_so_far = sizes.contains(&MOST);
    let beside = if went_so_far { compared.rate(&most, &least)? } else { Cell::none() };
    let of_most =
        |table: &Table, column| if went_so_far { table.cell(&most, column).cloned() } else { Ok(Cell::none()) };
    let (each, first) = (of_most(&table, EACH)?, of_most(&table, FIRST)?);
    table.goal(&format!("requests/s with {most} \u{f7} with {least}"), &beside, "", Aim::AtLeast(0.85, 0.95))?;
    table.goal(&format!("memory of each of {most}"), &each, " bytes", Aim::AtMost(120.0, 100.0))?;
    table.goal(&format!("first answer after a start, with {most}"), &first, " ms", Aim::AtMost(1_000.0, 200.0))?;
    table.chart = Some(Chart::curves("sessions", [RATE, CPU, EACH, FIRST].map(Panel::of).into()));
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
    crowd.ask_for(server.address, 0..sessions.min(USERS))?;
    let before = server.process.memory()?;
    crowd.ask_for(server.address, sessions.min(USERS)..sessions)?;
    let added = (server.process.memory()? - before) * 1e6;
    let each = (sessions > USERS).then(|| added / f64::from(sessions - USERS));
    Ok(Full { crowd, server, first, each })
}
