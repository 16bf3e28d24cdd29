//! The same load on each of what is compared, in turn: A B C A B C, so that whatever else the machine does falls on all alike.

use crate::chart::Chart;
use crate::process::cpu_of;
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table};

/// Columns that most tables have.
pub(crate) const RATE: &str = "requests/s";
pub(crate) const CPU: &str = "CPU \u{b5}s a request";

/// What a load was answered.
pub(crate) struct Loaded {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Requests in all.
    pub(crate) requests: f64,
}

/// One of what is compared.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    /// Whose CPU time counts, with that of all that they have started.
    pub(crate) processes: Vec<u32>,
    pub(crate) load: Box<dyn Fn(u32) -> anyhow::Result<Loaded> + 'a>,
}

impl Case<'_> {
    fn cpu(&self) -> anyhow::Result<f64> {
        self.processes.iter().map(|process| cpu_of(*process)).sum()
    }
}

/// What the rounds of a case came to.
pub(crate) struct Measured {
    /// Requests a second.
    pub(crate) rate: Spread,
    /// CPU time a request, in microseconds.
    pub(crate) cpu: Spread,
}

pub(crate) fn measure(cases: &[Case<'_>], run: &Run) -> anyhow::Result<Vec<Measured>> {
    let mut rates = vec![Vec::new(); cases.len()];
    let mut cpus = vec![Vec::new(); cases.len()];
    // What happens only once, such as filling tables and pools, belongs to no round.
    for case in cases {
        (case.load)(1)?;
    }
    for _ in 0..run.rounds {
        for (place, case) in cases.iter().enumerate() {
            let before = case.cpu()?;
            let loaded = (case.load)(run.seconds)?;
            let after = case.cpu()?;
            rates[place].push(loaded.rate);
            cpus[place].push((after - before) / loaded.requests.max(1.0) * 1e6);
        }
    }
    let measured = rates.into_iter().zip(cpus);
    Ok(measured.map(|(rate, cpu)| Measured { rate: Spread::of(rate), cpu: Spread::of(cpu) }).collect())
}

/// The cases as rows, each beside the first.
pub(crate) fn tabulate(mut table: Table, cases: &[Case<'_>], run: &Run) -> anyhow::Result<Table> {
    let measured = measure(cases, run)?;
    table.columns = ["what", RATE, CPU, "ratio"].map(String::from).to_vec();
    let first = measured.first().map_or(1.0, |first| first.rate.median());
    for (case, measured) in cases.iter().zip(&measured) {
        let ratio = Cell::number(measured.rate.median() / first, 2);
        table.row(case.name, vec![Cell::spread(&measured.rate, 0), Cell::spread(&measured.cpu, 1), ratio]);
    }
    table.chart = Some(Chart::bars(&[RATE, CPU]));
    Ok(table)
}
