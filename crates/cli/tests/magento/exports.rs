//! Roles of administrators, from exports of tables.

use crate::shop::shop;

const ROLES: &str = "role_id,parent_id,tree_level,sort_order,role_type,user_id,user_type,role_name\n\
                     1,0,1,1,G,0,2,Administrators\n5,0,1,0,G,0,2,Administrator\n6,0,1,0,G,0,2,\"Administrators\"\n\
                     7,0,1,0,G,0,2,管理\n8,0,1,0,G,0,2,Nobody\n9,1,2,0,U,1,2,root\n10,4,2,0,U,3,2,lost\n";
const RULES: &str = "rule_id,role_id,resource_id,privileges,permission\n3,5,Acme_Base::stores,,deny\n\
                     4,5,Acme_Shop::shop,,allow\n5,5,Acme_Shop::products,,allow\n6,5,Acme_Shop::groups,,allow\n\
                     2,5,Magento_Backend::admin,,allow\n1,1,Magento_Backend::all,,allow\n7,7,Acme_Shop::shop,,allow\n\
                     8,7,Acme_Far::thing,,allow\n";

#[test]
fn roles_come_with_what_they_may_and_what_they_may_not() {
    let place = shop();
    place.write("roles.csv", ROLES);
    place.write("rules.csv", RULES);
    let ran = place.run("import magento modules --out magento.toml --roles-file roles.csv --rules-file rules.csv");
    assert!(ran.stderr.contains("warning: roles.csv:6: the role `Nobody` allows nothing\n"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("warning: roles.csv:8: the administrator 3 has a role that is not there\n"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("warning: rules.csv:1: roles allow `Acme_Far::thing`, which no module declares"),
        "{}",
        ran.stderr
    );
    assert!(ran.ok().contains("     5  roles\n"));
    let text = place.read("magento.toml");
    let roles: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("[role."))
        .take_while(|line| !line.starts_with("# =="))
        .collect();
    insta::assert_snapshot!(roles.join("\n"));
    place.run("check").ok();
}

#[test]
fn a_role_with_a_gap_has_what_is_above_and_what_is_below() {
    let place = shop();
    place.write("roles.csv", "role_id,parent_id,role_type,user_id,user_type,role_name\n1,0,G,0,2,Gap\n");
    let rules = "role_id,resource_id,permission\n1,Magento_Backend::admin,allow\n1,Acme_Shop::shop,deny\n\
                 1,Acme_Shop::groups,allow\n1,Acme_Shop::products,deny\n1,Acme_Shop::delete,deny\n1,Acme_Base::stores,deny\n";
    place.write("rules.csv", rules);
    let ran = place.run("import magento modules --roles-file roles.csv --rules-file rules.csv");
    assert!(ran.stderr.contains("     0  refused\n"), "{}", ran.stderr);
    let expected =
        "[role.gap]\ntitle = \"Gap\"\nallow = [\"Acme_Shop::groups\"]\nonly = [\"Magento_Backend::admin\"]\n\n";
    assert!(ran.ok().contains(expected));
}

#[test]
fn what_is_wrong_with_an_export_is_told_with_its_line() {
    let place = shop();
    place.write("roles.csv", ROLES);
    let import = "import magento modules --roles-file roles.csv --rules-file rules.csv";
    for (rules, told) in [
        ("rule_id,role_id\n1,2\n", "rules.csv:1: there is no column `resource_id`"),
        (
            "role_id,resource_id,permission\n1,Acme_Shop::shop,perhaps\n",
            "rules.csv:2: the permission is `allow` or `deny`",
        ),
        ("role_id,resource_id,permission\n1,2\n", "rules.csv:2: this row has 2 columns"),
        ("{\"role_id\": 1\n", "rules.csv:1: this line is no JSON object"),
    ] {
        place.write("rules.csv", rules);
        let error = place.run(import).failed(2);
        assert!(error.contains(told), "{error}");
    }
    place.run("import magento modules --roles-file roles.csv").failed(2);
}

const CUSTOMERS: &str = "entity_id,website_id,email,group_id,store_id,is_active,firstname,lastname,password_hash,confirmation,cart_id\n\
    1,1,Anna@Example.com,1,2,1,Anna,\"Smith, Jr.\",1d192f2a:salt:1,NULL,42\n\
    2,2,anna@example.com,1,2,1,Anna,Smith,1d192f2a:salt:1,NULL,\n\
    3,1,bo@example.com,0,1,1,Bo,,f00,,\n\
    4,1,cy@example.com,1,1,0,,,,,007\n\
    5,1,di@example.com,1,1,1,Di,Ng,a:b:1:2,x7f,\n\
    6,1,,1,1,1,No,Body,,,\n";
const ADMINS: &str = "{\"user_id\":1,\"username\":\"root\",\"email\":\"root@example.com\",\"password\":\"a:b:2\",\"is_active\":1}\n\
                      {\"user_id\":2,\"username\":\"temp\",\"email\":null,\"password\":\"a:b:2\",\"is_active\":0}\n";

#[test]
fn people_go_into_a_file_of_their_own_that_nobody_else_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = shop();
    place.write("roles.csv", ROLES);
    place.write("rules.csv", RULES);
    place.write("customers.csv", CUSTOMERS);
    place.write("admins.jsonl", ADMINS);
    let import = "import magento modules --out magento.toml --roles-file roles.csv --rules-file rules.csv \
                  --customers-file customers.csv --admins-file admins.jsonl";
    place.run(import).failed(2);
    let ran = place.run(&format!("{import} --users-out users.jsonl"));
    let told: Vec<&str> =
        ran.stderr.lines().filter(|line| line.contains(": customers") || line.contains(": admins")).collect();
    let told = told.join("\n");
    assert!(!told.contains("f00") && !told.contains("1d192f2a"), "{told}");
    insta::assert_snapshot!(format!("{told}\n\n{}\n{}", ran.ok(), place.read("users.jsonl")));
    let mode = std::fs::metadata(place.file("users.jsonl")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(place.file("magento.toml")).expect("removed");
    assert!(place.run(&format!("{import} --users-out users.jsonl")).failed(1).contains("users.jsonl is there already"));
}
