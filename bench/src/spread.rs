//! Several measurements of the same thing.

/// Numbers, sorted.
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_unstable_by(f64::total_cmp);
        Self(numbers)
    }

    /// The one that `share` of all are not greater than.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let place = ((self.0.len() as f64 - 1.0) * share).round() as usize;
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The one in the middle; of an even number, between the two that are.
    pub(crate) fn median(&self) -> f64 {
        let half = self.0.len() / 2;
        match self.0.get(half.saturating_sub(1)..=half) {
            Some([low, high]) if self.0.len().is_multiple_of(2) => (low + high) / 2.0,
            _ => self.at(0.5),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
