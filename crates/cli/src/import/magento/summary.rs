//! What an import came to, in numbers, and what there is to know about it.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use doorward::policy::MagentoCompat;

use super::finding::{Finding, Findings};
use super::imported::Imported;
use super::module::Modules;
use super::people::People;
use super::route::Access;
use super::text::Realms;
use super::tree::Resource;
use crate::output;

/// Prints findings on standard error, and the numbers there too when standard output is for the rules.
pub fn tell(
    imported: &Imported,
    people: &People,
    modules: &Modules,
    findings: &Findings,
    is_printed: bool,
) -> anyhow::Result<()> {
    let mut stderr = io::stderr().lock();
    let mut print = |kind: &str, found: &[Finding]| {
        let mut found: Vec<&Finding> = found.iter().collect();
        found.sort_by(|one, other| one.place.cmp(&other.place));
        found.into_iter().try_for_each(|finding| writeln!(stderr, "{kind}: {}", plain(finding)))
    };
    if !findings.errors.is_empty() {
        print("error", &findings.errors)?;
        let number = findings.errors.len();
        writeln!(
            stderr,
            "doorward: nothing is written: there {} to mend first",
            plural(number, "is 1 error", "errors")
        )?;
        return Ok(());
    }
    print("refused", &findings.refused)?;
    print("warning", &findings.warnings)?;
    let text = numbers(imported, people, modules, findings);
    if is_printed {
        stderr.write_all(text.as_bytes())?
    } else {
        output::line(text.trim_end())?
    }
    Ok(())
}

/// Says what to do with the file.
pub fn advise(
    path: &Path,
    users: Option<&Path>,
    config: &Path,
    realms: &Realms,
    compat: MagentoCompat,
) -> anyhow::Result<()> {
    output::line(format_args!("Wrote {}.", path.display()))?;
    output::line(format_args!(
        "Name it in {}: rules = [\"{}\"], and declare [realm.{}] and [realm.{}] there. Then run `doorward check`.",
        config.display(),
        path.display(),
        realms.customers,
        realms.admins
    ))?;
    if compat == MagentoCompat::Exact {
        output::line("The verdicts are Magento's: they need compat = \"exact\" in [dialect.magento].")?;
    }
    if let Some(users) = users {
        let users = users.display();
        output::line(format_args!(
            "Wrote {users}, which holds hashes of passwords: `doorward import users {users}`, then remove it."
        ))?;
    }
    Ok(())
}

fn numbers(imported: &Imported, people: &People, modules: &Modules, findings: &Findings) -> String {
    let (mut anonymous, mut own, mut resources, mut deny) = (0, 0, 0, 0);
    let (mut forced, mut secure) = (0, 0);
    for route in imported.in_force() {
        match route.access {
            Access::Anonymous => anonymous += 1,
            Access::Own => own += 1,
            Access::Resources(_) => resources += 1,
            Access::Deny => deny += 1,
        }
        forced += route.force.len();
        secure += usize::from(route.is_secure);
    }
    let mut all = Vec::new();
    Resource::all(&imported.resources, &mut all);
    let mut text = String::new();
    // `what` is one of them; the last word may stand for more.
    let mut row = |number: usize, what: &str, more: String| {
        let many = if number == 1 || what.contains("refused") { "" } else { "s" };
        let _ = writeln!(text, "{number:>6}  {what}{many}{more}");
    };
    let off = match modules.left_out.len() {
        0 => String::new(),
        number => format!(", and {number} left out"),
    };
    row(modules.ordered.len(), "module", off);
    let denied = if deny == 0 { String::new() } else { format!(", {deny} denied until somebody decides") };
    let split = format!(": {anonymous} anonymous, {own} self, {resources} with resources of the ACL{denied}");
    row(anonymous + own + resources + deny, "route", split);
    let undeclared = match imported.undeclared {
        0 => String::new(),
        number => format!(", {number} of them declared by no module"),
    };
    row(all.len(), "resource", undeclared);
    if !imported.roles.all.is_empty() {
        row(imported.roles.all.len(), "role", String::new());
    }
    if people.customers > 0 {
        row(people.customers, "customer", String::new());
    }
    if people.admins > 0 {
        row(people.admins, "administrator", String::new());
    }
    if people.disabled > 0 {
        row(people.disabled, "of them disabled: refused in Magento, too", String::new());
    }
    row(forced, "forced parameter", String::new());
    if secure > 0 {
        row(secure, "route", " for HTTPS alone".to_owned());
    }
    row(findings.refused.len(), "refused", String::new());
    row(findings.warnings.len(), "warning", String::new());
    text
}

/// A finding that cannot steer the terminal, whatever a file is called.
fn plain(finding: &Finding) -> String {
    finding.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn plural(number: usize, one: &str, many: &str) -> String {
    if number == 1 { one.to_owned() } else { format!("are {number} {many}") }
}
