//! What must hold of the look of pages: people can read them.

use crate::policy::colour::Colour;
use crate::policy::complaint::Complaint;
use crate::policy::settings::{ColourSettings, Colours, Settings};

/// What is wrong with `[pages]`, but for the files that it names.
pub(super) fn pages(settings: &Settings) -> Vec<Complaint> {
    let pages = &settings.pages;
    let mut found = contrast(settings, "light", &pages.light, pages.light());
    found.extend(contrast(settings, "dark", &pages.dark, pages.dark()));
    if let Some(name) = &pages.name {
        found.extend(text(settings, "pages.name", name, LONGEST_NAME));
    }
    for (language, texts) in &pages.texts {
        for (key, written) in texts.each().into_iter().filter_map(|(key, written)| Some((key, written?))) {
            found.extend(text(settings, &format!("pages.texts.{}.{key}", language.tag()), written, LONGEST_TEXT));
        }
    }
    found
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
