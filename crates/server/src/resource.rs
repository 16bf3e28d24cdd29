//! Doorward's own resources: judged on the core, served on the control runtime, so that no form and no list delays a request
//! that is forwarded.

use std::sync::Arc;

use doorward::Admission;
use doorward::Pass;
use doorward::layer::Outcome;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use tower::ServiceExt as _;

use crate::body::{RequestBody, ResponseBody};
use crate::exchange::{Exchange, Served};
use crate::fault::Fault;
use crate::streams::Held;

/// Serves a request for one of Doorward's own resources.
pub(crate) async fn serve(
    exchange: &Exchange<'_>,
    request: Request<RequestBody>,
    pass: Box<Pass>,
    closes: &mut bool,
) -> Served {
    let gateway = &exchange.link.core.gateway;
    let (mut parts, body) = request.into_parts();
    let had_body = !body.is_empty();
    let (method, sent) = (parts.method.clone(), parts.uri.clone());
    let report = body.report();
    parts.extensions.clear();
    let id = Some(Arc::from(exchange.id.as_str()));
    let admission = Admission::new(gateway.engine.clone(), pass, exchange.client, id);
    parts.extensions.insert(admission.clone());
    parts.extensions.insert(exchange.link.entry.door);
    let request = Request::from_parts(parts, axum::body::Body::new(body));
    // Spawned: what a client begins and does not wait for comes to its end all the same.
    let answer = gateway.control.spawn(gateway.own.clone().oneshot(request)).await;
    let fault = report.and_then(|report| report.fault());
    let response = match (answer, fault) {
        (Ok(Ok(response)), None) => response,
        (Ok(Ok(_)), Some(fault)) => {
            *closes = true;
            return exchange.stop_at(fault.into(), (method.as_str(), sent.path()), admission.pass());
        }
        (Ok(Err(never)), _) => match never {},
        (Err(error), _) => {
            tracing::error!(%error, request_id = exchange.id.as_str(), "a request ended in a panic");
            *closes |= had_body;
            return exchange.stop_at(Fault::Internal.into(), (method.as_str(), sent.path()), admission.pass());
        }
    };
    // One of Doorward's own resources may refuse a request still.
    let outcome = response.extensions().get::<Outcome>().map_or("allow", |Outcome(code)| code);
    Served { response: returned(exchange, response, admission), outcome }
}

fn returned(
    exchange: &Exchange<'_>,
    response: Response<axum::body::Body>,
    admission: Admission,
) -> Response<ResponseBody> {
    let (parts, body) = response.into_parts();
    let mut body = ResponseBody::own(body);
    if body.may_last() {
        let is_endless =
            parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let held = if is_endless { Held::Endless(admission) } else { Held::Admission(admission) };
        body = body.watched(exchange.link.core.streams.follow(held));
    }
    Response::from_parts(parts, body)
}
