//! How long pages of the Panel take where there is a million of users and of sessions.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use doorward::store::Change;

use crate::client::Connection;
use crate::crowd::{self, add_all, commit_all};
use crate::goal::Aim;
use crate::place;
use crate::run::Run;
use crate::server::Server;
use crate::spread::Spread;
use crate::table::{Cell, Table, grouped};

/// One realm, of administrators too, and who may do everything.
const RULES: &str = "
[panel]
public = true

[role.keeper]
allow = [\"Doorward::all\"]
";

/// What is asked for, and what it shows. `{login}` is one of the users.
const PAGES: [(&str, &str); 12] = [
    ("overview", "/panel"),
    ("users", "/panel/users"),
    ("users, those who have not been seen for longest", "/panel/users?sort=last_seen"),
    ("users, never seen", "/panel/users?never_seen=true"),
    ("users, a search that everybody matches", "/panel/users?search=user"),
    ("users, a search that one matches", "/panel/users?search={login}"),
    ("sessions", "/panel/sessions"),
    ("sessions of one login", "/panel/sessions?login={login}"),
    ("sessions of an address that all have", "/panel/sessions?address=192.0.2.7"),
    ("roles", "/panel/roles"),
    ("routes", "/panel/routes"),
    ("audit", "/panel/audit"),
];
const MEDIAN: &str = "p50 ms";
const TAIL: &str = "p99 ms";

/// So often each page is asked for, by turns.
const TURNS: usize = 100;

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let (all, turns) = if run.quick { (20_000, 10) } else { (1_000_000, TURNS) };
    let folder = tempfile::tempdir()?;
    let (server, cookie) = serve(run, folder.path(), all)?;
    let login = place::login(all / 2).replace('@', "%40");
    let pages = PAGES.map(|(name, path)| (name, path.replace("{login}", &login)));
    let mut connection = Connection::open(server.address)?;
    for stranger in ["X-Nothing: 1", &crowd::cookie(0)] {
        let status = connection.get("/panel/users", stranger)?;
        ensure!(status != 200, "`/panel/users` is open to those who may not see it");
    }
    let mut times = vec![Vec::new(); pages.len()];
    // Once before it counts, as a browser's second page.
    for turn in 0..=turns {
        for (times, (_, path)) in times.iter_mut().zip(&pages) {
            let asked = Instant::now();
            let status = connection.get(path, &cookie)?;
            ensure!(status == 200, "{path} was answered with {status}");
            if turn > 0 {
                times.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    }
    let count = grouped(all.into(), 0);
    let about = format!(
        "Pages of the Panel with {count} users and {count} sessions in the store, one request at a time. The server has none of them in memory \
         when it starts."
    );
    let mut table = Table::new("panel", "Pages of the Panel", &about, &["page", MEDIAN, TAIL]);
    table.rounds = Some(format!("{turns} turns"));
    for ((name, _), times) in pages.iter().zip(times) {
        let times = Spread::of(times);
        table.row(name, vec![Cell::number(times.median(), 1), Cell::number(times.at(0.99), 1)]);
    }
    let slowest = table.rows.iter().filter_map(|row| row.cells.last()?.value).max_by(f64::total_cmp);
    let slowest = Cell::number(slowest.context("there are no pages")?, 1);
    table.goal("p99 of the slowest page", &slowest, " ms", Aim::AtMost(50.0, 50.0))?;
    Ok(table)
}

/// A server with so many users, each with a session, and the line of the cookie of one who may see all of it.
fn serve(run: &Run, folder: &Path, all: u32) -> anyhow::Result<(Server, String)> {
    let (file, data) = (folder.join("doorward.toml"), folder.join("bench.db"));
    let rules = place::rules("http://127.0.0.1:9", &data) + RULES;
    std::fs::write(&file, &rules)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let keeper = runtime.block_on(async {
        let engine = place::engine(&rules, &data).await?;
        let keeper = place::add_user(&engine, "keeper", &["keeper".into()]).await?;
        let (store, now) = (engine.store(), engine.now());
        // Added over a year, and seen within the day.
        let added = |number: u32| Ok(Change::CreateUser(place::nobody(number, now - number % 31_536_000)?));
        let users = add_all(store, all, added).await?;
        let begun = |number: u32| {
            let at = now - number % 40_000;
            let session = place::session(&users[number as usize], &crowd::token(number), at);
            Ok(Change::CreateSession { session, replaces: None, limit: None })
        };
        commit_all(store, all, begun, drop).await?;
        place::log_in(&engine, &keeper).await
    })?;
    Ok((Server::start(&run.doorward, &file)?, format!("Cookie: doorward-default={keeper}")))
}
