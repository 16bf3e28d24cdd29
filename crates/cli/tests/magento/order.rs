//! Which modules are read, and in which order.

use crate::kit::Place;
use crate::shop::{module_file, module_xml, resources, route, routes, shop};

fn order_in(text: &str) -> String {
    text.lines()
        .skip(1)
        .take_while(|line| !line.contains("Customers"))
        .map(|line| line.trim_start_matches("# "))
        .collect()
}

#[test]
fn modules_come_behind_those_that_they_build_upon() {
    let place = shop();
    let text = place.run("import magento modules").ok();
    assert_eq!(order_in(&text), "Acme_Base, Acme_Shop, Acme_Extra");
}

#[test]
fn folders_without_a_description_keep_the_order_in_which_they_are_given() {
    let place = Place::new();
    for name in ["a", "b"] {
        module_file(
            &place,
            name,
            "webapi.xml",
            &routes(&route("GET", "/V1/x", &["anonymous"], "").replace("Thing", name)),
        );
    }
    assert!(place.run("import magento modules/a modules/b").ok().contains("# bInterface::do"));
    assert!(place.run("import magento modules/b modules/a").ok().contains("# aInterface::do"));
}

#[test]
fn the_list_of_an_installation_decides_and_is_never_run() {
    let place = shop();
    place.write(
        "config.php",
        "<?php\nreturn [\n    'modules' => [\n        'Acme_Extra' => 0,\n        'Acme_Shop' => 1,\n        'Acme_Base' => 1,\n        \
         'Acme_Far' => 1\n    ],\n    'scopes' => ['websites' => []]\n];\n",
    );
    let ran = place.run("import magento modules --config-php config.php");
    assert!(ran.stderr.contains("config.php:1: `Acme_Far` would be on"), "{}", ran.stderr);
    assert!(ran.stderr.contains("     2  modules, and 1 left out\n"), "{}", ran.stderr);
    assert_eq!(order_in(&ran.ok()), "Acme_Shop, Acme_Base");
    place.write("config.php", "<?php\nreturn [\n'modules' => system('touch ran')\n];\n");
    let error = place.run("import magento modules --config-php config.php").failed(2);
    assert!(error.contains("error: config.php:3: only an array of values is read here"), "{error}");
    assert!(!place.file("ran").exists());
}

#[test]
fn what_an_installation_does_not_know_is_left_out() {
    let place = shop();
    place.write("config.php", "<?php return array('modules' => array('Acme_Base' => 1));\n");
    let ran = place.run("import magento modules --config-php config.php");
    let told =
        "warning: modules/a-extra/etc/module.xml:2: `Acme_Extra` and 1 more: left out, since config.php does not name";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    assert!(ran.stderr.contains("     1  module, and 2 left out\n"), "{}", ran.stderr);
}

#[test]
fn links_may_lead_in_a_circle() {
    let place = shop();
    std::os::unix::fs::symlink("..", place.file("modules/around")).expect("a link");
    assert_eq!(order_in(&place.run("import magento modules modules").ok()), "Acme_Base, Acme_Shop, Acme_Extra");
}

#[test]
fn what_is_not_there_or_there_twice_is_told() {
    let place = shop();
    place.run("import magento nowhere").failed(2);
    place.run("import magento").failed(2);
    std::fs::create_dir(place.file("empty")).expect("a folder");
    assert!(place.run("import magento empty").failed(1).contains("no module to import below empty"));
    module_file(&place, "copy", "module.xml", &module_xml("Acme_Base", &[]));
    let error = place.run("import magento modules").failed(2);
    assert!(error.contains("modules/z-base/etc/module.xml:2: the module `Acme_Base` is there twice"), "{error}");
}

#[test]
fn a_file_that_is_there_stays_as_it_is_and_a_dry_run_writes_none() {
    let place = shop();
    let said = place.run("import magento modules --dry-run").ok();
    assert!(said.contains("    11  routes: 1 anonymous, 4 self, 6 with resources of the ACL\n"), "{said}");
    assert!(said.ends_with("Nothing was written.\n"), "{said}");
    place.run("import magento modules --dry-run --out magento.toml").ok();
    assert!(!place.file("magento.toml").exists());
    let said = place.run("import magento modules --out magento.toml").ok();
    assert!(place.run("import magento modules --dry-run --out magento.toml").failed(1).contains("stays as it is"));
    assert!(said.ends_with("Then run `doorward check`.\n"), "{said}");
    let before = place.read("magento.toml");
    module_file(&place, "m-shop", "acl.xml", &resources(""));
    assert!(place.run("import magento modules --out magento.toml").failed(1).contains("stays as it is"));
    assert_eq!(place.read("magento.toml"), before);
    let said = place.run("import magento modules --compat exact --out exact.toml").ok();
    assert!(said.contains("they need compat = \"exact\" in [dialect.magento].\n"), "{said}");
}
