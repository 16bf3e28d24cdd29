//! Figures that are kept: `benchmarks.json` has all of the last runs, `benchmarks.md` shows them between two marks.

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::goal;
use crate::machine::Machine;
use crate::table::Table;

const BEGIN: &str = "<!-- figures: `cargo xtask bench --write` writes what stands from here -->";
/// The folder of the charts, beside the page.
const CHARTS: &str = "benchmarks";
const END: &str = "<!-- figures: to here -->";

/// A figure, and where it comes from.
#[derive(Serialize, Deserialize)]
struct Kept {
    machine: Machine,
    table: Table,
}

/// Puts a figure in the place of an older one of the same name. Others stay: each says where it comes from.
pub(crate) fn write(folder: &Path, machine: &Machine, table: Table, order: &[&str]) -> anyhow::Result<()> {
    let file = folder.join("benchmarks.json");
    let mut kept: Vec<Kept> = match std::fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("{}", file.display())),
    };
    draw(folder, &table)?;
    kept.retain(|old| old.table.name != table.name);
    kept.push(Kept { machine: machine.clone(), table });
    kept.sort_by_key(|kept| order.iter().position(|name| *name == kept.table.name));
    std::fs::write(&file, serde_json::to_string_pretty(&kept)? + "\n")?;

    let page = folder.join("benchmarks.md");
    let text = std::fs::read_to_string(&page).with_context(|| format!("{}", page.display()))?;
    let (before, rest) =
        text.split_once(BEGIN).with_context(|| format!("{}: there is no `{BEGIN}`", page.display()))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{}: there is no `{END}`", page.display()))?;
    std::fs::write(&page, format!("{before}{BEGIN}\n{}{END}{after}", show(&kept)))?;
    Ok(())
}

/// The chart of a figure, beside the page. A figure that has none any more leaves none behind.
fn draw(folder: &Path, table: &Table) -> anyhow::Result<()> {
    let charts = folder.join(CHARTS);
    std::fs::create_dir_all(&charts)?;
    let file = charts.join(format!("{}.svg", table.name));
    match &table.chart {
        Some(chart) => std::fs::write(&file, chart.draw(table))?,
        None if file.exists() => std::fs::remove_file(&file)?,
        None => {}
    }
    Ok(())
}

/// All goals first, then each figure with its chart.
fn show(kept: &[Kept]) -> String {
    let mut text = String::new();
    let goals: String = kept.iter().map(|kept| goals(&kept.table)).collect();
    if !goals.is_empty() {
        text.push_str(&format!("\n## Goals\n\n{}{goals}", goal::HEAD));
    }
    let mut last = None;
    for Kept { machine, table } in kept {
        text.push_str(&format!("\n## {}\n\n", table.title));
        // Once for all that were measured together.
        if last != Some(machine) {
            text.push_str(&format!("{}\n\n", machine.lines()));
            last = Some(machine);
        }
        text.push_str(&format!("{}\n\n{}\n\n{}", table.told(), table.about, table.lines()));
        if table.chart.is_some() {
            text.push_str(&format!("\n![{}]({CHARTS}/{}.svg)\n", table.title, table.name));
        }
    }
    text + "\n"
}

/// With the name of the figure, which is a heading further down.
fn goals(table: &Table) -> String {
    table.goals.iter().map(|goal| goal.line(&format!("[{}](#{})", table.title, anchor(&table.title)))).collect()
}

/// What a heading is linked by.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
