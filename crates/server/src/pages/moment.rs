//! A point in time as a page shows it.

use std::fmt;

use doorward::Time;

use crate::own::Timestamp;

/// For people, `2026-01-31 12:00 UTC`: the page's script puts it into the reader's zone and language.
pub(super) struct Moment(pub(super) Time);

impl Moment {
    /// For the script, and whatever else reads it.
    pub(super) fn machine(&self) -> Timestamp {
        Timestamp(self.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_second(i64::from(self.0)).map_err(|_| fmt::Error)?;
        write!(f, "{}", time.strftime("%Y-%m-%d %H:%M UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_for_people_and_for_programs() {
        let moment = Moment(1_750_000_000);
        assert_eq!(moment.to_string(), "2025-06-15 15:06 UTC");
        assert_eq!(moment.machine().to_string(), "2025-06-15T15:06:40Z");
    }
}
