//! Several measurements of the same thing.

use std::fmt;
use std::time::Duration;

/// Durations, sorted.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// The one that `share` of all are not longer than.
    pub(crate) fn at(&self, share: f64) -> Duration {
        let place = ((self.0.len() as f64 - 1.0) * share).round() as usize;
        self.0.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.at(0.5)
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, median, high] = [0.1, 0.5, 0.9].map(|share| self.at(share).as_secs_f64() * 1_000.0);
        write!(f, "{median:8.3} ms (p10 {low:.3}, p90 {high:.3}, n = {})", self.0.len())
    }
}
