//! How long a request takes when there is time for all: at half of what nginx can do, and at a quarter.

use crate::chart::Chart;
use crate::check;
use crate::goal::Aim;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::pace;
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table, grouped};
use crate::wrk::Wrk;

const NGINX: &str = "nginx, at half";
const SESSION: &str = "Doorward, session, at half";
/// What is warm has its tables and pools full, and has grown as far as it grows.
const WARM_UP: u32 = 1;
const NGINX_QUARTER: &str = "nginx, at a quarter";
const SESSION_QUARTER: &str = "Doorward, session, at a quarter";
const MEDIAN: &str = "p50 \u{b5}s";
const TAIL: &str = "p99 \u{b5}s";
const TAIL_RATIO: &str = "p99 ratio";

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let nginx = Nginx::proxy(folder.path(), upstream.address)?;
    let target = format!("http://{}", upstream.address);
    let house = House::start(run, &folder.path().join("house"), &target, &Wish::default())?;
    let plain = format!("http://{}/me", nginx.address);
    check::opens(&plain)?;
    check::opens_and_shuts(&house.url("/me"), &house.cookie, &house.wrong_cookie())?;
    let greatest = Wrk::new(plain, &house.cookie);
    let greatest = (0..run.rounds).map(|_| Ok(greatest.run(run.seconds)?.rate)).collect::<anyhow::Result<_>>()?;
    let greatest = Spread::of(greatest).median();
    let cases = [
        (NGINX, nginx.address, 0.5),
        (SESSION, house.server.address, 0.5),
        (NGINX_QUARTER, nginx.address, 0.25),
        (SESSION_QUARTER, house.server.address, 0.25),
    ];
    for (_, address, share) in &cases {
        pace::run(*address, "/me", &house.cookie, greatest * share, WARM_UP)?;
    }
    let mut halves = vec![Vec::new(); cases.len()];
    let mut tails = vec![Vec::new(); cases.len()];
    for _ in 0..run.rounds {
        for (place, (_, address, share)) in cases.iter().enumerate() {
            let times = pace::run(*address, "/me", &house.cookie, greatest * share, run.seconds)?;
            halves[place].push(times.median());
            tails[place].push(times.at(0.99));
        }
    }
    let about = format!(
        "{} requests a second, half of the median of what nginx did in this run, and half of that again, evenly spaced, over up to 64 \
         connections. The time of a request counts from when it was due. Who asks is busy all the time, so that one core is \
         left for the proxy and what is behind it.",
        grouped(greatest / 2.0, 0)
    );
    let columns = ["what", MEDIAN, TAIL, "p50 ratio", TAIL_RATIO];
    let mut table = Table::new("latency", "With time to spare", &about, &columns);
    let halves: Vec<Spread> = halves.into_iter().map(Spread::of).collect();
    let tails: Vec<Spread> = tails.into_iter().map(Spread::of).collect();
    table.rounds = Some(run.rounds());
    for (place, (name, ..)) in cases.iter().enumerate() {
        // The first of each load is what the other is held against.
        let ratio = |of: &[Spread]| Cell::spread(&of[place].beside(&of[place / 2 * 2]), 2);
        let cells =
            vec![Cell::spread(&halves[place], 0), Cell::spread(&tails[place], 0), ratio(&halves), ratio(&tails)];
        table.row(name, cells);
    }
    table.goal_of("p99 \u{f7} nginx, at half of its load", [SESSION, TAIL_RATIO], "", Aim::AtMost(1.25, 1.0))?;
    table.chart = Some(Chart::bars(&[MEDIAN, TAIL]));
    Ok(table)
}
