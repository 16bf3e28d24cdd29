//! What a person sees when they may not do something, or it cannot be done now: a page, where a program gets a problem.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use doorward::layer::Outcome;
use doorward::policy::{Door, Language, Policy, Route, Wording};
use doorward::{Admission, Reason};
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};

use super::language;
use super::page::{Frame, answer};
use super::reader::Reader;
use super::words::{Words, fill};
use crate::own::{self, Answered, Shared};

#[derive(Template)]
#[template(path = "told.html")]
struct Page {
    frame: Frame,
    title: String,
    text: String,
    /// By which the operator finds the request.
    request: String,
    /// Whether they may be where they should not: their account says who they are.
    leads_to_account: bool,
}

/// The language in which somebody reads the answer, where a browser opens an address as a page of its own, and says so.
pub(crate) fn reader(headers: &HeaderMap) -> Option<Language> {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|said| said == value);
    if !is("sec-fetch-mode", "navigate")
        || (headers.contains_key("sec-fetch-dest") && !is("sec-fetch-dest", "document"))
    {
        return None;
    }
    let takes_pages = |line: &HeaderValue| {
        line.to_str().is_ok_and(|line| {
            line.split(',').any(|kind| kind.trim_start().starts_with("text/html") && !kind.trim_end().ends_with(";q=0"))
        })
    };
    headers.get_all(ACCEPT).iter().any(takes_pages).then(|| language::asked(headers))
}

/// Where something was refused.
pub(crate) struct Place<'a> {
    pub(crate) door: Door,
    /// None where no route was found.
    pub(crate) route: Option<&'a Route>,
    /// In its one spelling.
    pub(crate) path: &'a str,
    pub(crate) policy: &'a Policy,
}

impl Place<'_> {
    /// Whether a person reads there what was refused for this status.
    fn is_read(&self, status: StatusCode) -> bool {
        match self.route {
            // What has no route at our own door is none of an upstream's either.
            None => self.door == Door::Admin && self.is_page(),
            Some(route) if route.is_own() => self.is_page(),
            // Routes that send people to log in are those that people open.
            Some(route) if route.log_in_page && route.profile.wording == Wording::Problem => {
                matches!(status.as_u16(), 403 | 502 | 503 | 504)
            }
            Some(_) => false,
        }
    }

    /// Whether a page of ours has this path, or would have it.
    fn is_page(&self) -> bool {
        let below = self.path.strip_prefix(self.policy.mount()).unwrap_or_default();
        let is_below =
            |page| below.strip_prefix(page).is_some_and(|rest: &str| rest.is_empty() || rest.starts_with('/'));
        ["/login", "/logout", "/account", "/panel"].into_iter().any(is_below)
    }
}

/// The page that says so, and the headers that go with it. None where a problem is read by programs, or a page is there already, and
/// for names that are not ours: whoever points one at us learns nothing of this place.
pub(crate) fn told(
    place: &Place<'_>,
    reader: &Reader,
    status: StatusCode,
    code: &str,
    request: &str,
    headers: &mut HeaderMap,
) -> Option<Bytes> {
    let is_problem = headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    let is_other = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::MISDIRECTED_REQUEST);
    if !is_problem || is_other || !place.is_read(status) {
        return None;
    }
    let page = page(Frame::at(place.policy.mount(), reader).ok()?, status, code, request);
    let text = page.render().ok()?;
    own::page::label(headers, &page.frame.nonce, None, page.frame.language).ok()?;
    Some(text.into())
}

fn page(frame: Frame, status: StatusCode, code: &str, request: &str) -> Page {
    let (title, text) = said(&frame.words, status, code);
    let request = fill(&frame.words.request, &[("id", request)]);
    Page { title, text, request, leads_to_account: status == StatusCode::FORBIDDEN, frame }
}

/// The heading, and a sentence.
fn said(words: &Words, status: StatusCode, code: &str) -> (String, String) {
    let (title, text) = match (status.as_u16(), code) {
        (403, "forbidden") => (&words.forbidden_title, &words.forbidden),
        (404, _) => (&words.missing_title, &words.missing),
        (502..=504, _) => (&words.unavailable_title, &words.unreachable),
        _ => (&words.refused_title, &words.refused),
    };
    (title.clone(), text.clone())
}

/// Tells on a page what one of our pages refuses: an outage to everybody, since no form of ours causes one, and the rest to people
/// in a browser.
pub(super) async fn tell(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let admission = request.extensions().get::<Admission>().cloned();
    let is_read = reader(request.headers()).is_some();
    let reader = Reader::new(shared.look.load_full(), request.headers());
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Answered>().map(|answered| answered.0.clone());
    let (Some(refusal), Some(admission)) = (refusal, admission) else { return response };
    let is_outage = matches!(refusal.reason(), Reason::Busy | Reason::Unavailable);
    if !(is_outage || is_read) {
        return response;
    }
    let made = Frame::new(&admission, &reader).map(|frame| {
        let id = admission.request_id().unwrap_or_default();
        let mut page = page(frame, refusal.status(), refusal.code(), id);
        if is_outage {
            page.text.clone_from(&page.frame.words.unavailable);
        }
        page
    });
    let Ok(mut told) = made.and_then(|page| answer(refusal.status(), &page, &page.frame)) else { return response };
    told.extensions_mut().insert(Outcome(refusal.code()));
    let wait = refusal.terms().retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
    told.headers_mut().extend(wait);
    told
}
