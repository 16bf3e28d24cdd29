//! Roles: of files, of the store, and Doorward's own.

use super::*;
use crate::store::StoredRole;

const TREE: &str = "[[acl]]\nid = \"X::all\"\nchildren = [{ id = \"X::a\", children = [{ id = \"X::a1\" }, { id = \"X::a2\" }] }, { id = \"X::b\" }]\n";

fn granted(policy: &Policy, roles: &[&str]) -> Vec<String> {
    let roles: Vec<Name> = roles.iter().map(|role| name(role)).collect();
    policy.grants(&roles).iter().map(|id| policy.resources().name(id).to_owned()).collect()
}

fn stored(role: &str, allow: &[&str], deny: &[&str]) -> StoredRole {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    StoredRole { name: name(role), allow: owned(allow), deny: owned(deny) }
}

#[test]
fn a_role_of_a_file_allows_a_resource_and_all_below() {
    let policy = compiled(&format!("{TREE}[role.r]\nallow = [\"X::a\"]\n"));
    assert_eq!(granted(&policy, &["r"]), ["X::a", "X::a1", "X::a2"]);
}

#[test]
fn a_deny_in_any_role_wins_for_all_below() {
    let policy = compiled(&format!(
        "{TREE}[role.all]\nallow = [\"X::all\"]\n[role.no]\ndeny = [\"X::a\"]\n[role.one]\nallow = [\"X::a1\"]\ndeny = [\"X::a2\"]\n"
    ));
    assert_eq!(granted(&policy, &["all", "no"]), ["X::all", "X::b"]);
    assert_eq!(granted(&policy, &["no", "all", "one"]), ["X::all", "X::b"]);
    assert_eq!(granted(&policy, &["one"]), ["X::a1"]);
    assert_eq!(granted(&policy, &["no"]), [""; 0]);
}

#[test]
fn unknown_roles_and_none_grant_nothing() {
    let policy = compiled(&format!("{TREE}[role.r]\nallow = [\"X::b\"]\n"));
    assert_eq!(granted(&policy, &[]), [""; 0]);
    assert_eq!(granted(&policy, &["gone"]), [""; 0]);
    assert_eq!(granted(&policy, &["gone", "r"]), ["X::b"]);
}

#[test]
fn the_order_of_roles_says_nothing_and_a_set_is_computed_once() {
    let policy = compiled(&format!("{TREE}[role.a]\nallow = [\"X::a\"]\n[role.b]\nallow = [\"X::b\"]\n"));
    let (a, b) = (name("a"), name("b"));
    let one = policy.grants(&[a.clone(), b.clone()]);
    assert!(Arc::ptr_eq(&one, &policy.grants(&[a.clone(), b.clone()])));
    assert!(Arc::ptr_eq(&one, &policy.grants(&[b.clone(), a.clone(), b])));
    assert!(!Arc::ptr_eq(&one, &policy.grants(&[a])));
}

#[test]
fn the_administrator_may_all_that_is_declared_and_is_there_without_a_file() {
    let policy = compiled(TREE);
    assert_eq!(granted(&policy, &["administrator"]).len(), policy.resources().len());
    assert!(granted(&policy, &["administrator"]).contains(&"Doorward::audit".to_owned()));
    assert_eq!(policy.administering().by, [name("administrator")]);
    complained("[role.administrator]\n", 1, "the role `administrator` is Doorward's own", "choose another name");
}

#[test]
fn whoever_may_everything_of_doorward_administers() {
    let text = "[role.boss]\nallow = [\"Doorward::all\"]\n[role.half]\nallow = [\"Doorward::all\"]\ndeny = [\"Doorward::audit\"]\n";
    let administering = compiled(text).administering();
    assert_eq!(administering.by, [name("administrator"), name("boss")]);
    assert_eq!(administering.unless, [name("half")]);
}

#[test]
fn a_resource_that_nobody_declared_is_an_error_in_a_role() {
    complained(
        &format!("{TREE}[role.r]\nallow = [\"X::a3\"]\n"),
        5,
        "the ACL has no resource `X::a3`",
        "did you mean `X::a",
    );
    complained(
        &format!("{TREE}[role.r]\ndeny = [\"anonymous\"]\n"),
        5,
        "the ACL has no resource `anonymous`",
        "declare it",
    );
}

#[test]
fn a_role_in_two_files_is_an_error() {
    let (settings, first) = Settings::parse("doorward.toml", "[role.r]\n", &nothing).expect("settings");
    let second = Rules::parse("more.toml", "[role.r]\n", &nothing).expect("rules");
    let complaints = Policy::compile(&Draft::new(&settings, &[first, second])).expect_err("two roles");
    assert_eq!(complaints.0[0].text, "the role `r` is declared twice");
    assert_eq!(complaints.0[0].source.to_string(), "more.toml:1:1");
    assert_eq!(complaints.0[0].other.as_ref().map(ToString::to_string).as_deref(), Some("doorward.toml:1:1"));
}

#[test]
fn a_stored_role_allows_what_it_names_and_nothing_that_came_later() {
    let policy = compiled(TREE);
    let expanded = policy.expand(&["X::a".to_owned()]).expect("names");
    assert_eq!(expanded, ["X::a", "X::a1", "X::a2"]);
    let saved = StoredRole { name: name("r"), allow: expanded, deny: vec![] };
    let later = compiled(&TREE.replace("{ id = \"X::a1\" }", "{ id = \"X::a0\" }, { id = \"X::a1\" }"));
    let later = later.with_stored_roles(&[saved]).expect("a policy");
    assert_eq!(granted(&later, &["r"]), ["X::a", "X::a1", "X::a2"]);
}

#[test]
fn what_a_stored_role_denies_is_denied_for_all_that_came_later() {
    let policy = compiled(&format!("{TREE}[role.all]\nallow = [\"X::all\"]\n")).with_stored_roles(&[stored(
        "no",
        &[],
        &["X::a"],
    )]);
    let policy = policy.expect("a policy");
    assert_eq!(granted(&policy, &["all", "no"]), ["X::all", "X::b"]);
}

#[test]
fn a_stored_role_with_a_name_that_is_taken_is_refused() {
    let policy = compiled("[role.r]\n");
    for taken in ["r", "administrator"] {
        let complaints = policy.with_stored_roles(&[stored(taken, &[], &[])]).expect_err("a clash");
        assert_eq!(complaints.0[0].text, format!("the role `{taken}` is in the store too"));
        assert!(complaints.0[0].fix.as_deref().unwrap_or_default().contains(&format!("doorward role remove {taken}")));
    }
    let (settings, rules) = Settings::parse("doorward.toml", "[role.r]\n", &nothing).expect("settings");
    let (rules, roles) = ([rules], [stored("r", &[], &[])]);
    let draft = Draft { stored: &roles, ..Draft::new(&settings, &rules) };
    assert!(Policy::compile(&draft).is_err());
}

#[test]
fn a_stored_role_that_names_what_is_gone_is_doubtful_and_grants_the_rest() {
    let (settings, rules) = Settings::parse("doorward.toml", TREE, &nothing).expect("settings");
    let (rules, roles) = ([rules], [stored("r", &["X::gone", "X::b"], &["X::lost"])]);
    let policy = Policy::compile(&Draft { stored: &roles, ..Draft::new(&settings, &rules) }).expect("a policy");
    let told: Vec<_> = policy.warnings().iter().map(|warning| &*warning.text).collect();
    assert_eq!(
        told,
        ["the stored role `r` names `X::gone`, which is gone", "the stored role `r` names `X::lost`, which is gone"]
    );
    assert_eq!(granted(&policy, &["r"]), ["X::b"]);
}

#[test]
fn stored_roles_replace_those_that_were_stored_before_and_reach_guests() {
    let policy = compiled(&format!("{TREE}[realm.a]\nguest_roles = [\"r\"]\n"));
    assert_eq!(policy.guest_grants(RealmId(0)).iter().count(), 0);
    let with = policy.with_stored_roles(&[stored("r", &["X::b"], &[]), stored("s", &["X::a"], &[])]).expect("a policy");
    assert_eq!(with.guest_grants(RealmId(0)).iter().count(), 1);
    assert!(with.has_role(&name("s")) && !with.is_file_role(&name("s")) && with.is_file_role(&name("administrator")));
    let without = with.with_stored_roles(&[stored("s", &["X::b"], &[])]).expect("a policy");
    assert_eq!(without.guest_grants(RealmId(0)).iter().count(), 0);
    assert_eq!(granted(&without, &["r", "s"]), ["X::b"]);
}

#[test]
fn what_roles_would_grant_with_one_added_or_replaced_is_known_before_it_is() {
    let policy = compiled(TREE)
        .with_stored_roles(&[stored("r", &["X::a"], &["X::a1"]), stored("s", &["X::b"], &[])])
        .expect("a policy");
    let with = |role: &StoredRole, names: &[&str]| -> Vec<String> {
        let names: Vec<Name> = names.iter().map(|text| name(text)).collect();
        let ids = policy.grants_with(role, &names);
        ids.iter().map(|id| policy.resources().name(id).to_owned()).collect()
    };
    assert_eq!(with(&stored("s", &["X::all"], &[]), &["s"]), ["X::all"]);
    assert_eq!(with(&stored("s", &["X::all"], &[]), &["r"]), ["X::a"]);
    assert_eq!(with(&stored("t", &["X::a2"], &[]), &["r", "t"]), ["X::a", "X::a2"]);
    assert!(with(&stored("t", &[], &["X::a"]), &["r", "t"]).is_empty());
    assert_eq!(granted(&policy, &["s"]), ["X::b"]);
    assert_eq!(policy.grants_of(&stored("u", &["X::a", "X::a1"], &["X::a1"])).iter().count(), 1);
}

#[test]
fn to_expand_an_unknown_name_says_which() {
    assert_eq!(compiled(TREE).expand(&["X::a".into(), "X::zzz".into()]), Err("X::zzz".to_owned()));
}
