//! What is done with the project: `cargo xtask test`, `cargo xtask bench`.

#![forbid(unsafe_code)]

mod bench;
mod figures;
mod instructions;
mod peers;
mod step;
mod test;
mod tools;

use clap::Parser;

/// What is done with the project.
#[derive(Parser)]
enum Task {
    /// Runs every test, from formatting to browsers.
    Test(test::Options),
    /// Measures, and prints figures.
    Bench(bench::Options),
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Test(options) => test::run(&options),
        Task::Bench(options) => bench::run(&options),
    }
}
