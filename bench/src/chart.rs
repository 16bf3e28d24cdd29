//! A figure as a picture: bars beside each other, or curves over what grows.

mod bars;
mod curves;
mod picture;

use serde::{Deserialize, Serialize};

use crate::table::Table;

/// What is drawn of a table.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Chart {
    /// A bar for each row, in each of these columns.
    Bars { columns: Vec<String> },
    /// Points over the rows' sizes.
    Curves { over: String, panels: Vec<Panel> },
}

/// Curves that share a scale.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Panel {
    title: String,
    lines: Vec<Line>,
}

/// The numbers of one column.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    name: String,
    column: String,
}

impl Chart {
    pub(crate) fn bars(columns: &[&str]) -> Self {
        Self::Bars { columns: columns.iter().map(|column| (*column).into()).collect() }
    }

    pub(crate) fn curves(over: &str, panels: Vec<Panel>) -> Self {
        Self::Curves { over: over.into(), panels }
    }

    /// As SVG, which needs nothing else to be shown: with a description, and every number as text.
    pub(crate) fn draw(&self, table: &Table) -> String {
        match self {
            Self::Bars { columns } => bars::draw(table, columns),
            Self::Curves { over, panels } => curves::draw(table, over, panels),
        }
    }
}

impl Panel {
    /// Curves by their names and columns.
    pub(crate) fn new(title: &str, lines: &[(&str, &str)]) -> Self {
        let line = |(name, column): &(&str, &str)| Line { name: (*name).into(), column: (*column).into() };
        Self { title: title.into(), lines: lines.iter().map(line).collect() }
    }

    /// One column, named after it.
    pub(crate) fn of(column: &str) -> Self {
        Self::new(column, &[("", column)])
    }
}

/// Whether a name is of something of ours.
fn is_ours(name: &str) -> bool {
    name.contains("Doorward")
}

#[cfg(test)]
mod tests;
