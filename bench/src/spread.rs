//! Several measurements of the same thing.

/// Numbers in the order in which they were taken, and sorted.
#[derive(Clone)]
pub(crate) struct Spread {
    taken: Vec<f64>,
    sorted: Vec<f64>,
}

impl Spread {
    pub(crate) fn of(taken: Vec<f64>) -> Self {
        let mut sorted = taken.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { taken, sorted }
    }

    /// What each round had beside the same round of the other: those two had the same neighbours on the machine, which two
    /// medians need not have.
    pub(crate) fn beside(&self, other: &Self) -> Self {
        self.by_round(other, |one, other| one / other)
    }

    /// Something of each round and of the same round of the other.
    pub(crate) fn by_round(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Self {
        Self::of(self.taken.iter().zip(&other.taken).map(|(one, other)| of(*one, *other)).collect())
    }

    /// The one that `share` of all are not greater than.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let place = ((self.sorted.len() as f64 - 1.0) * share).round() as usize;
        self.sorted.get(place).copied().unwrap_or_default()
    }

    /// The one in the middle; of an even number, between the two that are.
    pub(crate) fn median(&self) -> f64 {
        let half = self.sorted.len() / 2;
        match self.sorted.get(half.saturating_sub(1)..=half) {
            Some([low, high]) if self.sorted.len().is_multiple_of(2) => (low + high) / 2.0,
            _ => self.at(0.5),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn a_ratio_is_of_each_round_to_the_same_round_of_the_other() {
        // Whatever slowed the second round down slowed both.
        let (one, other) = (Spread::of(vec![90.0, 45.0, 99.0]), Spread::of(vec![100.0, 50.0, 90.0]));
        let ratio = one.beside(&other);
        assert_eq!([ratio.at(0.0), ratio.median(), ratio.at(1.0)], [0.9, 0.9, 1.1]);
    }
}
