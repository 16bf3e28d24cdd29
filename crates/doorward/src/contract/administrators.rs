//! The last administrator stays.

use std::sync::Arc;

use super::fixture::{add, commit, name, names, new_administrator, new_user, read, refusal};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::store::{Administering, Change, Conflict, Guard, NewUser, Store, StoredRole, UserFilter, UserOrder};
use crate::user::{User, UserState};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(the_last_administrator_is_not_disabled_deprived_or_removed),
        check(one_of_two_administrators_may_go),
        check(whom_a_role_denies_something_is_no_administrator),
        check(a_role_that_begins_to_deny_leaves_an_administrator),
        check(who_cannot_log_in_is_no_administrator),
        check(the_role_of_the_last_administrator_stays),
        check(where_nobody_administers_nothing_is_refused),
        check(changes_to_others_are_not_refused),
        check(fifty_changes_at_once_leave_one_administrator),
    ]
}

fn guard() -> Option<Guard> {
    Some(Guard::of(name("admin"), administering(&["administrator", "chief"], &["curbed"])))
}

fn administering(by: &[&str], unless: &[&str]) -> Administering {
    Administering { by: names(by), unless: names(unless) }
}

/// For a change to the role `chief`, or to one that may curb.
fn between(before: Administering, after: Administering) -> Option<Guard> {
    Some(Guard { realm: name("admin"), before, after })
}

fn disable(user: &User) -> Change {
    Change::SetState { user: user.number, state: UserState::Disabled, guard: guard() }
}

fn deprive(user: &User) -> Change {
    Change::ChangeRoles { user: user.number, add: vec![], remove: names(&["administrator"]), guard: guard() }
}

fn remove(user: &User) -> Change {
    Change::RemoveUser { user: user.number, guard: guard() }
}

fn role(text: &str) -> StoredRole {
    StoredRole { name: name(text), allow: vec!["Doorward::all".into()], deny: vec![] }
}

async fn the_last_administrator_is_not_disabled_deprived_or_removed(store: Arc<dyn Store>) {
    let last = add(&store, new_administrator("root")).await;
    for change in [disable(&last), deprive(&last), remove(&last)] {
        assert_eq!(refusal(&store, change).await, Conflict::LastAdministrator);
    }
    let after = read(&store, &last).await;
    assert_eq!((after.state, after.roles, after.epoch), (UserState::Active, last.roles.clone(), last.epoch));
    // Another role of the guard is as good.
    let (add, remove) = (names(&["chief"]), names(&["administrator"]));
    commit(&store, Change::ChangeRoles { user: last.number, add, remove, guard: guard() }).await;
}

async fn one_of_two_administrators_may_go(store: Arc<dyn Store>) {
    let first = add(&store, new_administrator("first")).await;
    add(&store, NewUser { roles: names(&["chief"]), ..new_administrator("second") }).await;
    commit(&store, disable(&first)).await;
    commit(&store, remove(&first)).await;
}

async fn who_cannot_log_in_is_no_administrator(store: Arc<dyn Store>) {
    let last = add(&store, new_administrator("root")).await;
    let others = [
        NewUser { state: UserState::Disabled, ..new_administrator("disabled") },
        NewUser { password: None, ..new_administrator("without-a-password") },
        NewUser { realm: name("customer"), ..new_administrator("elsewhere") },
        NewUser { roles: names(&["support"]), ..new_administrator("without-the-role") },
    ];
    for other in others {
        add(&store, other).await;
    }
    assert_eq!(refusal(&store, disable(&last)).await, Conflict::LastAdministrator);
}

async fn whom_a_role_denies_something_is_no_administrator(store: Arc<dyn Store>) {
    let last = add(&store, new_administrator("root")).await;
    let curb = |user: &User| {
        let add = names(&["curbed"]);
        Change::ChangeRoles { user: user.number, add, remove: vec![], guard: guard() }
    };
    assert_eq!(refusal(&store, curb(&last)).await, Conflict::LastAdministrator);
    let other = NewUser { roles: names(&["administrator", "curbed"]), ..new_administrator("curbed") };
    let other = add(&store, other).await;
    for change in [curb(&last), disable(&last), remove(&last)] {
        assert_eq!(refusal(&store, change).await, Conflict::LastAdministrator);
    }
    let free = Change::ChangeRoles { user: other.number, add: vec![], remove: names(&["curbed"]), guard: guard() };
    commit(&store, free).await;
    commit(&store, curb(&last)).await;
}

async fn a_role_that_begins_to_deny_leaves_an_administrator(store: Arc<dyn Store>) {
    commit(&store, Change::CreateRole { role: role("own"), guard: None }).await;
    let roles = names(&["administrator", "own"]);
    add(&store, NewUser { roles: roles.clone(), ..new_administrator("first") }).await;
    add(&store, NewUser { roles, ..new_administrator("second") }).await;
    let deny = || Change::ReplaceRole {
        role: StoredRole { deny: vec!["Doorward::all".into()], ..role("own") },
        guard: between(administering(&["administrator"], &[]), administering(&["administrator"], &["own"])),
    };
    assert_eq!(refusal(&store, deny()).await, Conflict::LastAdministrator);
    assert_eq!(store.roles().await.expect("the roles"), [role("own")]);
    add(&store, new_administrator("third")).await;
    commit(&store, deny()).await;
    // What nobody is denied any more makes administrators again: that is never refused.
    let lift = between(administering(&["administrator"], &["own"]), administering(&["administrator"], &[]));
    commit(&store, Change::RemoveRole { name: name("own"), guard: lift }).await;
}

async fn the_role_of_the_last_administrator_stays(store: Arc<dyn Store>) {
    for text in ["chief", "support"] {
        commit(&store, Change::CreateRole { role: role(text), guard: None }).await;
    }
    add(&store, NewUser { roles: names(&["chief", "support"]), ..new_administrator("root") }).await;
    let after = |texts: &[&str]| between(administering(&["chief"], &[]), administering(texts, &[]));
    let replace = |guard| Change::ReplaceRole { role: StoredRole { allow: vec![], ..role("chief") }, guard };
    let remove = |text, guard| Change::RemoveRole { name: name(text), guard };
    assert_eq!(refusal(&store, replace(after(&[]))).await, Conflict::LastAdministrator);
    assert_eq!(refusal(&store, remove("chief", after(&["other"]))).await, Conflict::LastAdministrator);
    commit(&store, replace(after(&["chief"]))).await;
    commit(&store, remove("support", after(&["chief"]))).await;
}

async fn where_nobody_administers_nothing_is_refused(store: Arc<dyn Store>) {
    let anna = add(&store, new_user("anna")).await;
    commit(&store, Change::CreateRole { role: role("chief"), guard: None }).await;
    let none = || between(administering(&["chief"], &[]), administering(&[], &["chief"]));
    commit(&store, Change::ReplaceRole { role: role("chief"), guard: none() }).await;
    commit(&store, Change::RemoveRole { name: name("chief"), guard: none() }).await;
    commit(&store, disable(&anna)).await;
    commit(&store, remove(&anna)).await;
}

async fn changes_to_others_are_not_refused(store: Arc<dyn Store>) {
    add(&store, new_administrator("root")).await;
    let other = add(&store, NewUser { realm: name("customer"), ..new_administrator("other") }).await;
    commit(&store, deprive(&other)).await;
    commit(&store, disable(&other)).await;
    commit(&store, remove(&other)).await;
}

async fn fifty_changes_at_once_leave_one_administrator(store: Arc<dyn Store>) {
    let mut users = vec![];
    for index in 0..50 {
        users.push(add(&store, new_administrator(&format!("root{index}"))).await);
    }
    let acts = [disable, deprive, remove];
    let changes = users.iter().enumerate().map(|(index, user)| acts[index % 3](user));
    let answers = commit_at_once(&store, changes.collect());
    let refused: Vec<&Conflict> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(refused, [&Conflict::LastAdministrator]);
    let filter =
        UserFilter { role: Some(name("administrator")), state: Some(UserState::Active), ..UserFilter::default() };
    let left = store.users(filter, UserOrder::default(), Default::default()).await.expect("an answer").items;
    assert_eq!(left.len(), 1);
}
