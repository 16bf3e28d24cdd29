//! What a person sees when a page cannot be made now: words, where a program gets a problem.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use doorward::layer::Outcome;
use doorward::{Admission, Reason};
use http::header::{HeaderValue, RETRY_AFTER};

use super::page::{Frame, answer};
use super::reader::Reader;
use crate::own::{Answered, Shared};

#[derive(Template)]
#[template(path = "unavailable.html")]
struct Page {
    frame: Frame,
}

/// Tells of an outage on a page. What no form of ours causes stays a problem.
pub(super) async fn told(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let admission = request.extensions().get::<Admission>().cloned();
    let reader = Reader::new(shared.look.load_full(), request.headers());
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Answered>().map(|answered| answered.0.clone());
    let outage = refusal.filter(|refusal| matches!(refusal.reason(), Reason::Busy | Reason::Unavailable));
    let (Some(refusal), Some(admission)) = (outage, admission) else { return response };
    let page = Frame::new(&admission, &reader).map(|frame| Page { frame });
    let Ok(mut told) = page.and_then(|page| answer(refusal.status(), &page, &page.frame)) else { return response };
    told.extensions_mut().insert(Outcome(refusal.code()));
    let wait = refusal.terms().retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
    told.headers_mut().extend(wait);
    told
}
