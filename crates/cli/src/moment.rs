//! A point in time as people name one: a date, or how long ago.

use std::str::FromStr;

use doorward::Time;
use doorward::policy::Period;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This one.
    At(Time),
    /// So many seconds ago.
    Ago(u32),
}

impl Moment {
    /// When that is, seen from `now`.
    pub fn at(self, now: Time) -> Time {
        match self {
            Self::At(time) => time,
            Self::Ago(seconds) => now.saturating_sub(seconds),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(period) = text.parse::<Period>() {
            return Ok(Self::Ago(period.0));
        }
        let stamp = text.parse::<Timestamp>().ok();
        let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.at(0, 0, 0, 0)).ok();
        let second = stamp.or_else(day).and_then(|stamp| Time::try_from(stamp.as_second()).ok());
        second.map(Self::At).ok_or_else(|| "write 2h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_or_so_long_ago() {
        let at = |text: &str| text.parse::<Moment>().map(|moment| moment.at(1_000_000));
        assert_eq!(at("2h"), Ok(992_800));
        assert_eq!(at("1970-01-02"), Ok(86_400));
        assert_eq!(at("1970-01-01T01:00:00+01:00"), Ok(0));
        assert!(at("yesterday").is_err() && at("1969-12-31").is_err() && at("").is_err());
    }
}
