//! What must hold of the look of pages: people can read them.

use std::collections::BTreeMap;

use crate::policy::colour::Colour;
use crate::policy::complaint::Complaint;
use crate::policy::settings::{ColourSettings, Colours, Language, Settings, TextSettings, Title};

/// What is wrong with `[pages]`, but for the files that it names.
pub(super) fn pages(settings: &Settings) -> Vec<Complaint> {
    let pages = &settings.pages;
    let mut found = contrast(settings, "light", &pages.light, pages.light());
    found.extend(contrast(settings, "dark", &pages.dark, pages.dark()));
    if let Some(name) = &pages.name {
        found.extend(text(settings, "pages.name", name, LONGEST_NAME));
    }
    found.extend(texts(settings, "pages", &pages.texts));
    for (name, realm) in &settings.realm {
        found.extend(texts(settings, &format!("realm.{name}.pages"), &realm.pages.texts));
        found.extend(realm.title.iter().flat_map(|written| title(settings, &format!("realm.{name}.title"), written)));
    }
    found
}

/// What is wrong with texts, by language, below this key.
fn texts(settings: &Settings, path: &str, texts: &BTreeMap<Language, TextSettings>) -> Vec<Complaint> {
    let all = texts.iter().flat_map(|(language, texts)| texts.each().map(|(key, written)| (language, key, written)));
    let wrong = all.filter_map(|(language, key, written)| {
        text(settings, &format!("{path}.texts.{}.{key}", language.tag()), written?, LONGEST_TEXT)
    });
    wrong.collect()
}

/// What is wrong with a title.
fn title(settings: &Settings, path: &str, title: &Title) -> Vec<Complaint> {
    match title {
        Title::Same(written) => text(settings, path, written, LONGEST_NAME).into_iter().collect(),
        Title::ByLanguage(texts) => {
            let wrong = |(language, written): (&Language, &String)| {
                text(settings, &format!("{path}.{}", language.tag()), written, LONGEST_NAME)
            };
            texts.iter().filter_map(wrong).collect()
        }
    }
}

const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 500;

fn text(settings: &Settings, path: &str, text: &str, longest: usize) -> Option<Complaint> {
    let is_one_line = !text.chars().any(char::is_control);
    let length = text.chars().count();
    (text.trim().is_empty() || !is_one_line || length > longest).then(|| {
        let complaint = settings.complaint(path, "the text does not fit into a page");
        complaint.fix(format!("one line of at most {longest} characters, or take it out"))
    })
}

/// Text that cannot be read on what it stands on.
fn contrast(settings: &Settings, scheme: &str, written: &ColourSettings, colours: Colours) -> Vec<Complaint> {
    let Colours { ground, sheet, ink, faint, accent, .. } = colours;
    let texts = [
        (("ink", ink, written.ink), ("sheet", sheet)),
        // Fields have the colour of the ground.
        (("ink", ink, written.ink), ("ground", ground)),
        (("faint", faint, written.faint), ("sheet", sheet)),
        (("accent", accent, written.accent), ("sheet", sheet)),
    ];
    let unreadable = texts.into_iter().filter(|((_, text, _), (_, behind))| text.contrast(*behind) < Colour::READABLE);
    let complaints = unreadable.map(|((name, text, stated), (below, behind))| {
        let path = format!("pages.{scheme}.{}", if stated.is_some() { name } else { below });
        // Cut, not rounded: 4.498 is not 4.50.
        let contrast = (text.contrast(behind) * 100.0).floor() / 100.0;
        let said = format!(
            "`{name}` ({text}) on `{below}` ({behind}) has a contrast of {contrast}, and people need {}",
            Colour::READABLE
        );
        let fix = format!("`{name} = \"{}\"` in `[pages.{scheme}]` can be read there", text.readable_on(behind));
        settings.complaint(&path, said).fix(fix)
    });
    complaints.collect()
}
