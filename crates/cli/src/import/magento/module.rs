//! Modules: where they are, and what each of them builds upon.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::finding::{Findings, Place, Wrong};
use super::php::Value;
use super::text::one_line;
use super::xml::{Element, LONGEST};

/// A module that is there.
#[derive(Debug)]
pub struct Module {
    pub name: Arc<str>,
    pub folder: PathBuf,
    /// Those that come before it.
    sequence: Vec<String>,
    place: Place,
}

/// Modules in the order in which their files are merged.
#[derive(Debug, Default)]
pub struct Modules {
    pub ordered: Vec<Module>,
    /// Those that are switched off, or that the installation does not know.
    pub left_out: Vec<Arc<str>>,
}

/// `vendor/magento/module-x/etc` is at 4.
const DEEPEST: usize = 12;

impl Modules {
    /// Finds every module below some folders, and puts them in order: that of `config.php`, else that of what they
    /// build upon, else that in which they are given.
    pub fn find(folders: &[PathBuf], config: Option<&Path>, findings: &mut Findings) -> Self {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for folder in folders {
            walk(folder, 0, &mut seen, &mut found, findings);
        }
        let mut by_name: BTreeMap<Arc<str>, Place> = BTreeMap::new();
        for module in &found {
            if let Some(first) = by_name.insert(Arc::clone(&module.name), module.place.clone()) {
                findings.error(&module.place, format!("the module `{}` is there twice, also at {first}", module.name));
            }
        }
        match config {
            Some(config) => as_configured(found, config, findings),
            None => Self { ordered: by_sequence(found, findings), left_out: Vec::new() },
        }
    }
}

/// The text of a file.
///
/// # Errors
/// When it cannot be read, is too long, or is no UTF-8.
pub fn text_of(path: &Path, longest: usize) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    file.take(longest as u64 + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() > longest {
        return Err(format!("the file has more than {longest} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())
}

/// What a file is called in messages.
pub fn shown(path: &Path) -> Arc<str> {
    path.display().to_string().into()
}

fn walk(folder: &Path, depth: usize, seen: &mut HashSet<PathBuf>, found: &mut Vec<Module>, findings: &mut Findings) {
    let here = Place::new(&shown(folder), 1);
    // A link may lead in a circle.
    match folder.canonicalize().map(|real| seen.insert(real)) {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return findings.error(&here, format!("cannot be read: {error}")),
    }
    let etc = folder.join("etc");
    let is_module = ["module.xml", "webapi.xml", "acl.xml"].iter().any(|file| etc.join(file).is_file());
    if is_module {
        found.extend(read(folder, findings));
        return;
    }
    if depth >= DEEPEST {
        return;
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return findings.error(&here, format!("cannot be read: {error}")),
    };
    let mut below: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    below.sort();
    for path in below {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') && name != "node_modules" {
            walk(&path, depth + 1, seen, found, findings);
        }
    }
}

fn read(folder: &Path, findings: &mut Findings) -> Option<Module> {
    let folder = folder.to_owned();
    let path = folder.join("etc/module.xml");
    if !path.is_file() {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        // Whoever names a folder writes no line of the rules.
        let name = one_line(&real.file_name().unwrap_or_default().to_string_lossy()).into();
        let place = Place::new(&shown(&folder), 1);
        return Some(Module { name, folder, sequence: Vec::new(), place });
    }
    let file = shown(&path);
    let read =
        text_of(&path, LONGEST).map_err(|text| Wrong::new(1, text)).and_then(|text| described(&Element::parse(&text)?));
    match read {
        Ok((name, sequence, line)) => {
            Some(Module { name: name.into(), folder, sequence, place: Place::new(&file, line) })
        }
        Err(wrong) => {
            findings.error(&Place::new(&file, wrong.line), wrong.text);
            None
        }
    }
}

/// The name of a module, those that come before it, and the line of the name.
pub fn described(root: &Element) -> Result<(String, Vec<String>, usize), Wrong> {
    let named = |element: &Element| element.attribute("name").filter(|name| is_name(name)).map(str::to_owned);
    let module = root.children.iter().find(|child| child.name == "module");
    let module = module.filter(|_| root.name == "config");
    let module = module.ok_or_else(|| Wrong::new(root.line, "a `module.xml` holds a `config` with a `module`"))?;
    let name =
        named(module).ok_or_else(|| Wrong::new(module.line, "the module has no name such as `Vendor_Module`"))?;
    let mut sequence = Vec::new();
    let before = module.children.iter().filter(|child| child.name == "sequence").flat_map(|child| &child.children);
    for other in before {
        sequence.push(named(other).ok_or_else(|| Wrong::new(other.line, "a module in the sequence has no name"))?);
    }
    Ok((name, sequence, module.line))
}

fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The order of the list in `config.php`, without what is switched off there.
fn as_configured(found: Vec<Module>, config: &Path, findings: &mut Findings) -> Modules {
    let file = shown(config);
    let read = text_of(config, LONGEST).map_err(|text| Wrong::new(1, text)).and_then(|text| listed(&text));
    let listed = match read {
        Ok(listed) => listed,
        Err(wrong) => {
            findings.error(&Place::new(&file, wrong.line), wrong.text);
            return Modules::default();
        }
    };
    let mut by_name: HashMap<String, Module> = HashMap::new();
    for module in found {
        by_name.insert(module.name.to_string(), module);
    }
    let mut modules = Modules::default();
    let mut missing = Vec::new();
    for (name, is_on) in listed {
        match (by_name.remove(&name), is_on) {
            (Some(module), true) => modules.ordered.push(module),
            (Some(module), false) => modules.left_out.push(module.name),
            (None, true) => missing.push(name),
            (None, false) => {}
        }
    }
    let mut unknown: Vec<Module> = by_name.into_values().collect();
    unknown.sort_by(|one, two| one.name.cmp(&two.name));
    if let [first, more @ ..] = &unknown[..] {
        let others = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let text = format!("`{}`{others}: left out, since {file} does not name what is not installed", first.name);
        findings.warn(&first.place, text);
    }
    modules.left_out.extend(unknown.into_iter().map(|module| module.name));
    if let [first, more @ ..] = &missing[..] {
        let others = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        let text = format!("`{first}`{others} would be on, and is not below the folders that are named");
        findings.warn(&Place::new(&file, 1), text);
    }
    modules
}

/// Each module that `config.php` names, and whether it is switched on.
pub fn listed(text: &str) -> Result<Vec<(String, bool)>, Wrong> {
    let value = Value::parse(text)?;
    let Some(Value::Array(entries)) = value.get("modules") else {
        return Err(Wrong::new(1, "there is no list of `modules`"));
    };
    Ok(entries.iter().filter_map(|(name, value)| Some((name.clone()?, value.is_true()))).collect())
}

/// Each module behind those that it builds upon, else as they are given.
fn by_sequence(found: Vec<Module>, findings: &mut Findings) -> Vec<Module> {
    let places: HashMap<&str, usize> = found.iter().enumerate().map(|(place, module)| (&*module.name, place)).collect();
    let mut order = Vec::with_capacity(found.len());
    let mut state = vec![State::New; found.len()];
    // Below what is being looked at: modules, and how many of their predecessors were looked at already.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for first in 0..found.len() {
        if state[first] == State::New {
            state[first] = State::Open;
            open.push((first, 0));
        }
        while let Some((module, next)) = open.last_mut() {
            let Some(name) = found[*module].sequence.get(*next) else {
                state[*module] = State::Placed;
                order.push(*module);
                open.pop();
                continue;
            };
            *next += 1;
            // What is not here says nothing that could be merged.
            let Some(before) = places.get(name.as_str()).copied() else { continue };
            match state[before] {
                State::Placed => {}
                State::New => {
                    state[before] = State::Open;
                    open.push((before, 0));
                }
                State::Open => {
                    let text = format!("`{}` and `{name}` are both to come before the other", found[*module].name);
                    findings.error(&found[*module].place, text);
                }
            }
        }
    }
    let mut found: Vec<Option<Module>> = found.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| found[place].take()).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Placed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, sequence: &[&str]) -> Module {
        let sequence = sequence.iter().map(|name| (*name).to_owned()).collect();
        Module { name: name.into(), folder: name.into(), sequence, place: Place::new(&name.into(), 1) }
    }

    fn ordered(modules: Vec<Module>) -> (Vec<String>, usize) {
        let mut findings = Findings::default();
        let order = by_sequence(modules, &mut findings).iter().map(|module| module.name.to_string()).collect();
        (order, findings.errors.len())
    }

    #[test]
    fn a_module_comes_behind_those_that_it_builds_upon() {
        let modules = vec![module("D", &["B", "C"]), module("A", &[]), module("C", &["B", "Gone"]), module("B", &[])];
        assert_eq!(ordered(modules), (vec!["B".into(), "C".into(), "D".into(), "A".into()], 0));
    }

    #[test]
    fn a_circle_is_an_error() {
        assert_eq!(ordered(vec![module("A", &["B"]), module("B", &["A"])]).1, 1);
        assert_eq!(ordered(vec![module("A", &["A"])]).1, 1);
    }
}
