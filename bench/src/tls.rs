//! Requests over connections of TLS 1.3 that are kept, beside nginx that checks nothing.

use crate::certificate::Certificate;
use crate::check;
use crate::goal::Aim;
use crate::h2load;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::rounds::{Case, Loaded, tabulate};
use crate::run::Run;
use crate::table::Table;
use crate::wrk::Wrk;

const NGINX: &str = "nginx, plain proxy, no authentication";
const SESSION: &str = "Doorward, session, identity headers";

pub(crate) fn http1(run: &Run) -> anyhow::Result<Table> {
    let about = "An answer of 34 bytes over TLS 1.3 with connections that are kept: a certificate of ECDSA P-256, `wrk` with 32 connections.";
    let table = Table::new("tls", "Over TLS 1.3", about, &[]);
    compare(
        run,
        table,
        Aim::AtLeast(0.9, 1.1),
        |_| Ok(()),
        |url, header, seconds| Wrk::new(url.into(), header).run(seconds),
    )
}

pub(crate) fn http2(run: &Run) -> anyhow::Result<Table> {
    let about = "An answer of 34 bytes over one connection of HTTP/2 with TLS 1.3 and 100 streams at once, `h2load`. One connection is one core's.";
    compare(
        run,
        Table::new("http2", "Over HTTP/2", about, &[]),
        Aim::AtLeast(0.8, 1.0),
        check::speaks_http2,
        h2load::run,
    )
}

fn compare(
    run: &Run,
    table: Table,
    aim: Aim,
    check: fn(&str) -> anyhow::Result<()>,
    load: impl Fn(&str, &str, u32) -> anyhow::Result<Loaded>,
) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let certificate = Certificate::make(folder.path())?;
    let nginx = Nginx::encrypted(folder.path(), upstream.address, &certificate)?;
    let (cert, key) = (certificate.cert.display(), certificate.key.display());
    let rules = format!("\n[tls]\ncert = \"{cert}\"\nkey = \"{key}\"\n");
    let target = format!("http://{}", upstream.address);
    let house = House::start(run, &folder.path().join("house"), &target, &Wish { rules: &rules, ..Wish::default() })?;
    let (plain, me) = (format!("https://{}/me", nginx.address), house.url("/me"));
    check::opens(&plain)?;
    check::opens_and_shuts(&me, &house.cookie, &house.wrong_cookie())?;
    house.tells_who_asks()?;
    check(&plain)?;
    check(&me)?;
    let (load, cookie) = (&load, house.cookie.as_str());
    let case = |name, process, url: String| Case {
        name,
        processes: vec![process],
        load: Box::new(move |seconds| load(&url, cookie, seconds)),
    };
    let cases = [case(NGINX, nginx.process.id(), plain), case(SESSION, house.server.process.id(), me)];
    let (mut table, compared) = tabulate(table, &cases, run)?;
    table.goal("requests/s \u{f7} nginx", &compared.rate(SESSION, NGINX)?, "", aim)?;
    Ok(table)
}
