//! The service that the layer makes: one request, from its head to the body of its answer.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;

use super::arrival::Arrival;
use super::body::{BoxError, RequestBody, ResponseBody};
use super::{Layer, Setup, rewrite};
use crate::refusal::Reason;

/// A service behind Doorward.
#[derive(Clone)]
pub struct Protected<S> {
    layer: Layer,
    inner: S,
}

impl<S> Protected<S> {
    pub(super) fn new(layer: Layer, inner: S) -> Self {
        Self { layer, inner }
    }
}

impl<S, B, R> tower_service::Service<Request<B>> for Protected<S>
where
    S: tower_service::Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Self::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was found ready is the one to call; its clone has yet to be asked.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let setup = self.layer.0.clone();
        Box::pin(async move { serve(&setup, inner, request).await })
    }
}

async fn serve<S, B, R>(setup: &Setup, mut inner: S, request: Request<B>) -> Result<Response<ResponseBody<R>>, S::Error>
where
    S: tower_service::Service<Request<RequestBody<B>>, Response = Response<R>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let mut arrival = Arrival::new(setup, &mut parts);
    let admission = match arrival.admit(&parts).await {
        Ok(admission) => admission,
        Err(answer) => return Ok(answer.map(ResponseBody::ours)),
    };
    let pass = admission.pass();
    let is_own = pass.route().is_own();
    let body = match rewrite::body(pass, &mut parts, body).await {
        Ok(body) => body,
        Err(refusal) => {
            let mut answer = arrival.refuse_body(&admission, &parts, refusal);
            pass.edit_own_response(answer.headers_mut());
            return Ok(answer.map(ResponseBody::ours));
        }
    };
    if pass.forced_body().is_some() && !admission.is_still_as_judged().await {
        // All of the body was waited for: whoever sent it has been shut out meanwhile.
        let mut answer = arrival.refuse_body(&admission, &parts, Reason::NotLoggedIn.into());
        pass.edit_own_response(answer.headers_mut());
        return Ok(answer.map(ResponseBody::ours));
    }
    if is_own {
        pass.edit_own_request(&mut parts);
    } else {
        pass.edit_request(&mut parts);
        rewrite::drop_overrides(&mut parts.headers);
        rewrite::drop_other_upgrades(&mut parts.headers);
        rewrite::strip_prefix(pass, &mut parts);
        rewrite::change_headers(&pass.route().request_headers, &mut parts.headers);
    }
    parts.extensions.insert(admission.clone());
    let answered = inner.call(Request::from_parts(parts, body)).await;
    let response = answered.inspect_err(|_| arrival.count(Some(pass.route_id()), "service_error"))?;
    let (mut parts, body) = response.into_parts();
    // Once for all that are added, and not twice on the way.
    parts.headers.reserve(ADDED);
    if is_own {
        pass.edit_own_response(&mut parts.headers);
    } else {
        pass.edit_response(&mut parts.headers);
        rewrite::change_headers(&pass.route().response_headers, &mut parts.headers);
    }
    arrival.name(&mut parts.headers);
    let outcome = parts.extensions.remove::<Outcome>().map_or("allow", |Outcome(code)| code);
    arrival.count(Some(pass.route_id()), outcome);
    let body = ResponseBody::theirs(body, &admission, setup.sleep);
    Ok(Response::from_parts(parts, body))
}

/// The lines that an answer gets, more or less.
const ADDED: usize = 8;

/// How a request ended that was let in, for the counters: one of Doorward's own resources may refuse it still, and says so in
/// the extensions of its response.
#[derive(Clone, Copy, Debug)]
pub struct Outcome(pub &'static str);
