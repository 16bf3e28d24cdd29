//! A TOML text as a tree that remembers where each value was written.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::complaint::{Complaint, Complaints, nearest};
use super::source::{File, Source};

/// Looks up a variable of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A parsed text, and what is wrong with it so far.
pub(crate) struct Document<'t> {
    pub(crate) file: Arc<File>,
    pub(crate) table: DeTable<'t>,
    pub(crate) complaints: Complaints,
}

/// More complaints than these help nobody.
const MOST_COMPLAINTS: usize = 50;

impl<'t> Document<'t> {
    /// Parses the text and puts in the values of `${NAME}`.
    pub(crate) fn parse(file_name: &str, text: &'t str, environment: Environment<'_>) -> Self {
        let file = File::new(file_name, text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut complaints = Complaints::default();
        for error in errors.into_iter().take(MOST_COMPLAINTS) {
            let source = Source::new(Arc::clone(&file), error.span().unwrap_or_default());
            let complaint = Complaint::new(source, error.message());
            complaints.push(advise(complaint, text));
        }
        let mut document = Self { file, table: table.into_inner(), complaints };
        let mut table = std::mem::take(&mut document.table);
        for (_, value) in table.iter_mut() {
            document.expand(value, environment);
        }
        document.table = table;
        document
    }

    /// The entries of these keys, taken out into a table of their own.
    pub(crate) fn take(&mut self, keys: &[&str]) -> DeTable<'t> {
        let mut taken = DeTable::new();
        for key in keys {
            if let Some((key, value)) = self.table.remove_entry(*key) {
                taken.insert(key, value);
            }
        }
        taken
    }

    /// Reads a table as `T`. What cannot be read is complained about and left out, so that the rest is read too.
    pub(crate) fn read<T: DeserializeOwned>(&mut self, mut table: DeTable<'t>) -> Option<T> {
        let mut left_out = HashSet::new();
        for _ in 0..MOST_COMPLAINTS {
            let whole = Spanned::new(0..0, table.clone());
            let error = match T::deserialize(Deserializer::from(whole)) {
                Ok(read) => return Some(read),
                Err(error) => error,
            };
            let span = error.span().unwrap_or_default();
            let Some(path) = find(&table, &span) else {
                let source = Source::new(Arc::clone(&self.file), span);
                self.complaints.push(Complaint::new(source, error.message()));
                return None;
            };
            let name = path.join(".");
            let missing = quoted(error.message(), "missing field ").map(|field| format!("{name}.{field}"));
            // A key whose value could not be read is not missing: it has had its complaint.
            if !missing.is_some_and(|missing| left_out.contains(&missing)) {
                let source = Source::new(Arc::clone(&self.file), span);
                self.complaints.push(reword(source, error.message(), path.len() == 1));
            }
            remove(&mut table, &path);
            // What is left of an element goes with it, for the next one takes its place in the array.
            left_out.retain(|earlier: &String| !earlier.starts_with(&name));
            left_out.insert(name);
        }
        None
    }

    fn expand(&mut self, value: &mut Spanned<DeValue<'t>>, environment: Environment<'_>) {
        let span = value.span();
        match value.get_mut() {
            DeValue::String(text) if text.contains("${") => match expand(text, environment) {
                Ok(expanded) => *text = expanded.into(),
                Err(name) => {
                    let source = Source::new(Arc::clone(&self.file), span);
                    let complaint = Complaint::new(source, format!("the environment has no `{name}`"));
                    self.complaints.push(complaint.fix("set the variable, or write `$${` for a plain `${`"));
                }
            },
            DeValue::Array(items) => items.iter_mut().for_each(|item| self.expand(item, environment)),
            DeValue::Table(table) => table.iter_mut().for_each(|(_, item)| self.expand(item, environment)),
            _ => {}
        }
    }
}

/// Where each value of a table stands, by its path: `route.3.access`, `realm.customer.session.idle`.
pub(crate) fn places(table: &DeTable<'_>) -> BTreeMap<String, Range<usize>> {
    let mut places = BTreeMap::new();
    for (path, _, value) in entries(table) {
        places.insert(path.join("."), value);
    }
    places
}

/// Puts in the values of `${NAME}`; `$${` is a plain `${`. What is put in is not looked at again.
fn expand(text: &str, environment: Environment<'_>) -> Result<String, String> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let after = &rest[at + 2..];
        if let Some(before) = rest[..at].strip_suffix('$') {
            expanded.push_str(before);
            expanded.push_str("${");
            rest = after;
            continue;
        }
        let name = after.split_once('}').map_or(after, |(name, _)| name);
        expanded.push_str(&rest[..at]);
        expanded.push_str(&environment(name).ok_or_else(|| name.to_owned())?);
        rest = after.get(name.len() + 1..).unwrap_or_default();
    }
    expanded.push_str(rest);
    Ok(expanded)
}

type Entry = (Vec<String>, Range<usize>, Range<usize>);

/// Every entry of a table at every depth: its path, and where its key and its value stand.
fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut open: Vec<(Vec<String>, &DeTable<'_>)> = vec![(Vec::new(), table)];
    while let Some((path, table)) = open.pop() {
        for (key, value) in table.iter() {
            let path = [path.as_slice(), &[key.get_ref().to_string()]].concat();
            enter(&path, key.span(), value, &mut found, &mut open);
        }
    }
    found
}

fn enter<'a, 't>(
    path: &[String],
    key: Range<usize>,
    value: &'a Spanned<DeValue<'t>>,
    found: &mut Vec<Entry>,
    open: &mut Vec<(Vec<String>, &'a DeTable<'t>)>,
) {
    found.push((path.to_vec(), key, value.span()));
    match value.get_ref() {
        DeValue::Table(table) => open.push((path.to_vec(), table)),
        DeValue::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                let path = [path, &[place.to_string()]].concat();
                enter(&path, item.span(), item, found, open);
            }
        }
        _ => {}
    }
}

/// The path of the innermost entry whose key or value stands around `span`.
fn find(table: &DeTable<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    let around = |place: &Range<usize>| place.start <= span.start && span.end <= place.end;
    let candidates = entries(table).into_iter().filter_map(|(path, key, value)| {
        let places = [key, value].into_iter().filter(around).map(|place| place.len());
        places.min().map(|length| (length, usize::MAX - path.len(), path))
    });
    candidates.min().map(|(_, _, path)| path)
}

fn remove(table: &mut DeTable<'_>, path: &[String]) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        table.remove(first.as_str());
    } else if let Some(value) = table.get_mut(first.as_str()) {
        remove_within(value.get_mut(), rest);
    }
}

fn remove_within(value: &mut DeValue<'_>, path: &[String]) {
    match value {
        DeValue::Table(table) => remove(table, path),
        DeValue::Array(items) => {
            let [first, rest @ ..] = path else { return };
            let Ok(place) = first.parse::<usize>() else { return };
            if rest.is_empty() && place < items.len() {
                let all = std::mem::replace(items, DeArray::new()).into_iter().enumerate();
                all.filter(|(at, _)| *at != place).for_each(|(_, item)| items.push(item));
            } else if let Some(item) = items.get_mut(place) {
                remove_within(item.get_mut(), rest);
            }
        }
        _ => {}
    }
}

/// What stands between backticks after `prefix`.
fn quoted<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message.strip_prefix(prefix)?.strip_prefix('`')?.split_once('`').map(|(quoted, _)| quoted)
}

/// Says in our words what serde says in its own.
fn reword(source: Source, message: &str, at_the_top: bool) -> Complaint {
    if let Some(field) = quoted(message, "missing field ") {
        return Complaint::new(source, format!("`{field}` is missing")).fix(format!("add `{field} = …`"));
    }
    let unknown_key = quoted(message, "unknown field ").map(|word| (word, "key"));
    let unknown_word = quoted(message, "unknown variant ").map(|word| (word, "word"));
    let Some((word, kind)) = unknown_key.or(unknown_word) else {
        // What TOML says where one of several words is due.
        let text = if message == "wanted string or table" { "one word in quotes belongs here" } else { message };
        return exemplify(Complaint::new(source, text));
    };
    let expected = message.split_once(", expected").map_or("", |(_, expected)| expected);
    let mut known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    if at_the_top {
        known.extend(["route", "acl", "role"]);
    }
    let complaint = Complaint::new(source, format!("unknown {kind} `{word}`"));
    match nearest(word, known.iter().copied()) {
        Some(meant) => complaint.fix(format!("did you mean `{meant}`?")),
        None if known.is_empty() => complaint.fix("take it out: nothing belongs here"),
        None => complaint.fix(format!("known here: {}", known.join(", "))),
    }
}

/// Says what belongs in the place of a value that cannot be read.
fn exemplify(complaint: Complaint) -> Complaint {
    const SHAPES: [(&str, &str); 7] = [
        ("one word ", "write it in quotes"),
        ("a period ", "such as `30m`"),
        ("a size ", "such as `10MiB`"),
        ("a rate ", "such as `100/s`"),
        ("an origin ", "such as `https://app.example.com`"),
        ("a network ", "such as `10.0.0.0/8`"),
        ("a name ", "such as `customer`"),
    ];
    let fix = match SHAPES.iter().find(|(shape, _)| complaint.text.starts_with(shape)) {
        Some((_, example)) => (*example).to_owned(),
        None => match complaint.text.rsplit_once("expected ") {
            Some((said, wanted)) => belonging(said, wanted),
            None => "write `key = value`, text in quotes, lists in `[ ]`, and each key once".to_owned(),
        },
    };
    complaint.fix(fix)
}

/// What to write where a reader wants one thing and found another.
fn belonging(said: &str, wanted: &str) -> String {
    // `invalid type: integer `8080`, expected a string`
    let found = said.split('`').nth(1);
    match (wanted, found) {
        ("nothing", _) => "take it out".to_owned(),
        ("a boolean", _) => "write `true` or `false`".to_owned(),
        ("a string", Some(found)) => format!("write it in quotes: `\"{found}\"`"),
        ("a string", None) => "write one text in quotes".to_owned(),
        ("a string or a list of strings", _) => "write text in quotes, or a list of such: `[\"…\", \"…\"]`".to_owned(),
        ("u16" | "u32" | "u64" | "usize", _) => "write a whole number, 0 or more, without quotes".to_owned(),
        ("f64", _) => "write a number without quotes".to_owned(),
        ("a sequence", _) => "write a list: `[…, …]`".to_owned(),
        ("`\"`", _) if said.contains("string") => "end the text with `\"`, in the line in which it begins".to_owned(),
        _ if wanted == "a map" || wanted.starts_with("struct ") => "write a table: `{ key = … }`".to_owned(),
        _ => format!("here belongs {wanted}"),
    }
}

/// A word of help where TOML's own rules surprise people.
fn advise(complaint: Complaint, text: &str) -> Complaint {
    let from = complaint.source.span().start;
    let line_start = text.get(..from).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(line_start..).unwrap_or_default().trim_start();
    if line.starts_with("[upstream.") {
        return complaint.fix("beside `[upstream.NAME]`, write the default as `[upstream.default]` with `url = …`");
    }
    exemplify(complaint)
}
