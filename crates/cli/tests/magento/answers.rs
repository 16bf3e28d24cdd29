//! Whom the imported rules let through.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::kit::Place;
use crate::model::{Caller, Model, modules_in};
use crate::shop::{SETTINGS, shop};

/// Exports of two roles: one that may everything, and one that was saved with a selection.
fn write_roles(place: &Place, model: &Model, selection: &BTreeSet<String>) {
    place.write(
        "roles.csv",
        "role_id,parent_id,tree_level,sort_order,role_type,user_id,user_type,role_name\n\
         1,0,1,1,G,0,2,Administrators\n2,1,2,0,U,1,2,admin\n3,0,1,0,G,0,2,\"Help, desk\"\n",
    );
    let mut rules =
        "rule_id,role_id,resource_id,privileges,permission\n1,1,Magento_Backend::all,NULL,allow\n".to_owned();
    for (place, (id, _)) in model.resources.iter().enumerate() {
        let permission = if selection.contains(id) { "allow" } else { "deny" };
        let _ = writeln!(rules, "{},3,{id},NULL,{permission}", place + 2);
    }
    place.write("rules.csv", &rules);
}

/// Imports modules and compares the answer to every route, for every caller.
fn compare(
    place: &Place,
    folder: &Path,
    modules: &[PathBuf],
    compat: &str,
    is_picked: impl Fn(usize) -> bool,
) -> usize {
    let model = Model::read(modules);
    let selection = model.selection(is_picked);
    write_roles(place, &model, &selection);
    let folder = folder.display();
    let files = "--out magento.toml --roles-file roles.csv --rules-file rules.csv";
    place.run(&format!("import magento {folder} {files} --compat {compat}")).ok();
    place.write("doorward.toml", &format!("{SETTINGS}[dialect.magento]\ncompat = \"{compat}\"\n"));
    let checked = place.run("check --json").json();
    assert_eq!(checked["valid"], true);
    assert_eq!(checked["warnings"], json!([]), "{}", place.read("magento.toml"));

    let callers = [
        (Caller::Guest, json!({})),
        (Caller::Customer, json!({ "realm": "customer", "user_id": "7" })),
        (Caller::Everything, json!({ "realm": "admin", "user_id": "1", "roles": ["administrators"] })),
        (Caller::Some(&selection), json!({ "realm": "admin", "user_id": "2", "roles": ["help-desk"] })),
    ];
    let (mut questions, mut expected) = (String::new(), Vec::new());
    for ((method, url), asked) in &model.routes {
        let path: Vec<&str> =
            url.trim_end_matches('/').split('/').map(|part| if part.starts_with(':') { "x1" } else { part }).collect();
        for (caller, who) in &callers {
            let mut question = who.clone();
            question["method"] = method.as_str().into();
            question["path"] = format!("/rest{}", path.join("/")).into();
            let _ = writeln!(questions, "{question}");
            expected.push((question, model.allows(asked, *caller, compat)));
        }
    }
    let answers = place.run_with("explain --batch -", &questions).ok();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), expected.len());
    for (answer, (question, is_allowed)) in answers.iter().zip(&expected) {
        assert_ne!(answer["status"], 404, "{question}: {answer}");
        // Whoever may everything and is no customer gets through, and is told then that a customer's parameter is missing.
        let lacks = answer["status"] == 400 && question["user_id"] == "1" && answer["access"] == json!(["self"]);
        assert_eq!(answer["verdict"] == "allow" || lacks, *is_allowed, "{question}: {answer}");
    }
    expected.len()
}

#[test]
fn every_route_answers_every_caller_as_magento_would() {
    for (step, compat) in (1..5).flat_map(|step| [(step, "strict"), (step, "exact")]) {
        let place = shop();
        let modules = ["z-base", "m-shop", "a-extra"].map(|name| place.file("modules").join(name));
        let asked = compare(&place, &place.file("modules"), &modules, compat, |number| number % step == 0);
        assert_eq!(asked, 11 * 4);
    }
}

/// The modules of an installation, where there is one to look at.
#[test]
fn the_modules_of_an_installation_answer_as_well() {
    let Some(folder) = env::var_os("DOORWARD_TEST_MAGENTO").map(PathBuf::from) else { return };
    for (step, compat) in [1, 2, 3, 5, 7].into_iter().flat_map(|step| [(step, "strict"), (step, "exact")]) {
        let place = Place::with(SETTINGS);
        let asked = compare(&place, &folder, &modules_in(&folder), compat, |number| number % step == 0);
        assert!(asked > 0);
    }
}
