//! `/users`: lists, searches, and new users.

use axum::response::Response;
use doorward::store::{Page, UserFilter, UserOrder, fold};
use doorward::{Reason, User, UserDraft};
use serde_json::{Map, json};
use zeroize::Zeroizing;

use super::account::answer;
use super::answer::{Pagination, collection};
use super::call::Call;
use super::change::refused;
use super::content;
use super::fault::Fault;
use super::fields::Fields;
use super::roles;
use super::user::{COMPACT, Shape, email};

/// The most users in one part of a list.
const GREATEST: u64 = 1_000;

/// Which part of a list is asked for.
#[derive(Clone, Copy)]
struct Part {
    page: Option<u64>,
    offset: Option<u64>,
    limit: u64,
}

/// `GET /users`.
pub(super) async fn list(call: Call) -> Result<Response, Fault> {
    show(call, None, None).await
}

/// `GET /users/search`.
pub(super) async fn search(call: Call) -> Result<Response, Fault> {
    let text = call.query.get("q").or_else(|| call.query.get("search")).map(str::to_owned);
    show(call, text, None).await
}

/// `POST /users/search`.
pub(super) async fn search_by_body(call: Call, fields: Fields) -> Result<Response, Fault> {
    let text = match fields.text("search")? {
        Some(text) => Some(text),
        None => fields.text("q")?,
    };
    let part = Part {
        page: fields.number_in("paginate", "page").or_else(|| fields.number("page")),
        offset: fields.number("offset"),
        limit: fields.number_in("paginate", "limit").or_else(|| fields.number("limit")).unwrap_or(100),
    };
    show(call, text.filter(|text| !text.is_empty()), Some(part)).await
}

async fn show(call: Call, search: Option<String>, part: Option<Part>) -> Result<Response, Fault> {
    let viewer = call.viewer()?;
    let shape = Shape::asked(&call.query, COMPACT)?;
    let part = part.unwrap_or_else(|| Part {
        page: call.query.number("page"),
        offset: call.query.number("offset"),
        limit: call.query.number("limit").unwrap_or(100),
    });
    let (items, pagination) = match viewer.may_others("list") && viewer.may_others("access") {
        true => others(&call, search, part).await?,
        false => alone(&call, search.as_deref(), part)?,
    };
    let data = items.iter().map(|user| shape.show(user, &viewer)).collect();
    Ok(call.answer(&collection(data, &pagination)))
}

/// The caller, to whom nobody else is shown; not even they, where they may not see themselves.
fn alone(call: &Call, search: Option<&str>, part: Part) -> Result<(Vec<User>, Pagination), Fault> {
    let viewer = call.viewer()?;
    let user = viewer.user;
    let may = viewer.may(user, "list") && viewer.may(user, "access");
    let is_found = search.is_none_or(|text| {
        let begins = |of: &str| fold(of).starts_with(&fold(text));
        begins(email(user)) || begins(&user.name) || begins(user.login.as_str())
    });
    let total = u64::from(may && is_found);
    let pagination = part.of(total);
    let shown = total > pagination.offset;
    Ok((shown.then(|| user.clone()).into_iter().collect(), pagination))
}

/// A part of all users, and how many there are.
async fn others(call: &Call, search: Option<String>, part: Part) -> Result<(Vec<User>, Pagination), Fault> {
    let realm = Some(call.policy().realm(call.realm).name().clone());
    let filter = UserFilter { realm, search, ..UserFilter::default() };
    // Of a list that has fewer pages the last one is shown.
    let pagination = part.of(call.engine().store().user_count(filter.clone(), u64::MAX).await?);
    let items = walk(call, filter, &pagination).await?;
    Ok((items, pagination))
}

/// A store knows no numbers of places: what comes before the part is passed over. Nobody behind it is read.
async fn walk(call: &Call, filter: UserFilter, wanted: &Pagination) -> Result<Vec<User>, Fault> {
    let (mut items, mut before, mut after) = (Vec::new(), wanted.offset, None);
    loop {
        let missing = wanted.limit.saturating_sub(items.len() as u64);
        let limit = before.saturating_add(missing).min(u64::from(Page::GREATEST)) as u32;
        let listed = call.engine().store().users(filter.clone(), UserOrder::default(), Page { after, limit }).await?;
        let passed = before.min(listed.items.len() as u64);
        before -= passed;
        items.extend(listed.items.into_iter().skip(passed as usize));
        after = listed.next;
        if after.is_none() || items.len() as u64 >= wanted.limit {
            return Ok(items);
        }
    }
}

impl Part {
    /// Where it is in a list of so many.
    fn of(self, total: u64) -> Pagination {
        let limit = self.limit.clamp(1, GREATEST);
        if total == 0 {
            return Pagination { page: 0, total, offset: 0, limit };
        }
        let last = (total - 1) / limit + 1;
        let page = match (self.page, self.offset) {
            (Some(page), _) => page,
            (None, Some(offset)) => offset / limit + 1,
            (None, None) => 1,
        };
        let page = page.clamp(1, last);
        Pagination { page, total, offset: (page - 1).saturating_mul(limit), limit }
    }
}

/// `POST /users`.
pub(super) async fn create(call: Call, fields: Fields) -> Result<Response, Fault> {
    const ACTION: &str = "create";
    if !call.viewer()?.may_others(ACTION) {
        return Err(Fault::action(ACTION));
    }
    let email = fields.needed("email")?;
    let password = fields.text("password")?.filter(|password| !password.is_empty()).map(Zeroizing::new);
    let mut attributes = Map::new();
    if let Some(language) = fields.text("language")? {
        attributes.insert("language".to_owned(), json!(language));
    }
    if let Some(members) = fields.object(content::ATTRIBUTE) {
        attributes.insert(content::ATTRIBUTE.to_owned(), content::new(members));
    }
    let role = match fields.text("role")?.filter(|role| !role.is_empty()) {
        None => None,
        Some(text) => match roles::named(call.policy(), &text) {
            Some(role) => Some(role),
            None => return Err(Fault::invalid("user.role.invalid", "Please enter a valid role")),
        },
    };
    let draft = UserDraft {
        realm: Some(call.policy().realm(call.realm).name().to_string()),
        email: Some(email.clone()),
        name: fields.text("name")?.unwrap_or_default(),
        roles: role.map(|role| role.name.to_string()).into_iter().collect(),
        attributes,
        password: password.map(|password| password.as_bytes().to_vec().into()),
        ..UserDraft::new(email)
    };
    let created = call.engine().create_user(&call.actor()?, draft).await;
    let created = created.map_err(|refusal| match refusal.reason() {
        Reason::Forbidden(_) if role.is_some_and(roles::is_admin) => {
            Fault::forbidden("user.create.permission", "Only an admin may create an admin")
        }
        _ => refused(refusal, ACTION),
    })?;
    answer(&call, &created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_list_is_within_it() {
        let part = |page, offset, limit| Part { page, offset, limit };
        let seen = |part: Part, total| {
            let Pagination { page, offset, limit, .. } = part.of(total);
            (page, offset, limit)
        };
        assert_eq!(seen(part(None, None, 100), 0), (0, 0, 100));
        assert_eq!(seen(part(Some(2), None, 10), 15), (2, 10, 10));
        assert_eq!(seen(part(Some(9), None, 10), 15), (2, 10, 10));
        assert_eq!(seen(part(None, Some(10), 10), 15), (2, 10, 10));
        assert_eq!(seen(part(Some(0), None, 0), 15), (1, 0, 1));
        assert_eq!(seen(part(Some(u64::MAX), None, 5_000), u64::MAX).2, 1_000);
    }
}
