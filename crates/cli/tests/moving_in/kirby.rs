//! `doorward import kirby`.

use std::fs;

use serde_json::json;

use crate::kit::{Api, Browser, Place, Server};
use crate::rules;

const BCRYPT: &str = "$2y$10$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC";

fn account(place: &Place, id: &str, email: &str, role: &str) {
    let folder = place.file(&format!("www/site/accounts/{id}"));
    fs::create_dir_all(&folder).expect("a folder");
    let index = format!(
        "<?php\n\nreturn [\n    'email' => '{email}',\n    'language' => 'de',\n    'name' => 'N {id}',\n    'role' => '{role}'\n];"
    );
    fs::write(folder.join("index.php"), index).expect("written");
    fs::write(folder.join(".htpasswd"), BCRYPT).expect("written");
}

fn site(place: &Place) {
    for folder in ["blueprints/users", "config"] {
        fs::create_dir_all(place.file("www/site").join(folder)).expect("a folder");
    }
    account(place, "aB3dE6gH", "anna@example.com", "editor");
    account(place, "bbbbbbbb", "Berta@Example.com", "admin");
    account(place, "cccccccc", "clara@example.com", "gone");
    let blueprint = |name: &str, text: &str| place.write(&format!("www/site/blueprints/users/{name}.yml"), text);
    blueprint("default", "title: Default\n");
    blueprint(
        "editor",
        "title: Editor\npermissions:\n  users: false\n  pages:\n    delete: false\n    changeTitle: no\n",
    );
    blueprint("panelonly", "permissions:\n  access:\n    panel: true\n  '*': false\n");
    blueprint("all", "title: \"All\"\n");
    place.write(
        "www/site/config/config.php",
        "<?php return ['debug' => true, 'hooks' => ['x' => function () { system('touch pwned'); }]];",
    );
}

#[tokio::test]
async fn accounts_move_in_with_their_passwords_and_roles() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base).replace("[role.editor]\nallow = []\n", ""));
    site(&place);
    let error = place.run("import kirby www").failed(1);
    assert!(error.contains("add --out FILE"), "{error}");
    let dry = place.run("import kirby www --dry-run --out kirby.toml").ok();
    assert!(dry.contains("3 accounts, 4 roles.\n") && dry.contains("add    anna@example.com (default)\n"), "{dry}");
    assert!(!place.file("kirby.toml").exists());
    let ran = place.run("import kirby www --out kirby.toml");
    assert!(ran.stderr.contains("there is no role gone: as with Kirby, this account may nothing"), "{}", ran.stderr);
    assert!(ran.stderr.contains("all.yml:1: doubt: there are no `permissions`"), "{}", ran.stderr);
    let told = ran.ok();
    assert!(told.contains("Options of config.php, which are not taken over: debug, hooks\n"), "{told}");
    assert!(told.contains("3 added, 0 altered, 0 as they are.\nWrote the roles to kirby.toml."), "{told}");
    let written = place.read("kirby.toml");
    let editor = "[role.editor]\ntitle = \"Editor\"\nallow = [\"Kirby::all\"]\n\
                  deny = [\"Kirby::pages.changeTitle\", \"Kirby::pages.delete\", \"Kirby::users\"]\n";
    assert!(written.contains(editor), "{written}");
    assert!(written.contains("[role.panelonly]\nallow = [\"Kirby::access.panel\"]\n"), "{written}");
    place.write("doorward.toml", &format!("rules = [\"kirby.toml\"]\n{}", place.read("doorward.toml")));
    place.run("check").ok();
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.log_in(None, "anna@example.com", "correct horse battery staple").await.status, 201);
    let shown = place.run("user show anna@example.com --json").json();
    assert_eq!((&shown["id"], &shown["roles"]), (&json!("aB3dE6gH"), &json!(["editor"])));
    assert_eq!((&shown["name"], &shown["attributes"]), (&json!("N aB3dE6gH"), &json!({ "language": "de" })));
    assert_eq!(place.run("user show berta@example.com --json").json()["roles"], json!(["admin"]));
    // Twice is the same as once, now that the roles stand in the rules.
    let again = place.run("import kirby www/site").ok();
    assert!(again.contains("0 added, 0 altered, 3 as they are."), "{again}");
    assert!(!place.file("pwned").exists());
}

#[test]
fn a_site_with_a_mistake_moves_nobody_and_each_is_told_with_its_file_and_line() {
    let place = Place::with(&rules("http://127.0.0.1:9000").replace("[role.editor]\nallow = []\n", ""));
    site(&place);
    place.write("www/site/accounts/cccccccc/index.php", "<?php\nreturn [\n  'email' => system('touch pwned'),\n];");
    place.write("www/site/blueprints/users/editor.yml", "permissions:\n  pages:\n    update: maybe\n");
    let told = place.run("import kirby www --out kirby.toml").failed(2);
    assert!(told.contains("www/site/accounts/cccccccc/index.php:3: "), "{told}");
    assert!(told.contains("www/site/blueprints/users/editor.yml:3: `permissions.pages.update` is neither"), "{told}");
    assert!(!told.contains("there is no role editor"), "the mistake is told once: {told}");
    assert!(!place.file("kirby.toml").exists() && !place.file("pwned").exists());
    place.run("import kirby nowhere").failed(2);
    site(&place);
    place.write("www/site/accounts/cccccccc/.htpasswd", "not a hash");
    let told = place.run("import kirby www --out kirby.toml").failed(2);
    assert!(told.contains("www/site/accounts/cccccccc/.htpasswd:1: this is no hash that Kirby writes: "), "{told}");
    // What is wrong among users leaves no file behind either.
    site(&place);
    account(&place, "dddddddd", "anna@example.com", "admin");
    let told = place.run("import kirby www --out kirby.toml").failed(2);
    assert!(told.contains("the login stands in www/site/accounts/aB3dE6gH/index.php already"), "{told}");
    assert!(!place.file("kirby.toml").exists());
    assert_eq!(place.run("user list --json").json()["items"], json!([]));
    place.write("kirby.toml", "# mine\n");
    place.run("import kirby www --out kirby.toml").failed(1);
    assert_eq!(place.read("kirby.toml"), "# mine\n");
}

#[test]
fn options_are_named_with_what_stands_here_for_them_and_what_stays_is_told() {
    let place = Place::with(&rules("http://127.0.0.1:9000").replace("[role.editor]\nallow = []\n", ""));
    site(&place);
    place.write(
        "www/site/config/config.php",
        "<?php\nreturn [\n  'api' => ['basicAuth' => true, 'slug' => getenv('X')],\n  'auth.trials' => 3,\n  'home' => 'start',\n];",
    );
    place.write(
        "www/site/config/config.example.com.php",
        "<?php return ['session' => ['timeout' => 60], 'home' => 'x'];",
    );
    place.write("www/site/accounts/bbbbbbbb/user.en.txt", "Bio: Young");
    place
        .write("www/site/blueprints/users/editor.yml", "title: Editor\noptions:\n  delete: false\npermissions: true\n");
    let ran = place.run("import kirby www --dry-run --out kirby.toml");
    assert!(ran.stderr.contains("editor.yml:2: doubt: `options` decide over the permissions"), "{}", ran.stderr);
    let told = ran.ok();
    // In the order of the files' names.
    let options = "Options of config.php, which are not taken over: session.timeout, home, api.basicAuth, api.slug, auth.trials\n  \
                   session.timeout: `session.idle` of the realm\n  api.basicAuth: `basicAuth` in [dialect.kirby]\n  \
                   api.slug: `root` in [dialect.kirby]\n  auth.trials: how long somebody waits grows with their failures\n";
    assert!(told.contains(options), "{told}");
    assert!(told.contains("Content and pictures stay where they are: 1 account has some.\n"), "{told}");
    account(&place, "kirby", "kirby@example.com", "admin");
    let told = place.run("import kirby www --dry-run --out kirby.toml").failed(2);
    assert!(told.contains("www/site/accounts/kirby:1: `kirby` is nobody's id"), "{told}");
}
