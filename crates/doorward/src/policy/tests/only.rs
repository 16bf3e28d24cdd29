//! Resources that a role has without what is below them.

use super::*;

const TREE: &str = "[[acl]]\nid = \"X::all\"\nchildren = [{ id = \"X::a\", children = [{ id = \"X::a1\" }, { id = \"X::a2\" }] }, { id = \"X::b\" }]\n";

fn granted(text: &str) -> Vec<String> {
    let policy = compiled(&format!("{TREE}{text}"));
    let grants = policy.grants(&[name("r")]);
    grants.iter().map(|id| policy.resources().name(id).to_owned()).collect()
}

#[test]
fn a_parent_in_only_does_not_stand_for_its_children() {
    assert_eq!(granted("[role.r]\nonly = [\"X::all\"]\n"), ["X::all"]);
    assert_eq!(granted("[role.r]\nonly = [\"X::all\", \"X::a2\"]\n"), ["X::all", "X::a2"]);
    assert_eq!(granted("[role.r]\nallow = [\"X::a\"]\nonly = [\"X::all\"]\n"), ["X::all", "X::a", "X::a1", "X::a2"]);
}

#[test]
fn a_deny_wins_over_only_too() {
    assert_eq!(granted("[role.r]\nonly = [\"X::all\", \"X::a1\"]\ndeny = [\"X::a\"]\n"), ["X::all"]);
}

#[test]
fn what_comes_later_below_is_not_granted() {
    let text = format!("{TREE}[role.r]\nonly = [\"X::a\", \"X::a1\", \"X::a2\"]\n");
    let later = compiled(&text.replace("{ id = \"X::a1\" }", "{ id = \"X::a0\" }, { id = \"X::a1\" }"));
    let id = later.resources().find("X::a0").expect("a resource");
    assert!(!later.grants(&[name("r")]).has(id));
}

#[test]
fn an_unknown_resource_is_an_error_and_one_that_is_allowed_anyway_is_doubtful() {
    complained(&format!("{TREE}[role.r]\nonly = [\"X::c\"]\n"), 5, "the ACL has no resource `X::c`", "");
    let text = format!("{TREE}[role.r]\nallow = [\"X::a\"]\nonly = [\"X::b\", \"X::a1\", \"X::a\"]\n");
    let told = warned(&text);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], (6, "`X::a1` is allowed with all below it, since `allow` has `X::a`".to_owned()));
}

#[test]
fn the_versions_of_a_role_differ_by_it() {
    let version = |text: &str| compiled(&format!("{TREE}[role.r]\n{text}\n")).roles()[&name("r")].version();
    assert_ne!(version("allow = [\"X::a\"]"), version("allow = [\"X::a\"]\nonly = [\"X::b\"]"));
    assert_ne!(version("allow = [\"X::a\"]"), version("only = [\"X::a\"]"));
}

#[test]
fn it_is_explained() {
    let text = format!("{TREE}[role.r]\nonly = [\"X::a\"]\n{}", route("GET /x", "\"X::a2\"", ""));
    let question = Question {
        method: "GET".into(),
        path: "/x".into(),
        realm: Some(name("default")),
        roles: vec![name("r")],
        ..Question::default()
    };
    let told = compiled(&text).explain(Door::Public, &question);
    assert_eq!(told.status, 403);
    assert_eq!(told.reason, "the roles do not grant X::a2: `only` of r has X::a, without what is below it");
}

#[test]
fn what_a_role_denies_is_told_to_be_denied_and_by_which() {
    let roles = "[role.r]\nallow = [\"X::a\"]\n[role.strict]\ndeny = [\"X::a\"]\n";
    let text = format!("{TREE}{roles}{}", route("GET /x", "\"X::a2\"", ""));
    let question = Question {
        method: "GET".into(),
        path: "/x".into(),
        realm: Some(name("default")),
        roles: vec![name("r"), name("strict")],
        ..Question::default()
    };
    let told = compiled(&text).explain(Door::Public, &question);
    assert_eq!(told.reason, "the roles do not grant X::a2: the role strict denies it");
}

#[test]
fn of_several_above_the_nearest_is_told() {
    let text = format!("{TREE}[role.r]\nonly = [\"X::all\", \"X::a\"]\n{}", route("GET /x", "\"X::a2\"", ""));
    let question = Question {
        method: "GET".into(),
        path: "/x".into(),
        realm: Some(name("default")),
        roles: vec![name("r")],
        ..Question::default()
    };
    let told = compiled(&text).explain(Door::Public, &question);
    assert_eq!(told.reason, "the roles do not grant X::a2: `only` of r has X::a, without what is below it");
}
