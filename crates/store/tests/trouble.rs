//! Files that cannot be opened, and disks that do not do what they are told: the operator reads what to do.

mod common;

use std::path::Path;
use std::process::Command;

use common::{commit, database, log_in, new_user, place, role, roles, sized_role, unavailable};
use doorward::SessionDigest;
use doorward::store::{Store as _, StoreError};
use doorward_store::{OpenError, Sqlite};

fn error(path: &Path) -> OpenError {
    Sqlite::open(path).expect_err("no database that could be opened")
}

#[test]
fn a_database_that_must_be_there_and_is_not_is_said_to_be_missing() {
    let (_folder, path) = place();
    let error = Sqlite::open_existing(&path).expect_err("missing");
    assert!(matches!(error, OpenError::Missing { .. }));
    assert!(error.to_string().contains("doorward user add"), "{error}");
    assert!(!path.exists(), "to look for a file does not make it");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let (folder, _) = place();
    let missing = folder.path().join("no/such/folder/doorward.db");
    assert!(matches!(error(&missing), OpenError::NoFolder { .. }));
}

#[test]
fn a_database_of_a_newer_version_is_refused_with_both_versions() {
    let (_folder, path, store) = database();
    drop(store);
    let connection = rusqlite::Connection::open(&path).expect("a connection");
    connection.pragma_update(None, "user_version", 99).expect("a version");
    drop(connection);
    let error = error(&path);
    assert!(matches!(error, OpenError::TooNew { found: 99, .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("version 99") && text.contains("up to 2") && text.contains("Install the newer Doorward"),
        "{text}"
    );
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let (_folder, path) = place();
    let connection = rusqlite::Connection::open(&path).expect("a connection");
    connection.execute_batch("CREATE TABLE users (name TEXT)").expect("a table");
    drop(connection);
    let before = std::fs::read(&path).expect("a file");
    assert!(matches!(error(&path), OpenError::Foreign { .. }));
    assert_eq!(std::fs::read(&path).expect("a file"), before);
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let (_folder, path) = place();
    let text = "listen = \"127.0.0.1:8080\"\n".repeat(100);
    std::fs::write(&path, &text).expect("a file");
    let error = error(&path);
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    assert!(error.to_string().contains("set `data` to another file"));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), text);
}

#[test]
fn a_damaged_database_is_said_to_be_damaged() {
    let (_folder, path, store) = database();
    drop(store);
    let mut bytes = std::fs::read(&path).expect("a file");
    // The first page has the schema behind the header.
    bytes[100..2_000].fill(0xA5);
    std::fs::write(&path, bytes).expect("a file");
    let error = error(&path);
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("doorward restore"));
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let (_folder, path) = place();
    std::fs::write(&path, "").expect("a file");
    assert!(matches!(Sqlite::open_existing(&path), Err(OpenError::Foreign { .. })));
    let store = Sqlite::open(&path).expect("a database");
    commit(&store, role("support")).await;
}

#[test]
fn many_who_open_a_new_database_at_once_get_the_same_one() {
    let (_folder, path) = place();
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..8).map(|_| scope.spawn(|| Sqlite::open(&path))).collect();
        for store in opened {
            store.join().expect("a thread").expect("a database");
        }
    });
}

#[tokio::test]
async fn a_database_that_another_program_keeps_locked_is_written_when_it_is_free() {
    let (_folder, path, store) = database();
    let user = common::add(&store, new_user("anna")).await;
    commit(&store, log_in(&user, "a")).await;
    let other = rusqlite::Connection::open(&path).expect("a connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let text = unavailable(store.commit(role("refused"), vec![]).await);
    assert!(text.contains("another program keeps the database locked"), "{text}");
    let session = store.session(SessionDigest::of("a").key()).await;
    assert!(session.expect("sessions can be read").is_some());
    other.execute_batch("ROLLBACK").expect("the lock is free");
    commit(&store, role("written")).await;
    assert_eq!(roles(&store).await, ["written"]);
}

/// A small disk of its own, where that is allowed.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = run("mount", &["-t", "tmpfs", "-o", "size=2m", "doorward-test"], folder.path());
        if !mounted {
            eprintln!("skipped: mounting a file system is not allowed here");
        }
        mounted.then_some(Self(folder))
    }

    fn remount(&self, how: &str) -> bool {
        run("mount", &["-o", how], self.0.path())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.0.path());
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    Command::new(program).args(arguments).arg(path).output().is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_writing_goes_on_when_it_is_not() {
    let Some(disk) = SmallDisk::mount() else { return };
    let store = Sqlite::open(&disk.0.path().join("doorward.db")).expect("a database");
    let user = common::add(&store, new_user("anna")).await;
    commit(&store, log_in(&user, "a")).await;
    let filler = disk.0.path().join("filler");
    let _ = std::fs::write(&filler, vec![0; 4 << 20]);
    let text = unavailable(store.commit(sized_role("refused", 50_000), vec![]).await);
    assert!(text.contains("full"), "{text}");
    let session = store.session(SessionDigest::of("a").key()).await;
    assert!(session.expect("sessions can be read").is_some());
    std::fs::remove_file(&filler).expect("room again");
    commit(&store, sized_role("written", 50_000)).await;
    assert_eq!(roles(&store).await, ["written"]);
}

#[tokio::test]
async fn no_database_is_made_on_a_full_disk_and_the_cause_is_said() {
    let Some(disk) = SmallDisk::mount() else { return };
    let filler = disk.0.path().join("filler");
    let _ = std::fs::write(&filler, vec![0; 4 << 20]);
    let path = disk.0.path().join("doorward.db");
    let text = error(&path).to_string();
    assert!(text.contains("full"), "{text}");
    std::fs::remove_file(&filler).expect("room again");
    commit(&Sqlite::open(&path).expect("a database"), role("support")).await;
}

#[tokio::test]
async fn a_read_only_disk_is_said_to_be_and_is_not_opened() {
    let Some(disk) = SmallDisk::mount() else { return };
    let path = disk.0.path().join("doorward.db");
    drop(Sqlite::open(&path).expect("a database"));
    assert!(disk.remount("remount,ro"));
    let text = error(&path).to_string();
    assert!(text.contains("write"), "{text}");
    let text = error(&disk.0.path().join("new.db")).to_string();
    assert!(text.contains("read-only"), "{text}");
    assert!(disk.remount("remount,rw"));
    commit(&Sqlite::open(&path).expect("a database"), role("support")).await;
}

#[tokio::test]
async fn a_damaged_page_is_corrupt_and_never_an_answer() {
    let (_folder, path, store) = database();
    for index in 0..200 {
        commit(&store, sized_role(&format!("role{index}"), 500)).await;
    }
    drop(store);
    let mut bytes = std::fs::read(&path).expect("a file");
    let from = bytes.len() / 2;
    bytes[from..].fill(0xA5);
    std::fs::write(&path, bytes).expect("a file");
    let store = Sqlite::open(&path).expect("the header is sound");
    let answer = store.roles().await;
    assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
}
