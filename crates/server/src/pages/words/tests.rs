use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The words in braces of each text.
fn placeholders(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let table: BTreeMap<String, String> = toml::from_str(file(language)).expect("a file of texts");
    table.into_iter().map(|(key, text)| (key, names(&text))).collect()
}

fn names(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

#[test]
fn all_languages_say_the_same_with_the_same_words_filled_in() {
    let english = placeholders(Language::English);
    for language in Language::ALL {
        let words = Words::read(language, None);
        assert_eq!(placeholders(language), english, "{}", language.tag());
        assert!(!words.log_in.is_empty());
    }
}

#[test]
fn no_text_is_left_in_another_language() {
    let texts = |language| toml::from_str::<BTreeMap<String, String>>(file(language)).expect("a file of texts");
    let english = texts(Language::English);
    for language in [Language::German, Language::French, Language::Spanish] {
        // A few words are the same in both.
        let same = texts(language).into_iter().filter(|(key, text)| english[key] == *text).map(|(key, _)| key);
        let same: BTreeSet<String> = same.collect();
        let known = ["code", "email", "name", "minutes"].map(str::to_owned).into();
        assert!(same.is_subset(&known), "{}: {same:?}", language.tag());
    }
}

#[test]
fn a_wait_is_told_in_words_and_never_too_short() {
    let told = |language| {
        let words = Words::read(language, None);
        [1, 30, 119, 120, 121, 3_600, 7_201].map(|seconds| words.time(seconds)).join(", ")
    };
    let english = "a second, 30 seconds, 119 seconds, 2 minutes, 3 minutes, 60 minutes, 3 hours";
    assert_eq!(told(Language::English), english);
    assert!(told(Language::German).ends_with("119 Sekunden, 2 Minuten, 3 Minuten, 60 Minuten, 3 Stunden"));
}

#[test]
fn what_is_filled_in_is_not_filled_in_itself() {
    let filled = fill("{login} at {realm}, {nobody}{", &[("login", "{realm}"), ("realm", "{login}{")]);
    assert_eq!(filled, "{realm} at {login}{, {");
}

#[test]
fn no_template_and_no_script_says_anything_by_itself() {
    let templates = [
        ("account", include_str!("../../../templates/account.html")),
        ("code", include_str!("../../../templates/code.html")),
        ("login", include_str!("../../../templates/login.html")),
        ("logout", include_str!("../../../templates/logout.html")),
        ("notice", include_str!("../../../templates/notice.html")),
        ("page", include_str!("../../../templates/page.html")),
        ("told", include_str!("../../../templates/told.html")),
    ];
    for (name, template) in templates {
        // The one block that is no text, but how wide the page is.
        let template = template.replace("{% block width %}wide{%", "{%").replace("{% block width %}narrow{%", "{%");
        assert_eq!(said(&template), "", "{name}.html");
        for attribute in ["aria-label=\"", "alt=\"", "title=\"", "placeholder=\""] {
            let values = template.split(attribute).skip(1);
            assert!(values.clone().all(|value| value.starts_with("{{")), "{name}.html: {attribute}");
        }
    }
    let script = include_str!("../../../templates/page.js");
    assert!(!script.contains("textContent = \"") && !script.contains("aria-label\", \""), "a text in page.js");
    assert_eq!(said("<p>{% if x %}Hello{% endif %}</p>"), "Hello");
}

/// The letters of a template outside of its elements and expressions.
fn said(template: &str) -> String {
    let mut text = template.to_owned();
    for (begin, end) in [("{%", "%}"), ("{{", "}}"), ("<", ">")] {
        while let Some(start) = text.find(begin) {
            let length = text[start..].find(end).expect("an end") + end.len();
            text.replace_range(start..start + length, "");
        }
    }
    text.chars().filter(|letter| letter.is_alphabetic()).collect()
}
