//! What a figure should come to: what is expected of it, and where its limit is thought to be.

use anyhow::ensure;
use serde::{Deserialize, Serialize};

use crate::table::{Cell, grouped};

/// What was hoped for, beside what was measured.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Goal {
    what: String,
    /// Nothing where this run did not go so far.
    measured: Option<f64>,
    /// Between what the rounds lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<[f64; 2]>,
    /// Behind each number, such as ` MB`; a ratio has none.
    unit: String,
    aim: Aim,
}

/// What is expected, and then the goal.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Aim {
    AtLeast(f64, f64),
    AtMost(f64, f64),
}

impl Goal {
    pub(crate) fn new(what: &str, measured: &Cell, unit: &str, aim: Aim) -> anyhow::Result<Self> {
        let Cell { value, range, .. } = *measured;
        ensure!(value.is_none_or(f64::is_finite), "{what} was not measured");
        Ok(Self { what: what.into(), measured: value, range, unit: unit.into(), aim })
    }

    /// As a row of [`HEAD`], of this figure.
    pub(crate) fn line(&self, figure: &str) -> String {
        let Self { what, unit, aim, .. } = self;
        let (sign, pass, goal) = match aim {
            Aim::AtLeast(pass, goal) => ('\u{2265}', pass, goal),
            Aim::AtMost(pass, goal) => ('\u{2264}', pass, goal),
        };
        let (measured, reached) = (self.measured(), self.reached());
        let [pass, goal] = [pass, goal].map(|limit| grouped(*limit, decimals(*limit)));
        format!("| {figure}: {what} | {measured} | {sign} {pass}{unit} | {sign} {goal}{unit} | {reached} |\n")
    }

    fn measured(&self) -> String {
        let Some(value) = self.measured else { return "not measured".into() };
        let shown = |number: f64| grouped(number, digits(value));
        let range = self.range.map(|[low, high]| format!(" ({} to {})", shown(low), shown(high))).unwrap_or_default();
        format!("{}{range}{}", shown(value), self.unit)
    }

    /// What the median reaches. Where a limit that decides about it lies between the least and the greatest, another run may
    /// say otherwise.
    fn reached(&self) -> String {
        let (Aim::AtLeast(pass, goal) | Aim::AtMost(pass, goal)) = self.aim;
        let Some(measured) = self.measured else { return "not measured".into() };
        let (reached, limits) = match () {
            () if self.aim.is_met_by(measured, goal) => ("the goal", [goal, goal]),
            () if self.aim.is_met_by(measured, pass) => ("what is expected", [pass, goal]),
            () => ("no", [pass, pass]),
        };
        let is_noise = |limit: f64| self.range.is_some_and(|[least, greatest]| (least..=greatest).contains(&limit));
        let noise = if limits.into_iter().any(is_noise) { " (within the noise)" } else { "" };
        format!("{reached}{noise}")
    }
}

/// What the cells of a goal's row are.
pub(crate) const HEAD: &str = "| what | measured | expected | goal | reached |\n| --- | ---: | ---: | ---: | --- |\n";

impl Aim {
    fn is_met_by(self, measured: f64, limit: f64) -> bool {
        match self {
            Self::AtLeast(..) => measured >= limit,
            Self::AtMost(..) => measured <= limit,
        }
    }
}

/// Behind the point: what is left out of a large number tells nobody anything.
pub(crate) fn digits(value: f64) -> usize {
    match value.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    }
}

/// As many as a limit was set with.
fn decimals(limit: f64) -> usize {
    limit.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

#[cfg(test)]
mod tests;
