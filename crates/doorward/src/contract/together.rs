//! Many changes at once: all, or none.

use std::sync::Arc;

use super::fixture::{
    NOW, add, announced, commit, hash, log_in, login, name, names, new_user, read, refusal, seq, session_of,
};
use super::{Check, check};
use crate::store::{Change, Changed, Conflict, NewUser, Store};
use crate::user::UserState;

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(all_of_many_changes_are_carried_out_in_their_order),
        check(of_many_changes_none_is_left_when_one_is_refused),
        check(very_many_changes_are_announced_as_one),
    ]
}

async fn all_of_many_changes_are_carried_out_in_their_order(store: Arc<dyn Store>) {
    let anna = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&anna, "a"))).await;
    let before = seq(&store).await;
    let changes = vec![
        Change::CreateUser(NewUser { roles: names(&["clerk"]), ..new_user("berta") }),
        Change::SetPassword { user: anna.number, epoch: anna.epoch, password: hash("second"), session: None },
        Change::Together(vec![Change::ChangeRoles {
            user: anna.number,
            add: names(&["clerk"]),
            remove: vec![],
            guard: None,
        }]),
        Change::SetState { user: anna.number, state: UserState::Disabled, guard: None },
    ];
    let committed = commit(&store, Change::Together(changes)).await;
    assert!(committed.user.is_none());
    assert_eq!(committed.ended, [super::fixture::key("a")]);
    let after = read(&store, &anna).await;
    assert_eq!((after.state, after.roles, after.epoch), (UserState::Disabled, names(&["clerk"]), anna.epoch + 3));
    assert!(after.password.is_some_and(|password| password.expose() == "$hash$second"));
    let berta = store.user_by_login(name("customer"), login("berta")).await.expect("an answer").expect("berta");
    assert_eq!((berta.roles, berta.created), (names(&["clerk"]), NOW));
    let news = announced(&store, before).await;
    for number in [anna.number, berta.number] {
        assert!(news.contains(&Changed::User(number)), "{news:?}");
    }
}

async fn of_many_changes_none_is_left_when_one_is_refused(store: Arc<dyn Store>) {
    let anna = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&anna, "a"))).await;
    let changes = vec![
        Change::CreateUser(new_user("berta")),
        Change::SetState { user: anna.number, state: UserState::Disabled, guard: None },
        Change::CreateUser(new_user("berta")),
    ];
    assert_eq!(refusal(&store, Change::Together(changes)).await, Conflict::LoginTaken);
    assert_eq!(read(&store, &anna).await.state, UserState::Active);
    assert!(super::fixture::is_stored(&store, "a").await);
    let berta = store.user_by_login(name("customer"), login("berta")).await;
    assert!(berta.expect("an answer").is_none());
}

async fn very_many_changes_are_announced_as_one(store: Arc<dyn Store>) {
    let before = seq(&store).await;
    let changes = (0..1_500).map(|number| Change::CreateUser(new_user(&format!("user-{number}")))).collect();
    commit(&store, Change::Together(changes)).await;
    assert_eq!(announced(&store, before).await, [Changed::Everything]);
    let last = store.user_by_login(name("customer"), login("user-1499")).await;
    assert!(last.expect("an answer").is_some());
}
