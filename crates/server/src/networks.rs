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
    /// Counts one more connection of a network, unless it has `most` already.
    pub(crate) fn take(self: &Arc<Self>, network: Network, most: usize) -> Option<Share> {
        let mut shard = self.shard(network);
        let taken = shard.entry(network).or_insert(0);
        if *taken >= most {
            return None;
        }
        *taken += 1;
        drop(shard);
        Some(Share { networks: self.clone(), network })
    }

    fn shard(&self, network: Network) -> MutexGuard<'_, HashMap<Network, usize>> {
        let place = usize::try_from(self.hasher.hash_one(network) % SHARDS as u64).unwrap_or(0);
        self.shards[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the connections that are counted. No more when dropped.
pub(crate) struct Share {
    networks: Arc<Networks>,
    network: Network,
}

impl Drop for Share {
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
}
