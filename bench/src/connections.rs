//! Memory for ten thousand connections that are kept and ask nothing.

use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

use crate::chart::Chart;
use crate::check;
use crate::client::Connection;
use crate::goal::Aim;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::process::Process;
use crate::run::Run;
use crate::table::{Cell, Table, grouped};

/// So many, if the system has descriptors for them.
pub(crate) const MOST: usize = 10_000;
/// What each side needs besides connections: a server keeps some back for upstreams and files.
const BESIDES: usize = 128;

const SESSION: &str = "Doorward, session";
const WITH: &str = "with them, MB";
const EACH: &str = "bytes a connection";

pub(crate) const RULES: &str = "
[limits]
connections = 20000
connections_per_network = 20000
keep_alive = \"10m\"
";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let nginx = Nginx::proxy(folder.path(), upstream.address)?;
    let target = format!("http://{}", upstream.address);
    let house = House::start(run, &folder.path().join("house"), &target, &Wish { rules: RULES, ..Wish::default() })?;
    check::opens(&format!("http://{}/me", nginx.address))?;
    check::opens_and_shuts(&house.url("/me"), &house.cookie, &house.wrong_cookie())?;
    let connections = possible();
    let about = format!(
        "{} connections over HTTP/1.1 that were asked one request each, with a session, and then nothing. Memory \
         of all processes, once and not in rounds; nginx sets some aside for connections when it starts.{}",
        grouped(connections as f64, 0),
        why_not_more()
    );
    let columns = ["what", "before, MB", WITH, EACH];
    let mut table = Table::new("connections", "Idle connections", &about, &columns);
    let cases = [
        ("nginx, plain proxy, no authentication", &nginx.process, nginx.address),
        (SESSION, &house.server.process, house.server.address),
    ];
    for (name, process, address) in cases {
        let (before, after) = hold(process, address, &house.cookie, connections)?;
        let each = (after - before) * 1e6 / connections as f64;
        table.row(name, vec![Cell::number(before, 1), Cell::number(after, 1), Cell::number(each, 0)]);
    }
    let what = format!("memory with {} idle connections", grouped(connections as f64, 0));
    table.goal_of(&what, [SESSION, WITH], " MB", Aim::AtMost(300.0, 100.0))?;
    table.chart = Some(Chart::bars(&[WITH, EACH]));
    Ok(table)
}

/// Memory before, and with these connections.
fn hold(process: &Process, address: SocketAddr, cookie: &str, connections: usize) -> anyhow::Result<(f64, f64)> {
    let before = process.memory()?;
    let mut held = Vec::with_capacity(connections);
    for _ in 0..connections {
        let mut connection = Connection::open(address)?;
        let status = connection.get("/me", cookie)?;
        anyhow::ensure!(status == 200, "a request was answered with {status}");
        held.push(connection);
    }
    // What was needed for the requests alone is given back by then.
    std::thread::sleep(Duration::from_secs(2));
    Ok((before, process.memory()?))
}

/// Ten thousand, or what the system has descriptors for: a server keeps a second one ready for each, to its upstream.
pub(crate) fn possible() -> usize {
    descriptors().map_or(MOST, |limit| MOST.min((limit / 2).saturating_sub(BESIDES)))
}

/// Says what stands against ten thousand, where something does.
pub(crate) fn why_not_more() -> String {
    let Some(limit) = descriptors().filter(|_| possible() < MOST) else { return String::new() };
    format!(
        " They are not {} because the system lets a process have {} descriptors: a server needs two for each connection, and \
         {BESIDES} are kept back on each side. After `ulimit -Hn 65536` there are as many.",
        grouped(MOST as f64, 0),
        grouped(limit as f64, 0)
    )
}

fn descriptors() -> Option<usize> {
    getrlimit(Resource::Nofile).current.and_then(|limit| usize::try_from(limit).ok())
}
