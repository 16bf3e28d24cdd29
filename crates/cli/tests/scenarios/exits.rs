//! How each verb ends: 0 when it is done, 1 when it was refused or failed, 2 for bad usage and bad files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::kit::{Place, Server};

/// Each verb with arguments that would do, and whether it reads `doorward.toml` before all else.
const VERBS: [(&str, &str, bool); 35] = [
    ("demo", "--print-config", false),
    ("init", "", false),
    ("check", "", true),
    ("serve", "", true),
    ("reload", "", true),
    ("explain", "GET /", true),
    ("user add", "anna", true),
    ("user list", "", true),
    ("user show", "anna", true),
    ("user passwd", "anna", true),
    ("user reset", "anna", true),
    ("user grant", "anna clerk", true),
    ("user revoke", "anna clerk", true),
    ("user disable", "anna", true),
    ("user enable", "anna", true),
    ("user unlock", "anna", true),
    ("user remove", "anna", true),
    ("role list", "", true),
    ("role show", "clerk", true),
    ("role create", "keeper", true),
    ("role remove", "keeper", true),
    ("role allow", "keeper Shop::orders", true),
    ("role deny", "keeper Shop::orders", true),
    ("session list", "", true),
    ("session end", "--all", true),
    ("audit", "", true),
    ("backup", "copy.db", true),
    ("restore", "copy.db", true),
    ("schema", "", false),
    ("import ez", "dump.sql", false),
    ("import kirby", "site", false),
    ("import magento", "app", false),
    ("import openapi", "openapi.yaml", false),
    ("import users", "users.csv", false),
    ("completions", "bash", false),
];

/// `man` tells of the others, and so is not among them.
fn verbs() -> BTreeSet<String> {
    let place = Place::new();
    place.run("man --dir pages").ok();
    let pages = fs::read_dir(place.file("pages")).expect("a folder");
    let pages = pages.map(|page| page.expect("a page").file_name().into_string().expect("text"));
    let names = pages.filter_map(|page| Some(page.strip_prefix("doorward-")?.strip_suffix(".1")?.replace('-', " ")));
    let names: BTreeSet<String> = names.collect();
    let has_verbs = |name: &str| names.iter().any(|other| other.starts_with(&format!("{name} ")));
    names.iter().filter(|name| !has_verbs(name) && *name != "man").cloned().collect()
}

#[test]
fn no_verb_is_left_out() {
    let told: BTreeSet<String> = VERBS.iter().map(|(verb, ..)| (*verb).to_owned()).collect();
    assert_eq!(told, verbs());
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md");
    let document = fs::read_to_string(document).expect("a document");
    for verb in told.iter().map(String::as_str).chain(["man"]) {
        assert!(document.contains(&format!("`{verb}")), "docs/command-line.md says nothing of {verb}");
    }
}

#[test]
fn an_argument_that_no_verb_has_is_bad_usage() {
    let place = Place::with(&crate::rules("http://127.0.0.1:9000"));
    for (verb, arguments, _) in VERBS {
        let error = place.run(&format!("{verb} {arguments} --nonsense")).failed(2);
        assert!(error.contains("unexpected argument '--nonsense'"), "{verb}: {error}");
    }
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 1, "nothing was made");
}

#[test]
fn a_file_that_is_not_there_is_bad_usage() {
    let place = Place::new();
    for (verb, arguments, _) in VERBS.iter().filter(|(.., reads)| *reads) {
        let error = place.run(&format!("{verb} {arguments} --config nowhere.toml")).failed(2);
        assert!(error.contains("there is no nowhere.toml: `doorward init` writes one"), "{verb}: {error}");
    }
}

#[test]
fn a_file_that_is_bad_is_told_with_its_place() {
    let place = Place::with("[[route]]\nmatch = \"GET /x\"\nacess = \"self\"\n");
    for (verb, arguments, _) in VERBS.iter().filter(|(.., reads)| *reads) {
        let error = place.run(&format!("{verb} {arguments}")).failed(2);
        assert!(error.starts_with("doorward.toml:3:1: unknown key `acess`"), "{verb}: {error}");
    }
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 1, "nothing was made");
}

#[test]
fn what_is_named_and_cannot_be_read_is_bad_usage_and_what_is_refused_is_not() {
    let place = Place::with(&crate::rules("http://127.0.0.1:9000"));
    place.write("nonsense", "nonsense\n");
    place.run("user add anna").ok();
    place.run("backup copy.db").ok();
    let (missing, bad, refused) = (2, 2, 1);
    for (line, code) in [
        ("import openapi nowhere.yaml", missing),
        ("import openapi nonsense", bad),
        ("explain --batch nowhere", missing),
        ("explain --batch nonsense", refused),
        ("restore nowhere.db", missing),
        ("restore nonsense", refused),
        ("backup copy.db", refused),
        ("backup nowhere/copy.db", refused),
        ("init", refused),
        ("init --config nowhere/doorward.toml", refused),
        ("man --dir nonsense", refused),
        ("completions nonsense", bad),
        ("user add anna", refused),
        ("user show nobody", refused),
        ("reload", refused),
    ] {
        let error = place.run(line).failed(code);
        assert!(!error.is_empty() && !error.contains("panicked"), "{line}: {error}");
    }
    place.write("odd.toml", "data = \"nonsense\"\n");
    place.run("user list --config odd.toml").failed(refused);
    place.write("folder.toml", "data = \".\"\n");
    place.run("user list --config folder.toml").failed(refused);
    place.run("check --config .").failed(bad);
}

#[test]
fn a_copy_is_not_put_back_under_a_running_server() {
    let place = Place::with(&crate::rules("http://127.0.0.1:9000"));
    place.run("user add anna").ok();
    place.run("backup copy.db").ok();
    let _server = Server::start(&place);
    let error = place.run("restore copy.db").failed(1);
    assert!(error.contains("is being served by process"), "{error}");
}
