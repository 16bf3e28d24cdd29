//! Lists, part by part.

use std::sync::Arc;

use super::fixture::{IDLE, NOW, add, commit, key, log_in, login, name, new_administrator, new_user, session_of};
use super::{Check, check};
use crate::store::{Change, EventFilter, NewUser, Page, SessionFilter, Store, StoredSession, UserFilter, UserOrder};
use crate::user::{User, UserNumber, UserState};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(users_are_listed_in_the_order_of_logins),
        check(users_are_filtered_by_realm_role_and_state),
        check(parts_of_a_list_of_users_neither_overlap_nor_leave_out),
        check(a_list_goes_on_when_its_last_user_is_removed),
        check(sessions_are_listed_newest_first_with_their_users),
        check(sessions_are_found_by_the_login_of_their_users),
        check(parts_of_a_list_of_sessions_neither_overlap_nor_leave_out),
        check(what_no_list_said_gives_an_empty_part),
        check(a_part_has_at_least_one_item_and_at_most_a_thousand),
    ]
}

fn page(after: Option<String>, limit: u32) -> Page {
    Page { after, limit }
}

fn logins(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.login.as_str()).collect()
}

async fn users_are_listed_in_the_order_of_logins(store: Arc<dyn Store>) {
    for text in ["berta", "\u{e9}lodie", "anna", "zoe", "an", "a.b"] {
        add(&store, new_user(text)).await;
    }
    add(&store, new_administrator("berta")).await;
    let listed = store.users(UserFilter::default(), UserOrder::default(), Page::default()).await.expect("an answer");
    assert_eq!(logins(&listed.items), ["a.b", "an", "anna", "berta", "berta", "zoe", "\u{e9}lodie"]);
    assert_eq!(listed.items[3].realm, name("admin"));
    assert_eq!(listed.next, None);
}

async fn users_are_filtered_by_realm_role_and_state(store: Arc<dyn Store>) {
    add(&store, new_administrator("root")).await;
    add(&store, NewUser { state: UserState::Disabled, ..new_administrator("former") }).await;
    add(&store, NewUser { realm: name("customer"), ..new_administrator("elsewhere") }).await;
    add(&store, new_user("anna")).await;
    let any = UserFilter::default();
    let admin = UserFilter { realm: Some(name("admin")), ..any.clone() };
    let filters = [
        (admin.clone(), vec!["former", "root"]),
        (UserFilter { role: Some(name("administrator")), ..any.clone() }, vec!["elsewhere", "former", "root"]),
        (UserFilter { role: Some(name("unheard-of")), ..any.clone() }, vec![]),
        (UserFilter { besides: vec![name("unheard-of")], ..any.clone() }, vec![]),
        (
            UserFilter { besides: vec![name("unheard-of"), name("administrator")], ..any.clone() },
            vec!["elsewhere", "former", "root"],
        ),
        (UserFilter { state: Some(UserState::Disabled), ..any.clone() }, vec!["former"]),
        (UserFilter { state: Some(UserState::Active), ..admin }, vec!["root"]),
    ];
    for (filter, expected) in filters {
        let listed = store.users(filter.clone(), UserOrder::default(), Page::default()).await.expect("an answer");
        assert_eq!(logins(&listed.items), expected, "{filter:?}");
        assert_eq!(
            store.user_count(filter.clone(), u64::MAX).await.expect("an answer"),
            expected.len() as u64,
            "{filter:?}"
        );
    }
}

async fn parts_of_a_list_of_users_neither_overlap_nor_leave_out(store: Arc<dyn Store>) {
    let mut expected = vec![];
    for index in 0..23 {
        let text = format!("user.{index:02}");
        add(&store, new_user(&text)).await;
        add(&store, new_administrator(&text)).await;
        expected.extend([text.clone(), text]);
    }
    for limit in [1, 7, 46, 100] {
        let (mut found, mut after) = (vec![], None);
        loop {
            let part =
                store.users(UserFilter::default(), UserOrder::default(), page(after, limit)).await.expect("an answer");
            assert!(part.items.len() <= limit as usize);
            found.extend(part.items);
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(logins(&found), expected);
        let mut numbers: Vec<UserNumber> = found.iter().map(|user| user.number).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), expected.len());
    }
}

async fn a_list_goes_on_when_its_last_user_is_removed(store: Arc<dyn Store>) {
    for text in ["a", "b", "c", "d"] {
        add(&store, new_user(text)).await;
    }
    let first = store.users(UserFilter::default(), UserOrder::default(), page(None, 2)).await.expect("an answer");
    let removed = first.items[1].number;
    commit(&store, Change::RemoveUser { user: removed, guard: None }).await;
    let rest = store.users(UserFilter::default(), UserOrder::default(), page(first.next, 2)).await.expect("an answer");
    assert_eq!((logins(&rest.items), rest.next), (vec!["c", "d"], None));
}

async fn sessions_are_listed_newest_first_with_their_users(store: Arc<dyn Store>) {
    let (anna, root) = (add(&store, new_user("anna")).await, add(&store, new_administrator("root")).await);
    let begun = |user, token, created| StoredSession { created, ..session_of(user, token) };
    let over = StoredSession { idle_end: NOW, ..session_of(&anna, "over") };
    let oldest = begun(&anna, "oldest", NOW - 9);
    let stored =
        [begun(&root, "middle", NOW - 5), oldest.clone(), begun(&anna, "new", NOW), over, begun(&root, "newest", NOW)];
    for session in stored.clone() {
        commit(&store, log_in(session)).await;
    }
    let listed = store.sessions(SessionFilter::default(), NOW, Page::default()).await.expect("an answer");
    let digests: Vec<_> = listed.items.iter().map(|item| item.session.digest).collect();
    assert_eq!(digests, [&stored[4], &stored[2], &stored[0], &stored[1]].map(|session| session.digest));
    let last = &listed.items[3];
    assert_eq!((&last.session, &last.login, &last.user_id), (&oldest, &anna.login, &anna.id));
    let filter = SessionFilter { user: Some(root.number), ..SessionFilter::default() };
    let listed = store.sessions(filter, NOW, Page::default()).await.expect("an answer");
    assert_eq!(listed.items.len(), 2);
    let listed = store.sessions(SessionFilter::default(), NOW + IDLE, Page::default()).await.expect("an answer");
    assert!(listed.items.is_empty());
}

async fn sessions_are_found_by_the_login_of_their_users(store: Arc<dyn Store>) {
    let (customer, root) = (add(&store, new_user("anna")).await, add(&store, new_administrator("anna")).await);
    let berta = add(&store, new_user("berta")).await;
    for (user, token) in [(&customer, "a"), (&root, "b"), (&berta, "c"), (&customer, "d")] {
        commit(&store, log_in(session_of(user, token))).await;
    }
    let of = |text: &str| SessionFilter { login: Some(login(text)), ..SessionFilter::default() };
    let admin = SessionFilter { realm: Some(name("admin")), ..of("anna") };
    for (filter, expected) in [(of("anna"), 3), (of("BERTA"), 1), (of("ann"), 0), (admin.clone(), 1)] {
        let listed = store.sessions(filter.clone(), NOW, Page::default()).await.expect("an answer");
        assert_eq!(listed.items.len(), expected, "{filter:?}");
    }
    let ended = commit(&store, Change::EndMatching { filter: admin, now: NOW }).await.ended;
    assert_eq!(ended, [key("b")], "what is found is what ends");
}

async fn parts_of_a_list_of_sessions_neither_overlap_nor_leave_out(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    let mut expected = vec![];
    for index in 0..25u32 {
        let session = StoredSession { created: NOW - 10 + index / 8, ..session_of(&user, &index.to_string()) };
        commit(&store, log_in(session.clone())).await;
        expected.insert(0, session.digest);
    }
    let filters = [SessionFilter::default(), SessionFilter { user: Some(user.number), ..SessionFilter::default() }];
    for filter in filters {
        for limit in [1, 6, 25] {
            let (mut found, mut after) = (vec![], None);
            loop {
                let part = store.sessions(filter.clone(), NOW, page(after, limit)).await.expect("an answer");
                found.extend(part.items.iter().map(|item| item.session.digest));
                after = part.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected);
        }
    }
}

async fn what_no_list_said_gives_an_empty_part(store: Arc<dyn Store>) {
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(session_of(&user, "a"))).await;
    for after in ["", "nonsense", ".", "1.2.3", "-1.-1", "99999999999999999999.1", "'; DROP TABLE users", "customer.zz"]
    {
        let page = || page(Some(after.to_owned()), 10);
        let users = store.users(UserFilter::default(), UserOrder::default(), page()).await.expect("an answer");
        let sessions = store.sessions(SessionFilter::default(), NOW, page()).await.expect("an answer");
        let events = store.events(EventFilter::default(), page()).await.expect("an answer");
        assert!(users.items.is_empty() && users.next.is_none(), "{after:?}");
        assert!(sessions.items.is_empty() && sessions.next.is_none(), "{after:?}");
        assert!(events.items.is_empty() && events.next.is_none(), "{after:?}");
    }
}

async fn a_part_has_at_least_one_item_and_at_most_a_thousand(store: Arc<dyn Store>) {
    let adds = (0..=Page::GREATEST).map(|index| Change::CreateUser(new_user(&format!("user{index:04}"))));
    futures_util::future::join_all(adds.map(|change| store.commit(change, vec![]))).await;
    for (limit, expected) in [(0, 1), (1, 1), (u32::MAX, Page::GREATEST as usize)] {
        let listed =
            store.users(UserFilter::default(), UserOrder::default(), page(None, limit)).await.expect("an answer");
        assert_eq!(listed.items.len(), expected);
        assert!(listed.next.is_some());
    }
}
