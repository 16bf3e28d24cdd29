//! How often a caller may use a route: the generic cell rate algorithm, in one number a caller.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use doorward::policy::{Policy, Rate, RouteId};
use quick_cache::sync::Cache;

use crate::networks::Network;

/// The most callers that are remembered. A caller that is forgotten starts afresh.
const CALLERS: usize = 1 << 16;

/// Who is limited: a user, or, for guests, an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    User(u32),
    Address(Network),
}

impl Who {
    /// Whoever comes from this address.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Address(Network::of(address))
    }
}

/// What is limited: a route of one policy. A reload starts afresh, for its routes have other places and other rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    policy: u64,
    route: RouteId,
}

impl Budget {
    /// The budget of this route.
    pub(crate) fn of(policy: &Policy, route: RouteId) -> Self {
        Self { policy: policy.generation(), route }
    }
}

/// Too many requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// Seconds until one more is let through.
    pub(crate) retry_after: u32,
}

/// Remembers, for each caller of each limited route, when the budget will be whole again.
pub(crate) struct Limiter {
    start: Instant,
    whole_at: Cache<(Budget, Who), Arc<AtomicU64>>,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { start: Instant::now(), whole_at: Cache::new(CALLERS) }
    }
}

impl Limiter {
    /// Takes one request of the budget of `who`.
    pub(crate) fn take(&self, budget: Budget, who: Who, rate: Rate) -> Result<(), TooMany> {
        self.take_at(budget, who, rate, self.start.elapsed())
    }

    fn take_at(&self, budget: Budget, who: Who, rate: Rate, now: Duration) -> Result<(), TooMany> {
        let made = self.whole_at.get_or_insert_with(&(budget, who), || Ok::<_, TooMany>(Arc::default()));
        let Ok(whole_at) = made else { return Ok(()) };
        let (now, period) = (nanoseconds(now), nanoseconds(Duration::from_secs(rate.seconds.into())));
        let step = (period / u64::from(rate.requests.max(1))).max(1);
        let taken = whole_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |whole_at| {
            let next = whole_at.max(now).saturating_add(step);
            (next - now <= period.max(step)).then_some(next)
        });
        taken.map(|_| ()).map_err(|whole_at| {
            let wait = whole_at.saturating_add(step).saturating_sub(now.saturating_add(period));
            let seconds = wait.div_ceil(1_000_000_000).max(1);
            TooMany { retry_after: u32::try_from(seconds).unwrap_or(u32::MAX) }
        })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(requests: u32, seconds: u32) -> Rate {
        Rate { requests, seconds }
    }

    fn budget(route: u32) -> Budget {
        Budget { policy: 1, route: RouteId(route) }
    }

    #[test]
    fn a_budget_may_be_spent_at_once_and_comes_back_evenly() {
        let (limiter, who) = (Limiter::default(), Who::User(1));
        let take = |milliseconds| limiter.take_at(budget(1), who, rate(4, 2), Duration::from_millis(milliseconds));
        for _ in 0..4 {
            assert_eq!(take(10), Ok(()));
        }
        assert_eq!(take(10), Err(TooMany { retry_after: 1 }));
        assert_eq!(take(509), Err(TooMany { retry_after: 1 }));
        assert_eq!(take(510), Ok(()));
        assert_eq!(take(510), Err(TooMany { retry_after: 1 }));
    }

    #[test]
    fn routes_and_callers_do_not_share_a_budget() {
        let limiter = Limiter::default();
        let take = |route, who| limiter.take_at(budget(route), who, rate(1, 60), Duration::ZERO);
        assert_eq!(take(1, Who::User(1)), Ok(()));
        assert_eq!(take(1, Who::User(2)), Ok(()));
        assert_eq!(take(2, Who::User(1)), Ok(()));
        assert_eq!(take(1, Who::User(1)), Err(TooMany { retry_after: 60 }));
    }
}
