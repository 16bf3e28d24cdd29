//! Users in several orders, and when they were seen.

use std::sync::Arc;

use super::fixture::{
    IDLE, NOW, add, announced, commit, hash, key, log_in, new_administrator, new_user, read, seq, session_of,
};
use super::{Check, check};
use crate::clock::Time;
use crate::store::{Change, NewUser, Page, Seen, Store, StoredSession, Touch, UserFilter, UserKey, UserOrder};
use crate::user::{User, UserNumber};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(users_are_listed_by_login_by_when_they_were_seen_and_by_when_they_were_added),
        check(parts_of_a_list_in_any_order_neither_overlap_nor_leave_out),
        check(a_list_by_time_goes_on_when_its_last_user_is_removed_or_seen),
        check(users_are_filtered_by_when_they_were_seen_last),
        check(a_place_in_another_order_gives_an_empty_part),
        check(a_user_is_seen_by_a_log_in_and_by_signs_of_life),
        check(a_user_is_never_seen_earlier_than_before),
        check(a_sign_of_life_is_no_alteration_of_a_user),
    ]
}

const KEYS: [UserKey; 3] = [UserKey::Login, UserKey::LastSeen, UserKey::Created];

fn logins(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.login.as_str()).collect()
}

async fn saw(store: &Arc<dyn Store>, user: &User, at: Time) {
    store.touch(vec![], vec![Seen { user: user.number, at }]).await.expect("noted");
}

/// Somebody who was added at a time, and seen last at another, if ever.
async fn seen(store: &Arc<dyn Store>, login: &str, created: Time, last_seen: Option<Time>) -> User {
    let user = add(store, NewUser { created, ..new_user(login) }).await;
    if let Some(at) = last_seen {
        saw(store, &user, at).await;
    }
    user
}

async fn users_are_listed_by_login_by_when_they_were_seen_and_by_when_they_were_added(store: Arc<dyn Store>) {
    seen(&store, "clara", NOW - 9, None).await;
    seen(&store, "anna", NOW - 5, Some(NOW - 1)).await;
    seen(&store, "dora", NOW - 7, Some(NOW - 3)).await;
    seen(&store, "berta", NOW - 9, Some(NOW - 1)).await;
    let expected = [
        (UserKey::Login, ["anna", "berta", "clara", "dora"]),
        // Never is before all times; of one second, they stand as they were added.
        (UserKey::LastSeen, ["clara", "dora", "anna", "berta"]),
        (UserKey::Created, ["clara", "berta", "dora", "anna"]),
    ];
    for (by, mut expected) in expected {
        for descending in [false, true] {
            let order = UserOrder { by, descending };
            let listed = store.users(UserFilter::default(), order, Page::default()).await.expect("an answer");
            assert_eq!(logins(&listed.items), expected, "{order:?}");
            assert_eq!(listed.next, None);
            expected.reverse();
        }
    }
}

async fn parts_of_a_list_in_any_order_neither_overlap_nor_leave_out(store: Arc<dyn Store>) {
    for index in 0..23 {
        let text = format!("user.{:02}", (index * 7) % 23);
        let last_seen = (index % 3 > 0).then_some(NOW - index / 8);
        seen(&store, &text, NOW - index % 4, last_seen).await;
    }
    let filters = [
        UserFilter::default(),
        UserFilter { seen_after: Some(NOW - 2), ..UserFilter::default() },
        UserFilter { never_seen: Some(true), ..UserFilter::default() },
        UserFilter { search: Some("user.0".into()), ..UserFilter::default() },
    ];
    for filter in filters {
        for (by, descending) in KEYS.into_iter().flat_map(|by| [(by, false), (by, true)]) {
            let order = UserOrder { by, descending };
            let whole = store.users(filter.clone(), order, Page::default()).await.expect("an answer").items;
            assert!(whole.len() > 5, "{filter:?}");
            let mut places: Vec<_> = whole.iter().map(|user| order.place_of(user)).collect();
            if descending {
                places.reverse();
            }
            assert!(places.is_sorted(), "{order:?}: {places:?}");
            for limit in [1, 2, 7] {
                let (mut found, mut after) = (vec![], None);
                loop {
                    let part = store.users(filter.clone(), order, Page { after, limit }).await.expect("an answer");
                    found.extend(part.items);
                    after = part.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(logins(&found), logins(&whole), "{order:?} by {limit}");
            }
        }
    }
}

async fn a_list_by_time_goes_on_when_its_last_user_is_removed_or_seen(store: Arc<dyn Store>) {
    let mut users = vec![];
    for text in ["d", "c", "b", "a"] {
        users.push(seen(&store, text, NOW, Some(NOW - 5)).await);
    }
    let order = UserOrder { by: UserKey::LastSeen, descending: false };
    let page = |after| Page { after, limit: 2 };
    let first = store.users(UserFilter::default(), order, page(None)).await.expect("an answer");
    assert_eq!(logins(&first.items), ["d", "c"]);
    commit(&store, Change::RemoveUser { user: users[1].number, guard: None }).await;
    saw(&store, &users[0], NOW).await;
    let rest = store.users(UserFilter::default(), order, page(first.next)).await.expect("an answer");
    assert_eq!(logins(&rest.items), ["b", "a"], "whoever was seen meanwhile comes at the end");
}

async fn users_are_filtered_by_when_they_were_seen_last(store: Arc<dyn Store>) {
    seen(&store, "never", NOW - 9, None).await;
    seen(&store, "long-ago", NOW - 9, Some(NOW - 100)).await;
    seen(&store, "lately", NOW - 9, Some(NOW - 10)).await;
    let root = add(&store, new_administrator("root")).await;
    saw(&store, &root, NOW - 10).await;
    let filter = |before: Option<Time>, after: Option<Time>, never| UserFilter {
        seen_before: before,
        seen_after: after,
        never_seen: never,
        ..UserFilter::default()
    };
    let expected = [
        (filter(Some(NOW - 10), None, None), vec!["long-ago"]),
        (filter(Some(NOW - 9), None, None), vec!["lately", "long-ago", "root"]),
        (filter(None, Some(NOW - 10), None), vec!["lately", "root"]),
        (filter(None, Some(NOW - 9), None), vec![]),
        (filter(Some(NOW - 50), Some(NOW - 100), None), vec!["long-ago"]),
        (filter(None, None, Some(true)), vec!["never"]),
        (filter(None, None, Some(false)), vec!["lately", "long-ago", "root"]),
        (filter(Some(NOW), None, Some(true)), vec![]),
        (filter(Some(0), None, None), vec![]),
        (filter(None, Some(0), None), vec!["lately", "long-ago", "root"]),
        (UserFilter { realm: Some(root.realm.clone()), ..filter(Some(NOW), None, None) }, vec!["root"]),
        (UserFilter { search: Some("l".into()), ..filter(None, Some(NOW - 50), None) }, vec!["lately"]),
        (UserFilter { role: root.roles.first().cloned(), ..filter(None, None, Some(false)) }, vec!["root"]),
    ];
    for (filter, expected) in expected {
        for by in KEYS {
            let order = UserOrder { by, descending: false };
            let listed = store.users(filter.clone(), order, Page::default()).await.expect("an answer");
            let mut found = logins(&listed.items);
            found.sort_unstable();
            assert_eq!(found, expected, "{filter:?} {order:?}");
        }
        let count = store.user_count(filter.clone(), u64::MAX).await.expect("an answer");
        assert_eq!(count, expected.len() as u64, "{filter:?}");
    }
}

async fn a_place_in_another_order_gives_an_empty_part(store: Arc<dyn Store>) {
    seen(&store, "anna", NOW, Some(NOW)).await;
    let strange = ["", "nonsense", "seen", "seen.", "seen.1", "seen.1.", "seen.1.x", "seen.-1.1", "seen.1.99999999999"];
    for by in KEYS {
        for descending in [false, true] {
            let order = UserOrder { by, descending };
            let others = match by {
                UserKey::Login => ["seen.1.1x", "created.1.1x"],
                UserKey::LastSeen => ["created.1.1", "customer.6162"],
                UserKey::Created => ["seen.1.1", "customer.6162"],
            };
            for after in strange.iter().chain(&others) {
                let page = Page { after: Some((*after).to_owned()), limit: 10 };
                let part = store.users(UserFilter::default(), order, page).await.expect("an answer");
                assert!(part.items.is_empty() && part.next.is_none(), "{after:?} {order:?}");
            }
        }
    }
}

async fn a_user_is_seen_by_a_log_in_and_by_signs_of_life(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    assert_eq!(user.last_seen, None);
    let session = StoredSession { created: NOW - 9, last_seen: NOW - 8, ..session_of(&user, "a") };
    let committed = commit(&store, log_in(session)).await;
    assert_eq!(committed.user.and_then(|user| user.last_seen), Some(NOW - 8));
    assert_eq!(read(&store, &user).await.last_seen, Some(NOW - 8));
    commit(&store, log_in(session_of(&user, "b"))).await;

    let touch = |token, last_seen| Touch { key: key(token), last_seen, idle_end: last_seen + IDLE };
    let touched = vec![touch("b", NOW + 60), touch("a", NOW + 90), touch("gone", NOW + 120)];
    store.touch(touched, vec![Seen { user: user.number, at: NOW + 70 }]).await.expect("noted");
    assert_eq!(read(&store, &user).await.last_seen, Some(NOW + 90), "the latest of all counts");

    commit(&store, Change::RefreshSession { key: key("a"), last_seen: NOW + 200, idle_end: NOW + IDLE }).await;
    assert_eq!(read(&store, &user).await.last_seen, Some(NOW + 200));

    let going_on = StoredSession { last_seen: NOW + 300, ..session_of(&user, "c") };
    let (password, epoch) = (hash("second"), user.epoch);
    let set = Change::SetPassword { user: user.number, epoch, password, session: Some(going_on) };
    let committed = commit(&store, set).await;
    assert_eq!(committed.user.and_then(|user| user.last_seen), Some(NOW + 300));
    let after = read(&store, &user).await;
    assert_eq!((after.last_seen, after.last_login), (Some(NOW + 300), Some(NOW)));
}

async fn a_user_is_never_seen_earlier_than_before(store: Arc<dyn Store>) {
    let user = seen(&store, "anna", NOW, Some(NOW + 50)).await;
    saw(&store, &user, NOW + 40).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let touch = Touch { key: key("a"), last_seen: NOW + 45, idle_end: NOW + IDLE };
    store.touch(vec![touch], vec![]).await.expect("noted");
    assert_eq!(read(&store, &user).await.last_seen, Some(NOW + 50));
    // Whoever is gone is passed over.
    let nobody = Seen { user: UserNumber(user.number.0 + 100), at: NOW };
    store.touch(vec![], vec![nobody, Seen { user: user.number, at: NOW + 60 }]).await.expect("noted");
    assert_eq!(read(&store, &user).await.last_seen, Some(NOW + 60));
}

async fn a_sign_of_life_is_no_alteration_of_a_user(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    let (seq, before) = (seq(&store).await, read(&store, &user).await);
    let touch = Touch { key: key("a"), last_seen: NOW + 60, idle_end: NOW + IDLE };
    store.touch(vec![touch], vec![Seen { user: user.number, at: NOW + 70 }]).await.expect("noted");
    assert!(announced(&store, seq).await.is_empty());
    let after = read(&store, &user).await;
    assert_eq!((after.version(), after.epoch), (before.version(), before.epoch));
    assert_eq!(after.last_seen, Some(NOW + 70));
}
