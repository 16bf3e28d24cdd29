//! What was answered lasts; what was asked for is finished; whoever else has the file sees it.

mod common;

use std::process::Command;

use common::{add, commit, database, log_in, new_user, place, role, roles};
use doorward::store::{Changed, News, Store as _};
use doorward::{Login, Name, SessionDigest};
use doorward_store::Sqlite;
use futures_util::future::join_all;

#[tokio::test]
async fn everything_is_there_after_the_database_was_opened_again() {
    let (_folder, path, store) = database();
    let user = add(&store, new_user("anna")).await;
    commit(&store, log_in(&user, "a")).await;
    commit(&store, role("support")).await;
    let (secret, seq) =
        (store.secret("guest").await.expect("a secret"), store.changes_since(u64::MAX).await.expect("a seq").seq);
    drop(store);
    let store = Sqlite::open_existing(&path).expect("the database");
    let found =
        store.user_by_login(Name::parse("customer").expect("a name"), Login::parse("anna").expect("a login")).await;
    assert_eq!(found.expect("an answer").map(|user| user.number), Some(user.number));
    assert!(store.session(SessionDigest::of("a").key()).await.expect("an answer").is_some());
    assert_eq!(roles(&store).await, ["support"]);
    assert_eq!(store.secret("guest").await.expect("a secret"), secret);
    assert_eq!(store.changes_since(u64::MAX).await.expect("a seq").seq, seq);
}

#[test]
fn what_was_asked_for_is_finished_before_the_store_is_gone() {
    let (_folder, path, store) = database();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        // Asked for, and nobody waits for the answers. (More than 128 at once would be asked to yield.)
        let asked = (0..100).map(|index| store.commit(role(&format!("r{index}")), vec![]));
        let asked = join_all(asked);
        tokio::select! { biased; _ = asked => {} _ = std::future::ready(()) => {} }
    });
    drop(store);
    let store = Sqlite::open(&path).expect("the database");
    assert_eq!(runtime.block_on(roles(&store)).len(), 100);
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_others_changes() {
    let (_folder, path, first) = database();
    let second = Sqlite::open(&path).expect("the same database");
    let seq = second.changes_since(u64::MAX).await.expect("a seq").seq;
    for round in 0..20 {
        let name = format!("r{round:02}");
        let committed = commit(if round % 2 == 0 { &first } else { &second }, role(&name)).await;
        assert_eq!(committed.seq, seq + round + 1);
        for store in [&first, &second] {
            assert!(roles(store).await.contains(&name));
            let feed = store.changes_since(committed.seq - 1).await.expect("an answer");
            assert_eq!((feed.seq, feed.news), (committed.seq, News::Changed(vec![Changed::Roles])));
            let feed = store.changes_since(committed.seq).await.expect("an answer");
            assert_eq!((feed.seq, feed.news), (committed.seq, News::Changed(vec![])));
        }
    }
}

#[tokio::test]
async fn two_stores_that_write_at_once_both_succeed() {
    let (_folder, path, first) = database();
    let second = Sqlite::open(&path).expect("the same database");
    let asked = (0..200).map(|index| {
        let store = if index % 2 == 0 { &first } else { &second };
        store.commit(role(&format!("r{index}")), vec![])
    });
    let answers = join_all(asked).await;
    assert!(answers.iter().all(Result::is_ok));
    let seqs: std::collections::BTreeSet<u64> = answers.iter().flatten().map(|committed| committed.seq).collect();
    assert_eq!(seqs.len(), 200);
    assert_eq!(roles(&first).await.len(), 200);
}

const CHILD: &str = "DOORWARD_TEST_DATABASE";

/// The part of another process: this same program, started by the test below.
#[tokio::test]
async fn another_process() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = Sqlite::open_existing(path.as_ref()).expect("the database");
    commit(&store, role("by-another-process")).await;
    // Ended as if it were killed: nothing is closed.
    std::process::exit(0);
}

#[tokio::test]
async fn what_another_process_changes_is_announced_and_lasts() {
    let (_folder, path, store) = database();
    let seq = store.changes_since(u64::MAX).await.expect("a seq").seq;
    let program = std::env::current_exe().expect("this program");
    let ended =
        Command::new(program).args(["--exact", "another_process"]).env(CHILD, &path).output().expect("a process");
    assert!(ended.status.success());
    let feed = store.changes_since(seq).await.expect("an answer");
    assert_eq!(feed.news, News::Changed(vec![Changed::Roles]));
    assert_eq!(roles(&store).await, ["by-another-process"]);
}

#[tokio::test]
async fn a_single_threaded_runtime_is_never_blocked() {
    let (_folder, path, store) = database();
    // Another program holds the lock: the writer waits for it, the runtime must not.
    let other = rusqlite::Connection::open(&path).expect("a connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let (change, read) = (store.commit(role("late"), vec![]), store.roles());
    tokio::pin!(change);
    tokio::select! {
        biased;
        _ = &mut change => panic!("nobody can write now"),
        read = read => assert!(read.expect("an answer").is_empty()),
    }
    other.execute_batch("ROLLBACK").expect("the lock is free");
    change.await.expect("written after all");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _path, store) = database();
    commit(&store, role("support")).await;
    let _lock = Sqlite::lock_for_serving(store.path()).expect("the lock");
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
    assert!(files.len() >= 3, "the database, its log, its lock");
    for file in files {
        let mode = file.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_others_could_read_they_cannot_read_any_more() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path, store) = database();
    commit(&store, role("support")).await;
    // As after a copy that did not keep the rights.
    let all = || ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", path.display()));
    for file in all() {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o664)).expect("rights for all");
    }
    let again = Sqlite::open_existing(&path).expect("the database");
    assert_eq!(roles(&again).await, ["support"]);
    for file in all() {
        let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    // The locks of whoever had it open before are kept.
    commit(&store, role("sales")).await;
    commit(&again, role("stock")).await;
    drop(folder);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_lock_is_not_followed() {
    let (folder, path) = place();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "precious").expect("a file");
    std::os::unix::fs::symlink(&victim, format!("{}.lock", path.display())).expect("a link");
    let error = Sqlite::lock_for_serving(&path).expect_err("a link");
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert!(Sqlite::serving_process(&path).is_err());
    assert_eq!(std::fs::read_to_string(victim).expect("the file"), "precious");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_log_takes_no_rights_from_what_it_leads_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = place();
    drop(Sqlite::open(&path).expect("a database"));
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "for everybody").expect("a file");
    std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o644)).expect("rights for all");
    for suffix in ["-wal", "-shm"] {
        let link = format!("{}{suffix}", path.display());
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(&victim, &link).expect("a link");
        let error = Sqlite::open(&path).expect_err("a link");
        assert!(error.to_string().contains("symbolic link"), "{error}");
        std::fs::remove_file(link).expect("removed");
    }
    let mode = std::fs::metadata(victim).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[tokio::test]
async fn a_link_and_its_target_are_one_database() {
    let (folder, path) = place();
    let link = folder.path().join("link.db");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    drop(Sqlite::open(&path).expect("a database"));
    let _lock = Sqlite::lock_for_serving(&link).expect("the lock");
    assert!(Sqlite::lock_for_serving(&path).is_err());
}
