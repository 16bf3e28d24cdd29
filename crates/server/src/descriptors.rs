//! How many descriptors the system gives this process: whoever takes the last one locks everybody out, the operator too.

use rustix::process::{Resource, getrlimit, setrlimit};

/// What is not for public connections: stores, files, listeners, and those who administer.
const KEPT_BACK: u64 = 128;

/// Asks for as many descriptors as this process may have, and says how many that is. `None` where there is no bound.
pub(crate) fn raise() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let before = std::mem::replace(&mut limit.current, limit.maximum);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the system does not give more descriptors");
            limit.current = before;
        }
    }
    limit.current
}

/// How many public connections there are descriptors for, each with one of its own and one to an upstream.
pub(crate) fn room(descriptors: Option<u64>) -> usize {
    let pairs = descriptors.map_or(u64::MAX, |most| most.saturating_sub(KEPT_BACK) / 2).max(1);
    usize::try_from(pairs).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_never_for_public_connections() {
        assert_eq!(room(Some(1_024)), 448);
        assert_eq!(room(Some(64)), 1);
        assert_eq!(room(None), usize::MAX);
    }
}
