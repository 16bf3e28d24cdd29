//! Lists, part by part.

use super::sessions::is_alive;
use super::state::State;
use crate::clock::Time;
use crate::name::Name;
use crate::store::{
    Listed, ListedSession, NoPlace, Page, SessionFilter, StoredSession, UserFilter, UserOrder, UserPlace, fold,
};
use crate::user::{Login, User};

impl State {
    pub(super) fn list_users(&self, filter: &UserFilter, order: UserOrder, page: &Page) -> Listed<User> {
        let Ok(after) = order.place(page) else { return Listed::default() };
        let matching = self.users.all().filter(matching(filter));
        let mut found: Vec<(UserPlace, &User)> = matching.map(|user| (order.place_of(user), user)).collect();
        found.sort_by(|(one, _), (other, _)| if order.descending { other.cmp(one) } else { one.cmp(other) });
        let is_behind = |place: &UserPlace| {
            after.as_ref().is_none_or(|after| if order.descending { place < after } else { place > after })
        };
        let mut rest = found.into_iter().filter(|(place, _)| is_behind(place)).map(|(_, user)| user.clone());
        part(&mut rest, page, |last| order.place_of(last).to_string())
    }

    pub(super) fn count_users(&self, filter: &UserFilter) -> u64 {
        self.users.all().filter(matching(filter)).count() as u64
    }

    pub(super) fn list_sessions(&self, filter: &SessionFilter, now: Time, page: &Page) -> Listed<ListedSession> {
        let Ok(before) = place(page) else { return Listed::default() };
        let mut found = self.matching_sessions(filter, now);
        found.sort_by_key(|(number, session)| std::cmp::Reverse((session.created, *number)));
        let rest = found.into_iter().filter(|(number, session)| before.is_none_or(|b| (session.created, *number) < b));
        let mut named = rest.filter_map(|(number, session)| {
            let user = self.users.by_number(session.user)?;
            let session = session.clone();
            Some((number, ListedSession { session, user_id: user.id.clone(), login: user.login.clone() }))
        });
        let listed = part(&mut named, page, |(number, item)| format!("{}.{number}", item.session.created));
        Listed { items: listed.items.into_iter().map(|(_, item)| item).collect(), next: listed.next }
    }

    /// The sessions that match and are alive, with their numbers.
    pub(super) fn matching_sessions(&self, filter: &SessionFilter, now: Time) -> Vec<(u64, &StoredSession)> {
        let SessionFilter { user, login, realm, role, address, device, created_before, without_roles } = filter;
        let has_login = |session: &StoredSession, login: &Login| {
            self.users.by_number(session.user).is_some_and(|user| user.login == *login)
        };
        let has_role = |session: &StoredSession, role: &Name| {
            self.users.by_number(session.user).is_some_and(|user| user.roles.contains(role))
        };
        let matching = self.sessions.all().filter(|(_, session)| {
            is_alive(session, now)
                && user.is_none_or(|user| user == session.user)
                && login.as_ref().is_none_or(|login| has_login(session, login))
                && realm.as_ref().is_none_or(|realm| *realm == session.realm)
                && role.as_ref().is_none_or(|role| has_role(session, role))
                && address.as_ref().is_none_or(|address| *address == session.address)
                && device.as_ref().is_none_or(|device| session.device.contains(device.as_str()))
                && created_before.is_none_or(|time| session.created < time)
                && !without_roles.iter().any(|role| has_role(session, role))
        });
        matching.collect()
    }
}

/// Whether a user is one of those who are asked for.
fn matching(filter: &UserFilter) -> impl Fn(&&User) -> bool {
    let search = filter.search.as_deref().map(fold);
    let seen = filter.seen();
    move |user| {
        let begins = |text: &str| search.as_deref().is_none_or(|search| fold(text).starts_with(search));
        filter.realm.as_ref().is_none_or(|realm| *realm == user.realm)
            && filter.role.as_ref().is_none_or(|role| user.roles.contains(role))
            && (filter.besides.is_empty() || filter.besides.iter().any(|role| user.roles.contains(role)))
            && filter.state.is_none_or(|state| state == user.state)
            && seen.as_ref().is_none_or(|seen| seen.contains(&user.last_seen.unwrap_or(0)))
            && (begins(user.login.as_str()) || begins(&user.name) || user.email.as_deref().is_some_and(begins))
    }
}

/// The place after which the part begins, in lists that are ordered by time and number.
pub(super) fn place(page: &Page) -> Result<Option<(Time, u64)>, NoPlace> {
    let Some(text) = page.after.as_deref() else { return Ok(None) };
    let (time, number) = text.split_once('.').ok_or(NoPlace)?;
    Ok(Some((time.parse().map_err(|_| NoPlace)?, number.parse().map_err(|_| NoPlace)?)))
}

/// Takes one part of a list, and says where the next begins.
pub(super) fn part<T>(found: &mut dyn Iterator<Item = T>, page: &Page, place: impl Fn(&T) -> String) -> Listed<T> {
    let items: Vec<T> = found.take(page.size()).collect();
    let next = items.last().filter(|_| found.next().is_some()).map(place);
    Listed { items, next }
}
