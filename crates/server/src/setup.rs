//! What the settings mean to connections and requests: read once, and swapped as a whole at a reload.

use std::time::Duration;

use doorward::client::TrustedProxies;
use doorward::policy::{Period, Settings, Size};

use crate::framing::HeadLimits;
use crate::redirect::SecureOrigins;
use crate::wire::Patience;

/// The settings of the data plane.
pub(crate) struct Setup {
    /// How large heads may be.
    pub(crate) head: HeadLimits,
    /// How long clients may take.
    pub(crate) patience: Patience,
    /// How long a connection may be idle.
    pub(crate) keep_alive: Duration,
    /// How long a body may stand still.
    pub(crate) body_stall: Duration,
    /// The most connections at once, at each door.
    pub(crate) connections: usize,
    /// The most of them from one client's network.
    pub(crate) connections_per_network: usize,
    /// The most JSON or form that is held for parameters to be forced.
    pub(crate) forced_body: u64,
    /// Proxies whose word is believed.
    pub(crate) trusted: TrustedProxies,
    /// Whether each request is logged.
    pub(crate) logs_access: bool,
    /// Where plain requests for pages are sent.
    pub(crate) secure_origins: SecureOrigins,
}

/// The most that is held in memory of one request.
const FORCED_BODY: u64 = 1 << 20;

impl Setup {
    /// Reads the settings. `secure_port` is the port of the first listener with TLS.
    /// `room` is how many connections there are descriptors for.
    pub(crate) fn new(settings: &Settings, secure_port: Option<u16>, room: usize) -> Self {
        let limits = &settings.limits;
        let body_stall = seconds(limits.body_stall);
        let connections = count(limits.connections).min(room);
        Self {
            head: HeadLimits {
                target: bytes(limits.request_line),
                headers: bytes(limits.headers),
                fields: usize::try_from(limits.header_fields).unwrap_or(usize::MAX),
            },
            patience: Patience { head: seconds(limits.header_read), write: body_stall },
            keep_alive: seconds(limits.keep_alive),
            body_stall,
            connections,
            // Of those that there may be: where the system has room for few, a quarter of many would be all of them.
            connections_per_network: limits.connections_per_network.map_or((connections / 4).max(1), count),
            forced_body: FORCED_BODY,
            trusted: TrustedProxies::new(&settings.trusted_proxies),
            logs_access: settings.log.access,
            secure_origins: SecureOrigins::new(&settings.public_url, secure_port),
        }
    }
}

/// As a duration.
pub(crate) fn seconds(period: Period) -> Duration {
    Duration::from_secs(period.0.into())
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn bytes(size: Size) -> usize {
    usize::try_from(size.0).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(text: &str, room: usize) -> (usize, usize) {
        let (settings, _) = Settings::parse("doorward.toml", text, &|_| None).expect("settings");
        let setup = Setup::new(&settings, None, room);
        (setup.connections, setup.connections_per_network)
    }

    #[test]
    fn a_network_has_a_quarter_of_the_connections_that_there_is_room_for() {
        assert_eq!(shares("", usize::MAX), (10_000, 2_500));
        assert_eq!(shares("", 448), (448, 112));
        assert_eq!(shares("", 1), (1, 1));
        assert_eq!(shares("limits = { connections_per_network = 300 }", 448), (448, 300));
    }
}
