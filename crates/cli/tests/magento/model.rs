//! What Magento would answer, worked out a second time and in the simplest way: files as text, sets of names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Routes and resources of some modules.
#[derive(Debug, Default)]
pub struct Model {
    /// By method and URL: all that is asked for.
    pub routes: BTreeMap<(String, String), BTreeSet<String>>,
    /// Each resource with those above it, from the root on, in the order of the files.
    pub resources: Vec<(String, Vec<String>)>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    Guest,
    Customer,
    /// An administrator with everything.
    Everything,
    /// An administrator with these resources.
    Some(&'a BTreeSet<String>),
}

impl Model {
    /// Reads modules in their order.
    pub fn read(modules: &[PathBuf]) -> Self {
        let mut model = Self::default();
        for module in modules {
            let text =
                |name: &str| without_comments(&fs::read_to_string(module.join("etc").join(name)).unwrap_or_default());
            model.read_routes(&text("webapi.xml"));
            model.read_resources(&text("acl.xml"));
        }
        model
    }

    fn read_routes(&mut self, text: &str) {
        for route in text.split("<route ").skip(1) {
            let tag = route.split('>').next().unwrap_or_default();
            let key = (attribute(tag, "method"), attribute(tag, "url"));
            let refs = route.split("ref=\"").skip(1).filter_map(|rest| rest.split('"').next());
            self.routes.entry(key).or_default().extend(refs.map(str::to_owned));
        }
    }

    fn read_resources(&mut self, text: &str) {
        let mut above: Vec<String> = Vec::new();
        let mut switched_off: BTreeSet<String> = BTreeSet::new();
        for tag in text.split('<').skip(1) {
            if tag.starts_with("/resource>") {
                above.pop();
            }
            if !tag.starts_with("resource ") {
                continue;
            }
            let (id, tag) = (attribute(tag, "id"), tag.split('>').next().unwrap_or_default());
            if tag.contains("disabled=\"true\"") || above.iter().any(|id| switched_off.contains(id)) {
                switched_off.insert(id.clone());
            } else if self.resources.iter().all(|(known, _)| *known != id) {
                self.resources.push((id.clone(), above.clone()));
            }
            if !tag.ends_with('/') {
                above.push(id);
            }
        }
    }

    /// Whether a caller gets through: every resource of the route must be granted. Where rules are strict, an administrator is
    /// nobody's customer, which is the one thing in which they differ here.
    pub fn allows(&self, asked: &BTreeSet<String>, caller: Caller<'_>, compat: &str) -> bool {
        asked.iter().all(|resource| match (resource.as_str(), caller) {
            ("anonymous", _) => true,
            ("self", Caller::Everything) => compat == "exact",
            ("self", caller) => caller == Caller::Customer,
            (_, Caller::Guest | Caller::Customer) => false,
            (_, Caller::Everything) => true,
            (id, Caller::Some(granted)) => granted.contains(id),
        })
    }

    /// Some resources as the role editor saves them: with all above each.
    pub fn selection(&self, is_picked: impl Fn(usize) -> bool) -> BTreeSet<String> {
        let mut selection = BTreeSet::from(["Magento_Backend::admin".to_owned()]);
        for (place, (id, above)) in self.resources.iter().enumerate() {
            if is_picked(place) && id != "Magento_Backend::all" {
                selection.insert(id.clone());
                selection.extend(above.iter().cloned());
            }
        }
        selection
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let begin = format!("{name}=\"");
    let rest = tag.split(&begin).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("-->").map_or("", |(_, after)| after))
}

/// The modules right in a folder, by name.
pub fn modules_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    let mut modules: Vec<PathBuf> = entries.filter(|path| path.join("etc").is_dir()).collect();
    modules.sort();
    modules
}
