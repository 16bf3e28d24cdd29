//! What can only be seen from inside: limits of one connection, batches, formats that do not exist yet.

use std::sync::mpsc;

use doorward::Name;
use doorward::audit::Event;
use doorward::store::{Change, Changed, Conflict, News, Store as _, StoreError, StoredRole};
use futures_util::future::join_all;
use rusqlite::Connection;

use super::*;

fn role(name: &str, bytes: usize) -> Change {
    let name = Name::parse(name).expect("a name");
    Change::CreateRole { role: StoredRole { name, allow: vec!["x".repeat(bytes)], deny: vec![] }, guard: None }
}

fn store() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&folder.path().join("doorward.db")).expect("a database");
    (folder, store)
}

async fn on_the_writer(store: &Sqlite, act: impl FnMut(&Connection) -> Result<(), Fault> + Send + 'static) {
    store.writer.write(act).await.expect("the writer does it");
}

/// Keeps the writer busy from when the first of both says so until the second is told: what is asked for meanwhile waits for the
/// same transaction, and is in it.
fn keep_busy(store: &Sqlite) -> (impl Future<Output = Result<bool, StoreError>>, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let ((started, has_started), (release, released)) = (mpsc::channel(), mpsc::channel());
    let busy = store.writer.write(move |_| {
        // Said again where it is done again.
        let _ = started.send(());
        Ok(released.recv().is_ok())
    });
    (busy, has_started, release)
}

fn text(error: Option<StoreError>) -> String {
    match error {
        Some(StoreError::Unavailable(text)) => text,
        other => panic!("not unavailable: {other:?}"),
    }
}

async fn names(store: &Sqlite) -> Vec<String> {
    store.roles().await.expect("roles").into_iter().map(|role| role.name.to_string()).collect()
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_writing_goes_on_when_it_is_not() {
    let (_folder, store) = store();
    store.commit(role("before", 10), vec![]).await.expect("room");
    // Only here can a database be full while the disk is not.
    let pages =
        |count: u32| move |connection: &Connection| Ok(connection.pragma_update(None, "max_page_count", count)?);
    on_the_writer(&store, pages(1)).await;
    let refused = store.commit(role("too-much", 1_000_000), vec![]).await.err();
    assert!(text(refused).contains("the disk is full: free some space"));
    assert_eq!(names(&store).await, ["before"], "what is there can be read");
    on_the_writer(&store, pages(1_000_000)).await;
    store.commit(role("after", 1_000_000), vec![]).await.expect("room again");
    assert_eq!(names(&store).await, ["after", "before"]);
}

#[tokio::test]
async fn of_changes_made_together_only_the_one_without_room_fails_or_all_are_told() {
    let (_folder, store) = store();
    on_the_writer(&store, |connection| {
        let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        Ok(connection.pragma_update(None, "max_page_count", pages + 4)?)
    })
    .await;
    let changes = [("a", 10), ("b", 1_000_000), ("c", 10), ("d", 10)];
    let answers = join_all(changes.map(|(name, bytes)| store.commit(role(name, bytes), vec![]))).await;
    let stored = names(&store).await;
    for ((name, _), answer) in changes.iter().zip(&answers) {
        assert_eq!(answer.is_ok(), stored.iter().any(|stored| stored == name), "{name}: an answer is what is stored");
    }
    assert!(answers[1].is_err() && answers[3].is_ok());
}

#[tokio::test]
async fn a_read_only_database_is_said_to_be_and_can_be_read() {
    let (_folder, store) = store();
    store.commit(role("before", 10), vec![]).await.expect("a role");
    on_the_writer(&store, |connection| Ok(connection.pragma_update(None, "query_only", true)?)).await;
    let refused = store.commit(role("refused", 10), vec![]).await.err();
    assert!(text(refused).contains("the right to write the file and its folder"));
    assert_eq!(names(&store).await, ["before"]);
}

#[tokio::test]
async fn changes_that_wait_are_made_durable_by_one_commit() {
    let (_folder, store) = store();
    let (first, has_started, release) = keep_busy(&store);
    let count = |connection: &Connection| -> u32 {
        connection.query_row("SELECT count(*) FROM roles", [], |row| row.get(0)).expect("a number")
    };
    let others = (0..100).map(|index| store.commit(role(&format!("r{index}"), 10), vec![]));
    let path = store.path().to_owned();
    let last = store.writer.write(move |connection| {
        let outside = open_file(&path)?;
        Ok((count(connection), count(&outside)))
    });
    let rest = async {
        // From here on, whatever is asked for waits for the same transaction.
        has_started.recv().expect("the writer is busy");
        let release = async { release.send(()).expect("the writer waits") };
        tokio::join!(join_all(others), last, release)
    };
    let (first, (others, seen, ())) = tokio::join!(first, rest);
    assert!(first.is_ok() && others.iter().all(Result::is_ok));
    assert_eq!(seen.expect("two numbers"), (100, 0), "done, and durable for nobody until all are");
    assert_eq!(names(&store).await.len(), 100);
}

#[tokio::test]
async fn changes_that_are_lost_with_a_transaction_are_not_said_to_be_made() {
    let (_folder, store) = store();
    let (first, has_started, release) = keep_busy(&store);
    let before = [store.commit(role("a", 10), vec![]), store.commit(role("b", 10), vec![])];
    let loses_all = store.writer.write(|connection| Ok(connection.execute_batch("ROLLBACK")?));
    let after = [store.commit(role("c", 10), vec![]), store.commit(role("d", 10), vec![])];
    let rest = async {
        // From here on, whatever is asked for waits for the same transaction.
        has_started.recv().expect("the writer is busy");
        let release = async { release.send(()).expect("the writer waits") };
        tokio::join!(join_all(before), loses_all, join_all(after), release)
    };
    let (first, (before, lost, after, ())) = tokio::join!(first, rest);
    assert!(first.is_ok() && lost.is_err());
    assert!(before.iter().all(Result::is_err) && after.iter().all(Result::is_ok));
    assert_eq!(names(&store).await, ["c", "d"]);
}

#[tokio::test]
async fn a_refused_change_takes_nothing_else_along() {
    let (_folder, store) = store();
    let event = || vec![Event::new(doorward::audit::EventKind::RoleChanged, 1)];
    let answers = join_all(["a", "a", "b", "a", "c"].map(|name| store.commit(role(name, 10), event()))).await;
    let refused: Vec<bool> = answers.iter().map(Result::is_err).collect();
    assert_eq!(refused, [false, true, false, true, false]);
    assert!(matches!(answers[1], Err(StoreError::Conflict(Conflict::RoleTaken))));
    assert_eq!(names(&store).await, ["a", "b", "c"]);
    let events = store.events(Default::default(), Default::default()).await.expect("events");
    assert_eq!(events.items.len(), 3);
}

#[tokio::test]
async fn a_change_that_fails_after_it_has_written_is_undone_and_no_other() {
    let (_folder, store) = store();
    let (first, has_started, release) = keep_busy(&store);
    let event = || vec![Event::new(doorward::audit::EventKind::RoleChanged, 1)];
    let before = [store.commit(role("a", 10), event()), store.commit(role("b", 10), event())];
    // The second of both is there already: the first is written by then.
    let fails = store.commit(Change::Together(vec![role("half", 10), role("a", 10)]), event());
    let after = [store.commit(role("c", 10), event()), store.commit(role("half", 10), event())];
    let rest = async {
        // From here on, whatever is asked for waits for the same transaction.
        has_started.recv().expect("the writer is busy");
        let release = async { release.send(()).expect("the writer waits") };
        tokio::join!(join_all(before), fails, join_all(after), release)
    };
    let (first, (before, failed, after, ())) = tokio::join!(first, rest);
    assert!(first.is_ok());
    assert!(before.iter().chain(&after).all(Result::is_ok), "{before:?} {after:?}");
    assert!(matches!(failed, Err(StoreError::Conflict(Conflict::RoleTaken))), "{failed:?}");
    assert_eq!(names(&store).await, ["a", "b", "c", "half"]);
    let events = store.events(Default::default(), Default::default()).await.expect("events");
    assert_eq!(events.items.len(), 4, "each is written once, and none of what failed");
}

#[tokio::test]
async fn whoever_read_the_feed_too_long_ago_is_told_to_forget_everything() {
    let (_folder, store) = store();
    for name in ["a", "b", "c"] {
        store.commit(role(name, 10), vec![]).await.expect("a role");
    }
    on_the_writer(&store, |connection| {
        connection.execute("DELETE FROM feed WHERE seq <= 2", [])?;
        Ok(())
    })
    .await;
    let feed = |seq| store.changes_since(seq);
    assert_eq!(feed(0).await.expect("an answer").news, News::Lost);
    assert_eq!(feed(1).await.expect("an answer").news, News::Lost);
    assert_eq!(feed(2).await.expect("an answer").news, News::Changed(vec![Changed::Roles]));
    assert_eq!(feed(0).await.expect("an answer").seq, 3);
}

#[tokio::test]
async fn the_feed_stays_bounded_and_very_much_is_announced_as_everything() {
    let (_folder, store) = store();
    on_the_writer(&store, |connection| {
        let changes = (0..1_001).map(|number| Changed::User(UserNumber(number)));
        assert_eq!(feed::announce(connection, changes.chain([Changed::Roles]).collect())?, 2);
        for _ in 0..101 {
            feed::announce(connection, vec![Changed::Roles; 1_000])?;
        }
        let kept: u32 = connection.query_row("SELECT count(*) FROM feed", [], |row| row.get(0))?;
        assert_eq!(kept, 100_000);
        Ok(())
    })
    .await;
    // What is kept is read in several steps, without a gap.
    let (mut seq, mut read) = (store.changes_since(u64::MAX).await.expect("an answer").seq - 25_000, 0);
    loop {
        let feed = store.changes_since(seq).await.expect("an answer");
        let News::Changed(changes) = feed.news else { panic!("nothing is lost") };
        assert_eq!(feed.seq, seq + changes.len() as u64);
        if changes.is_empty() {
            break;
        }
        read += changes.len();
        seq = feed.seq;
    }
    assert_eq!(read, 25_000);
}

#[tokio::test]
async fn what_makes_no_sense_is_said_to_be_corrupt() {
    let (_folder, store) = store();
    store.commit(role("a", 10), vec![]).await.expect("a role");
    on_the_writer(&store, |connection| {
        connection.execute("UPDATE roles SET allow = 'no json'", [])?;
        Ok(())
    })
    .await;
    assert!(matches!(store.roles().await, Err(StoreError::Corrupt(_))));
}

#[test]
fn an_older_format_is_brought_to_the_newest_after_a_copy_was_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("doorward.db");
    drop(Sqlite::open(&path).expect("a database"));
    let next = "ALTER TABLE roles ADD COLUMN note TEXT; INSERT INTO roles VALUES ('new', '[]', '[]', 'x');";
    let steps = [migrations::STEPS, &[next]].concat();
    let mut connection = open_file(&path).expect("a connection");
    migrations::apply(&mut connection, &path, LATEST, true, &steps).expect("one more step");
    assert_eq!(kind(&connection).expect("a kind"), Kind::Ours(LATEST + 1));
    let copy = open_file(&folder.path().join(format!("doorward.db.v{LATEST}.backup"))).expect("the copy");
    assert_eq!(kind(&copy).expect("a kind"), Kind::Ours(LATEST));
    assert!(copy.prepare("SELECT note FROM roles").is_err());
    // Once is enough, whoever was faster.
    migrations::apply(&mut connection, &path, LATEST, true, &steps).expect("nothing to do");
    let roles: u32 = connection.query_row("SELECT count(*) FROM roles", [], |row| row.get(0)).expect("a number");
    assert_eq!(roles, 1);
}

#[test]
fn a_step_that_fails_leaves_the_database_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("doorward.db");
    drop(Sqlite::open(&path).expect("a database"));
    let mut connection = open_file(&path).expect("a connection");
    let steps = [migrations::STEPS, &["CREATE TABLE more (a); this is no SQL;"]].concat();
    assert!(migrations::apply(&mut connection, &path, LATEST, true, &steps).is_err());
    assert_eq!(kind(&connection).expect("a kind"), Kind::Ours(LATEST));
    assert!(connection.prepare("SELECT * FROM more").is_err());
    drop(connection);
    drop(Sqlite::open(&path).expect("still a database"));
}

#[tokio::test]
async fn when_users_were_seen_is_known_of_an_older_database_as_far_as_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("doorward.db");
    let mut connection = Connection::open(&path).expect("a file");
    migrations::apply(&mut connection, &path, 0, false, &migrations::STEPS[..1]).expect("the first version");
    let rows = "
        INSERT INTO users (realm, id, login, name, active, attributes, created, last_login) VALUES
            ('r', '1', 'never', '', 1, '{}', 5, NULL), ('r', '2', 'once', '', 1, '{}', 5, 20),
            ('r', '3', 'here', '', 1, '{}', 5, 20), ('r', '4', 'later', '', 1, '{}', 5, 90);
        INSERT INTO sessions (key, handle, user, epoch, created, last_seen, idle_end, absolute_end, authenticated,
            remembered, address, device)
        SELECT randomblob(16), randomblob(16), user, 0, 20, seen, 99, 99, 20, 0, '', ''
        FROM (SELECT 3 AS user, 50 AS seen UNION ALL SELECT 3, 70 UNION ALL SELECT 4, 60);";
    connection.execute_batch(rows).expect("rows");
    drop(connection);
    let store = Sqlite::open(&path).expect("brought to the newest version");
    let listed = store.users(UserFilter::default(), UserOrder::default(), Page::default()).await.expect("users");
    let seen: Vec<_> = listed.items.iter().map(|user| (user.login.as_str(), user.last_seen)).collect();
    assert_eq!(seen, [("here", Some(70)), ("later", Some(90)), ("never", None), ("once", Some(20))]);
}
