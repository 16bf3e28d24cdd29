//! How many rows of a kind are written a minute, whoever causes them: the disk is not for strangers to fill.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::clock::Time;

/// Lets so many through a minute, and counts the rest.
#[derive(Default)]
pub(super) struct Ceiling<const MOST: u32> {
    minute: AtomicU32,
    admitted: AtomicU32,
    /// What was left out in the minute that runs, and in those that are over.
    left_out: AtomicU32,
    to_tell: AtomicU32,
}

impl<const MOST: u32> Ceiling<MOST> {
    /// Whether one more may be written.
    pub(super) fn admits(&self, now: Time) -> bool {
        self.turn(now);
        // It stops there, so that a flood cannot make it go round.
        let next = |admitted: u32| (admitted < MOST).then_some(admitted + 1);
        self.admitted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// Whether nothing more may be written in this minute.
    pub(super) fn is_reached(&self, now: Time) -> bool {
        self.turn(now);
        self.admitted.load(Ordering::Relaxed) >= MOST
    }

    /// Counts what is not written.
    pub(super) fn leave_out(&self, count: u32) {
        self.left_out.fetch_add(count, Ordering::Relaxed);
    }

    /// How many were left out in minutes that are over; each is told once.
    pub(super) fn to_tell(&self, now: Time) -> Option<u32> {
        self.turn(now);
        Some(self.to_tell.swap(0, Ordering::Relaxed)).filter(|count| *count > 0)
    }

    /// Another minute begins. Two who see that at once may let one more through. What began before it and ends in it is of
    /// this minute: it must not bring the one before back, and then this one again.
    fn turn(&self, now: Time) {
        let (minute, known) = (now / 60, self.minute.load(Ordering::Relaxed));
        if minute == known
            || minute.checked_add(1) == Some(known)
            || self.minute.swap(minute, Ordering::Relaxed) == minute
        {
            return;
        }
        self.admitted.store(0, Ordering::Relaxed);
        self.to_tell.fetch_add(self.left_out.swap(0, Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_lets_so_many_through_and_tells_of_the_rest_once() {
        let ceiling = Ceiling::<3>::default();
        let admitted = (0..10).filter(|_| ceiling.admits(60) || (ceiling.leave_out(1), false).1).count();
        assert_eq!((admitted, ceiling.is_reached(119), ceiling.to_tell(119)), (3, true, None));
        assert!(ceiling.admits(120));
        assert_eq!((ceiling.to_tell(120), ceiling.to_tell(120), ceiling.to_tell(180)), (Some(7), None, None));
    }

    #[test]
    fn what_began_in_the_minute_before_makes_no_room() {
        let ceiling = Ceiling::<3>::default();
        let admitted = (0..10).filter(|number| ceiling.admits(if number % 2 == 0 { 120 } else { 119 })).count();
        assert_eq!(admitted, 3);
        // A clock that was set back for longer is believed.
        assert!(ceiling.admits(30));
    }
}
