//! Searches for users.

use std::sync::Arc;

use super::fixture::{add, commit, login, name, new_administrator, new_user};
use super::{Check, check};
use crate::store::{Change, NewUser, Page, Store, UserFilter, UserOrder};

pub(super) fn checks() -> Vec<Check> {
    vec![
        check(a_search_finds_beginnings_of_login_name_and_address),
        check(a_search_takes_every_character_for_itself),
        check(a_search_knows_no_case_and_one_form_of_letters),
        check(a_search_goes_with_other_filters_and_parts),
        check(a_search_follows_changes),
    ]
}

async fn found(store: &Arc<dyn Store>, search: &str) -> Vec<String> {
    let filter = UserFilter { search: Some(search.into()), ..UserFilter::default() };
    let listed = store.users(filter, UserOrder::default(), Page::default()).await.expect("an answer");
    listed.items.into_iter().map(|user| user.login.as_str().to_owned()).collect()
}

fn named(text: &str, name: &str, email: &str) -> NewUser {
    NewUser { name: name.into(), email: Some(email.into()), ..new_user(text) }
}

async fn a_search_finds_beginnings_of_login_name_and_address(store: Arc<dyn Store>) {
    add(&store, named("one", "Anna Arendt", "aa@example.com")).await;
    add(&store, named("anton", "Berta", "b@example.com")).await;
    add(&store, named("three", "Clara", "anna@example.com")).await;
    assert_eq!(found(&store, "an").await, ["anton", "one", "three"]);
    assert_eq!(found(&store, "anna").await, ["one", "three"]);
    assert_eq!(found(&store, "anna@").await, ["three"]);
    assert_eq!(found(&store, "arendt").await, [""; 0], "in the middle is not at the beginning");
    assert_eq!(found(&store, "").await, ["anton", "one", "three"]);
    assert_eq!(found(&store, &"x".repeat(5_000)).await, [""; 0]);
}

async fn a_search_takes_every_character_for_itself(store: Arc<dyn Store>) {
    for text in ["100%", "100x", "a_b", "axb", "back\\slash", "star*", "o'brien", "q?", "[x]"] {
        add(&store, new_user(text)).await;
    }
    for text in ["100%", "a_b", "back\\", "star*", "o'b", "q?", "[x"] {
        let found = found(&store, text).await;
        assert_eq!(found.len(), 1, "{text}");
        assert!(found[0].starts_with(text), "{text}");
    }
    for text in ["%", "_", "\\", "*", "?", "' OR 1=1 --", ".*"] {
        assert_eq!(found(&store, text).await, [""; 0], "{text}");
    }
}

async fn a_search_knows_no_case_and_one_form_of_letters(store: Arc<dyn Store>) {
    add(&store, named("one", "\u{c9}lodie", "ELODIE@EXAMPLE.COM")).await;
    add(&store, named("two", "\u{39f}\u{394}\u{39f}\u{3a3}\u{391}", "x@example.com")).await;
    add(&store, named("\u{3bf}\u{3b4}\u{3bf}\u{3c2}", "", "y@example.com")).await;
    assert_eq!(found(&store, "\u{e9}LO").await, ["one"]);
    assert_eq!(found(&store, "E\u{301}lo").await, ["one"], "composed or not");
    assert_eq!(found(&store, "elodie@example").await, ["one"]);
    assert_eq!(found(&store, "ONE").await, ["one"]);
    // A sigma at the end of what was typed so far is not at the end of the word.
    assert_eq!(found(&store, "\u{39f}\u{394}\u{39f}\u{3a3}").await, ["two", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}"]);
}

async fn a_search_goes_with_other_filters_and_parts(store: Arc<dyn Store>) {
    for index in 0..5 {
        add(&store, new_user(&format!("anna{index}"))).await;
        add(&store, new_administrator(&format!("anna{index}"))).await;
        add(&store, new_user(&format!("berta{index}"))).await;
    }
    let filter = UserFilter { realm: Some(name("admin")), search: Some("ANNA".into()), ..UserFilter::default() };
    let (mut logins, mut after) = (vec![], None);
    loop {
        let part =
            store.users(filter.clone(), UserOrder::default(), Page { after, limit: 2 }).await.expect("an answer");
        logins.extend(part.items.into_iter().map(|user| user.login.as_str().to_owned()));
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(logins, ["anna0", "anna1", "anna2", "anna3", "anna4"]);
    assert_eq!(store.user_count(filter.clone(), u64::MAX).await.expect("an answer"), 5, "a count has no parts");
    assert_eq!(store.user_count(filter, 3).await.expect("an answer"), 3, "more need not be counted");
}

async fn a_search_follows_changes(store: Arc<dyn Store>) {
    // Login and name alike: one of them may go and the other is still found.
    let user = add(&store, named("anna", "Anna", "anna")).await;
    let update = |text: Option<&str>, name: Option<&str>, email: Option<Option<String>>| Change::UpdateUser {
        user: user.number,
        login: text.map(login),
        name: name.map(str::to_owned),
        email,
        attributes: None,
    };
    commit(&store, update(None, Some("Berta"), None)).await;
    assert_eq!(found(&store, "anna").await, ["anna"]);
    assert_eq!(found(&store, "berta").await, ["anna"]);
    commit(&store, update(Some("clara"), None, Some(None))).await;
    assert_eq!(found(&store, "anna").await, [""; 0]);
    assert_eq!(found(&store, "clara").await, ["clara"]);
    commit(&store, Change::RemoveUser { user: user.number, guard: None }).await;
    assert_eq!(found(&store, "berta").await, [""; 0]);
}
