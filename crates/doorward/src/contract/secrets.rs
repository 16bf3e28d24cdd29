//! Secrets of the installation.

use std::sync::Arc;

use super::parallel::{at_once, block_on};
use super::{Check, check};
use crate::store::Store;

pub(super) fn checks() -> Vec<Check> {
    vec![check(a_secret_is_made_once_and_stays), check(many_who_ask_at_once_get_one_secret)]
}

async fn a_secret_is_made_once_and_stays(store: Arc<dyn Store>) {
    let first = store.secret("first").await.expect("a secret");
    let second = store.secret("second").await.expect("a secret");
    assert_ne!(first, [0; 32]);
    assert_ne!(first, second);
    assert_eq!(store.secret("first").await.expect("a secret"), first);
}

async fn many_who_ask_at_once_get_one_secret(store: Arc<dyn Store>) {
    let mut secrets = at_once(vec![(); 20], |()| block_on(store.secret("raced")).expect("a secret"));
    secrets.dedup();
    assert_eq!(secrets.len(), 1);
}
