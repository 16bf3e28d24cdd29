//! How the pages for people look, and which language they speak.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::policy::colour::Colour;

/// How `/login`, `/logout` and `/account` look, and which language they speak.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PageSettings {
    /// What this place is called: shown above each page, unless there is a `logo`, whose description it is then, and in its title.
    pub name: Option<String>,
    /// A picture above each page: a PNG, JPEG, WebP or SVG file of at most `256KiB`.
    pub logo: Option<String>,
    /// The language of all pages. Absent: the one that the browser asks for, and English where it asks for none of them.
    pub language: Option<Language>,
    /// A file in the format MaxMind DB with cities or countries, by which `/account` names the place of an address.
    /// It is read at the start and at each reload.
    pub geoip: Option<String>,
    /// Colours by day.
    pub light: ColourSettings,
    /// Colours by night, for browsers that ask for dark pages.
    pub dark: ColourSettings,
    /// Texts of your own, by language.
    pub texts: BTreeMap<Language, TextSettings>,
}

/// The pages in one realm, where they differ from `[pages]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RealmPages {
    /// Texts for whoever logs in there, by language. Those that are absent are those of `[pages.texts]`.
    pub texts: BTreeMap<Language, TextSettings>,
}

/// A text, or one by language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a text, or one by language: { en = \"Customers\", de = \"Kunden\" }")]
pub enum Title {
    /// The same in all languages.
    Same(String),
    /// One by language. Whoever reads another one gets the English, and without it the first.
    ByLanguage(BTreeMap<Language, String>),
}

impl Title {
    /// What is read in a language. None when there is nothing to read.
    pub fn read(&self, language: Language) -> Option<&str> {
        match self {
            Self::Same(text) => Some(text),
            Self::ByLanguage(texts) => {
                let found = texts.get(&language).or_else(|| texts.get(&Language::English));
                found.or_else(|| texts.values().next()).map(String::as_str)
            }
        }
    }
}

/// A language that the pages speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// Its tag, as HTML and HTTP have it (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }
}

/// Colours of a page. Those that are absent are Doorward's own. What is written is `#rgb` or `#rrggbb`, and text must have a contrast
/// of at least 4.5 to what it stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColourSettings {
    /// Around the page, and in fields.
    pub ground: Option<Colour>,
    /// Behind what is written.
    pub sheet: Option<Colour>,
    /// What is written.
    pub ink: Option<Colour>,
    /// What is written beside it.
    pub faint: Option<Colour>,
    /// Frames.
    pub line: Option<Colour>,
    /// Links and buttons. What stands on a button is black or white, whichever can be read better.
    pub accent: Option<Colour>,
}

/// The colours of a page, each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Around the page, and in fields.
    pub ground: Colour,
    /// Behind what is written.
    pub sheet: Colour,
    /// What is written.
    pub ink: Colour,
    /// What is written beside it.
    pub faint: Colour,
    /// Frames.
    pub line: Colour,
    /// Links and buttons.
    pub accent: Colour,
}

impl PageSettings {
    /// The colours by day.
    pub fn light(&self) -> Colours {
        self.light.or(Colours {
            ground: Colour::new(0xf3, 0xf4, 0xf6),
            sheet: Colour::WHITE,
            ink: Colour::new(0x1b, 0x1f, 0x24),
            faint: Colour::new(0x5b, 0x64, 0x70),
            line: Colour::new(0xd5, 0xda, 0xe1),
            accent: Colour::new(0x1f, 0x5f, 0xbf),
        })
    }

    /// The colours by night.
    pub fn dark(&self) -> Colours {
        self.dark.or(Colours {
            ground: Colour::new(0x14, 0x17, 0x1b),
            sheet: Colour::new(0x1d, 0x21, 0x26),
            ink: Colour::new(0xe7, 0xea, 0xee),
            faint: Colour::new(0xa2, 0xac, 0xb8),
            line: Colour::new(0x36, 0x3d, 0x46),
            accent: Colour::new(0x7f, 0xb0, 0xff),
        })
    }
}

impl ColourSettings {
    fn or(&self, own: Colours) -> Colours {
        Colours {
            ground: self.ground.unwrap_or(own.ground),
            sheet: self.sheet.unwrap_or(own.sheet),
            ink: self.ink.unwrap_or(own.ink),
            faint: self.faint.unwrap_or(own.faint),
            line: self.line.unwrap_or(own.line),
            accent: self.accent.unwrap_or(own.accent),
        }
    }
}

/// Texts of the log-in page in one language. They are shown as they are written: markup is text like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextSettings {
    /// The heading, instead of "Log in".
    pub title: Option<String>,
    /// A paragraph below the heading.
    pub welcome: Option<String>,
    /// What the login is called, such as "E-mail address".
    pub login: Option<String>,
    /// A paragraph below the form: whom to ask when something does not work.
    pub help: Option<String>,
}

impl TextSettings {
    /// The same texts, and those of `general` where there are none.
    #[must_use]
    pub fn or(&self, general: Option<&Self>) -> Self {
        let or = |own: &Option<String>, text: fn(&Self) -> &Option<String>| {
            own.clone().or_else(|| general.and_then(|general| text(general).clone()))
        };
        Self {
            title: or(&self.title, |texts| &texts.title),
            welcome: or(&self.welcome, |texts| &texts.welcome),
            login: or(&self.login, |texts| &texts.login),
            help: or(&self.help, |texts| &texts.help),
        }
    }

    /// Each text with its key.
    pub fn each(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("title", self.title.as_deref()),
            ("welcome", self.welcome.as_deref()),
            ("login", self.login.as_deref()),
            ("help", self.help.as_deref()),
        ]
    }
}
