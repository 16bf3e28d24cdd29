//! Roles that are made at run time.

use std::sync::Arc;

use super::fixture::{
    add, commit, is_stored, log_in, name, names, new_administrator, new_user, read, refusal, session_of,
};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::store::{Change, Conflict, NewUser, Store, StoredRole};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(roles_are_listed_by_name_as_they_were_stored),
        check(a_role_is_made_once),
        check(an_unknown_role_is_neither_replaced_nor_removed),
        check(a_removed_role_is_taken_from_whoever_has_it),
    ]
}

fn role(text: &str, allow: &[&str], deny: &[&str]) -> StoredRole {
    let texts = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    StoredRole { name: name(text), allow: texts(allow), deny: texts(deny) }
}

async fn roles_are_listed_by_name_as_they_were_stored(store: Arc<dyn Store>) {
    assert!(store.roles().await.expect("an answer").is_empty());
    let (support, editor) = (role("support", &["b::2", "a::1"], &["c,\"3\""]), role("editor", &[], &[]));
    for role in [&support, &editor] {
        commit(&store, Change::CreateRole { role: role.clone(), guard: None }).await;
    }
    assert_eq!(store.roles().await.expect("an answer"), [editor.clone(), support]);
    let narrower = role("support", &["a::1"], &[]);
    commit(&store, Change::ReplaceRole { role: narrower.clone(), guard: None }).await;
    assert_eq!(store.roles().await.expect("an answer"), [editor.clone(), narrower]);
    commit(&store, Change::RemoveRole { name: name("support"), guard: None }).await;
    assert_eq!(store.roles().await.expect("an answer"), [editor]);
}

async fn a_role_is_made_once(store: Arc<dyn Store>) {
    let make = |index: u32| Change::CreateRole { role: role("support", &[&format!("r{index}")], &[]), guard: None };
    let answers = commit_at_once(&store, (0..20).map(make).collect());
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(refusal(&store, make(0)).await, Conflict::RoleTaken);
    assert_eq!(store.roles().await.expect("an answer").len(), 1);
}

async fn an_unknown_role_is_neither_replaced_nor_removed(store: Arc<dyn Store>) {
    let replace = Change::ReplaceRole { role: role("support", &[], &[]), guard: None };
    assert_eq!(refusal(&store, replace).await, Conflict::RoleUnknown);
    let remove = Change::RemoveRole { name: name("support"), guard: None };
    assert_eq!(refusal(&store, remove).await, Conflict::RoleUnknown);
    assert!(store.roles().await.expect("an answer").is_empty());
}

async fn a_removed_role_is_taken_from_whoever_has_it(store: Arc<dyn Store>) {
    commit(&store, Change::CreateRole { role: role("support", &["a"], &[]), guard: None }).await;
    let holders = [
        add(&store, NewUser { roles: names(&["editor", "support"]), ..new_user("anna") }).await,
        add(&store, NewUser { roles: names(&["support"]), ..new_administrator("root") }).await,
    ];
    let other = add(&store, NewUser { roles: names(&["editor"]), ..new_user("berta") }).await;
    for user in holders.iter().chain([&other]) {
        commit(&store, log_in(session_of(user, user.login.as_str()))).await;
    }
    let committed = commit(&store, Change::RemoveRole { name: name("support"), guard: None }).await;
    assert_eq!(committed.ended.len(), 2);
    for user in &holders {
        let after = read(&store, user).await;
        assert!(!after.roles.contains(&name("support")));
        assert_eq!(after.epoch, user.epoch + 1);
        assert!(!is_stored(&store, user.login.as_str()).await);
    }
    assert_eq!(read(&store, &holders[0]).await.roles, names(&["editor"]));
    assert_eq!(read(&store, &other).await.epoch, other.epoch);
    assert!(is_stored(&store, "berta").await);
}
