//! All figures, by name.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::machine::Machine;
use crate::run::{Length, Run};
use crate::table::Table;
use crate::{
    bodies, concurrency, connections, created, gateway, keep, latency, layer, log_in, memory, micro, panel, peers,
    rules, sessions, storm, tls,
};

/// One figure, and how it is measured.
struct Figure {
    name: &'static str,
    measure: fn(&Run) -> anyhow::Result<Table>,
    /// With what it is asked for.
    group: Group,
}

/// Figures that are measured together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Doorward beside what it needs anyway: when nothing else is said.
    Own,
    /// Doorward beside others, which have to be installed.
    Peers,
    /// How something grows.
    Scale,
}

/// In the order in which they are shown.
const FIGURES: [Figure; 23] = [
    Figure::new("micro", micro::measure),
    Figure::new("log-in", log_in::measure),
    Figure::new("storm", storm::measure),
    Figure::new("created", created::measure),
    Figure::new("memory", memory::measure),
    Figure::new("gateway", gateway::measure),
    Figure::new("tls", tls::http1),
    Figure::new("http2", tls::http2),
    Figure::new("answers-64k", bodies::answers_64k),
    Figure::new("answers-10m", bodies::answers_10m),
    Figure::new("uploads-10m", bodies::uploads_10m),
    Figure::new("latency", latency::measure),
    Figure::new("connections", connections::measure),
    Figure::new("layer", layer::measure),
    Figure::peers("proxies", peers::proxies),
    Figure::peers("passwords", peers::passwords),
    Figure::peers("services", peers::services),
    Figure::peers("frameworks", peers::frameworks),
    Figure::growth("routes", rules::routes),
    Figure::growth("resources", rules::resources),
    Figure::growth("sessions", sessions::measure),
    Figure::growth("concurrency", concurrency::measure),
    Figure::growth("panel", panel::measure),
];

/// The name of all that grows.
const SCALE: &str = "scale";
/// The name of all with peers.
const PEERS: &str = "peers";

/// Where two or three are compared.
const ROUNDS: usize = 9;
/// Where there are many sizes.
const ROUNDS_OF_GROWTH: usize = 5;

impl Figure {
    const fn new(name: &'static str, measure: fn(&Run) -> anyhow::Result<Table>) -> Self {
        Self { name, measure, group: Group::Own }
    }

    const fn peers(name: &'static str, measure: fn(&Run) -> anyhow::Result<Table>) -> Self {
        Self { name, measure, group: Group::Peers }
    }

    const fn growth(name: &'static str, measure: fn(&Run) -> anyhow::Result<Table>) -> Self {
        Self { name, measure, group: Group::Scale }
    }

    fn is_wanted(&self, names: &[String]) -> bool {
        if names.is_empty() {
            return self.group == Group::Own;
        }
        let group = match self.group {
            Group::Own => None,
            Group::Peers => Some(PEERS),
            Group::Scale => Some(SCALE),
        };
        names.iter().any(|name| name == self.name || Some(name.as_str()) == group)
    }
}

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Figures of `bench/figures.txt`, `scale` for all about growth, or `peers` for all with peers. None: all others.
    names: Vec<String>,
    #[command(flatten)]
    length: Length,
    /// Writes the figures into `benchmarks.json` and `benchmarks.md` of this folder.
    #[arg(long, conflicts_with = "quick")]
    write: Option<PathBuf>,
}

pub(crate) fn measure(options: Options) -> anyhow::Result<()> {
    let order = FIGURES.map(|figure| figure.name);
    for name in &options.names {
        ensure!(
            [SCALE, PEERS].contains(&name.as_str()) || order.contains(&name.as_str()),
            "no figure is called `{name}`: there are {SCALE}, {PEERS}, {}",
            order.join(", ")
        );
    }
    let (side_by_side, growing) = (options.length.run(ROUNDS), options.length.run(ROUNDS_OF_GROWTH));
    println!("{}", Machine::look(&side_by_side)?.lines());
    let mut failed = Vec::new();
    for figure in FIGURES.iter().filter(|figure| figure.is_wanted(&options.names)) {
        let run = if figure.group == Group::Scale { &growing } else { &side_by_side };
        match (figure.measure)(run) {
            Ok(table) => {
                println!("\n## {}\n\n{}\n\n{}\n\n{}", table.title, table.told(), table.about, table.lines());
                if let Some(goals) = table.goal_lines() {
                    println!("{goals}");
                }
                if let Some(folder) = &options.write {
                    keep::write(folder, &Machine::look(run)?, table, &order)?;
                }
            }
            // The others may do well, and what takes long is not to be done twice.
            Err(error) => {
                eprintln!("{}: {error:#}", figure.name);
                failed.push(figure.name);
            }
        }
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests;
