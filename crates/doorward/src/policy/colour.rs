//! Colours, and whether one can be read on another.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

/// A colour, `#rgb` or `#rrggbb`.
///
/// ```
/// use doorward::policy::Colour;
/// let (ink, sheet): (Colour, Colour) = ("#000".parse().unwrap(), "#ffffff".parse().unwrap());
/// assert_eq!(ink.contrast(sheet), 21.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$", "examples" = ["#1f5fbf"]))]
pub struct Colour([u8; 3]);

/// The text is not a [`Colour`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour is `#` and three or six hexadecimal digits: `#1f5fbf`")]
pub struct InvalidColour;

impl Colour {
    /// White.
    pub const WHITE: Self = Self([0xff; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// The least contrast at which people read a text (WCAG 2.2, 1.4.3).
    pub const READABLE: f64 = 4.5;

    /// A colour of red, green and blue.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// How well one can be told from the other: from 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Black or white, whichever can be read better on this: one of both always can.
    #[must_use]
    pub fn opposite(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// The nearest shade that can be read on `ground`.
    #[must_use]
    pub fn readable_on(self, ground: Self) -> Self {
        let end = ground.opposite();
        let shades = (0..=100).map(|part| self.toward(end, part));
        shades.into_iter().find(|shade| shade.contrast(ground) >= Self::READABLE).unwrap_or(end)
    }

    /// So many hundredths of the way to another colour.
    fn toward(self, other: Self, part: u16) -> Self {
        let mix = |one: u8, two: u8| (u16::from(one) * (100 - part) + u16::from(two) * part) / 100;
        let mixed = |place: usize| u8::try_from(mix(self.0[place], other.0[place])).unwrap_or(u8::MAX);
        Self([mixed(0), mixed(1), mixed(2)])
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').ok_or(InvalidColour)?;
        let values: Option<Vec<u8>> = digits.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
        match values.as_deref() {
            Some(&[red, green, blue]) => Ok(Self([red * 17, green * 17, blue * 17])),
            Some(&[r, ed, g, reen, b, lue]) => Ok(Self([r * 16 + ed, g * 16 + reen, b * 16 + lue])),
            _ => Err(InvalidColour),
        }
    }
}

impl TryFrom<String> for Colour {
    type Error = InvalidColour;

    fn try_from(text: String) -> Result<Self, InvalidColour> {
        text.parse()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().expect("a colour")
    }

    #[test]
    fn a_colour_is_three_or_six_digits() {
        assert_eq!(colour("#1aF").to_string(), "#11aaff");
        assert_eq!(colour("#1F5fbf").to_string(), "#1f5fbf");
        for text in ["", "#", "1f5fbf", "#12", "#1234", "#12345g", "#1234567", "red", "#fff;}", "#١٢٣"] {
            assert_eq!(text.parse::<Colour>(), Err(InvalidColour), "{text}");
        }
    }

    #[test]
    fn contrast_is_what_the_guidelines_say() {
        assert!((colour("#777777").contrast(Colour::WHITE) - 4.478).abs() < 0.001);
        assert!((Colour::WHITE.contrast(colour("#767676")) - 4.542).abs() < 0.001);
        assert!((colour("#123").contrast(colour("#123")) - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn something_can_be_read_on_every_colour(one: [u8; 3], two: [u8; 3]) {
            let (ink, ground) = (Colour(one), Colour(two));
            prop_assert!(ground.opposite().contrast(ground) >= Colour::READABLE);
            prop_assert!(ink.readable_on(ground).contrast(ground) >= Colour::READABLE);
        }
    }
}
