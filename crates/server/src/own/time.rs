//! Points in time as the API writes them: RFC 3339, in UTC.

use std::fmt;

use doorward::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp(pub(crate) Time);

impl Timestamp {
    /// For people, `2026-01-31 12:00 UTC`.
    pub(crate) fn for_people(self) -> String {
        let time = jiff::Timestamp::from_second(i64::from(self.0));
        time.map(|time| time.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_second(i64::from(self.0)).map_err(|_| fmt::Error)?;
        fmt::Display::fmt(&time, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("a time is written as 2026-01-31T12:00:00Z");
        let time: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
        // Whole seconds from 1970 to 2106: what is earlier or later is no time of ours.
        Time::try_from(time.as_second()).map(Self).map_err(|_| wrong())
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_no_letters_between_date_and_time() {
        assert_eq!(Timestamp(1_750_000_000).for_people(), "2025-06-15 15:06 UTC");
    }

    #[test]
    fn a_time_is_written_in_utc_and_read_in_any_zone() {
        assert_eq!(serde_json::to_string(&Timestamp(0)).expect("JSON"), "\"1970-01-01T00:00:00Z\"");
        let read = |text: &str| serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).ok();
        assert_eq!(read("1970-01-01T01:00:00+01:00"), Some(Timestamp(0)));
        assert_eq!(read("2106-02-07T06:28:16Z"), None);
        assert_eq!(read("1969-12-31T23:59:59Z"), None);
        assert_eq!(read("yesterday"), None);
    }
}
