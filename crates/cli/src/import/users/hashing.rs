//! What must be computed before users move in, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use doorward::PasswordHash;
use doorward::password::foreign::Incoming;
use doorward::password::{Cost, HashJob, HashOutcome, Scratch};

use crate::progress::Steps;

/// What is done with one hash.
pub enum Work<'a> {
    /// Nothing: there is none, or another one stays.
    Nothing,
    /// It is stored.
    Store(&'a Incoming),
    /// It is stored unless it is what is stored already.
    Compare(&'a Incoming, &'a PasswordHash),
}

impl Work<'_> {
    /// Whether it takes as long as a log-in.
    pub fn is_slow(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Store(hash) => hash.is_slow_to_store(),
            Self::Compare(hash, _) => hash.is_slow_to_store(),
        }
    }

    /// Whether a hash comes of it. Takes as long as a log-in where the one that is stored is wrapped.
    fn sets(&self, scratch: &mut Scratch) -> bool {
        match self {
            Self::Nothing => false,
            Self::Store(_) => true,
            Self::Compare(hash, stored) => !hash.is_stored_as(stored, scratch),
        }
    }

    /// The hash to set, if any. The outer `None`: the machine cannot do it.
    fn carry_out(&self, cost: Cost, scratch: &mut Scratch) -> Option<Option<PasswordHash>> {
        let hash = match self {
            Self::Nothing => return Some(None),
            Self::Compare(hash, stored) if hash.is_stored_as(stored, scratch) => return Some(None),
            Self::Store(hash) | Self::Compare(hash, _) => hash,
        };
        Some(Some((*hash).clone().stored(cost, scratch)?))
    }
}

/// Says how long `slow` computations will take.
///
/// # Errors
/// When the machine cannot do one.
pub fn announcement(slow: usize, cost: Cost) -> anyhow::Result<String> {
    let mut scratch = Scratch::default();
    let mut one = Duration::MAX;
    // The first one waits for memory.
    for _ in 0..2 {
        let began = Instant::now();
        let job = HashJob::Hash { password: b"a password".to_vec().into(), cost };
        if !matches!(job.execute(&mut scratch), HashOutcome::Hashed(_)) {
            return Err(failed());
        }
        one = one.min(began.elapsed());
    }
    let cores = cores().min(slow);
    let total = one.mul_f64(slow as f64 / cores as f64);
    let hashes = if slow == 1 { "1 hash".to_owned() } else { format!("{slow} hashes") };
    Ok(format!("{hashes} to be wrapped in argon2id: about {} on {cores} of this machine's cores", told(total)))
}

fn told(time: Duration) -> String {
    match time.as_secs() {
        0 => "a second".to_owned(),
        seconds @ 1..=120 => format!("{} seconds", seconds + 1),
        seconds @ 121..=7_200 => format!("{} minutes", seconds.div_ceil(60)),
        seconds => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

/// Does all of it, on all cores. One answer for each.
///
/// # Errors
/// When the machine cannot do one.
pub fn compute(works: &[Work<'_>], cost: Cost) -> anyhow::Result<Vec<Option<PasswordHash>>> {
    let is_slow = works.iter().any(Work::is_slow);
    on_all_cores("wrapping hashes", works, is_slow, |work, scratch| work.carry_out(cost, scratch))
}

/// Of which a hash would come, where nothing is written: what is stored is compared, and nothing is wrapped.
///
/// # Errors
/// When the machine cannot do one.
pub fn foresee(works: &[Work<'_>]) -> anyhow::Result<Vec<bool>> {
    let is_slow = works.iter().any(|work| matches!(work, Work::Compare(hash, _) if hash.is_slow_to_store()));
    on_all_cores("comparing hashes", works, is_slow, |work, scratch| Some(work.sets(scratch)))
}

/// One answer for each work, in their order.
fn on_all_cores<T: Send>(
    what: &'static str,
    works: &[Work<'_>],
    is_slow: bool,
    answer: impl Fn(&Work<'_>, &mut Scratch) -> Option<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    let mut found: Vec<Option<T>> = works.iter().map(|_| None).collect();
    let mut steps = Steps::begin(what);
    let next = AtomicUsize::new(0);
    let threads = if is_slow { cores() } else { 1 };
    thread::scope(|scope| {
        let (sender, answers) = mpsc::channel();
        for _ in 0..threads {
            let (sender, next, answer) = (sender.clone(), &next, &answer);
            scope.spawn(move || {
                let mut scratch = Scratch::default();
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(work) = works.get(place) else { return };
                    // Nobody listens any more when one of them has failed.
                    if sender.send((place, answer(work, &mut scratch))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, (place, answer)) in answers.iter().enumerate() {
            found[place] = Some(answer.ok_or_else(failed)?);
            steps.reach(done as u64 + 1, works.len() as u64);
        }
        found.into_iter().collect::<Option<Vec<T>>>().ok_or_else(failed)
    })
}

fn failed() -> anyhow::Error {
    anyhow!("nothing was imported: a hash could not be computed, since there is not enough memory")
}

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_words_that_fit_it() {
        let told = |seconds| super::told(Duration::from_secs(seconds));
        assert_eq!((told(0), told(1), told(300)), ("a second".into(), "2 seconds".into(), "5 minutes".into()));
        assert_eq!(told(20_000), "6 hours");
    }
}
