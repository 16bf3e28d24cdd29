//! A chart of columns, drawn as SVG; the same numbers stand beside it as a table, for those who cannot see it.

use askama::Template;
use doorward::Time;

use crate::own::Timestamp;

/// Columns, the oldest first.
#[derive(Template)]
#[template(path = "panel/chart.html")]
pub(super) struct Chart {
    /// Names the chart on its page.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What the two parts of each column are.
    pub(super) good: &'static str,
    pub(super) bad: &'static str,
    /// What a column stands for.
    span: Span,
    columns: Vec<Column>,
    /// What the highest column stands for.
    most: u64,
}

/// How long each column lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    Hours,
    Days,
}

/// How often things went well and did not, within some time.
pub(super) struct Column {
    since: Timestamp,
    good: u64,
    bad: u64,
    x: usize,
    good_height: u64,
    bad_height: u64,
}

/// What the picture measures, in units of its own.
const HEIGHT: u64 = 120;
const STEP: usize = 12;

impl Chart {
    pub(super) fn new(
        id: &'static str,
        title: &'static str,
        (good, bad): (&'static str, &'static str),
        span: Span,
        numbers: Vec<(Time, u64, u64)>,
    ) -> Self {
        let most = numbers.iter().map(|(_, good, bad)| good.saturating_add(*bad)).max().unwrap_or(0);
        let column = |(place, (since, good, bad)): (usize, (Time, u64, u64))| Column {
            since: Timestamp(since),
            good,
            bad,
            x: place * STEP,
            good_height: height(good, most),
            bad_height: height(bad, most),
        };
        Self { id, title, good, bad, span, columns: numbers.into_iter().enumerate().map(column).collect(), most }
    }

    /// The first column, the middle one and the last, which are named below.
    fn marks(&self) -> impl Iterator<Item = &Column> {
        let last = self.columns.len().saturating_sub(1);
        let mut places = vec![0, last / 2, last];
        places.dedup();
        places.into_iter().filter_map(|place| self.columns.get(place))
    }

    /// When a column is named for: an hour for its begin, and a day, which ends at any hour, for its end.
    fn named(&self, mark: &Column) -> Timestamp {
        match self.span {
            Span::Hours => Timestamp(mark.since.0),
            Span::Days => Timestamp(mark.since.0.saturating_add(86_399)),
        }
    }

    /// The part of a column's time that tells it from the next.
    fn short(&self, mark: &Column) -> String {
        let text = self.named(mark).for_people();
        let part = match self.span {
            Span::Hours => text.get(11..),
            Span::Days => text.get(5..10),
        };
        part.unwrap_or_default().to_owned()
    }

    fn width(&self) -> usize {
        self.columns.len() * STEP
    }
}

impl Span {
    /// As the page's script knows it.
    fn word(self) -> &'static str {
        match self {
            Self::Hours => "hour",
            Self::Days => "day",
        }
    }
}

impl Column {
    fn bad_top(&self) -> u64 {
        HEIGHT.saturating_sub(self.good_height + self.bad_height)
    }

    fn good_top(&self) -> u64 {
        HEIGHT.saturating_sub(self.good_height)
    }
}

/// What is not nothing is seen, however little it is.
fn height(part: u64, most: u64) -> u64 {
    let scaled = u128::from(part) * u128::from(HEIGHT) / u128::from(most.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).max(u64::from(part > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_high_as_their_numbers_and_little_is_seen() {
        let chart =
            Chart::new("x", "X", ("good", "bad"), Span::Hours, vec![(0, 0, 0), (3_600, 1_000, 0), (7_200, 1, 249)]);
        let heights: Vec<_> = chart.columns.iter().map(|column| (column.good_height, column.bad_height)).collect();
        assert_eq!(heights, [(0, 0), (120, 0), (1, 29)]);
        let text = chart.render().expect("a chart");
        for mark in ["data-as=\"hour\">00:00 UTC<", ">01:00 UTC<", ">02:00 UTC<", "class=\"most\">1000<"] {
            assert!(text.contains(mark), "{mark}: {text}");
        }
        assert!(text.contains("<title>1970-01-01 02:00 UTC: 1 good, 249 bad</title>"), "{text}");
        assert!(text.contains("<svg") && text.contains("<td class=\"number\">249</td>"), "{text}");
        assert!(Chart::new("x", "X", ("good", "bad"), Span::Days, vec![(0, u64::MAX, u64::MAX)]).render().is_ok());
    }
}
