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
fn what_is_wrong_with_an_export_is_told_with_its_line() {
    let place = shop();
    place.write("roles.csv", ROLES);
    let import = "import magento modules --roles-file roles.csv --rules-file rules.csv";
    for (rules, told) in [
        ("rule_id,role_id\n1,2\n", "rules.csv:2: there is no column `resource_id`"),
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
