//! Changes of what somebody has seen before.

use std::sync::Arc;

use super::fixture::{add, commit, hash, log_in, name, names, new_user, read, refusal, session_of};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::store::{Change, Conflict, NewUser, Store, StoredRole};
use crate::user::{User, UserNumber, UserState};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(of_many_who_alter_a_user_as_they_saw_them_one_wins),
        check(every_alteration_of_a_user_makes_an_older_sight_void),
        check(a_log_in_and_a_wrong_password_are_no_alteration),
        check(of_many_who_replace_a_role_as_they_saw_it_one_wins),
        check(who_or_what_is_gone_is_as_nobody_saw_it),
        check(what_is_refused_for_itself_is_refused_under_an_expectation_too),
    ]
}

fn rename(user: &User, text: &str) -> Change {
    Change::UpdateUser { user: user.number, login: None, name: Some(text.into()), email: None, attributes: None }
}

/// `change`, by somebody who has seen the user like this.
fn having_seen(user: &User, change: Change) -> Change {
    Change::ExpectUser { user: user.number, version: user.version(), change: Box::new(change) }
}

fn role(allow: &str) -> StoredRole {
    StoredRole { name: name("support"), allow: vec![allow.into()], deny: vec![] }
}

fn replace(seen: &StoredRole, allow: &str) -> Change {
    let change = Change::ReplaceRole { role: role(allow), guard: None };
    Change::ExpectRole { name: seen.name.clone(), version: seen.version(), change: Box::new(change) }
}

async fn of_many_who_alter_a_user_as_they_saw_them_one_wins(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let change = |index: u32| having_seen(&user, rename(&user, &format!("name {index}")));
    let answers = commit_at_once(&store, (0..50).map(change).collect());
    let won: Vec<usize> = (0..50).filter(|index| answers[*index].is_ok()).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|refused| *refused == Conflict::UserChanged));
    let after = read(&store, &user).await;
    assert_eq!(after.name, format!("name {}", won[0]));
    commit(&store, having_seen(&after, rename(&user, "again"))).await;
}

async fn every_alteration_of_a_user_makes_an_older_sight_void(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let number = user.number;
    let give = Change::ChangeRoles { user: number, add: names(&["a"]), remove: vec![], guard: None };
    let attributes = Some([("cart".to_owned(), 7.into())].into_iter().collect());
    let alterations = [
        rename(&user, "Anna"),
        Change::UpdateUser { user: number, login: None, name: None, email: Some(Some("a@b".into())), attributes: None },
        Change::UpdateUser { user: number, login: None, name: None, email: None, attributes },
        give,
        Change::SetState { user: number, state: UserState::Disabled, guard: None },
        Change::SetState { user: number, state: UserState::Active, guard: None },
        Change::EndSessions { user: number, keep: None },
    ];
    for alteration in alterations {
        let before = read(&store, &user).await;
        commit(&store, alteration).await;
        assert_eq!(refusal(&store, having_seen(&before, rename(&user, "late"))).await, Conflict::UserChanged);
    }
    let before = read(&store, &user).await;
    let epoch = before.epoch;
    commit(&store, Change::SetPassword { user: number, epoch, password: hash("second"), session: None }).await;
    assert_eq!(refusal(&store, having_seen(&before, rename(&user, "late"))).await, Conflict::UserChanged);
}

async fn a_log_in_and_a_wrong_password_are_no_alteration(store: Arc<dyn Store>) {
    let user = add(&store, NewUser { roles: names(&["b", "a"]), ..new_user("anna") }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    commit(&store, Change::CountFailure { user: user.number }).await;
    commit(&store, having_seen(&user, rename(&user, "Anna"))).await;
    assert_eq!(read(&store, &user).await.name, "Anna");
}

async fn of_many_who_replace_a_role_as_they_saw_it_one_wins(store: Arc<dyn Store>) {
    let seen = role("orders");
    commit(&store, Change::CreateRole { role: seen.clone(), guard: None }).await;
    let answers = commit_at_once(&store, (0..50).map(|index| replace(&seen, &format!("r{index}"))).collect());
    let won: Vec<usize> = (0..50).filter(|index| answers[*index].is_ok()).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|refused| *refused == Conflict::RoleChanged));
    let after = role(&format!("r{}", won[0]));
    assert_eq!(store.roles().await.expect("an answer"), std::slice::from_ref(&after));
    commit(&store, replace(&after, "orders")).await;
}

async fn who_or_what_is_gone_is_as_nobody_saw_it(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, Change::RemoveUser { user: user.number, guard: None }).await;
    assert_eq!(refusal(&store, having_seen(&user, rename(&user, "late"))).await, Conflict::UserUnknown);
    let nobody = User { number: UserNumber(999), ..user };
    assert_eq!(refusal(&store, having_seen(&nobody, rename(&nobody, "late"))).await, Conflict::UserUnknown);
    assert_eq!(refusal(&store, replace(&role("orders"), "refunds")).await, Conflict::RoleUnknown);
}

async fn what_is_refused_for_itself_is_refused_under_an_expectation_too(store: Arc<dyn Store>) {
    let (anna, _) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    let login = crate::user::Login::parse("berta").ok();
    let taken = Change::UpdateUser { user: anna.number, login, name: None, email: None, attributes: None };
    assert_eq!(refusal(&store, having_seen(&anna, taken)).await, Conflict::LoginTaken);
}
