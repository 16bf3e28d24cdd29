//! Figures about Doorward: each beside what it is compared with, measured in the same run. `cargo xtask bench` runs them.

#![forbid(unsafe_code)]

mod bodies;
mod certificate;
mod chart;
mod check;
mod client;
mod concurrency;
mod connections;
mod created;
mod crowd;
mod figure;
mod gateway;
mod goal;
mod h2load;
mod house;
mod keep;
mod latency;
mod layer;
mod log_in;
mod machine;
mod memory;
mod micro;
mod nginx;
mod pace;
mod panel;
mod peers;
mod place;
mod process;
mod rounds;
mod rules;
mod run;
mod server;
mod service;
mod sessions;
mod spread;
mod storm;
mod table;
mod tls;
mod wrk;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[derive(Parser)]
enum Task {
    /// Measures, and prints figures.
    Measure(figure::Options),
    /// Serves as one of those that are compared.
    #[command(hide = true)]
    Service(service::Options),
}

fn main() -> anyhow::Result<()> {
    more_descriptors()?;
    match Task::parse() {
        Task::Measure(options) => figure::measure(options),
        Task::Service(options) => service::serve(&options),
    }
}

/// Servers that are started here have as many as this program: two for each of ten thousand connections, where that may be.
fn more_descriptors() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let enough = limit.maximum.map(|maximum| maximum.max(DESCRIPTORS));
    if setrlimit(Resource::Nofile, Rlimit { current: enough, maximum: enough }).is_err() {
        setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?;
    }
    Ok(())
}

const DESCRIPTORS: u64 = 65_536;
