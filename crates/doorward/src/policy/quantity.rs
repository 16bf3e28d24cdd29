//! Quantities as people write them: `30m`, `10MiB`, `100/s`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The text is no quantity of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuantity {
    /// Not a [`Period`].
    #[error("a period is a number and a unit: `90s`, `30m`, `12h`, `30d`, `1h30m`")]
    Period,
    /// Not a [`Size`].
    #[error("a size is a number of bytes, or a number and a unit: `8KiB`, `10MiB`, `1GiB`, `10MB`")]
    Size,
    /// Not a [`Rate`].
    #[error("a rate is a number of requests in a second, a minute or an hour: `100/s`, `10/m`, `5/h`")]
    Rate,
}

/// A length of time in whole seconds: `90s`, `30m`, `12h`, `30d`, `1h30m`.
///
/// ```
/// use doorward::policy::Period;
/// assert_eq!("1h30m".parse(), Ok(Period(5_400)));
/// assert_eq!(Period(5_400).to_string(), "1h30m");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(try_from = "String", extend("pattern" = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "examples" = ["30m"]))]
pub struct Period(pub u32);

const UNITS_OF_TIME: [(&str, u32); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl FromStr for Period {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut rest = text;
        let mut total: u32 = 0;
        let mut units = UNITS_OF_TIME.iter();
        while !rest.is_empty() {
            let (number, after) = number(rest).ok_or(InvalidQuantity::Period)?;
            // Going on in the list of units refuses `30m1h` and `1h1h`.
            let (unit, seconds) = units.find(|(unit, _)| after.starts_with(unit)).ok_or(InvalidQuantity::Period)?;
            let part = u32::try_from(number).ok().and_then(|number| number.checked_mul(*seconds));
            total = part.and_then(|part| total.checked_add(part)).ok_or(InvalidQuantity::Period)?;
            rest = &after[unit.len()..];
        }
        if text.is_empty() { Err(InvalidQuantity::Period) } else { Ok(Self(total)) }
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Quantity::of("a period in quotes, such as \"30m\""))
    }
}

impl From<Period> for String {
    fn from(quantity: Period) -> Self {
        quantity.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0;
        for (unit, seconds) in UNITS_OF_TIME {
            if left >= seconds {
                write!(f, "{}{unit}", left / seconds)?;
                left %= seconds;
            }
        }
        if self.0 == 0 { f.write_str("0s") } else { Ok(()) }
    }
}

/// A number of bytes: `8192`, `8KiB`, `10MiB`, `10MB`.
///
/// ```
/// use doorward::policy::Size;
/// assert_eq!("10MiB".parse(), Ok(Size(10 * 1024 * 1024)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(try_from = "String", extend("pattern" = "^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)?$", "examples" = ["10MiB"]))]
pub struct Size(pub u64);

const UNITS_OF_SIZE: [(&str, u64); 8] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

impl FromStr for Size {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = number(text).ok_or(InvalidQuantity::Size)?;
        let (_, bytes) = UNITS_OF_SIZE.iter().find(|(known, _)| *known == unit).ok_or(InvalidQuantity::Size)?;
        number.checked_mul(*bytes).map(Self).ok_or(InvalidQuantity::Size)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Quantity::of("a size in quotes, such as \"10MiB\""))
    }
}

impl From<Size> for String {
    fn from(quantity: Size) -> Self {
        quantity.to_string()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS_OF_SIZE.iter().rev().find(|(unit, bytes)| {
            let binary = unit.ends_with("iB");
            binary && self.0 >= *bytes && self.0.is_multiple_of(*bytes)
        });
        match whole {
            Some((unit, bytes)) => write!(f, "{}{unit}", self.0 / bytes),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A number of requests in a length of time: `100/s`, `10/m`, `5/h`.
///
/// ```
/// use doorward::policy::Rate;
/// assert_eq!("10/m".parse(), Ok(Rate { requests: 10, seconds: 60 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(into = "String")]
#[schemars(try_from = "String", extend("pattern" = "^[0-9]+/(s|m|h)$", "examples" = ["100/s"]))]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u32,
}

const UNITS_OF_RATE: [(&str, u32); 3] = [("/s", 1), ("/m", 60), ("/h", 3_600)];

impl FromStr for Rate {
    type Err = InvalidQuantity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = number(text).ok_or(InvalidQuantity::Rate)?;
        let (_, seconds) = UNITS_OF_RATE.iter().find(|(known, _)| *known == unit).ok_or(InvalidQuantity::Rate)?;
        match u32::try_from(number) {
            Ok(requests) if requests > 0 => Ok(Self { requests, seconds: *seconds }),
            _ => Err(InvalidQuantity::Rate),
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Quantity::of("a rate in quotes, such as \"100/s\""))
    }
}

impl From<Rate> for String {
    fn from(quantity: Rate) -> Self {
        quantity.to_string()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS_OF_RATE.iter().find(|(_, seconds)| *seconds == self.seconds);
        match unit {
            Some((unit, _)) => write!(f, "{}{unit}", self.requests),
            None => write!(f, "{}/{}s", self.requests, self.seconds),
        }
    }
}

/// Reads a quantity, and says what it looks like where something else stands.
struct Quantity<T> {
    expected: &'static str,
    kind: PhantomData<T>,
}

impl<T> Quantity<T> {
    fn of(expected: &'static str) -> Self {
        Self { expected, kind: PhantomData }
    }
}

impl<T: FromStr<Err = InvalidQuantity>> Visitor<'_> for Quantity<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// The digits at the beginning, and the rest.
fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "30", "m", "30 m", "-1s", "1m1h", "1h1h", "99999999999d", "1.5h", "30M"] {
            assert_eq!(text.parse::<Period>(), Err(InvalidQuantity::Period), "{text:?}");
        }
        for text in ["", "MiB", "1TiB", "1 MiB", "18446744073709551615GiB", "-1"] {
            assert_eq!(text.parse::<Size>(), Err(InvalidQuantity::Size), "{text:?}");
        }
        for text in ["", "0/s", "10", "10/d", "/s", "99999999999/s"] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidQuantity::Rate), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_quantity_reads_back_what_it_wrote(number in proptest::prelude::any::<u32>()) {
            proptest::prop_assert_eq!(Period(number).to_string().parse(), Ok(Period(number)));
            let size = Size(u64::from(number));
            proptest::prop_assert_eq!(size.to_string().parse(), Ok(size));
        }
    }
}
