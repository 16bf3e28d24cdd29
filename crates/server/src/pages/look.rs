//! How the pages look and speak, as `[pages]` says: read at the start, and replaced as a whole at a reload.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use doorward::Name;
use doorward::policy::{Colours, Complaints, Language, PageSettings, RealmSettings, Settings, Title};

use super::asset::{self, ICON, SCRIPT, STYLE};
use super::logo;
use super::places::Places;
use super::words::Words;
use crate::files::within;
use crate::own::Asset;

/// A look.
pub(crate) struct Look {
    /// What the place is called; empty when nobody has said.
    pub(super) name: String,
    /// The one language, where there is only one.
    pub(super) language: Option<Language>,
    words: Spoken,
    /// What is another in a realm.
    realms: BTreeMap<Name, RealmLook>,
    /// What browsers fetch.
    pub(super) assets: Vec<Asset>,
    /// The names of those that every page has.
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    pub(super) logo: Option<String>,
    /// Where addresses are.
    pub(super) places: Option<Places>,
}

/// All that is said, in each language.
type Spoken = Vec<(Language, Arc<Words>)>;

/// What is another in a realm.
struct RealmLook {
    title: Option<Title>,
    /// None where the texts of all realms hold.
    words: Option<Spoken>,
}

impl Look {
    /// Reads what the settings name. `base` is what paths in them are relative to.
    ///
    /// # Errors
    /// Complaints about files that cannot be used.
    pub(crate) fn new(settings: &Settings, base: &Path) -> Result<Self, Complaints> {
        let pages = &settings.pages;
        let mut complaints = Complaints::default();
        let logo = pages.logo.as_deref().map(|name| logo::read(&within(base, name)));
        let places = pages.geoip.as_deref().map(|name| Places::read(&within(base, name)));
        let logo = logo.transpose().unwrap_or_else(|(text, fix)| {
            complaints.push(settings.complaint("pages.logo", text).fix(fix));
            None
        });
        let places = places.transpose().unwrap_or_else(|(text, fix)| {
            complaints.push(settings.complaint("pages.geoip", text).fix(fix));
            None
        });
        complaints.unless_any(Self::of(settings, logo, places))
    }

    fn of(settings: &Settings, logo: Option<Asset>, places: Option<Places>) -> Self {
        let pages = &settings.pages;
        let style = asset::own("css", "text/css; charset=utf-8", colours(pages) + STYLE);
        let script = asset::own("js", "text/javascript; charset=utf-8", SCRIPT);
        let icon = asset::own("svg", "image/svg+xml", ICON);
        let read = |language| (language, Arc::new(Words::read(language, pages.texts.get(&language))));
        Self {
            name: pages.name.clone().unwrap_or_default(),
            language: pages.language,
            words: Language::ALL.map(read).into(),
            realms: settings.realm.iter().map(|(name, realm)| (name.clone(), RealmLook::of(pages, realm))).collect(),
            style: style.name.clone(),
            script: script.name.clone(),
            // The own picture is one that people know the place by.
            icon: logo.as_ref().unwrap_or(&icon).name.clone(),
            logo: logo.as_ref().map(|logo| logo.name.clone()),
            assets: [style, script, icon].into_iter().chain(logo).collect(),
            places,
        }
    }

    /// What is said in a language.
    pub(super) fn words(&self, language: Language) -> Arc<Words> {
        said(&self.words, language)
    }

    /// What is said in a language to the people of a realm.
    pub(super) fn words_in(&self, realm: &Name, language: Language) -> Arc<Words> {
        let special = self.realms.get(realm).and_then(|realm| realm.words.as_ref());
        said(special.unwrap_or(&self.words), language)
    }

    /// What people call a realm.
    pub(super) fn title<'l>(&'l self, realm: &'l Name, language: Language) -> &'l str {
        let title = self.realms.get(realm).and_then(|realm| realm.title.as_ref());
        title.and_then(|title| title.read(language)).unwrap_or(realm.as_str())
    }
}

impl RealmLook {
    fn of(pages: &PageSettings, realm: &RealmSettings) -> Self {
        let read = |language: Language| {
            let general = pages.texts.get(&language);
            let own = realm.pages.texts.get(&language).map(|own| own.or(general));
            (language, Arc::new(Words::read(language, own.as_ref().or(general))))
        };
        let words = (!realm.pages.texts.is_empty()).then(|| Language::ALL.map(read).into());
        Self { title: realm.title.clone(), words }
    }
}

fn said(words: &Spoken, language: Language) -> Arc<Words> {
    let found = words.iter().find(|(of, _)| *of == language);
    found.expect("every language has its words").1.clone()
}

/// The colours as CSS, by day and by night.
fn colours(pages: &PageSettings) -> String {
    let mut text = String::new();
    let (day, night) = (properties(pages.light()), properties(pages.dark()));
    let _ = write!(text, ":root {{\n{day}}}\n\n@media (prefers-color-scheme: dark) {{\n:root {{\n{night}}}\n}}\n\n");
    text
}

fn properties(colours: Colours) -> String {
    let Colours { ground, sheet, ink, faint, line, accent } = colours;
    let all = [
        ("ground", ground),
        ("sheet", sheet),
        ("ink", ink),
        ("faint", faint),
        ("line", line),
        ("accent", accent),
        ("on-accent", accent.opposite()),
    ];
    all.into_iter().fold(String::new(), |text, (name, colour)| text + &format!("  --{name}: {colour};\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_the_file_are_in_the_style_and_the_others_are_our_own() {
        let text = "[pages.light]\naccent = \"#880044\"\n[pages.dark]\naccent = \"#fc6\"\n";
        let (settings, _) = Settings::parse("doorward.toml", text, &|_| None).expect("settings");
        let style = colours(&settings.pages);
        let (day, night) = style.split_once("@media (prefers-color-scheme: dark)").expect("two schemes");
        assert!(day.contains("--accent: #880044;\n  --on-accent: #ffffff;") && day.contains("--ink: #1b1f24;"));
        assert!(night.contains("--accent: #ffcc66;\n  --on-accent: #000000;") && night.contains("--ink: #e7eaee;"));
    }
}
