//! Refusals that a person reads: a page, where a browser opens an address and says so.

use doorward::policy::{Language, Route, RouteId};

use crate::body::ResponseBody;
use crate::connection::Link;
use crate::exchange::{Served, Stop};
use crate::pages::{self, Place, Reader};
use crate::request_id::RequestId;

impl Stop {
    /// The route at which it was refused, where it was at one.
    pub(crate) fn route(&self) -> Option<RouteId> {
        match self {
            Self::Fault(_) => None,
            Self::Refusal(refusal) => refusal.terms().route,
        }
    }
}

impl Served {
    /// In words for a person who reads this language, where one reads it: on our own pages, and on routes that send people to log in.
    pub(crate) fn told(&mut self, link: &Link, id: &RequestId, language: Language, route: Option<&Route>, path: &str) {
        let gateway = &link.core.gateway;
        let place = Place { door: link.entry.door, route, path, policy: &gateway.engine.policy() };
        let (status, reader) = (self.response.status(), Reader::of(gateway.look.load_full(), language));
        if let Some(page) = pages::told(&place, &reader, status, self.outcome, id.as_str(), self.response.headers_mut())
        {
            *self.response.body_mut() = ResponseBody::whole(page);
        }
    }
}
