//! What a figure should come to: what is expected of it, and where its limit is thought to be.

use anyhow::ensure;
use serde::{Deserialize, Serialize};

use crate::table::grouped;

/// What was hoped for, beside what was measured.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Goal {
    what: String,
    measured: f64,
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
    pub(crate) fn new(what: &str, measured: f64, unit: &str, aim: Aim) -> anyhow::Result<Self> {
        ensure!(measured.is_finite(), "{what} was not measured");
        Ok(Self { what: what.into(), measured, unit: unit.into(), aim })
    }

    /// As a row of [`HEAD`], of this figure.
    pub(crate) fn line(&self, figure: &str) -> String {
        let Self { what, measured, unit, aim } = self;
        let (sign, pass, goal) = match aim {
            Aim::AtLeast(pass, goal) => ('\u{2265}', pass, goal),
            Aim::AtMost(pass, goal) => ('\u{2264}', pass, goal),
        };
        let reached = match () {
            () if aim.is_met_by(*measured, *goal) => "the goal",
            () if aim.is_met_by(*measured, *pass) => "what is expected",
            () => "no",
        };
        let measured = grouped(*measured, digits(*measured));
        format!("| {figure}: {what} | {measured}{unit} | {sign} {pass}{unit} | {sign} {goal}{unit} | {reached} |\n")
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
