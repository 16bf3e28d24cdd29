//! All peers of a figure: started, tried, loaded by turns, and shown with their versions.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Context as _;

use crate::chart::Chart;
use crate::goal::digits;
use crate::nginx::Nginx;
use crate::rounds::{BESIDES, CPU, Case, Compared, Measured, RATE, RATIO, measure as measure_rounds};
use crate::run::Run;
use crate::table::{Cell, Table};
use crate::wrk::Wrk;

use super::{Peer, Site, Started};

/// What the others are compared with comes first. One that cannot be had stays in the table, with the reason.
pub(crate) fn measure(
    mut table: Table,
    peers: &[&dyn Peer],
    connections: u32,
    run: &Run,
) -> anyhow::Result<(Table, Compared)> {
    let folder = tempfile::tempdir()?;
    // Servers that root starts give up its rights, and read files of passwords all the same.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
    let upstream = Nginx::upstream(folder.path())?;
    let mut field = Vec::new();
    for (place, peer) in peers.iter().enumerate() {
        let folder = folder.path().join(format!("peer-{place}"));
        std::fs::create_dir_all(&folder)?;
        let site = Site { folder, upstream: upstream.address, run };
        let started = match start(*peer, &site) {
            Ok((version, started)) => {
                // A peer that lets the wrong ones in is a mistake of ours: there is no figure then.
                started.door.check(&started.url).with_context(|| peer.name().to_owned())?;
                Ok((version, started))
            }
            Err(error) => Err(format!("not measured: {error:#}").replace('|', "/")),
        };
        field.push((peer.name(), started));
    }
    let cases: Vec<Case<'_>> = field
        .iter()
        .filter_map(|(name, started)| Some((*name, &started.as_ref().ok()?.1)))
        .map(|(name, started)| {
            let wrk = Wrk { connections, ..Wrk::new(started.url.clone(), started.door.header()) };
            let processes = started.processes.iter().map(|process| process.id()).collect();
            Case { name, processes, load: Box::new(move |seconds| wrk.run(seconds)) }
        })
        .collect();
    let compared = measure_rounds(&cases, run)?;
    table.columns = ["what", "version", RATE, CPU, RATIO].iter().chain(&BESIDES).map(|name| (*name).into()).collect();
    table.rounds = Some(run.rounds());
    table.aside = Some(compared.aside());
    for (name, started) in &field {
        let cells = match started {
            Err(reason) => {
                let none = std::iter::repeat_with(Cell::none).take(table.columns.len() - 2);
                std::iter::once(Cell::text(reason)).chain(none).collect()
            }
            Ok((version, _)) => row(version, compared.of(name)?, &compared)?,
        };
        table.row(name, cells);
    }
    table.chart = Some(Chart::bars(&[RATE, CPU]));
    Ok((table, compared))
}

fn row(version: &str, measured: &Measured, compared: &Compared) -> anyhow::Result<Vec<Cell>> {
    let first = compared.0.first().context("nobody was measured")?;
    let ratio = measured.rate.beside(&first.rate);
    // What is slower by thousands is not nothing.
    let ratio = Cell::spread(&ratio, if ratio.median() < 0.1 { 4 } else { digits(ratio.median()) });
    let mut cells = vec![Cell::text(version), Cell::spread(&measured.rate, 0), Cell::spread(&measured.cpu, 1), ratio];
    cells.extend(measured.besides());
    Ok(cells)
}

fn start(peer: &dyn Peer, site: &Site<'_>) -> anyhow::Result<(String, Started)> {
    let version = peer.version(site.run)?;
    Ok((version, peer.start(site)?))
}
