//! Requests through the gateway, beside nginx that checks nothing: the same upstream, the same requests.

use crate::check;
use crate::goal::Aim;
use crate::house::{BASIC_RULES, House, Wish, basic};
use crate::nginx::Nginx;
use crate::rounds::{CPU, Case, tabulate};
use crate::run::Run;
use crate::table::Table;
use crate::wrk::Wrk;

const NGINX: &str = "nginx, plain proxy, no authentication";
const ANONYMOUS: &str = "Doorward, anonymous route";
const SESSION: &str = "Doorward, session, identity headers";
const BASIC: &str = "Doorward, Basic, identity headers";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let nginx = Nginx::proxy(folder.path(), upstream.address)?;
    let target = format!("http://{}", upstream.address);
    let house =
        House::start(run, &folder.path().join("house"), &target, &Wish { rules: BASIC_RULES, ..Wish::default() })?;
    let plain = format!("http://{}/me", nginx.address);
    check::opens(&plain)?;
    check::opens(&house.url("/"))?;
    check::opens_and_shuts(&house.url("/me"), &house.cookie, &house.wrong_cookie())?;
    check::opens_and_shuts(&house.url("/basic"), &house.basic, &basic("a quiet sea at noon"))?;
    house.tells_who_asks()?;
    let case = |name, process, url, header| {
        let wrk = Wrk::new(url, header);
        Case { name, processes: vec![process], load: Box::new(move |seconds| wrk.run(seconds)) }
    };
    let (doorward, cookie) = (house.server.process.id(), house.cookie.as_str());
    let cases = [
        case(NGINX, nginx.process.id(), plain, cookie),
        case(ANONYMOUS, doorward, house.url("/"), cookie),
        case(SESSION, doorward, house.url("/me"), cookie),
        case(BASIC, doorward, house.url("/basic"), house.basic.as_str()),
    ];
    let about = "Forwarding an answer of 34 bytes over HTTP/1.1, `wrk` with 32 connections. nginx gets the request with the \
                 session's cookie too, and asks nobody about it. The goal in microseconds was set for a machine on which nginx \
                 took 12.9; the ratio of CPU is the same goal on any machine.";
    let (mut table, compared) = tabulate(Table::new("gateway", "The gateway beside nginx", about, &[]), &cases, run)?;
    let beside = compared.rate(SESSION, NGINX)?;
    table.goal("a session's requests/s \u{f7} nginx", &beside, "", Aim::AtLeast(0.9, 1.1))?;
    let cpu = compared.cpu(SESSION, NGINX)?;
    table.goal("CPU of a session's request \u{f7} nginx", &cpu, "", Aim::AtMost(1.05, 0.78))?;
    table.goal_of("CPU of a session's request", [SESSION, CPU], " \u{b5}s", Aim::AtMost(13.5, 10.0))?;
    let basic = compared.rate(BASIC, SESSION)?;
    table.goal("requests/s with Basic \u{f7} with a session", &basic, "", Aim::AtLeast(0.97, 1.0))?;
    Ok(table)
}
