//! Bodies that are larger than any buffer, beside nginx with its buffering, without, and with more of it.

use std::path::Path;

use crate::check::Question;
use crate::goal::Aim;
use crate::house::{House, Wish};
use crate::nginx::{Buffering, Nginx};
use crate::rounds::{Case, tabulate};
use crate::run::Run;
use crate::service;
use crate::table::Table;
use crate::wrk::Wrk;

const RULES: &str = "
[[route]]
match = \"GET /file/:name\"
access = \"self\"

[[route]]
match = \"POST /upload\"
access = \"self\"
csrf = \"off\"          # wrk sends no proof

[limits]
body = \"16MiB\"
";

const NGINX: &str = "nginx, plain proxy, its own buffering";
const LARGE_BUFFERS: &str = "nginx, plain proxy, large buffers";
const UNBUFFERED: &str = "nginx, plain proxy, buffering off";
const SESSION: &str = "Doorward, session";

/// What files are full of.
const FILL: u8 = b'x';
const LARGE: usize = 10 << 20;

/// What goes through.
struct Body {
    path: &'static str,
    size: usize,
    is_sent: bool,
    connections: u32,
}

pub(crate) fn answers_64k(run: &Run) -> anyhow::Result<Table> {
    let about = "Answers of 64 KiB, `wrk` with 32 connections. nginx reads answers ahead into its buffers (`proxy_buffering`), or does not, or has \
                 larger ones: 8 of 64 KiB.";
    let body = Body { path: "/file/64k", size: 64 << 10, is_sent: false, connections: 32 };
    compare(run, Table::new("answers-64k", "Answers of 64 KiB", about, &[]), &body)
}

pub(crate) fn answers_10m(run: &Run) -> anyhow::Result<Table> {
    let about = "Answers of 10 MiB, `wrk` with 8 connections. nginx keeps in a file what a slow client has not read yet \
                 (`proxy_buffering`), or does not; with large buffers (8 of 64 KiB) it has no such file.";
    let body = Body { path: "/file/10m", size: LARGE, is_sent: false, connections: 8 };
    compare(run, Table::new("answers-10m", "Answers of 10 MiB", about, &[]), &body)
}

pub(crate) fn uploads_10m(run: &Run) -> anyhow::Result<Table> {
    let about = "Bodies of 10 MiB that are sent, `wrk` with 8 connections. nginx reads them whole into a file before it asks the \
                 upstream (`proxy_request_buffering`), or does not; with large buffers (16 MiB) it keeps them in memory.";
    let body = Body { path: "/upload", size: LARGE, is_sent: true, connections: 8 };
    compare(run, Table::new("uploads-10m", "Uploads of 10 MiB", about, &[]), &body)
}

fn compare(run: &Run, table: Table, body: &Body) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let files = Nginx::upstream(folder.path())?;
    // nginx would answer before it has the body.
    let reader = service::start(None)?;
    let upstream = if body.is_sent { reader.address } else { files.address };
    let script = prepare(folder.path(), body)?;
    let buffered = Nginx::buffering(folder.path(), upstream, Buffering::Default)?;
    let unbuffered = Nginx::buffering(folder.path(), upstream, Buffering::Off)?;
    let large = Nginx::buffering(folder.path(), upstream, Buffering::Large)?;
    let target = format!("http://{}", upstream);
    let house = House::start(run, &folder.path().join("house"), &target, &Wish { rules: RULES, ..Wish::default() })?;
    let answer = if body.is_sent { b"0".to_vec() } else { vec![FILL; body.size] };
    let method = if body.is_sent { "POST" } else { "GET" };
    let guarded = house.url(body.path);
    Question { method, url: &guarded, answer: &answer }.opens_and_shuts(&house.cookie, &house.wrong_cookie())?;
    let script = script.as_deref();
    let case = |name, process, url| {
        let wrk = Wrk { connections: body.connections, script, ..Wrk::new(url, &house.cookie) };
        Case { name, processes: vec![process], load: Box::new(move |seconds| wrk.run(seconds)) }
    };
    let url = |nginx: &Nginx| format!("http://{}{}", nginx.address, body.path);
    for nginx in [&buffered, &unbuffered, &large] {
        Question { method, url: &url(nginx), answer: &answer }.opens()?;
    }
    let cases = [
        case(NGINX, buffered.process.id(), url(&buffered)),
        case(UNBUFFERED, unbuffered.process.id(), url(&unbuffered)),
        case(LARGE_BUFFERS, large.process.id(), url(&large)),
        case(SESSION, house.server.process.id(), house.url(body.path)),
    ];
    let (mut table, compared) = tabulate(table, &cases, run)?;
    for (what, nginx) in [
        ("requests/s \u{f7} nginx as it comes", NGINX),
        ("requests/s \u{f7} nginx without buffering", UNBUFFERED),
        ("requests/s \u{f7} nginx with large buffers", LARGE_BUFFERS),
    ] {
        table.goal(what, &compared.rate(SESSION, nginx)?, "", Aim::AtLeast(0.9, 1.0))?;
    }
    Ok(table)
}

/// Puts the file there, or writes what tells `wrk` to send one.
fn prepare(folder: &Path, body: &Body) -> anyhow::Result<Option<std::path::PathBuf>> {
    if !body.is_sent {
        let name = body.path.rsplit('/').next().unwrap_or_default();
        std::fs::write(folder.join("files").join(name), vec![FILL; body.size])?;
        return Ok(None);
    }
    let script = folder.join("upload.lua");
    std::fs::write(
        &script,
        format!("wrk.method = \"POST\"\nwrk.body = string.rep(string.char({FILL}), {})\n", body.size),
    )?;
    Ok(Some(script))
}
