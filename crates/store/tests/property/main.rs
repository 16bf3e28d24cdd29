//! Whatever is done in whatever order: the store in memory and the one on SQLite answer alike and hold the same.

#[path = "../common/mod.rs"]
mod common;
mod deed;
mod seen;

use common::place;
use deed::acts;
use doorward::MemoryStore;
use doorward_store::Sqlite;
use proptest::prelude::*;
use seen::{perform, seen};

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_alike_and_hold_the_same(acts in prop::collection::vec(acts(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (_folder, path) = place();
        let (memory, sqlite) = (MemoryStore::new(), Sqlite::open(&path).expect("a database"));
        runtime.block_on(async {
            for act in acts {
                let (one, other) = (perform(&memory, act.clone()).await, perform(&sqlite, act.clone()).await);
                prop_assert_eq!(one, other, "{:?}", act);
            }
            prop_assert_eq!(seen(&memory).await, seen(&sqlite).await);
            Ok(())
        })?;
    }
}
