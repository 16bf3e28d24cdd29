//! The same load on each of what is compared, in turn: A B C A B C, so that whatever else the machine does falls on all alike.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::chart::Chart;
use crate::process::{cpu_of, memory_of};
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Aside, Cell, Table};

/// Columns that most tables have.
pub(crate) const RATE: &str = "requests/s";
pub(crate) const CPU: &str = "CPU \u{b5}s a request";
pub(crate) const RATIO: &str = "ratio";
/// Columns of the second table.
pub(crate) const BESIDES: [&str; 4] = ["cores used", "p50 ms", "p99 ms", "memory after, MB"];

/// Work that a load has left behind is waited for, but not for longer.
const REST: Duration = Duration::from_secs(10);
/// So long nothing may be done for it to be over: some ticks of the kernel's clock.
const GLANCE: Duration = Duration::from_millis(50);

/// What a load was answered.
pub(crate) struct Loaded {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Requests in all.
    pub(crate) requests: f64,
    /// Milliseconds that half of all requests took at most, and 99 of 100, where the client says so.
    pub(crate) times: Option<[f64; 2]>,
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

    fn memory(&self) -> anyhow::Result<f64> {
        self.processes.iter().map(|process| memory_of(*process)).sum()
    }

    /// Waits until it does nothing any more. What a client no longer waits for would fall on the next one.
    fn rest(&self) -> anyhow::Result<()> {
        let end = Instant::now() + REST;
        let mut before = self.cpu()?;
        while Instant::now() < end {
            std::thread::sleep(GLANCE);
            let now = self.cpu()?;
            if now - before < GLANCE.as_secs_f64() / 2.0 {
                break;
            }
            before = now;
        }
        Ok(())
    }
}

/// What the rounds of a case came to.
pub(crate) struct Measured {
    name: String,
    /// Requests a second.
    pub(crate) rate: Spread,
    /// CPU time a request, in microseconds.
    pub(crate) cpu: Spread,
    /// Milliseconds of half of the requests, and of 99 of 100.
    times: Option<[Spread; 2]>,
    /// MB after the last load.
    memory: f64,
}

impl Measured {
    /// Cells of [`BESIDES`].
    pub(crate) fn besides(&self) -> Vec<Cell> {
        let cores = self.rate.by_round(&self.cpu, |rate, cpu| rate * cpu / 1e6);
        let times = |place: usize| self.times.as_ref().map_or_else(Cell::none, |times| Cell::spread(&times[place], 2));
        vec![Cell::number(cores.median(), 2), times(0), times(1), Cell::number(self.memory, 1)]
    }
}

/// All cases, measured in the same rounds.
pub(crate) struct Compared(pub(crate) Vec<Measured>);

impl Compared {
    /// Of each round, how many times as many requests a second one had as the other.
    pub(crate) fn rate(&self, one: &str, other: &str) -> anyhow::Result<Cell> {
        Ok(Cell::spread(&self.of(one)?.rate.beside(&self.of(other)?.rate), 2))
    }

    /// Of each round, how many times as much CPU a request took.
    pub(crate) fn cpu(&self, one: &str, other: &str) -> anyhow::Result<Cell> {
        Ok(Cell::spread(&self.of(one)?.cpu.beside(&self.of(other)?.cpu), 2))
    }

    pub(crate) fn of(&self, name: &str) -> anyhow::Result<&Measured> {
        self.0.iter().find(|measured| measured.name == name).with_context(|| format!("`{name}` was not measured"))
    }

    /// What is told besides, and its columns.
    pub(crate) fn aside(&self) -> Aside {
        let waits = self.0.iter().any(|measured| measured.times.is_some());
        let times = if waits {
            " p50 and p99 are of a client that waits for each answer before it asks again, so that it notices little of a delay."
        } else {
            ""
        };
        let about = format!(
            "Cores used are requests a second times CPU time a request; memory is that after the last load.{times}"
        );
        Aside { about, columns: BESIDES.map(String::from).to_vec() }
    }
}

pub(crate) fn measure(cases: &[Case<'_>], run: &Run) -> anyhow::Result<Compared> {
    let mut taken: Vec<[Vec<f64>; 4]> = vec![Default::default(); cases.len()];
    // What happens only once, such as filling tables and pools, belongs to no round.
    for case in cases {
        (case.load)(1)?;
        case.rest()?;
    }
    for _ in 0..run.rounds {
        for (case, [rates, cpus, halves, tails]) in cases.iter().zip(&mut taken) {
            let before = case.cpu()?;
            let loaded = (case.load)(run.seconds)?;
            let after = case.cpu()?;
            rates.push(loaded.rate);
            cpus.push((after - before) / loaded.requests.max(1.0) * 1e6);
            if let Some([half, tail]) = loaded.times {
                halves.push(half);
                tails.push(tail);
            }
            case.rest()?;
        }
    }
    let measured = cases.iter().zip(taken).map(|(case, [rates, cpus, halves, tails])| {
        let times = (!halves.is_empty()).then(|| [halves, tails].map(Spread::of));
        let (rate, cpu) = (Spread::of(rates), Spread::of(cpus));
        Ok(Measured { name: case.name.into(), rate, cpu, times, memory: case.memory()? })
    });
    Ok(Compared(measured.collect::<anyhow::Result<_>>()?))
}

/// The cases as rows, each beside the first.
pub(crate) fn tabulate(mut table: Table, cases: &[Case<'_>], run: &Run) -> anyhow::Result<(Table, Compared)> {
    let compared = measure(cases, run)?;
    table.columns = ["what", RATE, CPU, RATIO].iter().chain(&BESIDES).map(|name| (*name).into()).collect();
    table.rounds = Some(run.rounds());
    table.aside = Some(compared.aside());
    let first = compared.0.first().context("nothing is compared")?;
    for measured in &compared.0 {
        let ratio = Cell::spread(&measured.rate.beside(&first.rate), 2);
        let mut cells = vec![Cell::spread(&measured.rate, 0), Cell::spread(&measured.cpu, 1), ratio];
        cells.extend(measured.besides());
        table.row(&measured.name, cells);
    }
    table.chart = Some(Chart::bars(&[RATE, CPU]));
    Ok((table, compared))
}

#[cfg(test)]
mod tests;
