//! How the pages look and speak, as `[pages]` says: read at the start, and replaced as a whole at a reload.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use doorward::policy::{Colours, Complaints, Language, PageSettings, Settings};

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
    words: Vec<(Language, Arc<Words>)>,
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
        complaints.unless_any(Self::of(pages, logo, places))
    }

    fn of(pages: &PageSettings, logo: Option<Asset>, places: Option<Places>) -> Self {
        let style = asset::own("css", "text/css; charset=utf-8", colours(pages) + STYLE);
        let script = asset::own("js", "text/javascript; charset=utf-8", SCRIPT);
        let icon = asset::own("svg", "image/svg+xml", ICON);
        let read = |language| (language, Arc::new(Words::read(language, pages.texts.get(&language))));
        Self {
            name: pages.name.clone().unwrap_or_default(),
            language: pages.language,
            words: Language::ALL.map(read).into(),
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
        let found = self.words.iter().find(|(of, _)| *of == language);
        found.expect("every language has its words").1.clone()
    }
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
