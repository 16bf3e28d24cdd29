//! All that modules declare, merged and translated.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use doorward::policy::MagentoCompat;

use super::finding::{Findings, Place, Wrong};
use super::merged;
use super::module::{Module, Modules, shown, text_of};
use super::role::Roles;
use super::route::{self, Route, Site};
use super::text::{self, Realms};
use super::tree::{Resource, Tree};
use super::trial::Trial;
use super::xml::{Element, LONGEST};
use super::{acl, collision, webapi};

/// Rules, before they are written.
pub struct Imported {
    pub routes: Vec<Route>,
    pub resources: Vec<Resource>,
    /// Resources that routes ask for and no module declares. They stand beside the tree.
    pub undeclared: usize,
    pub roles: Roles,
    compat: MagentoCompat,
}

impl Imported {
    /// Reads the files of all modules.
    pub fn read(modules: &Modules, site: &Site, findings: &mut Findings) -> Self {
        let (mut declared, mut tree) = (merged::Routes::default(), Tree::default());
        for module in &modules.ordered {
            if let Some((routes, file)) = read(module, "webapi.xml", webapi::read, findings) {
                declared.merge(routes, &module.name, &file, findings);
            }
            if let Some((resources, file)) = read(module, "acl.xml", acl::read, findings) {
                tree.merge(resources, &file);
            }
        }
        Self::of(declared, tree, site, findings)
    }

    /// Translates what is merged.
    pub fn of(declared: merged::Routes, tree: Tree, site: &Site, findings: &mut Findings) -> Self {
        let whole = declared.whole(findings).into_iter();
        let mut routes: Vec<Route> = whole.map(|route| Route::of(route, site, findings)).collect();
        let mut resources = tree.grown(findings);
        let missing = route::undeclared(&routes, &resources, findings);
        let undeclared = missing.len();
        resources.extend(missing);
        collision::settle(&mut routes, site.compat, findings);
        Self { routes, resources, undeclared, roles: Roles::default(), compat: site.compat }
    }

    /// Tries all of it as rules, and leaves out what they do not take.
    ///
    /// # Errors
    /// When the resources or roles themselves are not what rules take; that is nobody's mistake but ours.
    pub fn settle(&mut self, realms: &Realms, findings: &mut Findings) -> anyhow::Result<()> {
        if findings.errors.is_empty() {
            let others = text::resources(&self.resources) + &self.roles.text();
            match Trial::new([&realms.customers, &realms.admins], &others) {
                Ok(trial) => trial.refuse(&mut self.routes, |route| text::route(route, realms)),
                Err(wrong) => bail!("the resources and roles are not what rules take:\n{wrong}"),
            }
        }
        for route in &self.routes {
            if let Some(why) = &route.refused {
                findings.refuse(&route.place, format!("{} is left out: {why}", route.named()));
            }
        }
        Ok(())
    }

    /// The file of rules.
    pub fn text(&self, modules: &Modules, realms: &Realms) -> String {
        let names: Vec<&str> = modules.ordered.iter().map(|module| &*module.name).collect();
        let mut text = format!(
            "# Routes and resources of {} Magento {}, in the order in which they are merged.\n",
            names.len(),
            if names.len() == 1 { "module" } else { "modules" }
        );
        for line in wrapped(&names) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(
            text,
            "# Customers are users of the realm {}, administrators of the realm {}.\n",
            text::quoted(&realms.customers),
            text::quoted(&realms.admins)
        );
        if self.compat == MagentoCompat::Exact {
            text.truncate(text.trim_end().len());
            text.push_str(
                "\n# Verdicts are those that Magento computes: [dialect.magento] compat = \"exact\" goes with it.\n\n",
            );
        }
        let (declared, undeclared) = self.resources.split_at(self.resources.len() - self.undeclared);
        text.push_str(&text::resources(declared));
        if !undeclared.is_empty() {
            text.push_str("# == Resources that routes ask for, and that none of these modules declares\n\n");
            text.push_str(&text::resources(undeclared));
        }
        text.push_str(&self.roles.text());
        text.push_str(&text::routes(&self.routes, realms));
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    /// Routes that are in force.
    pub fn in_force(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(|route| route.refused.is_none())
    }
}

/// What a module says in one of its files.
fn read<T>(
    module: &Module,
    name: &str,
    reader: fn(&Element) -> Result<T, Vec<Wrong>>,
    findings: &mut Findings,
) -> Option<(T, Arc<str>)> {
    let path = module.folder.join(Path::new("etc").join(name));
    if !path.is_file() {
        return None;
    }
    let file = shown(&path);
    let one = |wrong: Wrong| vec![wrong];
    let text = text_of(&path, LONGEST).map_err(|text| one(Wrong::new(1, text)));
    let read = text.and_then(|text| reader(&Element::parse(&text).map_err(one)?));
    read.map_err(|all| all.into_iter().for_each(|wrong| findings.error(&Place::new(&file, wrong.line), wrong.text)))
        .ok()
        .map(|read| (read, file))
}

/// Names in lines that are not too long.
fn wrapped(names: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let comma = if place + 1 < names.len() { "," } else { "" };
        match lines.last_mut() {
            Some(line) if line.len() + name.len() < 100 => {
                let _ = write!(line, " {name}{comma}");
            }
            _ => lines.push(format!("{name}{comma}")),
        }
    }
    lines
}
