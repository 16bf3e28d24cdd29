//! Passwords and failures.

use std::sync::Arc;

use super::fixture::{NOW, add, commit, hash, is_stored, key, log_in, name, new_user, read, refusal, session_of};
use super::parallel::commit_at_once;
use super::{Check, check};
use crate::store::{Change, Conflict, Store, StoredSession};
use crate::user::UserState;

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_new_password_ends_sessions_and_forgives_failures),
        check(a_password_for_another_epoch_is_refused),
        check(of_many_passwords_set_at_once_one_wins),
        check(a_session_goes_on_under_a_new_token_and_epoch),
        check(no_session_goes_on_for_a_disabled_user),
        check(a_better_hash_replaces_only_the_one_it_was_made_from),
        check(failures_add_up_until_they_are_forgiven),
        check(failures_counted_at_once_are_all_counted),
        check(a_log_in_forgives_failures_and_notes_the_time),
    ]
}

async fn a_new_password_ends_sessions_and_forgives_failures(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    commit(&store, Change::CountFailure { user: user.number }).await;
    let set = Change::SetPassword { user: user.number, epoch: user.epoch, password: hash("second"), session: None };
    let committed = commit(&store, set).await;
    assert_eq!(committed.ended, [key("a")]);
    let changed = committed.user.expect("the user");
    assert_eq!((changed.epoch, changed.failures), (user.epoch + 1, 0));
    assert!(read(&store, &user).await.password.is_some_and(|stored| stored == hash("second")));
    assert!(!is_stored(&store, "a").await);
}

async fn a_password_for_another_epoch_is_refused(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let set = Change::SetPassword { user: user.number, epoch: user.epoch + 1, password: hash("x"), session: None };
    assert_eq!(refusal(&store, set).await, Conflict::UserChanged);
    assert!(read(&store, &user).await.password.is_some_and(|stored| stored == hash("first")));
}

async fn of_many_passwords_set_at_once_one_wins(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let set = |index: u32| Change::SetPassword {
        user: user.number,
        epoch: user.epoch,
        password: hash(&index.to_string()),
        session: None,
    };
    let answers = commit_at_once(&store, (0..50).map(set).collect());
    let won: Vec<usize> = (0..50).filter(|index| answers[*index].is_ok()).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().flat_map(|answer| answer.as_ref().err()).all(|refused| *refused == Conflict::UserChanged));
    let after = read(&store, &user).await;
    assert!(after.password.is_some_and(|stored| stored == hash(&won[0].to_string())));
    assert_eq!(after.epoch, user.epoch + 1);
}

async fn a_session_goes_on_under_a_new_token_and_epoch(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "old"))).await;
    // Realm and epoch are the store's to know.
    let session = StoredSession { realm: name("elsewhere"), ..session_of(&user, "new") };
    let set = Change::SetPassword {
        user: user.number,
        epoch: user.epoch,
        password: hash("second"),
        session: Some(session.clone()),
    };
    let committed = commit(&store, set).await;
    assert_eq!(committed.ended, [key("old")]);
    let stored = store.session(key("new")).await.expect("an answer").expect("the session");
    let epoch = committed.user.expect("the user").epoch;
    assert_eq!(stored, StoredSession { epoch, realm: user.realm.clone(), ..session });
}

async fn no_session_goes_on_for_a_disabled_user(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let disable = Change::SetState { user: user.number, state: UserState::Disabled, guard: None };
    let user = commit(&store, disable).await.user.expect("the user");
    let session = Some(session_of(&user, "a"));
    let set = |session| Change::SetPassword { user: user.number, epoch: user.epoch, password: hash("x"), session };
    assert_eq!(refusal(&store, set(session)).await, Conflict::UserChanged);
    commit(&store, set(None)).await;
}

async fn a_better_hash_replaces_only_the_one_it_was_made_from(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let rehash = |old: &str, new: &str| Change::Rehash { user: user.number, old: hash(old), new: hash(new) };
    assert_eq!(refusal(&store, rehash("other", "better")).await, Conflict::UserChanged);
    commit(&store, rehash("first", "better")).await;
    let after = read(&store, &user).await;
    assert!(after.password.is_some_and(|stored| stored == hash("better")));
    assert_eq!(after.epoch, user.epoch);
    assert!(is_stored(&store, "a").await);
}

async fn failures_add_up_until_they_are_forgiven(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    for count in 1..=3 {
        let committed = commit(&store, Change::CountFailure { user: user.number }).await;
        assert_eq!(committed.user.map(|user| user.failures), Some(count));
    }
    assert_eq!(read(&store, &user).await.failures, 3);
    commit(&store, Change::Unlock { user: user.number }).await;
    let after = read(&store, &user).await;
    assert_eq!((after.failures, after.epoch), (0, user.epoch));
}

async fn failures_counted_at_once_are_all_counted(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit_at_once(&store, (0..50).map(|_| Change::CountFailure { user: user.number }).collect());
    assert_eq!(read(&store, &user).await.failures, 50);
}

async fn a_log_in_forgives_failures_and_notes_the_time(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, Change::CountFailure { user: user.number }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let after = read(&store, &user).await;
    assert_eq!((after.failures, after.last_login), (0, Some(NOW)));
}
