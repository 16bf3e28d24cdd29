//! What happened in the hours before now, summed up. Hours that are over never change and are asked of the store once.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use doorward::Time;
use doorward::audit::Count;
use doorward::store::{CountFilter, Store, StoreError};

/// Sums of the counters, by hour.
#[derive(Default)]
pub(crate) struct Hours {
    kept: Mutex<BTreeMap<Time, Arc<Sums>>>,
    /// Who asks the store for an hour that is over: the others wait for what is found.
    turn: tokio::sync::Mutex<()>,
}

/// How often each route had each outcome, and how long all of them took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums(HashMap<(Box<str>, Box<str>), Sum>);

/// How often, and how long all of them took in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) hits: u64,
    pub(crate) micros: u64,
}

const HOUR: Time = 3_600;
/// Counters are written a little late, and on other nodes later still.
const LATE: Time = 300;
/// No more hours than a week has are kept.
const MOST: Time = 7 * 24 * HOUR;

impl Hours {
    /// The sums of the last `hours` hours, up to `now`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn last(&self, hours: Time, store: &dyn Store, now: Time) -> Result<Sums, StoreError> {
        let this_hour = now / HOUR * HOUR;
        let mut total = Sums::default();
        for back in 0..=hours {
            let Some(hour) = this_hour.checked_sub(back * HOUR) else { break };
            total.unite(&*self.hour(hour, store, now).await?);
        }
        Ok(total)
    }

    /// The sums of each of the last `hours` hours and of the present one, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn each(
        &self,
        hours: Time,
        store: &dyn Store,
        now: Time,
    ) -> Result<Vec<(Time, Arc<Sums>)>, StoreError> {
        let this_hour = now / HOUR * HOUR;
        let mut each = Vec::with_capacity(hours as usize + 1);
        for hour in (0..=hours).rev().filter_map(|back| this_hour.checked_sub(back * HOUR)) {
            each.push((hour, self.hour(hour, store, now).await?));
        }
        Ok(each)
    }

    async fn hour(&self, hour: Time, store: &dyn Store, now: Time) -> Result<Arc<Sums>, StoreError> {
        if let Some(known) = self.known(hour) {
            return Ok(known);
        }
        let until = hour.saturating_add(HOUR);
        let asked =
            async || Ok(Arc::new(store.counts(CountFilter { since: hour, until }).await?.into_iter().collect()));
        if until.saturating_add(LATE) > now { asked().await } else { self.once(hour, now, asked).await }
    }

    /// An hour that is over, which one asks for at a time, and so once.
    async fn once(
        &self,
        hour: Time,
        now: Time,
        ask: impl AsyncFnOnce() -> Result<Arc<Sums>, StoreError>,
    ) -> Result<Arc<Sums>, StoreError> {
        let _turn = self.turn.lock().await;
        if let Some(known) = self.known(hour) {
            return Ok(known);
        }
        let sums = ask().await?;
        let mut kept = self.lock();
        kept.retain(|known, _| *known <= now && now - *known <= MOST + HOUR);
        kept.insert(hour, sums.clone());
        Ok(sums)
    }

    fn known(&self, hour: Time) -> Option<Arc<Sums>> {
        self.lock().get(&hour).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Time, Arc<Sums>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sums {
    fn unite(&mut self, other: &Self) {
        for (key, sum) in &other.0 {
            self.0.entry(key.clone()).or_default().add(sum.hits, sum.micros);
        }
    }

    /// Each route, outcome and sum.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str, Sum)> {
        self.0.iter().map(|((route, outcome), sum)| (&**route, &**outcome, *sum))
    }

    /// All requests that were served, and all that were not.
    pub(crate) fn split(&self) -> (Sum, Sum) {
        let (mut served, mut refused) = (Sum::default(), Sum::default());
        for (_, outcome, sum) in self.iter().filter(|(_, outcome, _)| is_of_requests(outcome)) {
            let side = if is_served(outcome) { &mut served } else { &mut refused };
            side.add(sum.hits, sum.micros);
        }
        (served, refused)
    }
}

impl FromIterator<Count> for Sums {
    fn from_iter<I: IntoIterator<Item = Count>>(counts: I) -> Self {
        let mut sums = Self::default();
        for count in counts {
            let key = (count.route.into(), count.outcome.into());
            sums.0.entry(key).or_default().add(count.hits, count.micros);
        }
        sums
    }
}

impl Sum {
    pub(crate) fn add(&mut self, hits: u64, micros: u64) {
        self.hits = self.hits.saturating_add(hits);
        self.micros = self.micros.saturating_add(micros);
    }

    /// How long one took on average, in microseconds.
    pub(crate) fn average(self) -> u64 {
        self.micros.checked_div(self.hits).unwrap_or_default()
    }
}

/// Whether a request with this outcome got what it asked for. `answer` is a preflight, `redirect` the way to https.
pub(crate) fn is_served(outcome: &str) -> bool {
    matches!(outcome, "allow" | "answer" | "redirect")
}

/// Whether an outcome is one of requests, and not a detail of what protection against forgery found.
pub(crate) fn is_of_requests(outcome: &str) -> bool {
    !outcome.starts_with("csrf_")
}

#[cfg(test)]
mod tests {
    use doorward::MemoryStore;

    use super::*;

    fn count(minute: Time, outcome: &str, hits: u64) -> Count {
        Count { minute, route: "GET /a".into(), outcome: outcome.into(), hits, micros: hits * 10 }
    }

    #[tokio::test]
    async fn an_hour_that_is_over_is_asked_for_once() {
        let (store, hours) = (MemoryStore::default(), Hours::default());
        let now = 10 * HOUR + 1_800;
        let counts =
            vec![count(9 * HOUR, "allow", 1), count(10 * HOUR, "forbidden", 2), count(10 * HOUR, "csrf_no_proof", 5)];
        store.record(vec![], counts).await.expect("written");
        let (served, refused) = hours.last(1, &store, now).await.expect("sums").split();
        assert_eq!((served, refused), (Sum { hits: 1, micros: 10 }, Sum { hits: 2, micros: 20 }));
        let late = vec![count(9 * HOUR, "allow", 7), count(10 * HOUR, "forbidden", 7)];
        store.record(vec![], late).await.expect("written");
        let (served, refused) = hours.last(1, &store, now).await.expect("sums").split();
        assert_eq!((served.hits, refused.hits), (1, 9));
    }

    #[tokio::test]
    async fn many_who_ask_at_once_ask_the_store_once() {
        let (hours, asked) = (Hours::default(), std::cell::Cell::new(0));
        let ask = async || {
            asked.set(asked.get() + 1);
            tokio::task::yield_now().await;
            Ok(Arc::default())
        };
        let now = 10 * HOUR;
        let (first, second) = tokio::join!(hours.once(HOUR, now, ask), hours.once(HOUR, now, ask));
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(asked.get(), 1);
        let failed = hours.once(2 * HOUR, now, async || Err(StoreError::Unavailable("away".into()))).await;
        assert!(failed.is_err() && hours.once(2 * HOUR, now, ask).await.is_ok(), "what failed is asked for again");
    }

    #[tokio::test]
    async fn no_more_hours_are_kept_than_a_week_has_whoever_asks() {
        let (store, hours) = (MemoryStore::default(), Hours::default());
        for now in [1_000 * HOUR, 1_030 * HOUR, 1_800 * HOUR] {
            let each = hours.each(168, &store, now).await.expect("sums");
            assert_eq!(each.len(), 169);
            assert!(hours.lock().len() <= 169, "{}", hours.lock().len());
        }
        let this = hours.lock().last_key_value().map(|(hour, _)| *hour);
        assert_eq!(this, Some(1_798 * HOUR), "those of the last week stay, so that they are asked for once");
        hours.each(168, &store, 5 * HOUR).await.expect("sums");
        assert!(hours.lock().len() <= 169, "a clock that is set back leaves no hours of the future");
    }
}
