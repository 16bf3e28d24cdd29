//! `doorward import ez`.

use serde_json::json;

use crate::kit::{Api, Browser, Place, Server};
use crate::rules;

const PASSWORD: &str = "correct horse battery staple";

/// Users in groups: the editor by group 13, whose node is 14, and the admin by group 12, whose node is 13.
const MYSQL: &str = r"-- MySQL dump 10.13
CREATE TABLE `ezuser` (`contentobject_id` int NOT NULL, `email` varchar(150), `login` varchar(150), `password_hash` varchar(255), `password_hash_type` int, PRIMARY KEY (`contentobject_id`));
INSERT INTO `ezuser` VALUES (10,'nospam@ez.no','anonymous','4e6f6184135228ccd45f8233d72a0363',2),(14,'admin@ez.no','admin','$2y$10$es6KcL1vryuJIwJtv3CaUOESy/uwoXbNDvmuCf4mB.wST38eHwAMC',7),
(20,'e@ez.no','editor','3db13c228d7d90631ee72b0b647d1e67',2),
(21,'o@ez.no','old','$1$abcdefgh$0123456789012345678901',6);
CREATE TABLE `ezuser_setting` (`user_id` int, `is_enabled` int, `max_login` int);
INSERT INTO `ezuser_setting` VALUES (10,1,1000),(14,1,10),(20,1,0),(21,0,0);
CREATE TABLE `ezrole` (`id` int, `is_new` int, `name` varchar(255), `value` char(1), `version` int);
INSERT INTO `ezrole` VALUES (1,0,'Anonymous','',0),(2,0,'Administrator','*',0),(3,0,'Content Editor','',0),(4,0,'Editor draft','',3);
CREATE TABLE `ezpolicy` (`id` int, `function_name` varchar(255), `module_name` varchar(255), `original_id` int, `role_id` int);
INSERT INTO `ezpolicy` VALUES (1,'login','user',0,1),(2,'*','*',0,2),(3,'*','content',0,3),(7,'edit','content',0,1),(8,'remove','content',0,1),(4,'edit','class',0,3),(5,'read','content',0,1),(6,'*','*',0,4);
CREATE TABLE `ezpolicy_limitation` (`id` int, `identifier` varchar(255), `policy_id` int);
INSERT INTO `ezpolicy_limitation` VALUES (251,'Section',5),(252,'SiteAccess',1),(253,'Owner',7),(254,'Section',7),(255,'Group',8);
CREATE TABLE `ezpolicy_limitation_value` (`id` int, `limitation_id` int, `value` varchar(255));
INSERT INTO `ezpolicy_limitation_value` VALUES (477,251,'1'),(478,252,'1766001124'),(479,253,'1'),(480,254,'1'),(481,254,'3'),(482,255,'1');
CREATE TABLE `ezuser_role` (`contentobject_id` int, `id` int, `limit_identifier` varchar(255), `limit_value` varchar(255), `role_id` int);
INSERT INTO `ezuser_role` VALUES (42,31,'','',1),(12,25,'','',2),(13,28,'','',3),(20,33,'Subtree','/1/2/',2);
CREATE TABLE `ezcontentobject_tree` (`contentobject_id` int, `node_id` int, `path_string` varchar(255));
INSERT INTO `ezcontentobject_tree` VALUES (4,5,'/1/5/'),(42,44,'/1/5/44/'),(10,45,'/1/5/44/45/'),(12,13,'/1/5/13/'),(14,15,'/1/5/13/15/'),(13,14,'/1/5/14/'),(20,50,'/1/5/14/50/'),(21,51,'/1/5/51/');
CREATE TABLE `ezcontentobject` (`id` int, `contentclass_id` int, `name` varchar(255));
INSERT INTO `ezcontentobject` VALUES (14,4,'Administrator User'),(20,4,'Édith Editor'),(13,3,'Editors'),(21,4,'');
";

#[tokio::test]
async fn users_move_in_with_the_roles_of_their_groups() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    place.write("site.sql", MYSQL);
    let ran = place.run("import ez site.sql --out ez.toml");
    for part in [
        "site.sql:5: doubt: this password, of the kind 6, cannot move in",
        "refused: content/remove (Group 1) of the role anonymous is refused: rules cannot say the limitation Group",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    let told = ran.ok();
    assert!(told.contains("3 users, 4 roles; policies: 6 taken over, 1 refused.\n"), "{told}");
    assert!(told.contains("Guests had these roles: anonymous_roles = [\"anonymous\"] in [dialect.ez], or guest_roles in their realm.\n"), "{told}");
    let written = place.read("ez.toml");
    for part in [
        "[role.ez-administrator]\ntitle = \"Administrator\"\nallow = [\"Ez::all\"]\n",
        "[role.content-editor]\ntitle = \"Content Editor\"\nallow = [\"Ez::content\", \"Ez::class/edit\"]\n",
        "# granted at this siteaccess: user/login (SiteAccess 1766001124)\n# refused: content/remove (Group 1)\nallow = [\"Ez::user/login\"]\n",
        "[[role.anonymous.limited]]\nallow = [\"Ez::content/edit\"]\nto = { owner = \"%user_id%\", section = [\"1\", \"3\"] }\n",
        "[[role.anonymous.limited]]\nallow = [\"Ez::content/read\"]\nto = { section = \"1\" }\n",
        "[role.ez-administrator-subtree-1-2]\ntitle = \"Administrator (Subtree /1/2/)\"\nallow = [\"Ez::user/login\"]\n\
         [[role.ez-administrator-subtree-1-2.limited]]\nallow = [\"Ez::all\"]\nto = { subtree = \"/1/2/\" }\n",
    ] {
        assert!(written.contains(part), "{part}: {written}");
    }
    let elsewhere = place.run("import ez site.sql --siteaccess shop --dry-run");
    let refused =
        "user/login (SiteAccess 1766001124) of the role anonymous is refused: it is for other siteaccesses than `shop`";
    assert!(elsewhere.stderr.contains(refused), "{}", elsewhere.stderr);
    assert!(elsewhere.stdout.contains("policies: 5 taken over, 2 refused."), "{}", elsewhere.stdout);
    place.write("doorward.toml", &format!("rules = [\"ez.toml\"]\n{}", place.read("doorward.toml")));
    place.run("check").ok();
    let shown = |login: &str| place.run(&format!("user show {login} --json")).json();
    assert_eq!(
        (&shown("editor")["id"], &shown("editor")["roles"]),
        (&json!("20"), &json!(["content-editor", "ez-administrator-subtree-1-2"]))
    );
    assert_eq!(shown("admin")["roles"], json!(["ez-administrator"]));
    assert_eq!(
        (&shown("admin")["name"], &shown("editor")["name"]),
        (&json!("Administrator User"), &json!("Édith Editor"))
    );
    assert_eq!((&shown("old")["state"], &shown("old")["roles"]), (&json!("disabled"), &json!([])));
    assert!(place.run("user show anonymous").code != 0);
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    for login in ["admin", "editor"] {
        assert_eq!(browser.log_in(None, login, PASSWORD).await.status, 201, "{login}");
    }
    let again = place.run("import ez site.sql").ok();
    assert!(again.contains("0 added, 0 altered, 3 as they are."), "{again}");
}

#[test]
fn a_policy_of_one_siteaccess_among_several_is_limited_to_it() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.write("site.sql", MYSQL);
    place.run("import ez site.sql --siteaccess site,shop --out ez.toml").ok();
    let written = place.read("ez.toml");
    let login = "[[role.anonymous.limited]]\nallow = [\"Ez::user/login\"]\nto = { siteaccess = \"site\" }\n";
    assert!(written.contains(login), "{written}");
}

#[test]
fn the_tables_of_later_versions_say_the_same() {
    let later = [
        ("ezcontentobject_tree", "ibexa_content_tree"),
        ("ezcontentobject`", "ibexa_content`"),
        ("ezuser", "ibexa_user"),
        ("ezrole", "ibexa_role"),
        ("ezpolicy", "ibexa_policy"),
    ];
    let dump = later.iter().fold(MYSQL.to_owned(), |dump, (old, new)| dump.replace(old, new));
    assert!(!dump.contains("`ez"), "{dump}");
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.write("old.sql", MYSQL);
    place.write("new.sql", &dump);
    let told = place.run("import ez old.sql --out old.toml").ok();
    assert!(told.contains("3 added"), "{told}");
    let again = place.run("import ez new.sql --out new.toml").ok();
    assert!(again.contains("0 added, 0 altered, 3 as they are."), "{again}");
    assert_eq!(place.read("old.toml"), place.read("new.toml"));
}

#[test]
fn tables_as_csv_say_the_same() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.write("ezuser.csv", "contentobject_id,email,login,password_hash,password_hash_type\n20,e@ez.no,editor,904974e0584e72a133c7c8dd551b2863,3\n");
    let told = place.run("import ez ezuser.csv --dry-run").failed(2);
    assert!(
        told.contains("ezuser.csv:2: this password is hashed along with the name of the site: say it with --site"),
        "{told}"
    );
    let told = place.run("import ez ezuser.csv --site ez.no --out ez.toml").ok();
    assert!(told.contains("no table ezuser_setting: whoever is new is enabled") && told.contains("1 added"), "{told}");
    place.write("other.csv", "a\n1\n");
    place.run("import ez other.csv").failed(1);
    place.write("ezuser_role.csv", "contentobject_id,role_id,limit_identifier,limit_value\n20,1,,\n");
    let told = place.run("import ez ezuser.csv ezuser_role.csv --site ez.no").failed(1);
    assert!(told.contains("ezcontentobject_tree"), "{told}");
}

#[test]
fn a_table_that_is_missing_takes_nothing_from_anybody() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.write("site.sql", MYSQL);
    place.run("import ez site.sql --out ez.toml").ok();
    place.write("doorward.toml", &format!("rules = [\"ez.toml\"]\n{}", place.read("doorward.toml")));
    place.write(
        "ezuser.csv",
        "contentobject_id,email,login,password_hash,password_hash_type\n14,admin@ez.no,admin,,7\n21,o@ez.no,old,,6\n",
    );
    let told = place.run("import ez ezuser.csv").ok();
    for part in [
        "There is no table ezuser_setting: whoever is new is enabled, and others stay as they are.\n",
        "There is no table ezuser_role: whoever is new has no roles, and others keep theirs.\n",
        "0 added, 0 altered, 2 as they are.\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(place.run("user show admin --json").json()["roles"], json!(["ez-administrator"]));
    assert_eq!(place.run("user show old --json").json()["state"], json!("disabled"));
    // Roles alone let nobody in, and that is said.
    let roles = MYSQL.replace("`ezuser`", "`others`");
    place.write("roles.sql", &roles);
    let told = place.run("import ez roles.sql").ok();
    assert!(told.contains("0 users, ") && told.contains("There is no table ezuser: nobody moves in.\n"), "{told}");
}

#[test]
fn a_dry_run_fails_where_the_import_would() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    place.write("site.sql", MYSQL);
    let told = place.run("import ez site.sql --dry-run").ok();
    let ends = "Nothing was written.\nThe roles stand in no file of doorward.toml yet: without --dry-run, add --out FILE, which writes them.\n";
    assert!(told.ends_with(ends), "{told}");
    place.write("ez.toml", "# mine\n");
    let import = place.run("import ez site.sql --out ez.toml").failed(1);
    let dry = place.run("import ez site.sql --out ez.toml --dry-run").failed(1);
    assert!(dry.contains("ez.toml is there already") && import.contains("ez.toml is there already"), "{dry} {import}");
}

#[test]
fn a_dump_that_is_packed_is_to_be_unpacked() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    std::fs::write(place.file("site.sql.gz"), b"\x1f\x8b\x08\x00\x00").expect("a file");
    let told = place.run("import ez site.sql.gz --out ez.toml").failed(2);
    assert!(told.contains("site.sql.gz is compressed: unpack it first"), "{told}");
}

#[test]
fn a_dump_that_ends_too_early_moves_nobody() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    for length in [MYSQL.len() - 3, MYSQL.len() / 2, 300] {
        place.write("site.sql", &MYSQL[..length]);
        let told = place.run("import ez site.sql --out ez.toml");
        assert!(told.code != 0, "{length}: {told:?}");
        assert!(!place.file("ez.toml").exists());
    }
    place.write("roles.sql", "INSERT INTO ezrole (id,name) VALUES (1,'x');\n");
    let told = place.run("import ez roles.sql --out ez.toml").failed(1);
    assert!(told.contains("there is no table ezpolicy"), "{told}");
}
