//! `/admin/audit`: the record of what happened.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use doorward::audit::StoredEvent;
use doorward::store::{EventFilter, Page, Store, StoreError};
use doorward::{Name, Reason, User, UserNumber};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::administrator::Administrator;
use super::export::{self, Format};
use super::known;
use crate::openapi::Reading;
use crate::own::{House, Json, List, Query, Refused, Shared, Timestamp, page};

/// Which events. All that is given must hold.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this kind: `log_in`, `refused`, `user_roles` and so on.
    pub(crate) kind: Option<String>,
    /// About this realm.
    #[param(value_type = Option<String>)]
    pub(crate) realm: Option<Name>,
    /// About or by the user with this login.
    pub(crate) login: Option<String>,
    /// From this address.
    pub(crate) address: Option<String>,
    /// With this outcome: `ok`, or a word for why not.
    pub(crate) outcome: Option<String>,
    /// At or after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) since: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
    /// What `next` said.
    pub(crate) after: Option<String>,
    /// At most so many, 100 unless stated.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
    /// All of it as a file. Needs a recent password. `Accept: text/csv` and `application/jsonl` ask for the same.
    #[param(inline)]
    pub(crate) format: Option<Format>,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(crate) struct View {
    /// Grows with time.
    pub(crate) number: u64,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    pub(crate) kind: String,
    /// `ok`, or a word for why not.
    pub(crate) outcome: String,
    #[schema(required)]
    pub(crate) realm: Option<String>,
    /// The id of the user whom it is about.
    #[schema(required)]
    pub(crate) user: Option<String>,
    /// Their login.
    #[schema(required)]
    pub(crate) login: Option<String>,
    /// By whom, when that is somebody else: a login, `cli`, or `system`.
    #[schema(required)]
    pub(crate) actor: Option<String>,
    /// The handle of the session.
    #[schema(required)]
    pub(crate) session: Option<String>,
    #[schema(required)]
    pub(crate) address: Option<String>,
    /// Method and path of the request.
    #[schema(required)]
    pub(crate) request: Option<String>,
    #[schema(required)]
    pub(crate) request_id: Option<String>,
    /// What changed, in words.
    #[schema(required)]
    pub(crate) detail: Option<String>,
    /// How many like it were left out since the last one was written.
    pub(crate) omitted: u32,
}

/// What happened, the latest first.
#[utoipa::path(get, path = "/admin/audit", tag = "audit", params(Which),
    responses((status = 200, content(
        (List<View> = "application/json"), (String = "text/csv"), (String = "application/jsonl"))), Reading))]
pub(crate) async fn list(
    administrator: Administrator,
    State(house): House,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> Result<Response, Refused> {
    if let Some(format) = which.format.or_else(|| Format::accepted(&headers)) {
        if which.after.is_some() || which.limit.is_some() {
            return Err(Refused::invalid("query", "a file holds everything: leave out after and limit"));
        }
        return export::export(&house, &administrator.recent()?, which.filter(&house)?, format);
    }
    find_events(&house, which).await.map(|list| Json(list).into_response())
}

/// One thing that happened.
#[utoipa::path(get, path = "/admin/audit/{number}", tag = "audit", params(("number" = u64, Path)),
    responses((status = 200, body = View), Reading))]
pub(crate) async fn show(
    _: Administrator,
    State(house): House,
    Path(number): Path<String>,
) -> Result<Json<View>, Refused> {
    find_event(&house, &number).await.map(Json)
}

/// A part of the list.
///
/// # Errors
/// When there is nothing of what is named, or the store does not answer.
pub(crate) async fn find_events(house: &Shared, mut which: Which) -> Result<List<View>, Refused> {
    let page = page(which.after.take(), which.limit.take())?;
    listed(house, which.filter(house)?, page).await
}

/// The latest events about a user or by them, also of one whose realm the rules no longer have.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn events_of(house: &Shared, user: &User, limit: u32) -> Result<List<View>, Refused> {
    let (realm, login) = (Some(user.realm.clone()), Some(user.login.to_string()));
    listed(house, EventFilter { realm, login, ..EventFilter::default() }, Page { after: None, limit }).await
}

async fn listed(house: &Shared, filter: EventFilter, page: Page) -> Result<List<View>, Refused> {
    let store = house.engine.store();
    let listed = store.events(filter, page).await?;
    let mut names = Names::default();
    let mut items = Vec::with_capacity(listed.items.len());
    for event in listed.items {
        items.push(names.view(event, &**store).await?);
    }
    Ok(List { items, next: listed.next })
}

/// The event with this number.
///
/// # Errors
/// 404 when there is none.
pub(crate) async fn find_event(house: &Shared, number: &str) -> Result<View, Refused> {
    let number = number.parse().map_err(|_| Reason::NotFound)?;
    let store = house.engine.store();
    let filter = EventFilter { number: Some(number), ..EventFilter::default() };
    let found = store.events(filter, Page::default()).await?.items.pop().ok_or(Reason::NotFound)?;
    Ok(Names::default().view(found, &**store).await?)
}

impl Which {
    /// The same for a store.
    ///
    /// # Errors
    /// When there is nothing of what is named.
    fn filter(self, house: &Shared) -> Result<EventFilter, Refused> {
        let Self { kind, realm, login, address, outcome, since, until, .. } = self;
        Ok(EventFilter {
            number: None,
            kind: known::kind(kind)?,
            realm: known::realm(&house.engine.policy(), realm)?,
            login: known::login(login)?.map(|login| login.to_string()),
            address: known::address(address)?,
            outcome: known::outcome(outcome)?,
            since: since.map(|time| time.0),
            until: until.map(|time| time.0),
        })
    }
}

/// Who has which number, as far as it was asked for.
#[derive(Default)]
pub(super) struct Names(HashMap<u32, Option<(String, String)>>);

impl Names {
    /// So many are remembered at once.
    const MOST: usize = 4_096;

    /// An event with the names of whom it is about. A wrong password is noted with a number alone.
    pub(super) async fn view(&mut self, stored: StoredEvent, store: &dyn Store) -> Result<View, StoreError> {
        let StoredEvent { number, event } = stored;
        let known = match event.user {
            Some(user) => self.find(user, store).await?,
            None => None,
        };
        let (user, now_called) = known.unzip();
        Ok(View {
            number,
            at: Timestamp(event.at),
            kind: event.kind,
            outcome: event.outcome,
            realm: event.realm.map(|realm| realm.to_string()),
            user,
            // What they were called at the time goes before what they are called now.
            login: event.login.or(now_called),
            actor: event.actor,
            session: event.session,
            address: event.address,
            request: event.request,
            request_id: event.request_id,
            detail: event.detail,
            omitted: event.omitted,
        })
    }

    async fn find(&mut self, number: u32, store: &dyn Store) -> Result<Option<(String, String)>, StoreError> {
        if let Some(known) = self.0.get(&number) {
            return Ok(known.clone());
        }
        let user = store.user(UserNumber(number)).await?;
        let names = user.map(|user| (user.id.to_string(), user.login.to_string()));
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        self.0.insert(number, names.clone());
        Ok(names)
    }
}
