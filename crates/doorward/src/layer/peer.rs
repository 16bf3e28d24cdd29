//! Who is at the other end of a request's connection.

use http::request::Parts;

use super::Setup;
use crate::client::Peer;

impl Setup {
    /// The peer. None when nobody said: then nothing is served.
    pub(super) fn peer_of(&self, parts: &Parts) -> Option<Peer> {
        parts.extensions.get::<Peer>().copied().or(self.peer).or_else(|| self.connected(parts))
    }

    #[cfg(feature = "axum")]
    fn connected(&self, parts: &Parts) -> Option<Peer> {
        use ::axum::extract::ConnectInfo;
        let ConnectInfo(address) = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>()?;
        Some(Peer { address: Some(address.ip()), secure: self.encrypted })
    }

    #[cfg(not(feature = "axum"))]
    fn connected(&self, _: &Parts) -> Option<Peer> {
        None
    }
}
