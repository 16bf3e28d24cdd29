//! What a figure says: rows beside each other, to be read and to be kept.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::chart::Chart;
use crate::goal::{self, Aim, Goal};
use crate::spread::Spread;

/// One figure.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Table {
    /// What it is asked for by.
    pub(crate) name: String,
    pub(crate) title: String,
    /// What was measured, and how, so that nobody has to guess.
    pub(crate) about: String,
    /// What the cells of a row are; the first is the row's name.
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// How many rounds of how long; nothing where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rounds: Option<String>,
    /// Columns that are shown in a table of their own, below the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) aside: Option<Aside>,
    #[serde(default)]
    pub(crate) goals: Vec<Goal>,
    #[serde(default)]
    pub(crate) chart: Option<Chart>,
}

/// What is told beside the numbers that a figure is about.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Aside {
    pub(crate) about: String,
    pub(crate) columns: Vec<String>,
}

/// One of what is compared.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// How much there is, in a figure about growth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<f64>,
    pub(crate) cells: Vec<Cell>,
}

/// A number as it is read, and as it was measured.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<f64>,
    /// Between what it lies: the least and the greatest of several rounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) range: Option<[f64; 2]>,
}

impl Table {
    pub(crate) fn new(name: &str, title: &str, about: &str, columns: &[&str]) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            about: about.into(),
            columns: columns.iter().map(|column| (*column).into()).collect(),
            rows: Vec::new(),
            rounds: None,
            aside: None,
            goals: Vec::new(),
            chart: None,
        }
    }

    pub(crate) fn row(&mut self, name: &str, cells: Vec<Cell>) {
        self.rows.push(Row { name: name.into(), size: None, cells });
    }

    /// A row of a figure about growth.
    pub(crate) fn step(&mut self, name: &str, size: f64, cells: Vec<Cell>) {
        self.rows.push(Row { name: name.into(), size: Some(size), cells });
    }

    /// What was measured.
    pub(crate) fn cell(&self, row: &str, column: &str) -> anyhow::Result<&Cell> {
        let place = self.columns.iter().skip(1).position(|name| name == column);
        let found = self.rows.iter().find(|found| found.name == row);
        let cell = found.zip(place).and_then(|(row, place)| row.cells.get(place)).filter(|cell| cell.value.is_some());
        cell.with_context(|| format!("{}: there is no `{column}` of `{row}`", self.name))
    }

    /// Says what a number should be: a ratio with an empty unit.
    pub(crate) fn goal(&mut self, what: &str, measured: &Cell, unit: &str, aim: Aim) -> anyhow::Result<()> {
        self.goals.push(Goal::new(what, measured, unit, aim)?);
        Ok(())
    }

    /// The same of a number of the table itself.
    pub(crate) fn goal_of(&mut self, what: &str, [row, column]: [&str; 2], unit: &str, aim: Aim) -> anyhow::Result<()> {
        let measured = self.cell(row, column)?.clone();
        self.goal(what, &measured, unit, aim)
    }

    /// What it is asked for by, and for how long it was measured.
    pub(crate) fn told(&self) -> String {
        let rounds = self.rounds.as_ref().map(|rounds| format!(", {rounds}")).unwrap_or_default();
        format!("`cargo xtask bench {}`{rounds}", self.name)
    }

    /// The goals as Markdown, if there are any.
    pub(crate) fn goal_lines(&self) -> Option<String> {
        let lines: String = self.goals.iter().map(|goal| goal.line(&self.title)).collect();
        (!lines.is_empty()).then(|| format!("{}{lines}", goal::HEAD))
    }

    /// As Markdown, which a terminal shows well enough.
    pub(crate) fn lines(&self) -> String {
        let is_aside = |name: &String| self.aside.as_ref().is_some_and(|aside| aside.columns.contains(name));
        let (below, above): (Vec<_>, Vec<_>) =
            (1..self.columns.len()).partition(|place| is_aside(&self.columns[*place]));
        let mut text = self.part(&above, &self.rows.iter().collect::<Vec<_>>());
        if let Some(aside) = &self.aside {
            let is_told = |row: &&Row| below.iter().any(|place| row.cells.get(place - 1).is_some_and(Cell::is_told));
            let part = self.part(&below, &self.rows.iter().filter(is_told).collect::<Vec<_>>());
            text.push_str(&format!("\n{}\n\n{part}", aside.about));
        }
        text
    }

    /// These columns of these rows.
    fn part(&self, columns: &[usize], rows: &[&Row]) -> String {
        let names = columns.iter().filter_map(|place| self.columns.get(*place));
        let names: Vec<&str> = self.columns.first().into_iter().chain(names).map(String::as_str).collect();
        let mut text = format!("| {} |\n| --- |{}\n", names.join(" | "), " ---: |".repeat(columns.len()));
        for row in rows {
            let cell = |place: &usize| row.cells.get(place - 1).map_or("", |cell| cell.text.as_str());
            let cells: Vec<&str> = columns.iter().map(cell).collect();
            text.push_str(&format!("| {} | {} |\n", row.name, cells.join(" | ")));
        }
        text
    }
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Nothing, where there could be a number.
    pub(crate) fn none() -> Self {
        Self::text("\u{2013}")
    }

    fn is_told(&self) -> bool {
        self.value.is_some()
    }

    /// A number with so many digits behind the point.
    pub(crate) fn number(value: f64, digits: usize) -> Self {
        Self { text: grouped(value, digits), value: Some(value), range: None }
    }

    /// The median of several rounds, with the least and the greatest where there is more than one.
    pub(crate) fn spread(spread: &Spread, digits: usize) -> Self {
        let [least, median, greatest] = [spread.at(0.0), spread.median(), spread.at(1.0)];
        if spread.len() < 2 {
            return Self::number(median, digits);
        }
        Self::between(median, [least, greatest], digits)
    }

    /// A number, and between what it lies.
    pub(crate) fn between(value: f64, [least, greatest]: [f64; 2], digits: usize) -> Self {
        let [low, middle, high] = [least, value, greatest].map(|value| grouped(value, digits));
        Self { text: format!("{middle} ({low} to {high})"), value: Some(value), range: Some([least, greatest]) }
    }
}

/// `43,002.5`
pub(crate) fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests;
