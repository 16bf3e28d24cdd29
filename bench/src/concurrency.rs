//! What more connections cost that all ask at once: throughput, and memory while they do.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use crate::chart::{Chart, Panel};
use crate::check;
use crate::connections;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::process::Process;
use crate::rounds::{Case, Loaded, measure as measure_rounds};
use crate::run::Run;
use crate::spread::Spread;
use crate::table::{Cell, Table, grouped};
use crate::wrk::Wrk;

/// The last as many as the system has descriptors for.
const CONNECTIONS: [usize; 5] = [1, 32, 256, 1_000, connections::MOST];
/// No more, safely.
const CONNECTED_IN_A_SECOND: usize = 1_000;
/// How often it is seen how much memory there is.
const GLANCE: Duration = Duration::from_millis(100);

/// Both for one number of connections: what the largest has left in memory is not to be counted for the smallest.
struct Pair {
    nginx: Nginx,
    house: House,
}

const COLUMNS: [&str; 6] = ["what", "nginx requests/s", "Doorward requests/s", "ratio", "nginx MB", "Doorward MB"];

pub(crate) fn measure(run: &Run) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let sizes = CONNECTIONS.map(|connections| connections.min(connections::possible()));
    let pairs = sizes.map(|connections| Pair::start(run, &folder.path().join(connections.to_string()), &upstream));
    let pairs = pairs.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let memory: Vec<RefCell<Vec<f64>>> = sizes.iter().flat_map(|_| [RefCell::default(), RefCell::default()]).collect();
    let asked =
        sizes.iter().zip(&pairs).flat_map(|(connections, pair)| pair.asked().map(|asked| (*connections, asked)));
    let cases = asked.zip(&memory).map(|((connections, (process, url, cookie)), memory)| {
        let wrk = Wrk { connections: connections as u32, ..Wrk::new(url, cookie) };
        // Very many do not even connect in the time that is enough for few.
        let least = (connections / CONNECTED_IN_A_SECOND) as u32;
        let load = Box::new(move |seconds: u32| {
            let seconds = seconds.max(least);
            let (loaded, most) = while_watched(process, || wrk.run(seconds))?;
            memory.borrow_mut().push(most);
            Ok(loaded)
        });
        Case { name: "", processes: vec![process.id()], load }
    });
    let measured = measure_rounds(&cases.collect::<Vec<_>>(), run)?.0;

    let about = format!(
        "Forwarding an answer of 34 bytes over HTTP/1.1 with a session, `wrk` with so many connections, each asking again as \
         soon as it has its answer, and connecting counts. Memory is the most that was seen of all processes while they did.{}",
        connections::why_not_more()
    );
    let mut table = Table::new("concurrency", "More connections", &about, &COLUMNS);
    table.rounds = Some(run.rounds());
    let memory: Vec<Spread> = memory.into_iter().map(|memory| Spread::of(memory.into_inner())).collect();
    for (place, connections) in sizes.iter().enumerate() {
        let ([nginx, doorward], [nginx_memory, memory]) = (pair(&measured, place), pair(&memory, place));
        let cells = vec![
            Cell::spread(&nginx.rate, 0),
            Cell::spread(&doorward.rate, 0),
            Cell::spread(&doorward.rate.beside(&nginx.rate), 2),
            Cell::number(nginx_memory.median(), 1),
            Cell::number(memory.median(), 1),
        ];
        let name = if *connections == 1 {
            "1 connection".into()
        } else {
            format!("{} connections", grouped(*connections as f64, 0))
        };
        table.step(&name, *connections as f64, cells);
    }
    let [_, nginx_rate, rate, _, nginx_memory, memory] = COLUMNS;
    table.chart = Some(Chart::curves(
        "connections",
        vec![
            Panel::new("requests/s", &[("nginx, plain proxy", nginx_rate), ("Doorward, session", rate)]),
            Panel::new("memory, MB", &[("nginx, plain proxy", nginx_memory), ("Doorward, session", memory)]),
        ],
    ));
    Ok(table)
}

impl Pair {
    fn start(run: &Run, folder: &Path, upstream: &Nginx) -> anyhow::Result<Self> {
        let nginx = Nginx::proxy(folder, upstream.address)?;
        let wish = Wish { rules: connections::RULES, ..Wish::default() };
        let house = House::start(run, &folder.join("house"), &format!("http://{}", upstream.address), &wish)?;
        let pair = Self { nginx, house };
        check::opens(&pair.plain())?;
        check::opens_and_shuts(&pair.house.url("/me"), &pair.house.cookie, &pair.house.wrong_cookie())?;
        Ok(pair)
    }

    fn plain(&self) -> String {
        format!("http://{}/me", self.nginx.address)
    }

    /// Who is asked, for what, with which cookie.
    fn asked(&self) -> [(&Process, String, &str); 2] {
        let Self { nginx, house } = self;
        let cookie = house.cookie.as_str();
        [(&nginx.process, self.plain(), cookie), (&house.server.process, house.url("/me"), cookie)]
    }
}

/// Those of nginx and of Doorward.
fn pair<T>(all: &[T], place: usize) -> [&T; 2] {
    [&all[2 * place], &all[2 * place + 1]]
}

/// Does something, and says the most memory that was seen meanwhile.
fn while_watched(
    process: &Process,
    work: impl FnOnce() -> anyhow::Result<Loaded> + Send,
) -> anyhow::Result<(Loaded, f64)> {
    std::thread::scope(|scope| {
        let working = scope.spawn(work);
        let mut most = 0.0f64;
        while !working.is_finished() {
            most = most.max(process.memory()?);
            std::thread::sleep(GLANCE);
        }
        let loaded = working.join().map_err(|_| anyhow::anyhow!("a load panicked"))??;
        Ok((loaded, most))
    })
}
