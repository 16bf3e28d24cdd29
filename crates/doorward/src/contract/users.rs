//! Users: found, altered, disabled, removed.

use std::sync::Arc;

use super::fixture::{NOW, add, commit, is_stored, log_in, login, name, names, new_user, read, refusal, session_of};
use super::{Check, check};
use crate::store::{Change, Conflict, NewUser, Store};
use crate::user::{UserId, UserNumber, UserState};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_new_user_is_found_by_number_login_and_id),
        check(an_id_that_nobody_chose_is_the_number),
        check(logins_and_ids_are_unique_within_their_realm_only),
        check(what_an_update_does_not_name_stays_as_it_is),
        check(a_login_can_be_changed_to_one_that_nobody_has),
        check(a_change_to_nobody_is_refused),
        check(a_disabled_user_has_no_sessions_and_a_new_epoch),
        check(roles_are_taken_then_given_and_sessions_end),
        check(roles_that_stay_the_same_end_nothing),
        check(a_removed_user_takes_sessions_along),
        check(numbers_and_generated_ids_are_never_given_again),
        check(no_id_of_a_removed_user_is_ever_generated),
        check(a_generated_id_goes_round_one_that_somebody_has),
    ]
}

async fn a_new_user_is_found_by_number_login_and_id(store: Arc<dyn Store>) {
    let attributes = serde_json::json!({ "cart_id": 7, "tier": "gold", "tags": ["a", null] });
    let new = NewUser {
        id: Some(UserId::parse("anna-1").expect("an id")),
        name: "Anna \u{1F600} %_\\' OR 1=1 --".into(),
        email: Some("anna@example.com".into()),
        roles: names(&["support", "editor", "support"]),
        attributes: attributes.as_object().expect("an object").clone(),
        ..new_user("anna")
    };
    let added = add(&store, new).await;
    let found = [
        store.user(added.number).await,
        store.user_by_login(name("customer"), login("ANNA")).await,
        store.user_by_id(name("customer"), UserId::parse("anna-1").expect("an id")).await,
    ];
    for user in found {
        let user = user.expect("an answer").expect("the user");
        assert_eq!((user.number, user.id.as_str(), user.login.as_str()), (added.number, "anna-1", "anna"));
        assert_eq!((user.realm.as_str(), user.state, user.created), ("customer", UserState::Active, NOW));
        assert_eq!(user.name, "Anna \u{1F600} %_\\' OR 1=1 --");
        assert_eq!(user.email.as_deref(), Some("anna@example.com"));
        assert_eq!(user.roles, names(&["editor", "support"]), "sorted, each once");
        assert_eq!(serde_json::Value::Object(user.attributes), attributes);
        assert!(user.password.is_some_and(|hash| hash.expose() == "$hash$first"));
        assert_eq!((user.failures, user.last_login), (0, None));
    }
    assert!(store.user(UserNumber(added.number.0 + 1)).await.expect("an answer").is_none());
    assert!(store.user_by_login(name("admin"), login("anna")).await.expect("an answer").is_none());
    assert!(store.user_by_id(name("admin"), added.id).await.expect("an answer").is_none());
}

async fn an_id_that_nobody_chose_is_the_number(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    assert_eq!(user.id.as_str(), user.number.0.to_string());
}

async fn logins_and_ids_are_unique_within_their_realm_only(store: Arc<dyn Store>) {
    let id = UserId::parse("one").expect("an id");
    let anna = NewUser { id: Some(id), ..new_user("anna") };
    add(&store, anna.clone()).await;
    let same_login = NewUser { id: None, ..anna.clone() };
    assert_eq!(refusal(&store, Change::CreateUser(same_login)).await, Conflict::LoginTaken);
    let same_id = NewUser { login: login("berta"), ..anna.clone() };
    assert_eq!(refusal(&store, Change::CreateUser(same_id)).await, Conflict::IdTaken);
    add(&store, NewUser { realm: name("admin"), ..anna }).await;
}

async fn what_an_update_does_not_name_stays_as_it_is(store: Arc<dyn Store>) {
    let new = NewUser { name: "Anna".into(), email: Some("a@example.com".into()), ..new_user("anna") };
    let user = add(&store, new).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let update = |name: Option<&str>, email| Change::UpdateUser {
        user: user.number,
        login: None,
        name: name.map(str::to_owned),
        email,
        attributes: None,
    };
    let committed = commit(&store, update(Some("Annabel"), None)).await;
    assert!(committed.user.is_some_and(|user| user.name == "Annabel"));
    commit(&store, update(None, Some(None))).await;
    let after = read(&store, &user).await;
    assert_eq!((after.name.as_str(), after.email), ("Annabel", None));
    assert_eq!((after.login, after.epoch), (user.login, user.epoch), "an update needs no new log-in");
    assert!(is_stored(&store, "a").await);
}

async fn a_login_can_be_changed_to_one_that_nobody_has(store: Arc<dyn Store>) {
    let anna = add(&store, new_user("anna")).await;
    add(&store, new_user("berta")).await;
    let rename = |text| Change::UpdateUser {
        user: anna.number,
        login: Some(login(text)),
        name: Some("renamed".into()),
        email: None,
        attributes: None,
    };
    assert_eq!(refusal(&store, rename("berta")).await, Conflict::LoginTaken);
    assert_eq!(read(&store, &anna).await.name, "", "nothing of a refused change is left");
    commit(&store, rename("anna")).await;
    commit(&store, rename("clara")).await;
    let found = store.user_by_login(name("customer"), login("clara")).await.expect("an answer");
    assert_eq!(found.map(|user| user.number), Some(anna.number));
    assert!(store.user_by_login(name("customer"), login("anna")).await.expect("an answer").is_none());
    add(&store, new_user("anna")).await;
}

async fn a_change_to_nobody_is_refused(store: Arc<dyn Store>) {
    let somebody = add(&store, new_user("anna")).await;
    let user = UserNumber(somebody.number.0 + 100);
    let (guard, password) = (None, super::fixture::hash("x"));
    let mut session = session_of(&somebody, "a");
    session.user = user;
    let changes = [
        Change::UpdateUser { user, login: Some(login("x")), name: None, email: None, attributes: None },
        Change::SetState { user, state: UserState::Active, guard: guard.clone() },
        Change::ChangeRoles { user, add: vec![], remove: vec![], guard: guard.clone() },
        Change::SetPassword { user, epoch: 0, password: password.clone(), session: None },
        Change::Rehash { user, old: password.clone(), new: password },
        Change::RemoveUser { user, guard },
        Change::CountFailure { user },
        Change::Unlock { user },
        log_in(session),
        Change::EndSessions { user, keep: None },
        Change::IssueCode { user, digest: [1; 32], expires: NOW },
    ];
    for change in changes {
        assert_eq!(refusal(&store, change).await, Conflict::UserUnknown);
    }
}

async fn a_disabled_user_has_no_sessions_and_a_new_epoch(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let set = |state| Change::SetState { user: user.number, state, guard: None };
    let committed = commit(&store, set(UserState::Disabled)).await;
    assert_eq!(committed.ended, [super::fixture::key("a")]);
    let disabled = committed.user.expect("the user");
    assert_eq!((disabled.state, disabled.epoch), (UserState::Disabled, user.epoch + 1));
    assert!(!is_stored(&store, "a").await);
    commit(&store, set(UserState::Active)).await;
    let enabled = read(&store, &user).await;
    assert_eq!((enabled.state, enabled.epoch), (UserState::Active, disabled.epoch));
}

async fn roles_are_taken_then_given_and_sessions_end(store: Arc<dyn Store>) {
    let user = add(&store, NewUser { roles: names(&["a", "b"]), ..new_user("anna") }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let change = Change::ChangeRoles {
        user: user.number,
        add: names(&["d", "c", "b"]),
        remove: names(&["a", "b", "unheard-of"]),
        guard: None,
    };
    let committed = commit(&store, change).await;
    let changed = committed.user.expect("the user");
    assert_eq!(changed.roles, names(&["b", "c", "d"]));
    assert_eq!(changed.epoch, user.epoch + 1);
    assert_eq!(read(&store, &user).await.roles, changed.roles);
    assert_eq!(committed.ended, [super::fixture::key("a")]);
    assert!(!is_stored(&store, "a").await);
}

async fn roles_that_stay_the_same_end_nothing(store: Arc<dyn Store>) {
    let user = add(&store, NewUser { roles: names(&["a"]), ..new_user("anna") }).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let (add, remove) = (names(&["a"]), names(&["z"]));
    let committed = commit(&store, Change::ChangeRoles { user: user.number, add, remove, guard: None }).await;
    assert_eq!(committed.user.map(|user| user.epoch), Some(user.epoch));
    assert!(committed.ended.is_empty() && is_stored(&store, "a").await);
}

async fn a_removed_user_takes_sessions_along(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let committed = commit(&store, Change::RemoveUser { user: user.number, guard: None }).await;
    assert_eq!(committed.user.map(|removed| removed.number), Some(user.number), "as they were");
    assert_eq!(committed.ended, [super::fixture::key("a")]);
    assert!(store.user(user.number).await.expect("an answer").is_none());
    assert!(!is_stored(&store, "a").await);
    let heir = add(&store, new_user("anna")).await;
    assert_ne!(heir.number, user.number);
}

async fn numbers_and_generated_ids_are_never_given_again(store: Arc<dyn Store>) {
    let first = add(&store, new_user("anna")).await;
    let last = add(&store, new_user("berta")).await;
    for user in [&first, &last] {
        commit(&store, Change::RemoveUser { user: user.number, guard: None }).await;
    }
    let next = add(&store, new_user("clara")).await;
    assert!(next.number > last.number, "{:?} after {:?}", next.number, last.number);
    let again = NewUser { id: Some(last.id.clone()), ..new_user("dora") };
    assert_eq!(refusal(&store, Change::CreateUser(again.clone())).await, Conflict::IdTaken);
    add(&store, NewUser { realm: name("admin"), ..again }).await;
}

async fn no_id_of_a_removed_user_is_ever_generated(store: Arc<dyn Store>) {
    let first = add(&store, new_user("anna")).await;
    let id = UserId::parse(&(first.number.0 + 2).to_string()).expect("an id");
    let chosen = NewUser { id: Some(id.clone()), ..new_user("berta") };
    let removed = add(&store, chosen.clone()).await;
    commit(&store, Change::RemoveUser { user: removed.number, guard: None }).await;
    let generated = add(&store, new_user("clara")).await;
    assert_ne!(generated.id, id, "a stranger would inherit what the first one left behind");
    assert_eq!(add(&store, chosen).await.id, id, "what somebody chose, somebody may choose again");
}

async fn a_generated_id_goes_round_one_that_somebody_has(store: Arc<dyn Store>) {
    let first = add(&store, new_user("anna")).await;
    let id = UserId::parse(&(first.number.0 + 2).to_string()).expect("an id");
    add(&store, NewUser { id: Some(id.clone()), ..new_user("berta") }).await;
    let generated = add(&store, new_user("clara")).await;
    assert_ne!(generated.id, id);
    assert_eq!(generated.id.as_str(), generated.number.0.to_string());
}
