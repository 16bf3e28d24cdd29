//! What more rules cost: routes, and resources with roles.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::chart::{Chart, Panel};
use crate::check;
use crate::goal::Aim;
use crate::house::{House, Wish};
use crate::nginx::Nginx;
use crate::rounds::{CPU, Case, RATE, tabulate};
use crate::run::Run;
use crate::table::{Table, grouped};
use crate::wrk::Wrk;

/// Rules of one size, and what is asked for.
struct Size {
    name: String,
    count: u32,
    rules: String,
    /// One of what is asked for.
    path: String,
    /// Before and behind a number below how many, where any of so many is asked for.
    any: Option<[&'static str; 2]>,
    roles: Vec<String>,
}

impl Size {
    /// A program for `wrk` that asks for any of them: one alone would always be in the processor's cache.
    fn script(&self, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
        let Some([before, behind]) = self.any else { return Ok(None) };
        let (script, last) = (folder.join(format!("any-{}.lua", self.count)), self.count - 1);
        let text = format!(
            "function request()\n  \
             return wrk.format(\"GET\", \"{before}\" .. math.random(0, {last}) .. \"{behind}\")\nend\n"
        );
        std::fs::write(&script, text)?;
        Ok(Some(script))
    }
}

pub(crate) fn routes(run: &Run) -> anyhow::Result<Table> {
    let about = "Requests with a session for one of so many routes, each with a segment of its own and one that may be anything. Each \
                 request is for another of them, any of them.";
    let sizes = [10, 100, 1_000, 10_000].map(|count| {
        let mut rules = String::new();
        for number in 0..count {
            let _ = write!(rules, "\n[[route]]\nmatch = \"GET /api/c{number}/:id\"\naccess = \"self\"\n");
        }
        Size {
            name: format!("{} routes", grouped(count.into(), 0)),
            count,
            rules,
            path: format!("/api/c{}/7", count / 2),
            any: Some(["/api/c", "/7"]),
            roles: Vec::new(),
        }
    });
    compare(run, Table::new("routes", "More routes", about, &[]), "routes", &sizes)
}

pub(crate) fn resources(run: &Run) -> anyhow::Result<Table> {
    let about = "Requests with a session for a route that asks for one of so many resources, with so many roles, of which the user has \
                 two.";
    let sizes = [(10, 3), (100, 10), (1_000, 100), (10_000, 1_000)].map(|(resources, roles)| {
        let mut rules = String::from("\n[[acl]]\nid = \"Shop::all\"\nchildren = [\n");
        for number in 0..resources {
            let _ = writeln!(rules, "  {{ id = \"Shop::r{number}\" }},");
        }
        rules.push_str("]\n");
        for number in 0..roles {
            let _ = write!(rules, "\n[role.role{number}]\nallow = [\"Shop::r{}\"]\n", number * (resources / roles));
        }
        let (wanted, last) = (roles / 2, roles - 1);
        let resource = wanted * (resources / roles);
        let _ = write!(rules, "\n[[route]]\nmatch = \"GET /api/:id\"\naccess = \"Shop::r{resource}\"\n");
        Size {
            name: format!("{} resources, {} roles", grouped(resources.into(), 0), grouped(roles.into(), 0)),
            count: resources,
            rules,
            path: "/api/7".into(),
            any: None,
            roles: vec![format!("role{wanted}"), format!("role{last}")],
        }
    });
    compare(run, Table::new("resources", "More resources and roles", about, &[]), "resources", &sizes)
}

fn compare(run: &Run, table: Table, over: &str, sizes: &[Size]) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let upstream = Nginx::upstream(folder.path())?;
    let target = format!("http://{}", upstream.address);
    let mut houses = Vec::new();
    for (place, size) in sizes.iter().enumerate() {
        let wish = Wish { rules: &size.rules, roles: &size.roles };
        let house = House::start(run, &folder.path().join(place.to_string()), &target, &wish)?;
        check::opens_and_shuts(&house.url(&size.path), &house.cookie, &house.wrong_cookie())?;
        houses.push(house);
    }
    let scripts = sizes.iter().map(|size| size.script(folder.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut cases = Vec::new();
    for ((size, house), script) in sizes.iter().zip(&houses).zip(&scripts) {
        let wrk = Wrk { script: script.as_deref(), ..Wrk::new(house.url(&size.path), &house.cookie) };
        let process = house.server.process.id();
        cases.push(Case {
            name: &size.name,
            processes: vec![process],
            load: Box::new(move |seconds| wrk.run(seconds)),
        });
    }
    let (mut table, compared) = tabulate(table, &cases, run)?;
    for (row, size) in table.rows.iter_mut().zip(sizes) {
        row.size = Some(size.count.into());
    }
    if let [least, .., most] = sizes {
        let ratio = compared.rate(&most.name, &least.name)?;
        let what = format!("requests/s with {} \u{f7} with {}", most.name, least.name);
        table.goal(&what, &ratio, "", Aim::AtLeast(0.95, 0.99))?;
    }
    table.chart = Some(Chart::curves(over, vec![Panel::of(RATE), Panel::of(CPU)]));
    Ok(table)
}
