//! The server is killed, again and again, while people log in and out and users change. Whatever was acknowledged holds.

#[path = "crash/ledger.rs"]
mod ledger;
#[path = "crash/load.rs"]
mod load;

mod kit;
mod peers;

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kit::{Place, Server};
use ledger::Ledger;
use load::{Load, PEOPLE};
use peers::{Upstream, add_user, until};

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_server_is_killed() {
    let crashes: usize = std::env::var("DOORWARD_TEST_CRASHES")
        .expect("DOORWARD_TEST_CRASHES is not set: run `cargo xtask test`")
        .parse()
        .expect("a number");
    let upstream = Upstream::echo();
    let place = Place::with(&format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{}\"\n\
         [realm.default]\nsessions = {{ max = 1000000 }}\n\
         [[route]]\nmatch = \"GET /orders\"\naccess = \"self\"\n\
         [role.clerk]\nallow = []\n",
        upstream.url()
    ));
    add_user(&place, "root --role administrator");
    for login in PEOPLE {
        add_user(&place, login);
    }
    let ledger = Ledger::default();
    let mut server = Server::start(&place);
    for round in 0..crashes {
        let before = ledger.acknowledged();
        let over = AtomicBool::new(false);
        let load = Load {
            round,
            place: &place,
            ledger: &ledger,
            over: &over,
            address: server.address(),
            admin: server.admin_address(),
        };
        thread::scope(|scope| {
            load.begin(scope);
            until("something is acknowledged", || (ledger.acknowledged() >= before + 10).then_some(()));
            // Another moment each time.
            thread::sleep(Duration::from_millis(u64::try_from(round * 53 % 300).expect("a small number")));
            server.kill();
            over.store(true, Ordering::SeqCst);
        });
        server = Server::start(&place);
        let lost = ledger.compare(&server, round + 1 == crashes);
        assert!(lost.is_empty(), "after crash {} of {crashes}: {}", round + 1, lost.join("\n"));
        assert_eq!(check_file(&place), "ok", "after crash {} of {crashes}", round + 1);
    }
    println!("{crashes} crashes: {}", ledger.summary());
}

/// What another reader of the file says of it.
fn check_file(place: &Place) -> String {
    let script = "import sqlite3, sys\n\
                  file = sqlite3.connect(sys.argv[1])\n\
                  found = [row[0] for row in file.execute('PRAGMA integrity_check')]\n\
                  found += [str(row) for row in file.execute('PRAGMA foreign_key_check')]\n\
                  print(' '.join(found))";
    let output =
        Command::new(peers::python()).args(["-c", script]).arg(place.file("doorward.db")).output().expect("it starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{errors}");
    said.trim().to_owned()
}
