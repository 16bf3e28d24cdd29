//! `doorward import magento`: no file makes a reader panic, every complaint has its line, and whatever files say together,
//! what is written are rules that pass the check, with a route for each that is in force and nothing from the environment.

#![no_main]
#![allow(dead_code, reason = "the importer is part of a program, and some of it is for its other parts")]

/// The readers, as the program has them.
#[path = "../../crates/cli/src/import/magento"]
mod magento {
    pub mod acl;
    pub mod collision;
    pub mod finding;
    pub mod grants;
    pub mod merged;
    pub mod module;
    pub mod path;
    pub mod php;
    pub mod records;
    pub mod route;
    pub mod schema;
    pub mod text;
    pub mod tree;
    pub mod trial;
    pub mod webapi;
    pub mod xml;
}

use std::path::Path;

use doorward::policy::{Draft, MagentoCompat, Policy, Rules, Settings};
use libfuzzer_sys::fuzz_target;
use magento::finding::{Findings, Wrong};
use magento::records::Records;
use magento::route::{Route, Site};
use magento::text::{self, Realms};
use magento::tree::Tree;
use magento::trial::Trial;
use magento::xml::Element;
use magento::{acl, collision, merged, module, webapi};

/// Files follow each other, with this between them.
const BETWEEN: char = '\u{1}';

fn check(wrong: &Wrong, text: &str) {
    let lines = text.split('\n').count();
    assert!((1..=lines).contains(&wrong.line) && !wrong.text.is_empty(), "{wrong:?}");
}

fn check_all<T>(read: Result<T, Vec<Wrong>>, text: &str) -> Option<T> {
    read.map_err(|all| {
        assert!(!all.is_empty());
        all.iter().for_each(|wrong| check(wrong, text));
    })
    .ok()
}

fuzz_target!(|files: &str| {
    let (mut routes, mut tree, mut findings) = (merged::Routes::default(), Tree::default(), Findings::default());
    for file in files.split(BETWEEN) {
        if file.starts_with("<?php") {
            if let Err(wrong) = module::listed(file) {
                check(&wrong, file);
            }
            continue;
        }
        let root = match Element::parse(file) {
            Ok(root) => root,
            Err(wrong) => {
                check(&wrong, file);
                if let Err(wrong) = Records::parse(file, Path::new("export.csv"), &["role_id"]) {
                    check(&wrong, file);
                }
                continue;
            }
        };
        if let Err(wrong) = module::described(&root) {
            check(&wrong, file);
        }
        if let Some(declared) = check_all(webapi::read(&root), file) {
            routes.merge(declared, &"Ab_Cd".into(), &"webapi.xml".into(), &mut findings);
        }
        if let Some(declared) = check_all(acl::read(&root), file) {
            tree.merge(declared, &"acl.xml".into());
        }
    }
    // Either kind of verdicts, as the input has it.
    let compat = if files.len() % 2 == 0 { MagentoCompat::Strict } else { MagentoCompat::Exact };
    let site = Site { root: "/rest".into(), attributes: Vec::new(), compat };
    let whole = routes.whole(&mut findings).into_iter();
    let mut routes: Vec<Route> = whole.map(|route| Route::of(route, &site, &mut findings)).collect();
    let mut resources = tree.grown(&mut findings);
    resources.extend(magento::route::undeclared(&routes, &resources, &mut findings));
    collision::settle(&mut routes, compat, &mut findings);
    let realms = Realms { customers: "customer".into(), admins: "admin".into() };
    let others = text::resources(&resources);
    let trial = Trial::new([&realms.customers, &realms.admins], &others).expect("resources that rules take");
    trial.refuse(&mut routes, |route| text::route(route, &realms));

    let written = others + &text::routes(&routes, &realms);
    let rules = Rules::parse("magento.toml", &written, &|_| Some("hunter2".into())).expect("rules");
    assert_eq!(rules.routes.len(), routes.iter().filter(|route| route.refused.is_none()).count());
    assert!(files.contains("hunter2") || !format!("{rules:?}").contains("hunter2"));
    let settings = "[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n";
    let (settings, own) = Settings::parse("doorward.toml", settings, &|_| None).expect("settings");
    Policy::compile(&Draft::new(&settings, &[own, rules])).expect("a policy");
});
