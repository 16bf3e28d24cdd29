//! The layer around a service in axum, beside the same service without it.

use std::path::Path;

use crate::chart::Chart;
use crate::check;
use crate::goal::Aim;
use crate::place;
use crate::rounds::{BESIDES, CPU, Case, RATE, RATIO, measure as measure_rounds};
use crate::run::Run;
use crate::service;
use crate::table::{Cell, Table};
use crate::wrk::Wrk;

const BARE: &str = "axum, no authentication";
const SESSION: &str = "Doorward's layer in axum, session";
const ADDED: &str = "added CPU \u{b5}s";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let (rules, data) = (folder.path().join("doorward.toml"), folder.path().join("bench.db"));
    let token = prepare(&rules, &data)?;
    let cookie = format!("Cookie: doorward-default={token}");
    let wrong = format!("Cookie: doorward-default={}", token.chars().rev().collect::<String>());
    let bare = service::start(None)?;
    let layered = service::start(Some((&rules, &data)))?;
    let url = |server: &crate::server::Server, path| format!("http://{}{path}", server.address);
    check::opens(&url(&bare, "/me"))?;
    check::opens(&url(&layered, "/"))?;
    check::opens_and_shuts(&url(&layered, "/me"), &cookie, &wrong)?;
    let case = |name, process, url| {
        let wrk = Wrk::new(url, &cookie);
        Case { name, processes: vec![process], load: Box::new(move |seconds| wrk.run(seconds)) }
    };
    let cases = [
        case(BARE, bare.process.id(), url(&bare, "/me")),
        case("Doorward's layer in axum, anonymous route", layered.process.id(), url(&layered, "/")),
        case(SESSION, layered.process.id(), url(&layered, "/me")),
    ];
    let about = "A service in axum that answers with 34 bytes, in a process of its own, `wrk` with 32 connections. The bare one gets \
                 the session's cookie too. The goals in microseconds were set for a machine on which bare axum took 6.3; the ratio \
                 of CPU is the same goal on any machine.";
    let columns: Vec<&str> = ["what", RATE, CPU, ADDED, RATIO].into_iter().chain(BESIDES).collect();
    let mut table = Table::new("layer", "The layer in axum", about, &columns);
    let compared = measure_rounds(&cases, run)?;
    table.rounds = Some(run.rounds());
    table.aside = Some(compared.aside());
    let bare = compared.of(BARE)?;
    for (case, measured) in cases.iter().zip(&compared.0) {
        let added = measured.cpu.by_round(&bare.cpu, |cpu, bare| cpu - bare);
        let ratio = measured.rate.beside(&bare.rate);
        let mut cells = vec![Cell::spread(&measured.rate, 0), Cell::spread(&measured.cpu, 2)];
        cells.extend([Cell::spread(&added, 2), Cell::spread(&ratio, 2)]);
        cells.extend(measured.besides());
        table.row(case.name, cells);
    }
    let beside = compared.rate(SESSION, BARE)?;
    table.goal("requests/s with the layer \u{f7} bare axum", &beside, "", Aim::AtLeast(0.93, 0.97))?;
    let added = compared.of(SESSION)?.cpu.by_round(&bare.cpu, |cpu, bare| (cpu - bare) / bare);
    let added = Cell::spread(&added, 2);
    table.goal("CPU that the layer adds to a request \u{f7} bare axum's", &added, "", Aim::AtMost(0.13, 0.08))?;
    table.goal_of("CPU that the layer adds to a request", [SESSION, ADDED], " \u{b5}s", Aim::AtMost(0.8, 0.5))?;
    table.chart = Some(Chart::bars(&[RATE, CPU]));
    Ok(table)
}

/// Rules and a database with a user who is logged in. Gives back the token.
pub(crate) fn prepare(file: &Path, data: &Path) -> anyhow::Result<String> {
    let rules = place::rules("http://127.0.0.1:9", data);
    std::fs::write(file, &rules)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let engine = place::engine(&rules, data).await?;
        let user = place::add_user(&engine, "anna", &[]).await?;
        place::log_in(&engine, &user).await
    })
}
