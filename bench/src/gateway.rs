//! Requests through the gateway, beside nginx that checks nothing: the same upstream, the same requests.

use crate::check;
use crate::house::{House, Wish, basic};
use crate::nginx::Nginx;
use crate::rounds::{Case, tabulate};
use crate::run::Run;
use crate::table::Table;
use crate::wrk::Wrk;

const RULES: &str = "
[[route]]
match = \"GET /basic\"
access = \"self\"
basic = true
strip_prefix = \"/basic\"

[basic]
allow_insecure = true
";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let nginx = Nginx::proxy(folder.path(), upstream.address)?;
    let target = format!("http://{}", upstream.address);
    let house = House::start(run, &folder.path().join("house"), &target, &Wish { rules: RULES, ..Wish::default() })?;
    let plain = format!("http://{}/me", nginx.address);
    check::opens(&plain)?;
    check::opens(&house.url("/"))?;
    check::opens_and_shuts(&house.url("/me"), &house.cookie, &house.wrong_cookie())?;
    check::opens_and_shuts(&house.url("/basic"), &house.basic, &basic("a quiet sea at noon"))?;
    let case = |name, aim, process, url, header| {
        let wrk = Wrk::new(url, header);
        Case { name, aim, process, load: Box::new(move |seconds| wrk.run(seconds)) }
    };
    let doorward = house.server.process.id();
    let cases = [
        case("nginx, plain proxy, no authentication", "", nginx.process.id(), plain, house.cookie.as_str()),
        case("Doorward, anonymous route", "", doorward, house.url("/"), house.cookie.as_str()),
        case(
            "Doorward, session, identity headers",
            "0.9, better 1.1",
            doorward,
            house.url("/me"),
            house.cookie.as_str(),
        ),
        case("Doorward, Basic, identity headers", "as a session", doorward, house.url("/basic"), house.basic.as_str()),
    ];
    let about = "Forwarding an answer of 34 bytes over HTTP/1.1, `wrk` with 32 connections. nginx gets the request with the \
                 session's cookie too, and asks nobody about it.";
    tabulate(Table::new("gateway", "The gateway beside nginx", about, &[]), &cases, run)
}
