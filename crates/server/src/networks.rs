//! How many connections each client's network has, so that no stranger takes the seats of all.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What counts as one client: one IPv4 address, or the IPv6 network of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(u128);

impl Network {
    /// The network of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self(u128::from(address.to_bits())),
            IpAddr::V6(address) => Self(address.to_bits() >> 64 << 64),
        }
    }

    /// What one customer of IPv6 may have at most, a /48 with 65,536 such networks. It is marked: the first of these
    /// networks has the same first address.
    fn around(self) -> Option<Self> {
        (self.0 > u128::from(u64::MAX)).then_some(Self(self.0 >> 80 << 80 | 1))
    }
}

/// Connections by network. Asked once a connection, never once a request.
pub(crate) struct Networks {
    shards: [Mutex<HashMap<Network, usize>>; SHARDS],
    hasher: RandomState,
}

/// Connections begin and end on all cores at the same time, and seldom meet in one of so many.
const SHARDS: usize = 64;

impl Default for Networks {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl Networks {
    /// Counts one more connection of a network, unless it has `most` already, or twice as many with those around it.
    pub(crate) fn take(self: &Arc<Self>, network: Network, most: usize) -> Option<Share> {
        let own = self.count(network, most)?;
        let around = match network.around() {
            Some(around) => Some(self.count(around, most.saturating_mul(2))?),
            None => None,
        };
        Some(Share { _own: own, _around: around })
    }

    fn count(self: &Arc<Self>, network: Network, most: usize) -> Option<Counted> {
        let mut shard = self.shard(network);
        let taken = shard.entry(network).or_insert(0);
        if *taken >= most {
            return None;
        }
        *taken += 1;
        drop(shard);
        Some(Counted { networks: self.clone(), network })
    }

    fn shard(&self, network: Network) -> MutexGuard<'_, HashMap<Network, usize>> {
        let place = usize::try_from(self.hasher.hash_one(network) % SHARDS as u64).unwrap_or(0);
        self.shards[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the connections that are counted. No more when dropped.
pub(crate) struct Share {
    _own: Counted,
    _around: Option<Counted>,
}

struct Counted {
    networks: Arc<Networks>,
    network: Network,
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Entry::Occupied(mut taken) = self.networks.shard(self.network).entry(self.network) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of(text.parse().expect("an address"))
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        assert_eq!(network("2001:db8::1"), network("2001:db8::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn a_network_has_its_share_and_leaves_nothing_behind() {
        let networks = Arc::new(Networks::default());
        let (one, other) = (network("192.0.2.1"), network("192.0.2.2"));
        let taken: Vec<_> = (0..2).map(|_| networks.take(one, 2).expect("there is room")).collect();
        assert!(networks.take(one, 2).is_none());
        assert!(networks.take(other, 2).is_some());
        drop(taken);
        assert!(networks.take(one, 2).is_some());
        assert!(networks.shards.iter().all(|shard| shard.lock().expect("not poisoned").is_empty()));
    }

    #[test]
    fn a_customer_with_many_ipv6_networks_has_two_shares_and_no_more() {
        let networks = Arc::new(Networks::default());
        let mut taken: Vec<_> =
            (0..9).filter_map(|number| networks.take(network(&format!("2001:db8:1:{number}::1")), 2)).collect();
        assert_eq!(taken.len(), 4);
        assert!(networks.take(network("2001:db8:2::1"), 2).is_some());
        taken.pop();
        assert!(networks.take(network("2001:db8:1:ffff::1"), 2).is_some());
        drop(taken);
        assert!(networks.shards.iter().all(|shard| shard.lock().expect("not poisoned").is_empty()));
    }
}
