//! What README says was measured is what was measured: each number is in the figure that its row names, rounded.

use std::fs;

use serde_json::Value;

use crate::book::{Document, root};

/// What a figure has: a number, and whether it is one of nanoseconds.
type Measured = (f64, bool);

#[test]
fn each_number_of_the_readme_was_measured() {
    let (kept, page) = (kept(), Document::read("docs/benchmarks.md"));
    let (mut wrong, mut found) = (Vec::new(), 0);
    for row in rows() {
        let [what, measured, command] = &row[..] else { panic!("a row of three cells: {row:?}") };
        let command = command.trim_matches('`');
        let names = command.strip_prefix("cargo xtask bench ").map(|names| names.split(' ').collect::<Vec<_>>());
        for [number, unit] in numbers(measured).into_iter().chain(numbers(in_brackets(what))) {
            let is_there = match &names {
                Some(names) => measured_by(&kept, names).any(|value| is_rounded(&number, &unit, value)),
                // What no figure has stands in a table that is written by hand.
                None => page.text.contains(&format!("| {number} |")),
            };
            found += 1;
            if !is_there {
                wrong.push(format!("README.md: nothing measured {number} {unit}: {what} (`{command}`)"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found > 10, "only {found} numbers were read");
}

#[test]
fn a_number_is_that_of_a_figure_only_when_it_is_that_number_rounded() {
    for (number, unit, value) in
        [("1.06", "\u{b5}s", (1_059.4, true)), ("28", "MB", (27.9, false)), ("1,100", "", (1_116.9, false))]
    {
        assert!(is_rounded(number, unit, value), "{number}");
    }
    for (number, unit, value) in [
        ("1.15", "\u{b5}s", (1_059.4, true)),
        ("1.06", "ms", (1_059.4, true)),
        ("27", "MB", (27.9, false)),
        ("1,200", "", (1_116.9, false)),
    ] {
        assert!(!is_rounded(number, unit, value), "{number}");
    }
}

#[test]
fn the_readme_names_figures_that_there_are() {
    let list = fs::read_to_string(root().join("bench/figures.txt")).expect("the list of figures");
    let known: Vec<&str> = list.lines().flat_map(|line| line.split(' ')).collect();
    for row in rows() {
        let command = row.last().expect("a command").trim_matches('`').to_owned();
        let words = command.strip_prefix("cargo xtask bench ").unwrap_or_default().split_whitespace();
        for name in words.filter(|word| !word.starts_with("--")) {
            assert!(known.contains(&name), "README.md: there is no figure {name}");
        }
    }
}

/// The cells of the rows below the heading.
fn rows() -> Vec<Vec<String>> {
    let text = Document::read("README.md").text;
    let lines =
        text.lines().skip_while(|line| *line != "## Figures").skip(1).take_while(|line| !line.starts_with("## "));
    let rows = lines.filter(|line| line.starts_with("| ")).skip(2);
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "README.md has no table of figures");
    rows
}

fn kept() -> Vec<Value> {
    let text = fs::read_to_string(root().join("docs/benchmarks.json")).expect("the figures that are kept");
    serde_json::from_str(&text).expect("JSON")
}

/// All numbers of the tables and of the goals of these figures.
fn measured_by<'a>(kept: &'a [Value], names: &'a [&str]) -> impl Iterator<Item = Measured> + 'a {
    let tables = kept.iter().map(|kept| &kept["table"]);
    tables.filter(|table| names.iter().any(|name| table["name"] == *name)).flat_map(|table| {
        let columns = list(&table["columns"]);
        let cells = list(&table["rows"]).iter().flat_map(move |row| {
            let cells = list(&row["cells"]).iter().zip(columns.iter().skip(1));
            cells.filter_map(|(cell, column)| Some((cell["value"].as_f64()?, column == "ns")))
        });
        let goals = list(&table["goals"]).iter();
        cells.chain(goals.filter_map(|goal| Some((goal["measured"].as_f64()?, goal["unit"] == " ns"))))
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What stands in brackets, which is measured, too.
fn in_brackets(text: &str) -> &str {
    let inside = text.find('(').zip(text.rfind(')'));
    inside.map_or("", |(open, close)| &text[open..close])
}

/// Each number with the word behind it.
fn numbers(text: &str) -> Vec<[String; 2]> {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', ';'])).collect();
    let is_number = |word: &str| word.starts_with(|letter: char| letter.is_ascii_digit());
    let pairs = words.iter().enumerate().filter(|(_, word)| is_number(word));
    pairs
        .map(|(place, word)| [(*word).to_owned(), words.get(place + 1).copied().unwrap_or_default().to_owned()])
        .collect()
}

/// Whether it is this number with fewer digits: the zeros at the end of a large one stand for what is left out.
fn is_rounded(number: &str, unit: &str, (value, is_nanoseconds): Measured) -> bool {
    let value = match (is_nanoseconds, unit) {
        (true, "ns") | (false, _) => value,
        (true, "\u{b5}s") => value / 1_000.0,
        (true, _) => return false,
    };
    let digits = number.replace(',', "");
    let Ok(said) = digits.parse::<f64>() else { return false };
    let step = match digits.split_once('.') {
        Some((_, decimals)) => 0.1_f64.powi(decimals.len() as i32),
        None => 10_f64.powi((digits.len() - digits.trim_end_matches('0').len()) as i32),
    };
    (value - said).abs() <= step / 2.0 + value.abs() * 1e-9
}
