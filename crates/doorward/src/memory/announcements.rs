//! The feed: what changed, numbered, as far back as it is remembered.

use std::collections::VecDeque;

use crate::store::{Changed, Feed, News};

/// The last things that changed.
#[derive(Default)]
pub(super) struct Announcements {
    /// The number of the newest; those in `kept` go back from it one by one.
    seq: u64,
    kept: VecDeque<Changed>,
}

impl Announcements {
    const KEPT: usize = 10_000;
    /// One change that touches more than this is announced as [`Changed::Everything`].
    const ONE_BY_ONE: usize = 1_000;
    const AT_ONCE: usize = 10_000;

    /// Announces what one change touched.
    pub(super) fn add(&mut self, mut changes: Vec<Changed>) {
        if changes.len() > Self::ONE_BY_ONE || changes.contains(&Changed::Everything) {
            let is_forgotten =
                |change: &Changed| matches!(change, Changed::Session(_) | Changed::User(_) | Changed::Everything);
            changes.retain(|change| !is_forgotten(change));
            changes.insert(0, Changed::Everything);
        }
        self.seq += changes.len() as u64;
        self.kept.extend(changes);
        let over = self.kept.len().saturating_sub(Self::KEPT);
        self.kept.drain(..over);
    }

    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    pub(super) fn since(&self, seq: u64) -> Feed {
        let nothing = Feed { seq: self.seq, news: News::Changed(vec![]) };
        if seq == self.seq || seq == u64::MAX {
            return nothing;
        }
        let forgotten = self.seq - self.kept.len() as u64;
        let Some(skip) = seq.checked_sub(forgotten).filter(|_| seq < self.seq) else {
            return Feed { seq: self.seq, news: News::Lost };
        };
        // It fits: `skip` is less than the number of those kept.
        let changes: Vec<Changed> = self.kept.iter().skip(skip as usize).take(Self::AT_ONCE).copied().collect();
        Feed { seq: seq + changes.len() as u64, news: News::Changed(changes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::UserNumber;

    #[test]
    fn whoever_asks_too_late_is_told_to_forget_everything() {
        let mut announcements = Announcements::default();
        for _ in 0..=Announcements::KEPT {
            announcements.add(vec![Changed::Roles]);
        }
        let seq = announcements.seq();
        assert_eq!(announcements.since(0), Feed { seq, news: News::Lost });
        assert_eq!(announcements.since(seq - 1), Feed { seq, news: News::Changed(vec![Changed::Roles]) });
        assert_eq!(announcements.since(seq + 1), Feed { seq, news: News::Lost });
    }

    #[test]
    fn very_much_at_once_is_announced_as_everything() {
        let mut announcements = Announcements::default();
        let users = (0..=Announcements::ONE_BY_ONE as u32).map(|number| Changed::User(UserNumber(number)));
        announcements.add(users.chain([Changed::Roles]).collect());
        let news = News::Changed(vec![Changed::Everything, Changed::Roles]);
        assert_eq!(announcements.since(0), Feed { seq: 2, news });
    }
}
