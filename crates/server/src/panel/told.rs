//! Refusals of what is behind a page, in words for people.

use askama::Template;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use doorward::Reason;
use doorward::layer::Outcome;
use http::header::{HeaderValue, RETRY_AFTER};

use super::frame::{Frame, answer};
use super::visitor::Visitor;
use crate::own::Answered;

#[derive(Template)]
#[template(path = "panel/told.html")]
struct Page {
    frame: Frame,
    title: &'static str,
    text: String,
}

/// Tells a person what a program would read in a problem.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = <Visitor as axum::extract::FromRequestParts<()>>::from_request_parts(&mut parts, &()).await.ok();
    let response = next.run(Request::from_parts(parts, body)).await;
    let refusal = response.extensions().get::<Answered>().map(|answered| answered.0.clone());
    let (Some(refusal), Some(visitor)) = (refusal, visitor) else { return response };
    let (title, text) = match refusal.reason() {
        Reason::NotFound | Reason::Conflict(_) => {
            ("There is nothing here", "What was here is gone, or it never was.".to_owned())
        }
        Reason::Invalid(what, why) => ("This cannot be asked", format!("{what}: {why}")),
        Reason::Unavailable | Reason::Busy => {
            ("This does not work now", "Doorward could not find out. Try again in a moment.".to_owned())
        }
        _ => ("This does not work", format!("The reason is called {}.", refusal.code())),
    };
    let page = visitor.frame(None).map(|frame| Page { frame, title, text });
    let Ok(mut told) = page.and_then(|page| answer(refusal.status(), &page, &page.frame)) else { return response };
    told.extensions_mut().insert(Outcome(refusal.code()));
    let wait = refusal.terms().retry_after.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
    told.headers_mut().extend(wait);
    told
}
