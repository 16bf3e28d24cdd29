//! `/admin/sessions`, and `/admin/users/{id}/sessions`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward::store::{ListedSession, Page, SessionFilter, StoredSession};
use doorward::{Name, Reason, SessionHandle, User};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::administrator::{Administrator, Recent};
use super::known;
use super::users::{OfRealm, find};
use crate::openapi::{Changing, Reading};
use crate::own::{House, Json, List, Query, Refused, Shared, Timestamp, page};

/// Somebody's session.
#[derive(Serialize, ToSchema)]
#[schema(as = AdministeredSession)]
pub(crate) struct View {
    /// Its handle. It opens nothing.
    pub(crate) id: String,
    pub(crate) realm: String,
    pub(crate) user_id: String,
    pub(crate) login: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) last_seen_at: Timestamp,
    /// When it ends unless it is used. Null when it does not end by that.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub(crate) idle_ends_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) ends_at: Timestamp,
    /// When the password was given last.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) authenticated_at: Timestamp,
    /// Whether the person asked to stay logged in.
    pub(crate) remember: bool,
    /// Whether no browser has it, but a program that sends a bearer token. Absent where it is a browser's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(crate) bearer: bool,
    /// From where the log-in came.
    pub(crate) address: String,
    /// The browser or client, as it named itself.
    pub(crate) device: String,
}

/// Which sessions. All that is given must hold.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this realm.
    #[param(value_type = Option<String>)]
    pub(crate) realm: Option<Name>,
    /// Of the user with this id.
    pub(crate) user: Option<String>,
    /// Of users with this login, in whatever case.
    pub(crate) login: Option<String>,
    /// Of users with this role.
    #[param(value_type = Option<String>)]
    pub(crate) role: Option<Name>,
    /// Begun from this address.
    pub(crate) address: Option<String>,
    /// Whose device has this text in it.
    pub(crate) device: Option<String>,
    /// Begun before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) created_before: Option<Timestamp>,
    /// What `next` said.
    pub(crate) after: Option<String>,
    /// At most so many, 100 unless stated.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
}

/// Which sessions to end. All that is given must hold.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ends {
    /// Of this realm.
    #[param(value_type = Option<String>)]
    realm: Option<Name>,
    /// Of the user with this id.
    user: Option<String>,
    /// Of users with this login, in whatever case.
    login: Option<String>,
    /// Of users with this role.
    #[param(value_type = Option<String>)]
    role: Option<Name>,
    /// Begun from this address.
    address: Option<String>,
    /// Whose device has this text in it.
    device: Option<String>,
    /// Begun before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<Timestamp>,
    /// Everybody's, the caller's own included. Needed when nothing else is given, so that nobody does it by leaving out a filter.
    #[serde(default)]
    all: bool,
    /// Says how many would end, and ends none.
    #[serde(default)]
    count: bool,
}

/// How many sessions.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionCount)]
pub(crate) struct Count {
    count: usize,
    /// Of how many more that match, the caller may not decide: of users with a role that grants what the caller lacks.
    left: usize,
    /// Whether the caller's own session is among them.
    own: bool,
    /// Whether they ended.
    ended: bool,
}

/// Live sessions, newest first.
#[utoipa::path(get, path = "/admin/sessions", tag = "sessions", params(Which),
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn list(
    _: Administrator,
    State(house): House,
    Query(which): Query<Which>,
) -> Result<Json<List<View>>, Refused> {
    find_sessions(&house, which).await.map(Json)
}

/// A part of the list.
///
/// # Errors
/// When there is nothing of what is named, or the store does not answer.
pub(crate) async fn find_sessions(house: &Shared, which: Which) -> Result<List<View>, Refused> {
    let Which { realm, user, login, role, address, device, created_before, after, limit } = which;
    let page = page(after, limit)?;
    let filter = Filter { realm, user, login, role, address, device, created_before };
    let filter = filter.resolve(house).await?;
    listed(house, filter, page).await
}

/// Ends all sessions that match, or says how many that would be. Those of users who may more than the caller go on.
#[utoipa::path(delete, path = "/admin/sessions", tag = "sessions", params(Ends),
    responses((status = 200, body = Count), Changing))]
pub(crate) async fn end_matching(
    administrator: Administrator,
    State(house): House,
    Query(ends): Query<Ends>,
) -> Result<Json<Count>, Refused> {
    let Ends { realm, user, login, role, address, device, created_before, all, count } = ends;
    let filter = Filter { realm, user, login, role, address, device, created_before };
    if filter.is_empty() != all {
        return Err(Refused::invalid("query", "either filters, or all=true for everybody's sessions"));
    }
    let filter = filter.resolve(&house).await?;
    let reach = house.engine.within_reach(&administrator.actor, filter.clone());
    let own = administrator.judged.session()?.0.handle;
    if count {
        let within = Matching::count(&house, reach, Some(own)).await?;
        let all = Matching::count(&house, filter, None).await?.count;
        return Ok(Json(Count {
            count: within.count,
            left: all.saturating_sub(within.count),
            own: within.own,
            ended: false,
        }));
    }
    let actor = administrator.recent()?;
    let count = house.engine.end_matching(&actor, filter.clone()).await?;
    let left = if reach.without_roles.is_empty() { 0 } else { Matching::count(&house, filter, None).await?.count };
    let own = house.engine.store().session_by_handle(own).await?.is_none();
    Ok(Json(Count { count, left, own, ended: true }))
}

/// A session.
#[utoipa::path(get, path = "/admin/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 200, body = View), Reading))]
pub(crate) async fn show(_: Administrator, State(house): House, Path(id): Path<String>) -> Result<Json<View>, Refused> {
    let store = house.engine.store();
    let handle = SessionHandle::parse(&id).ok_or(Reason::NotFound)?;
    let session = store.session_by_handle(handle).await?.ok_or(Reason::NotFound)?;
    let user = store.user(session.user).await?.ok_or(Reason::NotFound)?;
    let now = house.engine.now();
    if session.idle_end <= now || session.absolute_end <= now || session.epoch != user.epoch {
        return Err(Reason::NotFound.into());
    }
    Ok(Json(View::new(session, user.id.to_string(), user.login.to_string())))
}

/// Ends a session.
#[utoipa::path(delete, path = "/admin/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 204), Changing))]
pub(crate) async fn end(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let handle = SessionHandle::parse(&id).ok_or(Reason::NotFound)?;
    house.engine.end_session(&actor, handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sessions of a user.
#[utoipa::path(get, path = "/admin/users/{id}/sessions", tag = "sessions", params(("id" = String, Path), OfRealm),
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn list_of_user(
    _: Administrator,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<Json<List<View>>, Refused> {
    let user = find(&house, &id, of.realm).await?;
    sessions_of(&house, &user, Page::GREATEST).await.map(Json)
}

/// The newest sessions of a user, also of one whose realm the rules no longer have.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn sessions_of(house: &Shared, user: &User, limit: u32) -> Result<List<View>, Refused> {
    let filter = SessionFilter { user: Some(user.number), ..SessionFilter::default() };
    listed(house, filter, Page { after: None, limit }).await
}

/// Ends all sessions of a user.
#[utoipa::path(delete, path = "/admin/users/{id}/sessions", tag = "sessions", params(("id" = String, Path), OfRealm),
    responses((status = 204), Changing))]
pub(crate) async fn end_of_user(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<Response, Refused> {
    let user: User = find(&house, &id, of.realm).await?;
    house.engine.end_sessions_of(&actor, &user).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What both lists and ends say about sessions.
#[derive(PartialEq, Default)]
struct Filter {
    realm: Option<Name>,
    user: Option<String>,
    login: Option<String>,
    role: Option<Name>,
    address: Option<String>,
    device: Option<String>,
    created_before: Option<Timestamp>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same for a store, which knows users by number.
    async fn resolve(self, house: &Shared) -> Result<SessionFilter, Refused> {
        let policy = house.engine.policy();
        let (realm, role) = (known::realm(&policy, self.realm.clone())?, known::role(&policy, self.role.clone())?);
        let address = known::address(self.address.clone())?;
        let login = known::login(self.login.clone())?;
        let user = match self.user {
            None => None,
            Some(id) => Some(find(house, &id, self.realm.clone()).await?.number),
        };
        let created_before = self.created_before.map(|time| time.0);
        let device = self.device;
        Ok(SessionFilter { user, login, realm, role, address, device, created_before, without_roles: vec![] })
    }
}

async fn listed(house: &Shared, filter: SessionFilter, page: Page) -> Result<List<View>, Refused> {
    let listed = house.engine.store().sessions(filter, house.engine.now(), page).await?;
    Ok(List::of(listed, |ListedSession { session, user_id, login }| {
        View::new(session, user_id.to_string(), login.to_string())
    }))
}

/// How many sessions match.
pub(super) struct Matching {
    pub(super) count: usize,
    /// Whether one's own is among them.
    own: bool,
}

impl Matching {
    /// Counts, a page at a time: what matches may be more than fits into memory.
    pub(super) async fn count(
        house: &Shared,
        filter: SessionFilter,
        own: Option<SessionHandle>,
    ) -> Result<Self, Refused> {
        let (mut found, mut after) = (Self { count: 0, own: false }, None);
        loop {
            let page = Page { after, limit: Page::GREATEST };
            let listed = house.engine.store().sessions(filter.clone(), house.engine.now(), page).await?;
            found.count += listed.items.len();
            found.own |= listed.items.iter().any(|listed| Some(listed.session.digest.handle()) == own);
            after = listed.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }
}

impl View {
    fn new(session: StoredSession, user_id: String, login: String) -> Self {
        Self {
            id: session.digest.handle().to_string(),
            realm: session.realm.to_string(),
            user_id,
            login,
            created_at: Timestamp(session.created),
            last_seen_at: Timestamp(session.last_seen),
            idle_ends_at: (!session.remembered && !session.bearer).then_some(Timestamp(session.idle_end)),
            ends_at: Timestamp(session.absolute_end),
            authenticated_at: Timestamp(session.authenticated),
            remember: session.remembered,
            bearer: session.bearer,
            address: session.address,
            device: session.device,
        }
    }
}
