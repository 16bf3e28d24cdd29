//! `/admin/users`.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use doorward::store::{Conflict, UserFilter, UserKey, UserOrder, Version};
use doorward::{Name, Reason, User, UserAlteration, UserDraft, UserId, UserUpdate};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::administrator::{Administrator, Recent};
use super::known;
use super::user::{self, Changes, Code, Draft, View};
use crate::openapi::{Changing, Reading};
use crate::own::{House, Json, Judged, List, Query, Refused, Shared, Timestamp, page};

/// So many are counted. Nobody needs to know exactly of more.
pub(crate) const COUNTED: u64 = 10_000;

/// Which users.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this realm.
    #[param(value_type = Option<String>)]
    pub(crate) realm: Option<Name>,
    /// Having this role.
    #[param(value_type = Option<String>)]
    pub(crate) role: Option<Name>,
    /// In this state.
    #[param(inline)]
    pub(crate) state: Option<user::State>,
    /// Login, e-mail or name begins with this text. Every character stands for itself.
    pub(crate) search: Option<String>,
    /// Seen before this time and not since. Those who were never seen are asked for with `never_seen`.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) seen_before: Option<Timestamp>,
    /// Seen at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) seen_after: Option<Timestamp>,
    /// `true`: never seen. `false`: seen at some time.
    pub(crate) never_seen: Option<bool>,
    /// In which order; by login unless stated. With `-` before it the last one comes first. Whoever was never seen comes before
    /// all others in the order of `last_seen`.
    #[param(inline)]
    pub(crate) sort: Option<Sort>,
    /// What `next` said.
    pub(crate) after: Option<String>,
    /// At most so many, 100 unless stated.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
}

/// In which order users are listed.
#[derive(Clone, Copy, Deserialize, ToSchema)]
pub(crate) enum Sort {
    #[serde(rename = "login")]
    Login,
    #[serde(rename = "-login")]
    LoginDescending,
    #[serde(rename = "last_seen")]
    LastSeen,
    #[serde(rename = "-last_seen")]
    LastSeenDescending,
    #[serde(rename = "created")]
    Created,
    #[serde(rename = "-created")]
    CreatedDescending,
}

impl Sort {
    fn order(self) -> UserOrder {
        let (by, descending) = match self {
            Self::Login => (UserKey::Login, false),
            Self::LoginDescending => (UserKey::Login, true),
            Self::LastSeen => (UserKey::LastSeen, false),
            Self::LastSeenDescending => (UserKey::LastSeen, true),
            Self::Created => (UserKey::Created, false),
            Self::CreatedDescending => (UserKey::Created, true),
        };
        UserOrder { by, descending }
    }
}

/// Whose id it is, where several realms have users of the same id.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfRealm {
    /// The realm. May be left out unless users of several realms have the id.
    #[param(value_type = Option<String>)]
    pub(super) realm: Option<Name>,
}

/// Users, by login or in another order.
#[utoipa::path(get, path = "/admin/users", tag = "users", params(Which),
    responses((status = 200, body = List<View>), Reading))]
pub(crate) async fn list(
    _: Administrator,
    State(house): House,
    Query(which): Query<Which>,
) -> Result<Json<List<View>>, Refused> {
    find_users(&house, which).await.map(Json)
}

/// A part of the list.
///
/// # Errors
/// When there is nothing of what is named, or the store does not answer.
pub(crate) async fn find_users(house: &Shared, mut which: Which) -> Result<List<View>, Refused> {
    let page = page(which.after.take(), which.limit.take())?;
    let order = which.sort.map(Sort::order).unwrap_or_default();
    let listed = house.engine.store().users(which.filter(house)?, order, page).await?;
    Ok(List::of(listed, View::of))
}

impl Which {
    /// The same for a store.
    ///
    /// # Errors
    /// When there is nothing of what is named.
    pub(crate) fn filter(self, house: &Shared) -> Result<UserFilter, Refused> {
        let Self { realm, role, state, search, seen_before, seen_after, never_seen, .. } = self;
        let (seen_before, seen_after) = (seen_before.map(|time| time.0), seen_after.map(|time| time.0));
        let policy = house.engine.policy();
        let (realm, role) = (known::realm(&policy, realm)?, known::role(&policy, role)?);
        let search = search.filter(|text| !text.is_empty());
        let state = state.map(Into::into);
        Ok(UserFilter { realm, role, state, search, seen_before, seen_after, never_seen, ..UserFilter::default() })
    }
}

/// Adds a user, who has no password yet: issue a code.
#[utoipa::path(post, path = "/admin/users", tag = "users", request_body = Draft,
    responses((status = 201, body = View, headers(("Location" = String, description = "The user."))), Changing))]
pub(crate) async fn create(
    Recent(actor): Recent,
    Judged(admission): Judged,
    State(house): House,
    Json(draft): Json<Draft>,
) -> Result<impl IntoResponse, Refused> {
    let Draft { realm, id, login, name, email, roles, attributes } = draft;
    let draft = UserDraft { realm, id, login, name, email, roles, attributes, password: None };
    let user = house.engine.create_user(&actor, draft).await?;
    // Ids and names of realms are safe in a path and a query as they stand.
    let place = format!("{}/admin/users/{}?realm={}", admission.pass().policy().mount(), user.id, user.realm);
    let place = HeaderValue::try_from(place).map_err(|_| Refused::internal())?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(View::of(user))))
}

/// A user.
#[utoipa::path(get, path = "/admin/users/{id}", tag = "users", params(("id" = String, Path), OfRealm),
    responses((status = 200, body = View), Reading))]
pub(crate) async fn show(
    _: Administrator,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<Json<View>, Refused> {
    Ok(Json(View::of(find(&house, &id, of.realm).await?)))
}

/// Alters a user.
#[utoipa::path(patch, path = "/admin/users/{id}", tag = "users", params(("id" = String, Path), OfRealm), request_body = Changes,
    responses((status = 200, body = View), Changing))]
pub(crate) async fn alter(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
    Json(changes): Json<Changes>,
) -> Result<Json<View>, Refused> {
    let user = find(&house, &id, of.realm).await?;
    let Changes { login, name, email, attributes, state, roles, version } = changes;
    // What was never a version is none that the user has now.
    let seen = version.map(|text| Version::parse(&text).ok_or(Reason::Conflict(Conflict::UserChanged))).transpose()?;
    let (add, remove) = roles.map(|roles| roles.split(&user)).unwrap_or_default();
    let update = UserUpdate { login, name, email, attributes };
    let alteration = UserAlteration { update, state: state.map(Into::into), add, remove, seen };
    Ok(Json(View::of(house.engine.alter_user(&actor, &user, alteration).await?)))
}

/// Removes a user for good.
#[utoipa::path(delete, path = "/admin/users/{id}", tag = "users", params(("id" = String, Path), OfRealm),
    responses((status = 204), Changing))]
pub(crate) async fn remove(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<StatusCode, Refused> {
    let user = find(&house, &id, of.realm).await?;
    house.engine.remove_user(&actor, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues a code with which the user sets a password. An older one is void.
#[utoipa::path(post, path = "/admin/users/{id}/codes", tag = "users", params(("id" = String, Path), OfRealm),
    responses((status = 201, body = Code), Changing))]
pub(crate) async fn issue_code(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<impl IntoResponse, Refused> {
    let user = find(&house, &id, of.realm).await?;
    let issued = house.engine.issue_code(&actor, &user).await?;
    let code = Code { code: issued.code.to_string(), expires_at: Timestamp(issued.expires) };
    Ok((StatusCode::CREATED, Json(code)))
}

/// Forgives failed log-ins, from everywhere.
#[utoipa::path(post, path = "/admin/users/{id}/unlock", tag = "users", params(("id" = String, Path), OfRealm),
    responses((status = 204), Changing))]
pub(crate) async fn unlock(
    Recent(actor): Recent,
    State(house): House,
    Path(id): Path<String>,
    Query(of): Query<OfRealm>,
) -> Result<StatusCode, Refused> {
    let user = find(&house, &id, of.realm).await?;
    house.engine.unlock_user(&actor, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The user of this id.
///
/// # Errors
/// 404 when there is none, 400 `realm_required` when there are several.
pub(crate) async fn find(house: &Shared, id: &str, realm: Option<Name>) -> Result<User, Refused> {
    let id = UserId::parse(id).map_err(|_| Reason::NotFound)?;
    let store = house.engine.store();
    if let Some(realm) = realm {
        return Ok(store.user_by_id(realm, id).await?.ok_or(Reason::NotFound)?);
    }
    let mut found = None;
    for realm in house.engine.policy().realms() {
        let user = store.user_by_id(realm.name().clone(), id.clone()).await?;
        match (&found, user) {
            (_, None) => {}
            (None, user) => found = user,
            (Some(_), Some(_)) => return Err(Reason::Realm("realm_required").into()),
        }
    }
    Ok(found.ok_or(Reason::NotFound)?)
}
