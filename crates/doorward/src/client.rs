//! Who the client is behind proxies: their word counts only where they are listed (RFC 7239).

use std::net::{IpAddr, Ipv4Addr};

use http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

use crate::policy::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address; none on a Unix socket, where the peer is this machine.
    pub address: Option<IpAddr>,
    /// Whether the connection is encrypted.
    pub secure: bool,
}

impl Peer {
    /// Whether it is on this machine.
    pub fn is_home(&self) -> bool {
        self.address.is_none_or(|address| address.to_canonical().is_loopback())
    }
}

/// The client behind all proxies that are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address.
    pub address: IpAddr,
    /// Whether it spoke TLS to the first of those proxies, or to us.
    pub secure: bool,
    /// Whether the peer is one of those proxies.
    pub by_proxy: bool,
}

/// Proxies whose `Forwarded` and `X-Forwarded-*` are believed. None by default, this machine included.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Box<[IpNet]>);

impl TrustedProxies {
    /// These networks.
    pub fn new(networks: &[Network]) -> Self {
        Self(networks.iter().map(|network| network.0).collect())
    }

    /// Whether an address is one of theirs.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The client of a request: the right-most hop that is not a trusted proxy. Where headers are malformed or contradict each
/// other, it is the peer, over plain HTTP.
pub fn client(peer: &Peer, headers: &HeaderMap, trusted: &TrustedProxies) -> Client {
    // Whoever reaches a Unix socket is on this machine, and is believed where this machine is.
    let address = peer.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    if trusted.0.is_empty() || !trusted.contains(address) {
        return Client { address, secure: peer.secure, by_proxy: false };
    }
    let by_standard = hops(headers, &FORWARDED).map(|lines| from_forwarded(&lines, trusted));
    let by_custom = hops(headers, &X_FORWARDED_FOR).map(|lines| from_list(&lines, trusted));
    let found = match (by_standard, by_custom) {
        (None, None) => Some(address),
        (Some(one), None) | (None, Some(one)) => one,
        // A proxy that writes one of them may pass the other one on as the client sent it.
        (Some(one), Some(two)) => one.filter(|_| one == two),
    };
    Client { address: found.unwrap_or(address), secure: is_secure(peer, headers), by_proxy: true }
}

/// The network that counts as one client: an IPv4 address, or the /64 that one customer has in IPv6.
pub fn network(address: IpAddr) -> IpNet {
    let length = if address.is_ipv4() { 32 } else { 64 };
    IpNet::new(address, length).map_or_else(|_| IpNet::from(address), |network| network.trunc())
}

/// All lines of a header as one list; `Some("")` stands for what is no text.
fn hops(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut joined: Option<String> = None;
    for line in headers.get_all(name) {
        let text = line.to_str().unwrap_or_default();
        joined = Some(match joined {
            None => text.to_owned(),
            Some(before) => format!("{before},{text}"),
        });
    }
    joined
}

fn from_list(list: &str, trusted: &TrustedProxies) -> Option<IpAddr> {
    right_most(list.split(',').map(node), trusted)
}

fn from_forwarded(list: &str, trusted: &TrustedProxies) -> Option<IpAddr> {
    let hop = |element: &str| {
        let mut found = parameters(element).filter(|(name, _)| name.eq_ignore_ascii_case("for"));
        let (_, value) = found.next()?;
        if found.next().is_some() { None } else { node(value) }
    };
    right_most(list.split(',').map(hop), trusted)
}

/// The parameters of one element of `Forwarded`, values without their quotes.
fn parameters(element: &str) -> impl Iterator<Item = (&str, &str)> {
    element.split(';').filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Some((name, value))
    })
}

/// From the right, the first hop that is no trusted proxy; the left-most when all are. A hop that cannot be read ends the search.
fn right_most<'a>(
    hops: impl DoubleEndedIterator<Item = Option<IpAddr>> + 'a,
    trusted: &TrustedProxies,
) -> Option<IpAddr> {
    let mut last = None;
    for hop in hops.rev() {
        let address = hop?;
        last = Some(address);
        if !trusted.contains(address) {
            break;
        }
    }
    last
}

/// An address, perhaps with brackets and a port (RFC 7239, section 6). `unknown` and hidden names are none.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    if let Some(rest) = text.strip_prefix('[') {
        let (address, after) = rest.split_once(']')?;
        let fits = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
        return address
            .parse::<std::net::Ipv6Addr>()
            .ok()
            .filter(|_| fits)
            .map(|address| IpAddr::V6(address).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = text.split_once(':')?;
    address.parse::<Ipv4Addr>().ok().filter(|_| is_port(port)).map(IpAddr::V4)
}

/// Whether every hop that says something about the scheme says https. With nothing said, the connection decides.
fn is_secure(peer: &Peer, headers: &HeaderMap) -> bool {
    let mut said = None;
    let mut hear = |scheme: &str| {
        let https = scheme.trim().eq_ignore_ascii_case("https");
        said = Some(said.unwrap_or(true) && https);
    };
    if let Some(list) = hops(headers, &FORWARDED) {
        for element in list.split(',') {
            parameters(element)
                .filter(|(name, _)| name.eq_ignore_ascii_case("proto"))
                .for_each(|(_, proto)| hear(proto));
        }
    }
    if let Some(list) = hops(headers, &X_FORWARDED_PROTO) {
        list.split(',').for_each(&mut hear);
    }
    said.unwrap_or(peer.secure)
}

#[cfg(test)]
mod tests;
