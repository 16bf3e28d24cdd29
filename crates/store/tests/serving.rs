//! One server for a database.

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use common::{commit, database, place, role};
use doorward_store::{OpenError, Sqlite};

#[test]
fn a_second_server_is_refused_with_the_first_ones_process() {
    let (_folder, path) = place();
    assert_eq!(Sqlite::serving_process(&path).expect("an answer"), None);
    let lock = Sqlite::lock_for_serving(&path).expect("the lock");
    let error = Sqlite::lock_for_serving(&path).expect_err("taken");
    let pid = std::process::id();
    assert!(matches!(error, OpenError::BeingServed { pid: Some(found), .. } if found == pid));
    assert!(error.to_string().contains(&format!("process {pid}")), "{error}");
    assert_eq!(Sqlite::serving_process(&path).expect("an answer"), Some(pid));
    assert_eq!(std::fs::read_to_string(lock.path()).expect("the lock's file").trim(), pid.to_string());
    drop(lock);
    assert_eq!(Sqlite::serving_process(&path).expect("an answer"), None);
    Sqlite::lock_for_serving(&path).expect("free again");
}

#[tokio::test]
async fn others_may_open_a_database_that_is_being_served() {
    let (_folder, path, store) = database();
    let _lock = Sqlite::lock_for_serving(&path).expect("the lock");
    let beside = Sqlite::open_existing(&path).expect("the same database");
    commit(&beside, role("support")).await;
    assert_eq!(common::roles(&store).await, ["support"]);
}

const CHILD: &str = "DOORWARD_TEST_DATABASE";

/// The part of another server: this same program, started by the test below.
#[test]
fn another_server() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let _lock = Sqlite::lock_for_serving(path.as_ref()).expect("the lock");
    println!("serving");
    // Until the test has seen enough.
    let _ = std::io::stdin().lock().read_line(&mut String::new());
    std::process::exit(0);
}

#[test]
fn a_server_that_is_gone_leaves_no_lock_however_it_went() {
    let (_folder, path, store) = database();
    drop(store);
    let program = std::env::current_exe().expect("this program");
    let mut server = Command::new(program)
        .args(["--exact", "another_server", "--nocapture"])
        .env(CHILD, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let output = BufReader::new(server.stdout.take().expect("its output"));
    assert!(output.lines().map_while(Result::ok).any(|line| line.contains("serving")));
    assert_eq!(Sqlite::serving_process(&path).expect("an answer"), Some(server.id()));
    let error = Sqlite::lock_for_serving(&path).expect_err("taken");
    assert!(error.to_string().contains(&format!("process {}", server.id())), "{error}");
    server.kill().expect("killed");
    server.wait().expect("gone");
    assert_eq!(Sqlite::serving_process(&path).expect("an answer"), None);
    Sqlite::lock_for_serving(&path).expect("free again");
}
