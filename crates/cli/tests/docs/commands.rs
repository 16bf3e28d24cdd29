//! Every block of commands runs, in the order of its document, as a reader would run it.
//!
//! Behind `sh` may stand how: `background=8080` goes on while the document does and takes connections at that port, `fails=2`
//! ends with that code, `elsewhere` needs another machine and is only looked through. A block of `text` or `json` behind one is
//! what it prints. Other blocks with `file=NAME` are written to a file, with `append=NAME` at its end.

use crate::book::{Block, Document};
use crate::elsewhere;
use crate::expected::{compare_json, compare_text};
use crate::stage::Stage;

/// The documents that have commands, each with a test below.
const TOLD: [&str; 17] = [
    "CONTRIBUTING.md",
    "README.md",
    "docs/api.md",
    "docs/benchmarks.md",
    "docs/browser.md",
    "docs/first-run.md",
    "docs/from-ez.md",
    "docs/from-kirby.md",
    "docs/from-magento.md",
    "docs/gateway.md",
    "docs/imports.md",
    "docs/layer.md",
    "docs/operations.md",
    "docs/pages.md",
    "docs/performance.md",
    "docs/rules-explained.md",
    "docs/rules.md",
];

#[test]
fn every_document_with_commands_is_told() {
    let with_commands =
        Document::all().into_iter().filter(|document| document.blocks().iter().any(|block| block.language == "sh"));
    let paths: Vec<String> = with_commands.map(|document| document.path).collect();
    assert_eq!(paths, TOLD, "each document with commands is in this list, and has a test");
}

#[test]
fn contributing() {
    tell("CONTRIBUTING.md");
}

#[test]
fn readme() {
    tell("README.md");
}

#[test]
fn api() {
    tell("docs/api.md");
}

#[test]
fn benchmarks() {
    tell("docs/benchmarks.md");
}

#[test]
fn browser() {
    tell("docs/browser.md");
}

#[test]
fn first_run() {
    tell("docs/first-run.md");
}

#[test]
fn from_ez() {
    tell("docs/from-ez.md");
}

#[test]
fn from_kirby() {
    tell("docs/from-kirby.md");
}

#[test]
fn from_magento() {
    tell("docs/from-magento.md");
}

#[test]
fn gateway() {
    tell("docs/gateway.md");
}

#[test]
fn imports() {
    tell("docs/imports.md");
}

#[test]
fn layer() {
    tell("docs/layer.md");
}

#[test]
fn operations() {
    tell("docs/operations.md");
}

#[test]
fn pages() {
    tell("docs/pages.md");
}

#[test]
fn performance() {
    tell("docs/performance.md");
}

#[test]
fn rules_explained() {
    tell("docs/rules-explained.md");
}

#[test]
fn rules() {
    tell("docs/rules.md");
}

fn tell(path: &str) {
    let number = TOLD.iter().position(|told| *told == path).expect("it is in the list");
    let mut stage = Stage::new(number);
    let blocks = Document::read(path).blocks();
    let mut blocks = blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        match (block.value("file"), block.value("append")) {
            (Some(name), _) => stage.write(name, &block.text, false),
            (_, Some(name)) => stage.write(name, &block.text, true),
            _ if block.language != "sh" || block.value("from").is_some() => {}
            _ if block.is("elsewhere") => elsewhere::look_through(block),
            _ => {
                let shown = blocks.next_if(|next| ["text", "json"].contains(&next.language.as_str()));
                act(&mut stage, block, shown);
            }
        }
    }
}

fn act(stage: &mut Stage, block: &Block, shown: Option<&Block>) {
    if let Some(port) = block.value("background") {
        stage.start(block, port.parse().expect("a port"));
        return;
    }
    let ran = stage.run(block);
    let code = block.value("fails").map_or(0, |code| code.parse().expect("a number"));
    assert_eq!(ran.code, code, "{}:\n{}\n{}", block.place, block.text, ran.stdout);
    let Some(shown) = shown else { return };
    let compared = match shown.language.as_str() {
        "json" => compare_json(&shown.text, &ran.stdout),
        _ => compare_text(&shown.text, &ran.stdout),
    };
    compared.unwrap_or_else(|difference| panic!("{}: not what is printed.\n{difference}", shown.place));
}
