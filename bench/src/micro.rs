//! Steps of a decision, in process, as criterion has measured them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::chart::Chart;
use crate::goal::Aim;
use crate::run::Run;
use crate::table::{Cell, Table};

/// In the order in which a request meets them.
const GROUPS: [&str; 5] = ["path", "cookie", "csrf", "table", "judge"];
/// The one that has a goal.
const READ: &str = "judge: a read";
const MEDIAN: &str = "ns";

/// What criterion says about a benchmark; it says more.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: String,
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = run.micro.as_deref().context("criterion measures this first: `cargo xtask bench micro`")?;
    let about = "In process, nothing else running, on one core: each step of a decision, and `judge`, which is all of them for a \
                 request whose head was read, among 1,000 routes. Medians of criterion, with the interval in which they lie in 95 of \
                 100 runs.";
    let mut table = Table::new("micro", "One decision, step by step", about, &["what", MEDIAN]);
    for group in GROUPS {
        let mut found = Vec::new();
        collect(&folder.join(group), &mut found)?;
        ensure!(!found.is_empty(), "{}: nothing was measured", folder.join(group).display());
        let mut found = found.iter().map(|new| read(new)).collect::<anyhow::Result<Vec<_>>>()?;
        found.sort_by(|(_, one), (_, other)| one.median.point_estimate.total_cmp(&other.median.point_estimate));
        for (Benchmark { group_id, function_id, value_str }, Estimates { median }) in found {
            let value = value_str.map(|value| format!(" of {value}")).unwrap_or_default();
            let Interval { lower_bound, upper_bound } = median.confidence_interval;
            let cell = Cell::between(median.point_estimate, [lower_bound, upper_bound], 0);
            table.row(&format!("{group_id}: {function_id}{value}"), vec![cell]);
        }
    }
    let aim = Aim::AtMost(1_000.0, 1_000.0);
    table.goal_of("a decision about a read, with a session", [READ, MEDIAN], " ns", aim)?;
    table.chart = Some(Chart::bars(&[MEDIAN]));
    Ok(table)
}

/// The folders with the last results, however deep they are.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let entry = entry?;
        match (entry.file_type()?.is_dir(), entry.file_name() == "new") {
            (true, true) => found.push(entry.path()),
            (true, false) => collect(&entry.path(), found)?,
            (false, _) => {}
        }
    }
    Ok(())
}

fn read(folder: &Path) -> anyhow::Result<(Benchmark, Estimates)> {
    Ok((parse(&folder.join("benchmark.json"))?, parse(&folder.join("estimates.json"))?))
}

fn parse<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{}", file.display()))
}
