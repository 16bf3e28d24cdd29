//! `/openapi.json`: what there is, as the handlers themselves describe it. Who may call what is added from the list of
//! Doorward's own routes, by which requests are judged: the description cannot say anything else.

use std::sync::Arc;

use axum::extract::State;
use doorward::policy::builtin::{OwnAccess, OwnCsrf, OwnRoute};
use doorward::policy::{Policy, RealmId, builtin};
use http::StatusCode;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::{IntoResponses, OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::own::{House, Json, Judged, Shared};
use crate::{admin, health};

/// All resources that speak JSON, with their descriptions.
pub(crate) fn router() -> OpenApiRouter<Arc<Shared>> {
    let mut router = OpenApiRouter::with_openapi(Document::openapi())
        .merge(doorward::axum::openapi_router().with_state(()))
        .merge(admin::router())
        .merge(health::router())
        .routes(routes!(show));
    let paths = &mut router.get_openapi_mut().paths.paths;
    for route in builtin::own() {
        if let Some(item) = paths.get_mut(&described(&route)) {
            say_who_may(&route, item);
        }
    }
    router
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Doorward", description = "Sessions, users and permissions of this installation."),
    components(schemas(Problem)),
    tags(
        (name = "sessions", description = "Log-ins."),
        (name = "account", description = "Who is calling."),
        (name = "users", description = "Who may log in."),
        (name = "roles", description = "What users may."),
        (name = "rules", description = "What routes ask for."),
        (name = "audit", description = "What happened."),
        (name = "figures", description = "How things are."),
        (name = "health", description = "Whether it works."),
    )
)]
struct Document;

/// What a caller is told when something is refused (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:doorward:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:doorward:problem:forbidden")]
    kind: String,
    /// The code in words, the same each time.
    title: String,
    /// The status, once more.
    status: u16,
    /// What about this request, and what to do.
    detail: Option<String>,
    /// The request's name in the log.
    request_id: Option<String>,
}

/// Refusals that reading resources have in common.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants are descriptions")]
pub(crate) enum Reading {
    /// The request does not fit.
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Nobody is logged in.
    #[response(status = 401, content_type = "application/problem+json")]
    NotLoggedIn(Problem),
    /// The caller lacks a resource, must give their password again, or the request may come from another site.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is nothing here.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A store did not answer. Try again after `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Refusals that changing resources have in common.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "the variants are descriptions")]
pub(crate) enum Changing {
    /// The request does not fit.
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Nobody is logged in.
    #[response(status = 401, content_type = "application/problem+json")]
    NotLoggedIn(Problem),
    /// The caller lacks a resource, must give their password again, or the request may come from another site.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is nothing here.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// What is there forbids the change. The code says what: `login_taken`, `last_administrator`, `role_in_file`, `too_many_roles`, `user_changed`, `role_changed`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The body has the wrong type.
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Problem),
    /// A store did not answer. Try again after `Retry-After`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "health", responses((status = 200, body = Object)))]
async fn show(Judged(admission): Judged, State(house): House) -> Json<utoipa::openapi::OpenApi> {
    let policy = admission.pass().policy();
    let mut document = house.document.clone();
    let root = if policy.mount().is_empty() { "/" } else { policy.mount() };
    document.servers = Some(vec![ServerBuilder::new().url(root).build()]);
    let components = document.components.get_or_insert_default();
    for (name, scheme) in schemes(policy, admission.client().secure) {
        components.add_security_scheme(name, scheme);
    }
    Json(document)
}

fn schemes(policy: &Policy, secure: bool) -> [(&'static str, SecurityScheme); 3] {
    let realm = policy.admin_realm().and_then(|name| policy.realm_id(name.as_str())).unwrap_or(RealmId(0));
    let cookie = policy.cookie_name(realm, secure).unwrap_or("doorward");
    let session = ApiKeyValue::with_description(cookie, "The cookie of a log-in. Each realm has its own.");
    let csrf = ApiKeyValue::with_description(
        policy.csrf_header().as_str(),
        "A token from `/user/csrf`, with what changes something. Outside `/admin` a browser's `Origin` may do instead.",
    );
    [
        ("session", SecurityScheme::ApiKey(ApiKey::Cookie(session))),
        ("csrf", SecurityScheme::ApiKey(ApiKey::Header(csrf))),
        ("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic))),
    ]
}

/// The path of a route as the description writes it: `/admin/users/{id}`.
pub(crate) fn described(route: &OwnRoute) -> String {
    let segment = |text: &str| match text.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => text.to_owned(),
    };
    route.path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The name of an operation, for programs that are made from the description: `get_admin_users_id`.
fn name(method: &str, path: &str) -> String {
    let words = path.split(['/', '-', '.', ':']).filter(|word| !word.is_empty());
    std::iter::once(method.to_lowercase()).chain(words.map(str::to_owned)).collect::<Vec<_>>().join("_")
}

/// A response must have a description; where nothing more is to be said, it is what its status means.
fn describe_answers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let status = StatusCode::from_bytes(status.as_bytes()).ok();
            response.description =
                status.and_then(|status| status.canonical_reason()).unwrap_or("An answer").to_owned();
        }
    }
}

/// Adds to each operation of a route its name, by what callers say who they are, and what resource they need.
fn say_who_may(route: &OwnRoute, item: &mut PathItem) {
    for method in route.methods.split(',') {
        let (operation, is_safe): (&mut Option<Operation>, bool) = match method {
            "GET" => (&mut item.get, true),
            "POST" => (&mut item.post, false),
            "PUT" => (&mut item.put, false),
            "PATCH" => (&mut item.patch, false),
            "DELETE" => (&mut item.delete, false),
            _ => continue,
        };
        let Some(operation) = operation else { continue };
        operation.operation_id = Some(name(method, &route.path));
        describe_answers(operation);
        let none: [&str; 0] = [];
        let mut session = SecurityRequirement::new("session", none);
        if !is_safe && route.csrf == OwnCsrf::Full {
            session = session.add("csrf", none);
        }
        let mut ways = match route.access {
            OwnAccess::Anonymous => vec![],
            OwnAccess::Identify => vec![session, SecurityRequirement::default()],
            OwnAccess::SelfOnly | OwnAccess::Resource(_) | OwnAccess::Page(_) => vec![session],
        };
        if route.basic {
            ways.push(SecurityRequirement::new("basic", none));
        }
        operation.security = Some(ways);
        if let OwnAccess::Resource(name) = route.access {
            let said = operation.description.take().map(|text| format!("{text}\n\n")).unwrap_or_default();
            operation.description = Some(format!("{said}Needs the resource `{name}`."));
        }
    }
}
