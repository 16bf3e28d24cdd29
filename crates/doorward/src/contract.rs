//! The tests that every store must pass, sentence by sentence of [`Store`] and [`Change`](crate::store::Change).
//!
//! ```
//! use std::sync::Arc;
//! use doorward::{MemoryStore, contract};
//!
//! for check in contract::checks() {
//!     println!("{}", check.name());
//!     check.run(Arc::new(MemoryStore::new()));
//! }
//! ```

mod administrators;
mod audit;
mod codes;
mod feed;
mod fixture;
mod lists;
mod orders;
mod parallel;
mod passwords;
mod purge;
mod roles;
mod searches;
mod secrets;
mod session_ends;
mod sessions;
mod together;
mod users;
mod versions;

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::store::Store;

/// One behaviour that every store must show. It needs a store that is empty.
pub struct Check {
    name: &'static str,
    behaviour: Box<dyn Fn(Arc<dyn Store>) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Check {
    /// The behaviour as a sentence, words joined by underscores.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Looks whether `store`, which must be empty, shows the behaviour. It needs no runtime.
    ///
    /// # Panics
    /// When it does not.
    pub fn run(&self, store: Arc<dyn Store>) {
        parallel::block_on((self.behaviour)(store));
    }
}

/// All of them.
pub fn checks() -> Vec<Check> {
    let topics = [
        users::checks(),
        passwords::checks(),
        administrators::checks(),
        sessions::checks(),
        session_ends::checks(),
        codes::checks(),
        roles::checks(),
        feed::checks(),
        lists::checks(),
        orders::checks(),
        searches::checks(),
        audit::checks(),
        secrets::checks(),
        purge::checks(),
        versions::checks(),
        together::checks(),
    ];
    topics.into_iter().flatten().collect()
}

/// Runs all of them, each on a store that `make` has just made.
///
/// # Panics
/// When a store does not behave as it must.
pub fn check_all(mut make: impl FnMut() -> Arc<dyn Store>) {
    for check in checks() {
        check.run(make());
    }
}

/// A check is named after its function, so that a sentence stands in one place.
fn check<F, B>(behaviour: F) -> Check
where
    F: Fn(Arc<dyn Store>) -> B + Send + Sync + 'static,
    B: Future<Output = ()> + Send + 'static,
{
    let path = std::any::type_name::<F>();
    let name = path.rsplit("::").next().unwrap_or(path);
    Check { name, behaviour: Box::new(move |store| Box::pin(behaviour(store))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut names: Vec<&str> = checks().iter().map(Check::name).collect();
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }

    #[test]
    fn the_store_in_memory_keeps_the_contract() {
        check_all(|| Arc::new(crate::MemoryStore::new()));
    }
}
