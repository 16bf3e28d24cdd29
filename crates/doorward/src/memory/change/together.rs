//! Many changes at once.

use super::Touched;
use crate::memory::state::State;
use crate::store::{Change, StoreError};

impl State {
    /// Carries out all, or puts everything back.
    pub(super) fn change_together(&mut self, changes: Vec<Change>) -> Result<Touched, StoreError> {
        let before = (self.users.clone(), self.sessions.clone(), self.codes.clone(), self.roles.clone());
        let done = self.carry_out_each(changes);
        if done.is_err() {
            (self.users, self.sessions, self.codes, self.roles) = before;
        }
        done
    }

    fn carry_out_each(&mut self, changes: Vec<Change>) -> Result<Touched, StoreError> {
        let mut all = Touched::default();
        for change in changes {
            let touched = self.apply(change)?;
            all.ended.extend(touched.ended);
            all.announced.extend(touched.announced);
        }
        Ok(all)
    }
}
