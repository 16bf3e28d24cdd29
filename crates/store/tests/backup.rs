//! Copies: made while the database is in use, checked, and put back.

mod common;

use std::path::Path;

use common::{add, commit, database, log_in, new_user, place, role, roles};
use doorward::SessionDigest;
use doorward::store::{Change, Changed, News, Store as _, StoreError};
use doorward_store::backup::{BackupError, backup, restore};
use doorward_store::{OpenError, Sqlite};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_others_write_is_of_one_moment() {
    let (folder, path, store) = database();
    for index in 0..2_000 {
        commit(&store, common::sized_role(&format!("before{index:04}"), 2_000)).await;
    }
    let copy = folder.path().join("copy.db");
    let store = std::sync::Arc::new(store);
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let writes = tokio::spawn({
        let store = store.clone();
        async move {
            let mut written = 0;
            while stopped.try_recv().is_err() {
                commit(&store, role(&format!("during{written:06}"))).await;
                written += 1;
            }
            written
        }
    });
    let (target, mut steps) = (copy.clone(), vec![]);
    let steps = tokio::task::spawn_blocking(move || {
        backup(&path, &target, |done, total| steps.push((done, total))).expect("a copy");
        steps
    });
    let steps = steps.await.expect("no panic");
    stop.send(()).expect("still writing");
    assert!(writes.await.expect("no panic") > 0, "writing goes on meanwhile");
    assert!(steps.len() > 1 && steps.is_sorted());
    let (done, total) = *steps.last().expect("a step");
    assert_eq!(done, total);

    let copied = Sqlite::open_existing(&copy).expect("a database");
    let found = roles(&copied).await;
    assert_eq!(found.iter().filter(|name| name.starts_with("before")).count(), 2_000);
    // One after the other was written: a copy of one moment has none without the one before it.
    let during: Vec<&String> = found.iter().filter(|name| name.starts_with("during")).collect();
    assert!(during.iter().enumerate().all(|(index, name)| **name == format!("during{index:06}")));
    drop(copied);
    let left: Vec<String> = names(folder.path()).into_iter().filter(|name| name.contains("partial")).collect();
    assert!(left.is_empty());
}

#[tokio::test]
async fn a_copy_overwrites_nothing() {
    let (folder, path, _store) = database();
    let copy = folder.path().join("copy.db");
    std::fs::write(&copy, "precious").expect("a file");
    let error = backup(&path, &copy, |_, _| {}).expect_err("there is a file");
    assert!(matches!(error, BackupError::Exists { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&copy).expect("a file"), "precious");
}

#[test]
fn what_is_no_database_is_not_copied() {
    let (folder, path) = place();
    let copy = folder.path().join("copy.db");
    let error = backup(&path, &copy, |_, _| {}).expect_err("missing");
    assert!(matches!(error, BackupError::Open(OpenError::Missing { .. })), "{error}");
    std::fs::write(&path, "no database, but long enough to be taken for one".repeat(20)).expect("a file");
    let error = backup(&path, &copy, |_, _| {}).expect_err("foreign");
    assert!(matches!(error, BackupError::Open(OpenError::Foreign { .. })), "{error}");
    assert!(!copy.exists() && !path.with_file_name("doorward.db-wal").exists());
}

#[tokio::test]
async fn what_had_ended_stays_ended_after_a_copy_was_put_back() {
    let (folder, path, store) = database();
    let copy = folder.path().join("copy.db");
    let anna = add(&store, new_user("anna")).await;
    commit(&store, log_in(&anna, "stolen")).await;
    commit(&store, Change::IssueCode { user: anna.number, digest: [1; 32], expires: u32::MAX }).await;
    let secret = store.secret("guest").await.expect("a secret");
    backup(&path, &copy, |_, _| {}).expect("a copy");
    commit(&store, Change::EndSession { key: SessionDigest::of("stolen").key() }).await;
    let later = add(&store, new_user("berta")).await;
    let seq = store.changes_since(u64::MAX).await.expect("an answer").seq;
    drop(store);

    let mut last = (0, 0);
    let restored = restore(&copy, &path, |done, total| last = (done, total)).expect("put back");
    assert!(last.0 > 0 && last.0 == last.1);
    let store = Sqlite::open_existing(&path).expect("the database");
    let found = store.user(anna.number).await.expect("an answer").expect("anna");
    assert_eq!(found.epoch, anna.epoch + 1);
    assert!(store.session(SessionDigest::of("stolen").key()).await.expect("an answer").is_none());
    let password = doorward::PasswordHash::new("x".into());
    let redeem = Change::RedeemCode { digest: [1; 32], now: common::NOW, password };
    assert!(matches!(store.commit(redeem, vec![]).await, Err(StoreError::Conflict(_))));
    assert!(store.user(later.number).await.expect("an answer").is_none(), "she came after the copy");
    assert!(add(&store, new_user("clara")).await.number > later.number, "and her number is hers");
    assert_eq!(store.secret("guest").await.expect("a secret"), secret);
    let news = store.changes_since(0).await.expect("an answer").news;
    assert!(
        matches!(news, News::Lost) || matches!(news, News::Changed(changes) if changes.contains(&Changed::Everything))
    );
    assert!(store.changes_since(u64::MAX).await.expect("an answer").seq > seq);

    let kept = Sqlite::open_existing(&restored.replaced.expect("the old one")).expect("a database");
    assert!(kept.user(later.number).await.expect("an answer").is_some(), "what was replaced is kept");
    let untouched = Sqlite::open_existing(&copy).expect("the copy");
    assert!(untouched.session(SessionDigest::of("stolen").key()).await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_copy_is_put_where_no_database_was() {
    let (folder, path, store) = database();
    let (copy, new) = (folder.path().join("copy.db"), folder.path().join("new.db"));
    commit(&store, role("support")).await;
    backup(&path, &copy, |_, _| {}).expect("a copy");
    assert_eq!(restore(&copy, &new, |_, _| {}).expect("put there").replaced, None);
    assert_eq!(roles(&Sqlite::open_existing(&new).expect("a database")).await, ["support"]);
    assert_eq!(names(folder.path()).iter().filter(|name| name.contains("restoring")).count(), 0);
}

#[tokio::test]
async fn nothing_is_put_back_while_a_server_or_another_program_has_the_database() {
    let (folder, path, store) = database();
    let copy = folder.path().join("copy.db");
    backup(&path, &copy, |_, _| {}).expect("a copy");
    commit(&store, role("since")).await;
    let error = restore(&copy, &path, |_, _| {}).expect_err("in use");
    assert!(matches!(error, BackupError::InUse { .. }), "{error}");
    drop(store);
    let lock = Sqlite::lock_for_serving(&path).expect("the lock");
    let error = restore(&copy, &path, |_, _| {}).expect_err("being served");
    assert!(matches!(error, BackupError::Open(OpenError::BeingServed { pid: Some(_), .. })), "{error}");
    drop(lock);
    assert_eq!(roles(&Sqlite::open(&path).expect("the database")).await, ["since"]);
    assert_eq!(names(folder.path()), ["copy.db", "doorward.db", "doorward.db.lock"]);
}

#[tokio::test]
async fn a_damaged_copy_is_not_put_back() {
    let (folder, path, store) = database();
    let copy = folder.path().join("copy.db");
    for index in 0..200 {
        commit(&store, common::sized_role(&format!("role{index}"), 500)).await;
    }
    backup(&path, &copy, |_, _| {}).expect("a copy");
    drop(store);
    let mut bytes = std::fs::read(&copy).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xA5);
    std::fs::write(&copy, bytes).expect("a file");
    let error = restore(&copy, &path, |_, _| {}).expect_err("damaged");
    assert!(matches!(error, BackupError::Open(OpenError::Damaged { .. })), "{error}");
    assert_eq!(roles(&Sqlite::open(&path).expect("the database")).await.len(), 200);
}

#[tokio::test]
async fn a_copy_of_a_newer_version_is_not_put_back() {
    let (folder, path, store) = database();
    let copy = folder.path().join("copy.db");
    backup(&path, &copy, |_, _| {}).expect("a copy");
    drop(store);
    let connection = rusqlite::Connection::open(&copy).expect("a connection");
    connection.pragma_update(None, "user_version", 99).expect("a version");
    drop(connection);
    let error = restore(&copy, &path, |_, _| {}).expect_err("too new");
    assert!(matches!(error, BackupError::Open(OpenError::TooNew { found: 99, .. })), "{error}");
}

#[tokio::test]
async fn a_copy_takes_the_place_of_a_damaged_database() {
    let (folder, path, store) = database();
    let copy = folder.path().join("copy.db");
    commit(&store, role("support")).await;
    backup(&path, &copy, |_, _| {}).expect("a copy");
    drop(store);
    std::fs::write(&path, "what is left of a database".repeat(1_000)).expect("a file");
    let log = path.with_file_name("doorward.db-wal");
    std::fs::write(&log, "and of its log").expect("a file");
    let restored = restore(&copy, &path, |_, _| {}).expect("put back");
    assert!(!log.exists(), "the log of the damaged one is not taken for the new one's");
    assert_eq!(roles(&Sqlite::open(&path).expect("the database")).await, ["support"]);
    let kept = std::fs::read_to_string(restored.replaced.expect("the old one")).expect("a file");
    assert!(kept.starts_with("what is left"));
}
