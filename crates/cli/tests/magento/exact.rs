//! Rules for those who need the verdicts that Magento computes.

use crate::kit::Place;
use crate::shop::{SETTINGS, module_file, resources, route, routes, shop};

const EXACT: &str = "[dialect.magento]\ncompat = \"exact\"\n";

/// Imports and checks, and hands back what is written and what is told.
fn imported(place: &Place, more: &str) -> (String, String) {
    let ran = place.run(&format!("import magento modules --out magento.toml {more}"));
    let told = ran.stderr.clone();
    ran.ok();
    let checked = place.run("check --json").json();
    assert_eq!(checked["warnings"], serde_json::json!([]));
    (place.read("magento.toml"), told)
}

#[test]
fn what_only_those_pass_who_may_everything_asks_for_just_that() {
    let place = Place::with(&format!("{SETTINGS}{EXACT}"));
    let tree = "<resource id=\"Magento_Backend::all\" title=\"All\"/><resource id=\"Acme_Ab::one\" title=\"One\"/>";
    module_file(&place, "Acme_Ab", "acl.xml", &resources(tree));
    let all = [
        route("GET", "/V1/mixed/a", &["self", "Acme_Ab::one"], ""),
        route("GET", "/V1/listed/a", &["Acme_Ab::one, Acme_Ab::two"], ""),
        route("GET", "/V1/:lost", &["anonymous"], ""),
        route("GET", "/V1/rank/1x/:b", &["anonymous"], ""),
        route("GET", "/V1/rank/:a/y", &["self"], ""),
    ];
    module_file(&place, "Acme_Ab", "webapi.xml", &routes(&all.concat()));
    let (text, told) = imported(&place, "--compat exact");
    assert!(text.contains(
        "\n# Verdicts are those that Magento computes: [dialect.magento] compat = \"exact\" goes with it.\n"
    ));
    for (path, access) in
        [("mixed/a", "[\"Magento_Backend::all\", \"Acme_Ab::one\"]"), ("listed/a", "\"Magento_Backend::all\"")]
    {
        let rule = format!("match = \"GET /rest/V1/{path}\"\naccess = {access}\nrealm = \"admin\"\n");
        assert!(text.contains(&rule), "{text}");
    }
    let expected = "refused: modules/Acme_Ab/etc/webapi.xml:5: GET /V1/:lost is left out: Magento never finds a route with a \
                    parameter in the first two segments\n";
    // Which of two routes answers is for the settings to say, and nothing to be warned of.
    assert_eq!(told, expected);
    let winner = |path: &str| {
        let told = place.run(&format!("explain GET {path} --json")).json();
        told["route"].as_str().map(str::to_owned)
    };
    assert_eq!(winner("/rest/V1/rank/1x/y").as_deref(), Some("GET /rest/V1/rank/:a/y"));
}

#[test]
fn a_role_is_what_its_rows_come_to() {
    let place = shop();
    place.write("doorward.toml", &format!("{SETTINGS}{EXACT}"));
    place.write(
        "roles.csv",
        "role_id,parent_id,role_type,user_id,user_type,role_name\n1,0,G,0,2,All\n2,0,G,0,2,Old\n3,0,G,0,2,New\n4,0,G,0,2,Odd\n",
    );
    // `Acme_Shop::delete` is new: only the role that was saved last knows it.
    let rules = "role_id,resource_id,permission\n1,Magento_Backend::all,allow\n2,Magento_Backend::admin,allow\n\
                 2,Acme_Base::stores,deny\n2,Acme_Shop::shop,allow\n2,Acme_Shop::groups,deny\n2,Acme_Shop::products,allow\n\
                 3,Acme_Shop::delete,deny\n4,Magento_Backend::all,allow\n4,Acme_Base::stores,deny\n";
    place.write("rules.csv", rules);
    let files = "--roles-file roles.csv --rules-file rules.csv";
    let (exact, told) = imported(&place, &format!("{files} --compat exact"));
    let all = "[role.all]\ntitle = \"All\"\nallow = [\"Magento_Backend::all\"]\n";
    let old = "[role.old]\ntitle = \"Old\"\nallow = [\"Acme_Shop::products\"]\n\
               only = [\"Magento_Backend::admin\", \"Acme_Shop::shop\"]\n";
    assert!(exact.contains(all) && exact.contains(old), "{exact}");
    let odd = "warning: roles.csv:5: the role `Odd` has `Magento_Backend::all`, and not all that it stands for: it is left out of the role\n";
    assert!(told.contains(odd), "{told}");
    std::fs::remove_file(place.file("magento.toml")).expect("removed");
    place.write("doorward.toml", SETTINGS);
    let (strict, _) = imported(&place, files);
    // What nobody decided about when the role was saved is denied.
    assert!(
        strict.contains("only = [\"Magento_Backend::admin\", \"Acme_Shop::shop\", \"Acme_Shop::products\"]\n"),
        "{strict}"
    );
    assert!(
        strict.contains("allow = [\"Magento_Backend::all\", \"Magento_Backend::admin\", \"Acme_Shop::goner\"]\n"),
        "{strict}"
    );
}

#[test]
fn there_are_two_kinds_of_verdicts() {
    let place = shop();
    let error = place.run("import magento modules --compat loose").failed(2);
    assert!(error.contains("possible values: strict, exact"), "{error}");
}
