//! Doorward's own resources and the service's, told apart by the verdict and not by the path.

use std::convert::Infallible;
use std::task::{Context, Poll};

use ::axum::Router;
use ::axum::body::Body;
use ::axum::routing::future::RouteFuture;
use http::{Request, Response};
use tower_service::Service;

use crate::admission::Admission;
use crate::layer::RequestBody;

/// Two routers.
#[derive(Clone)]
pub(super) struct Both {
    own: Router,
    service: Router,
}

impl Both {
    pub(super) fn new(own: Router, service: Router) -> Self {
        Self { own, service }
    }
}

impl Service<Request<RequestBody<Body>>> for Both {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routers are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody<Body>>) -> RouteFuture<Infallible> {
        let is_own = request.extensions().get::<Admission>().is_some_and(|admission| admission.pass().route().is_own());
        if is_own { self.own.call(request) } else { self.service.call(request) }
    }
}
