//! One-time codes.

use std::sync::Arc;

use super::fixture::{NOW, add, commit, hash, is_stored, log_in, name, names, new_user, read, refusal, session_of};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::store::{Change, Conflict, NewUser, Store, StoredRole};
use crate::user::{User, UserState};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_code_sets_a_password_once),
        check(a_code_raced_by_many_works_once),
        check(a_newer_code_makes_the_older_one_void),
        check(a_code_is_void_at_its_end),
        check(a_code_is_void_for_a_disabled_user),
        check(a_code_is_void_after_another_password),
        check(a_code_is_void_when_its_user_is_removed),
        check(a_code_is_void_when_its_user_gets_other_roles),
        check(a_code_is_void_when_a_role_of_its_user_is_removed),
        check(a_code_says_whose_it_is_as_long_as_it_can_be_redeemed),
    ]
}

fn issue(user: &User, digest: u8) -> Change {
    Change::IssueCode { user: user.number, digest: [digest; 32], expires: NOW + 60 }
}

fn redeem(digest: u8) -> Change {
    Change::RedeemCode { digest: [digest; 32], now: NOW, password: hash("redeemed") }
}

async fn a_code_sets_a_password_once(store: Arc<dyn Store>) {
    let user = add(&store, NewUser { password: None, ..new_user("anna") }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    commit(&store, Change::CountFailure { user: user.number }).await;
    commit(&store, issue(&user, 1)).await;
    assert_eq!(refusal(&store, redeem(2)).await, Conflict::CodeUnknown);
    let committed = commit(&store, redeem(1)).await;
    let after = committed.user.expect("the user");
    assert_eq!((after.number, after.epoch, after.failures), (user.number, user.epoch + 1, 0));
    assert!(after.password.is_some_and(|stored| stored == hash("redeemed")));
    assert_eq!(committed.ended.len(), 1);
    assert!(!is_stored(&store, "a").await);
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
}

async fn a_code_raced_by_many_works_once(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    let answers = commit_at_once(&store, (0..50).map(|_| redeem(1)).collect());
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|refused| *refused == Conflict::CodeUnknown));
    assert_eq!(read(&store, &user).await.epoch, user.epoch + 1);
}

async fn a_newer_code_makes_the_older_one_void(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    commit(&store, issue(&anna, 1)).await;
    commit(&store, issue(&berta, 2)).await;
    commit(&store, issue(&anna, 3)).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
    for digest in [2, 3] {
        commit(&store, redeem(digest)).await;
    }
}

async fn a_code_is_void_at_its_end(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    let redeem = |now| Change::RedeemCode { digest: [1; 32], now, password: hash("late") };
    assert_eq!(refusal(&store, redeem(NOW + 60)).await, Conflict::CodeUnknown);
    commit(&store, redeem(NOW + 59)).await;
}

async fn a_code_is_void_for_a_disabled_user(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    commit(&store, Change::SetState { user: user.number, state: UserState::Disabled, guard: None }).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
    assert!(read(&store, &user).await.password.is_some_and(|stored| stored == hash("first")));
}

async fn a_code_is_void_after_another_password(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    let set = Change::SetPassword { user: user.number, epoch: user.epoch, password: hash("second"), session: None };
    commit(&store, set).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
}

/// Whoever issued it could take over an account that may more by now than they do.
async fn a_code_is_void_when_its_user_gets_other_roles(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    let add = vec![crate::Name::parse("administrator").expect("a name")];
    commit(&store, Change::ChangeRoles { user: user.number, add, remove: vec![], guard: None }).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
}

async fn a_code_is_void_when_a_role_of_its_user_is_removed(store: Arc<dyn Store>) {
    let role = StoredRole { name: name("limits"), allow: vec![], deny: vec!["everything".into()] };
    commit(&store, Change::CreateRole { role, guard: None }).await;
    let anna = add(&store, NewUser { roles: names(&["limits"]), ..new_user("anna") }).await;
    let berta = add(&store, new_user("berta")).await;
    commit(&store, issue(&anna, 1)).await;
    commit(&store, issue(&berta, 2)).await;
    commit(&store, Change::RemoveRole { name: name("limits"), guard: None }).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
    commit(&store, redeem(2)).await;
}

async fn a_code_says_whose_it_is_as_long_as_it_can_be_redeemed(store: Arc<dyn Store>) {
    let (anna, berta) = (add(&store, new_user("anna")).await, add(&store, new_user("berta")).await);
    commit(&store, issue(&anna, 1)).await;
    commit(&store, issue(&berta, 2)).await;
    let owner = async |digest, now| {
        let found = store.code_owner([digest; 32], now).await.expect("an answer");
        found.map(|user| user.login.to_string())
    };
    assert_eq!(owner(1, NOW + 59).await.as_deref(), Some("anna"));
    assert_eq!((owner(1, NOW + 60).await, owner(3, NOW).await), (None, None));
    commit(&store, Change::SetState { user: anna.number, state: UserState::Disabled, guard: None }).await;
    assert_eq!(owner(1, NOW).await, None);
    commit(&store, redeem(2)).await;
    assert_eq!(owner(2, NOW).await, None);
}

async fn a_code_is_void_when_its_user_is_removed(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, issue(&user, 1)).await;
    commit(&store, Change::RemoveUser { user: user.number, guard: None }).await;
    add(&store, new_user("anna")).await;
    assert_eq!(refusal(&store, redeem(1)).await, Conflict::CodeUnknown);
}
