//! Links lead somewhere: to files that are there, and to headings that they have.

use std::fs;
use std::path::Path;

use crate::book::{Document, root};

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let documents = Document::all();
    let mut dead = Vec::new();
    for document in &documents {
        for (line, target) in targets(document) {
            if let Err(why) = follow(&documents, document, &target) {
                dead.push(format!("{}:{line}: {target}: {why}", document.path));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn every_document_can_be_found_from_the_first_one() {
    let documents = Document::all();
    let mut found = vec!["README.md".to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let document = documents.iter().find(|document| document.path == path).expect("it was found");
        for (_, target) in targets(document) {
            let file = target.split('#').next().unwrap_or_default();
            let path = resolve(&document.path, file);
            if documents.iter().any(|document| document.path == path) && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    let lost: Vec<&str> = documents
        .iter()
        .map(|document| &*document.path)
        .filter(|path| !found.iter().any(|known| known == path))
        .collect();
    assert!(lost.is_empty(), "no link leads to {lost:?}");
}

/// Where the links of a document lead, with their lines.
fn targets(document: &Document) -> Vec<(usize, String)> {
    let mut targets = Vec::new();
    for (number, line) in document.prose() {
        let plain = without_code(line);
        let inline = plain.match_indices("](").filter_map(|(place, _)| plain[place + 2..].split(')').next());
        let html = ["src=\"", "srcset=\"", "href=\""].into_iter();
        let html = html.flat_map(|begin| plain.split(begin).skip(1).filter_map(|rest| rest.split('"').next()));
        targets.extend(inline.chain(html).map(|target| (number, target.to_owned())));
    }
    targets
}

/// A line without what stands in backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

fn follow(documents: &[Document], from: &Document, target: &str) -> Result<(), String> {
    if target.starts_with("https://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { from.path.clone() } else { resolve(&from.path, file) };
    if fs::metadata(root().join(&path)).is_err() {
        return Err("there is no such file".into());
    }
    let Some(anchor) = anchor else { return Ok(()) };
    let document = documents.iter().find(|document| document.path == path).ok_or("it is no document with headings")?;
    if document.anchors().iter().any(|known| known == anchor) { Ok(()) } else { Err("there is no such heading".into()) }
}

/// A path beside that of a document, seen from the root.
fn resolve(from: &str, target: &str) -> String {
    let mut steps: Vec<&str> = Path::new(from).parent().and_then(Path::to_str).unwrap_or_default().split('/').collect();
    steps.retain(|step| !step.is_empty());
    for step in target.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            "." | "" => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}
