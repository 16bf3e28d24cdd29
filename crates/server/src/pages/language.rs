//! Which language a page is written in.

use doorward::policy::Language;
use http::header::{ACCEPT_LANGUAGE, HeaderMap};

/// The language that a browser asks for most (RFC 9110, 12.5.4); English when it asks for none of ours.
pub(super) fn asked(headers: &HeaderMap) -> Language {
    let lines = headers.get_all(ACCEPT_LANGUAGE).into_iter().filter_map(|line| line.to_str().ok());
    let mut best = (Language::English, 0);
    for range in lines.flat_map(|line| line.split(',')) {
        let Some((language, weight)) = read(range) else { continue };
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

/// A range and its weight in thousandths: `de-AT;q=0.8`.
fn read(range: &str) -> Option<(Language, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let primary = parts.next()?.split('-').next()?;
    let language = Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))?;
    let Some(parameter) = parts.next() else { return Some((language, 1_000)) };
    let weight: f32 = parameter.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim().parse().ok()?;
    // Everything from 0 to 1 is a whole number of thousandths, and nothing else is a weight.
    (0.0..=1.0).contains(&weight).then(|| (language, (weight * 1_000.0).round() as u16))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(line: &str) -> &'static str {
        let headers = [(ACCEPT_LANGUAGE, HeaderValue::from_str(line).expect("a line"))].into_iter().collect();
        asked(&headers).tag()
    }

    #[test]
    fn the_language_is_the_one_that_is_wanted_most() {
        for (line, language) in [
            ("de", "de"),
            ("de-AT, en;q=0.5", "de"),
            ("FR-ca", "fr"),
            ("en;q=0.3, es ; q=0.8 ,fr;q=0.5", "es"),
            ("it, pl;q=0.9, de;q=0.1, *;q=0.5", "de"),
            ("fr, de", "fr"),
            ("de;q=0, fr;q=0.001", "fr"),
        ] {
            assert_eq!(of(line), language, "{line}");
        }
    }

    #[test]
    fn whoever_asks_for_none_of_ours_gets_english() {
        assert_eq!(asked(&HeaderMap::new()), Language::English);
        for line in ["", "*", "it", "de;q=0", "de;q=2", "de;q=-1", "de;q=NaN", "de;x", "deu", "de_DE", ";;,,;q=1"] {
            assert_eq!(of(line), "en", "{line}");
        }
    }
}
