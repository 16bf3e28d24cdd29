//! `doorward import users`.

use serde_json::json;

use crate::kit::{Api, Browser, Place, Server, eventually};
use crate::rules;

const PASSWORD: &str = "correct horse battery staple";
const NOWHERE: &str = "http://127.0.0.1:9000";
const BCRYPT: &str = "$2y$10$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC";

fn file() -> String {
    format!(
        "login,name,email,roles,state,hash,scheme,site,attributes\n\
         editor,Erna,erna@example.com,clerk;editor,,904974e0584e72a133c7c8dd551b2863,ez3,ez.no,\"{{\"\"cart_id\"\":7}}\"\n\
         fritz,,,,disabled,{BCRYPT},,,\n\
         gerda,,,,,{{SSHA}}UaNeUB887x2YtjqGYuMltzPpPmDLmbPW,,,\n\
         hans,Hans,,,,,,,\n"
    )
}

#[tokio::test]
async fn whoever_moves_in_logs_in_with_the_password_of_before_while_the_server_runs() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    let server = Server::start(&place);
    place.write("people.csv", &file());
    let ran = place.run("import users people.csv");
    assert!(ran.stderr.contains("2 hashes to be wrapped in argon2id: about "), "{}", ran.stderr);
    let told = ran.ok();
    assert!(told.contains("4 added, 0 altered, 0 as they are."), "{told}");
    assert!(told.contains("1 have no password yet: `doorward user reset LOGIN` issues a code."), "{told}");
    let shown = place.run("user show editor --json").json();
    assert_eq!((&shown["name"], &shown["roles"]), (&json!("Erna"), &json!(["clerk", "editor"])));
    assert_eq!((&shown["email"], &shown["attributes"]), (&json!("erna@example.com"), &json!({ "cart_id": 7 })));
    let mut browser = Browser::at(&server.base);
    for login in ["editor", "gerda"] {
        assert_eq!(browser.log_in(None, login, "correct horse battery stapl").await.status, 401);
        assert_eq!(browser.log_in(None, login, PASSWORD).await.status, 201, "{login}");
        // The second time it is a hash of ours.
        assert_eq!(browser.log_in(None, login, PASSWORD).await.status, 201, "{login}");
    }
    assert_eq!(browser.log_in(None, "fritz", PASSWORD).await.status, 401, "disabled");
    let events = place.run("audit --json --kind user_created").json();
    assert_eq!(events["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(events["items"][0]["detail"], "imported from people.csv");
    // Whoever is altered by a file loses what a session of before allowed.
    place.write("more.jsonl", "{\"login\":\"gerda\",\"state\":\"disabled\"}\n");
    place.run("import users more.jsonl").ok();
    eventually("her session ends", async || (browser.get("/me").await.status == 401).then_some(())).await;
}

#[test]
fn twice_is_the_same_as_once_and_a_dry_run_writes_nothing() {
    let place = Place::with(&rules(NOWHERE));
    place.write("people.csv", &file());
    let dry = place.run("import users people.csv --dry-run").ok();
    assert!(dry.contains("add    editor (default)\n") && dry.ends_with("Nothing was written.\n"), "{dry}");
    assert!(!place.file("doorward.db").exists());
    place.run("import users people.csv").ok();
    let users = place.run("user list --json").json();
    let events = place.run("audit --json").json();
    let again = place.run("import users people.csv").ok();
    assert!(again.contains("0 added, 0 altered, 4 as they are."), "{again}");
    assert_eq!(place.run("user list --json").json(), users);
    assert_eq!(place.run("audit --json").json(), events);
    // What the file says is altered, and nothing else.
    place.write("more.csv", "login,name,roles,attributes\neditor,,editor,\"{\"\"tier\"\":1}\"\nfritz,Fritz,,\n");
    let dry = place.run("import users more.csv --dry-run").ok();
    assert!(dry.contains("alter  editor (default): roles, attributes\nalter  fritz (default): name\n"), "{dry}");
    place.run("import users more.csv").ok();
    let shown = place.run("user show editor --json").json();
    assert_eq!((&shown["name"], &shown["roles"]), (&json!("Erna"), &json!(["editor"])));
    assert_eq!(shown["attributes"], json!({ "cart_id": 7, "tier": 1 }));
}

#[test]
fn a_dry_run_knows_a_wrapped_hash_again_and_another_one_from_it() {
    let place = Place::with(&rules(NOWHERE));
    let file = |hash: &str, salt: &str| {
        format!(
            "login,hash,scheme,salt\neditor,{hash},ez1,\nsymfony,6mYDKOF5ooIVmjzYUMkhWQ==,symfony-md5:100,{salt}\n\
             ldap,{{SSHA}}UaNeUB887x2YtjqGYuMltzPpPmDLmbPW,,\n"
        )
    };
    place.write("people.csv", &file("9cc2ae8a1ba7a93da39b46fc1019c481", "a1b2c3d4"));
    place.run("import users people.csv").ok();
    let dry = place.run("import users people.csv --dry-run").ok();
    assert_eq!(dry, "0 to add, 0 to alter, 3 as they are.\nNothing was written.\n");
    // What the second export says is foretold as it comes.
    place.write("people.csv", &file("00000000000000000000000000000000", "another"));
    let dry = place.run("import users people.csv --dry-run").ok();
    assert_eq!(
        dry,
        "alter  editor (default): password\nalter  symfony (default): password\n\
         0 to add, 2 to alter, 1 as they are.\nNothing was written.\n"
    );
    assert!(place.run("import users people.csv").ok().contains("0 added, 2 altered, 1 as they are."));
    let dry = place.run("import users people.csv --dry-run").ok();
    assert!(dry.contains("0 to add, 0 to alter, 3 as they are."), "{dry}");
}

#[test]
fn a_quote_that_is_never_closed_hides_nobody() {
    let place = Place::with(&rules(NOWHERE));
    place.write("people.csv", "login,email,name\nanna,,Anna\nberta,,\"Berta\nclara,,Clara\ndora,,Dora\n");
    let told = place.run("import users people.csv").failed(2);
    assert!(told.contains("people.csv:3: a quote is opened here, or above, and never closed"), "{told}");
    assert!(!place.file("doorward.db").exists());
}

#[tokio::test]
async fn a_password_that_was_set_here_is_never_replaced() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    place.run_with("user add anna --password-stdin", "a password of these days\n").ok();
    place.write("people.csv", &format!("login,hash\nanna,{BCRYPT}\nberta,{BCRYPT}\n"));
    let told = place.run("import users people.csv").ok();
    assert!(
        told.contains("1 added, 0 altered, 1 as they are.\n1 have a password that was set here: it stays."),
        "{told}"
    );
    // Nobody has logged in with this one yet: a later export counts.
    place.write("later.csv", "login,hash\nberta,{SSHA}UaNeUB887x2YtjqGYuMltzPpPmDLmbPW\n");
    place.run("import users later.csv").ok();
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.log_in(None, "anna", PASSWORD).await.status, 401);
    assert_eq!(browser.log_in(None, "anna", "a password of these days").await.status, 201);
    assert_eq!(browser.log_in(None, "berta", PASSWORD).await.status, 201);
    // Now there is one of ours, which she may have changed by now.
    let told = place.run("import users people.csv").ok();
    assert!(told.contains("0 added, 0 altered, 2 as they are.\n2 have a password"), "{told}");
}

#[test]
fn a_file_with_mistakes_lets_nobody_in_and_each_is_told_with_its_line() {
    let place = Place::with(&rules(NOWHERE));
    let bad = format!(
        "login,email,state,hash,scheme,id,realm\n\
         anna,,,{BCRYPT},,,\nber:ta,,,,,,\nclara,no address,,,,,\ndora,,asleep,,,,\n\
         emma,,,9cc2ae8a1ba7a93da39b46fc1019c481,,,\nfrida,,,x,ez9,,\nAnna,,,,,,\ngerda,,,,,a b,\nhanna,,,,,,nowhere\n"
    );
    place.write("people.csv", &bad);
    let told = place.run("import users people.csv").failed(2);
    for line in [
        "people.csv:3: a login has 1 to 254 characters",
        "people.csv:4: email: not an e-mail address",
        "people.csv:5: state: `active` or `disabled`",
        "people.csv:6: hash: the hash does not name its scheme",
        "people.csv:7: hash: there is no such scheme: it is one of ez1, ",
        "people.csv:8: the login stands on line 2 already",
        "people.csv:9: an id has 1 to 64 characters",
        "people.csv:10: there is no realm nowhere: one of default",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(!told.contains("9cc2ae8a"), "no hash is told: {told}");
    assert_eq!(place.run("user list --json").json()["items"], json!([]));
    place.write("people.csv", "login,roles\nanna,clerk\nberta,admin;clerk;boss\n");
    let told = place.run("import users people.csv").failed(2);
    assert!(told.contains("people.csv:3: there are no such roles: admin, boss; declare them first"), "{told}");
    place.write("people.csv", "login,passwort,Rolle\nanna,x,y\n");
    let told = place.run("import users people.csv").failed(2);
    assert!(told.contains("people.csv:1: unknown columns: `passwort`, `Rolle`; known ones are login, "), "{told}");
    place.write("people.csv", "login;email\nanna;a@example.com\n");
    let told = place.run("import users people.csv").failed(2);
    assert!(told.contains("people.csv:1: there is one column alone: separate columns by commas"), "{told}");
    place.write("people.json", "[{\"login\": \"anna\"}]\n");
    let told = place.run("import users people.json").failed(2);
    assert!(told.contains("people.json:1: a JSON list: write its objects one a line"), "{told}");
    place.run("import users nowhere.csv").failed(2);
}

#[test]
fn the_last_administrator_stays_and_with_them_everybody() {
    let place = Place::with(&rules(NOWHERE));
    place.run_with("user add root --role administrator --password-stdin", "a password of these days\n").ok();
    place.write("people.csv", "login,state\nanna,\nroot,disabled\n");
    let told = place.run("import users people.csv").failed(1);
    assert!(told.contains("nothing was imported: nobody would be left who can administer"), "{told}");
    assert!(place.run("user show anna").code != 0);
    // An id that is there is never altered, and one that is taken is nobody else's.
    place.write("people.csv", "login,id\nroot,other\n");
    let told = place.run("import users people.csv").failed(2);
    assert!(told.contains("people.csv:2: root has the id "), "{told}");
}

#[test]
fn thousands_move_in_together() {
    let place = Place::with(&rules(NOWHERE));
    let mut text = String::from("login,email,roles,hash\n");
    for number in 0..3_000 {
        text += &format!("user-{number},user-{number}@example.com,clerk,{BCRYPT}\n");
    }
    place.write("people.csv", &text);
    let told = place.run("import users people.csv").ok();
    assert!(told.contains("3000 added"), "{told}");
    let told = place.run("import users people.csv").ok();
    assert!(told.contains("0 added, 0 altered, 3000 as they are."), "{told}");
    assert_eq!(place.run("user show user-2999 --json").json()["roles"], json!(["clerk"]));
}
