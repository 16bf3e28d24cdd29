//! What can be seen of a store from outside, as text.

use doorward::audit::{Count, Event, EventKind};
use doorward::store::{
    Changed, CountFilter, EventFilter, News, Page, Seen, SessionFilter, Store, StoreError, Touch, UserFilter, UserKey,
    UserOrder,
};
use doorward::{PasswordHash, User, UserNumber};

use crate::common::NOW;
use crate::deed::{Act, digest, name};

/// What the store answers, as text.
pub async fn perform(store: &dyn Store, act: Act) -> String {
    let event = |at: u32| Event::new(EventKind::Reloaded, NOW + at);
    match act {
        Act::Commit(change) => {
            let before = store.changes_since(u64::MAX).await.expect("an answer").seq;
            match store.commit(change.into(), vec![event(1)]).await {
                Ok(committed) => {
                    let mut ended: Vec<[u8; 16]> = committed.ended.iter().map(|key| key.0).collect();
                    ended.sort_unstable();
                    let user = committed.user.as_ref().map(told);
                    format!("{user:?} {ended:?} {} {:?}", committed.seq, announced(store, before).await)
                }
                Err(StoreError::Corrupt(_)) => "corrupt".into(),
                Err(error) => format!("{error:?} {:?}", announced(store, before).await),
            }
        }
        Act::Touch { token, last_seen, idle_end } => {
            let touch = Touch { key: digest(token).key(), last_seen: NOW + last_seen, idle_end: NOW + idle_end };
            format!("{:?}", store.touch(vec![touch], vec![]).await)
        }
        Act::Saw { user, at } => {
            format!("{:?}", store.touch(vec![], vec![Seen { user: UserNumber(user), at: NOW + at }]).await)
        }
        Act::Record { minute, hits } => {
            let count = Count { minute, route: "-".into(), outcome: "allow".into(), hits: hits.into(), micros: 1 };
            format!("{:?}", store.record(vec![event(minute)], vec![count]).await)
        }
        Act::Purge { now, keep_since } => format!("{:?}", store.purge(NOW + now, NOW + keep_since).await),
    }
}

/// What was announced, in an order of its own.
pub async fn announced(store: &dyn Store, seq: u64) -> Vec<String> {
    let News::Changed(changes) = store.changes_since(seq).await.expect("an answer").news else {
        return vec!["lost".into()];
    };
    let text = |change: &Changed| match change {
        Changed::Session(key) => format!("session {:?}", key.0),
        other => format!("{other:?}"),
    };
    let mut changes: Vec<String> = changes.iter().map(text).collect();
    changes.sort_unstable();
    changes
}

/// All that can be seen of a user.
pub fn told(user: &User) -> String {
    let User {
        number,
        realm,
        id,
        login,
        name,
        email,
        roles,
        state,
        attributes,
        epoch,
        password,
        failures,
        created,
        last_login,
        last_seen,
    } = user;
    let password = password.as_ref().map(PasswordHash::expose);
    format!(
        "{:?}",
        (
            number,
            realm,
            id,
            login,
            name,
            email,
            roles,
            state,
            attributes,
            (epoch, password, failures, created, last_login, last_seen)
        )
    )
}

/// Users in an order, part by part.
async fn listed(store: &dyn Store, filter: &UserFilter, order: UserOrder) -> Vec<String> {
    let (mut listed, mut after) = (vec![], None);
    loop {
        let part = store.users(filter.clone(), order, Page { after, limit: 2 }).await.expect("users");
        listed.extend(part.items.iter().map(told));
        listed.push(format!("{:?}", part.next));
        after = part.next;
        if after.is_none() {
            return listed;
        }
    }
}

/// All that can be seen of a store.
pub async fn seen(store: &dyn Store) -> Vec<String> {
    let mut seen = vec![];
    for search in [None, Some("an"), Some("b_%"), Some("login1")] {
        for role in [None, Some(name("role", 0))] {
            let filter = UserFilter { role, search: search.map(str::to_owned), ..UserFilter::default() };
            for by in [UserKey::Login, UserKey::LastSeen, UserKey::Created] {
                let order = UserOrder { by, descending: search.is_some() };
                seen.extend(listed(store, &filter, order).await);
            }
        }
    }
    for now in [0, 25, 45] {
        let listed = store.sessions(SessionFilter::default(), NOW + now, Page::default()).await.expect("sessions");
        // Their numbers are each store's own, so only whether more follows can be compared.
        seen.extend(listed.items.iter().map(|item| format!("{item:?}")));
    }
    for token in 0..6 {
        seen.push(format!("{:?}", store.session(digest(token).key()).await.expect("an answer")));
        seen.push(format!("{:?}", store.session_by_handle(digest(token).handle()).await.expect("an answer")));
    }
    seen.push(format!("{:?}", store.roles().await.expect("roles")));
    seen.push(format!("{:?}", store.events(EventFilter::default(), Page::default()).await.expect("events").items));
    seen.push(format!("{:?}", store.counts(CountFilter::default()).await.expect("counts")));
    seen.push(store.changes_since(u64::MAX).await.expect("an answer").seq.to_string());
    seen
}
