//! All peers of a figure: started, tried, loaded by turns, and shown with their versions.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::Context as _;

use crate::chart::Chart;
use crate::nginx::Nginx;
use crate::rounds::{CPU, Case, RATE, measure as measure_rounds};
use crate::run::Run;
use crate::table::{Cell, Table};
use crate::wrk::Wrk;

use super::{Peer, Site, Started};

/// What the others are compared with comes first. One that cannot be had stays in the table, with the reason.
pub(crate) fn measure(mut table: Table, peers: &[&dyn Peer], connections: u32, run: &Run) -> anyhow::Result<Table> {
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
    let mut measured = measure_rounds(&cases, run)?.into_iter();
    table.columns = ["what", "version", RATE, CPU, "ratio"].map(String::from).to_vec();
    let mut first = None;
    for (name, started) in &field {
        let cells = match started {
            Err(reason) => [Cell::text(reason), Cell::text("\u{2013}"), Cell::text("\u{2013}"), Cell::text("\u{2013}")],
            Ok((version, _)) => {
                let measured = measured.next().context("each peer that was started was measured")?;
                let rate = measured.rate.median();
                let ratio = rate / *first.get_or_insert(rate);
                // What is slower by thousands is not nothing.
                let ratio = Cell::number(ratio, if ratio < 0.1 { 4 } else { 2 });
                [Cell::text(version), Cell::spread(&measured.rate, 0), Cell::spread(&measured.cpu, 1), ratio]
            }
        };
        table.row(name, cells.into());
    }
    table.chart = Some(Chart::bars(&[RATE, CPU]));
    Ok(table)
}

fn start(peer: &dyn Peer, site: &Site<'_>) -> anyhow::Result<(String, Started)> {
    let version = peer.version(site.run)?;
    Ok((version, peer.start(site)?))
}
