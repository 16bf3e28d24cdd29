//! Routes of Magento as routes of rules.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use doorward::policy::{MagentoCompat, Pattern};

use super::finding::{Findings, Place};
use super::grants::ALL;
use super::merged::Merged;
use super::path::{Spelled, spell};
use super::tree::Resource;
use super::webapi::Parameter;

/// What files do not say about an installation.
pub struct Site {
    /// Where its API is: `/rest`.
    pub root: String,
    /// Placeholders of extensions, each an attribute of the user.
    pub attributes: Vec<String>,
    pub compat: MagentoCompat,
}

/// A route that rules can say.
#[derive(Debug)]
pub struct Route {
    pub place: Place,
    pub module: Arc<str>,
    /// The code behind it.
    pub service: String,
    pub method: String,
    /// As Magento writes it.
    pub url: String,
    pub path: String,
    pub pattern: Pattern,
    pub access: Access,
    pub is_secure: bool,
    /// In the order of the file.
    pub force: Vec<(String, String)>,
    /// Why it is not in force, where it is not.
    pub refused: Option<String>,
}

/// What a route asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Anonymous,
    Own,
    Resources(Vec<String>),
    Deny,
}

/// Values that only a customer has, and where they are taken from here. Those that extensions add are the user's
/// attributes, too.
const PLACEHOLDERS: [&str; 5] =
    ["cart_id", "customer_group_id", "customer_website_id", "customer_store_id", "company_id"];
/// Why a route is never found there.
const LOST: &str = "Magento never finds a route with a parameter in the first two segments";

impl Route {
    /// Translates a route.
    pub fn of(merged: Merged, site: &Site, findings: &mut Findings) -> Self {
        let named = format!("{} {}", merged.method, merged.url);
        let mut refused = None;
        let Spelled { path, pattern, renamed, doubts, is_lost } =
            spell(&site.root, &merged.url).unwrap_or_else(|why| {
                refused = Some(why);
                Spelled::unsayable(&site.root, &merged.url)
            });
        for doubt in doubts {
            findings.warn(&merged.place, format!("{named}: {doubt}"));
        }
        match (is_lost, site.compat) {
            (true, MagentoCompat::Strict) => findings.warn(&merged.place, format!("{named}: {LOST}; here it is found")),
            (true, MagentoCompat::Exact) => refused = refused.or_else(|| Some(LOST.to_owned())),
            (false, _) => {}
        }
        let access = access(&merged, site.compat, findings);
        let mut force = Vec::new();
        let mut needs_customer = false;
        for (parameter, place) in &merged.parameters {
            if parameter.force != Some(true) {
                let text =
                    "is set only where the client sends nothing: that is not carried over, and stays Magento's to do";
                findings.warn(place, format!("{named}: `{}` {text}", parameter.name));
                continue;
            }
            match value(parameter, &site.attributes) {
                Ok(Value::Literal(text)) => force.push((renamed_to(&parameter.name, &renamed), text)),
                Ok(Value::OfCustomer(text)) => {
                    needs_customer = true;
                    force.push((renamed_to(&parameter.name, &renamed), text));
                }
                Err(Fault::Unknown(text)) => findings.error(place, format!("{named}: {text}")),
                Err(Fault::Unsayable(text)) => refused = refused.or(Some(text)),
            }
        }
        if needs_customer && access != Access::Own {
            let text = "a forced parameter is a customer's, and the route is not for customers alone";
            refused = refused.or_else(|| Some(text.to_owned()));
        }
        let service = merged.service.as_ref();
        let class = service.map_or("", |service| service.class.rsplit('\\').next().unwrap_or_default());
        Self {
            service: format!("{class}::{}", service.map_or("", |service| service.method.as_str())),
            place: merged.place,
            module: merged.module,
            method: merged.method,
            url: merged.url,
            path,
            pattern,
            access,
            is_secure: merged.is_secure,
            force,
            refused,
        }
    }

    /// The route as Magento names it.
    pub fn named(&self) -> String {
        format!("{} {}", self.method, self.url)
    }

    /// The same demands: nothing is lost where one of both answers.
    pub fn asks_as(&self, other: &Self) -> bool {
        let force = |route: &Self| route.force.iter().cloned().collect::<BTreeMap<_, _>>();
        self.access == other.access && self.is_secure == other.is_secure && force(self) == force(other)
    }
}

impl Spelled {
    /// In the place of a path that rules cannot say: for the comment that tells of it.
    fn unsayable(root: &str, url: &str) -> Self {
        let pattern = Pattern::parse("/").expect("the shortest path");
        Self { path: format!("{root}{url}"), pattern, renamed: Vec::new(), doubts: Vec::new(), is_lost: false }
    }
}

fn renamed_to(name: &str, renamed: &[(String, String)]) -> String {
    renamed.iter().find(|(old, _)| old == name).map_or(name, |(_, new)| new).to_owned()
}

/// All resources of a route must be granted, and the words `anonymous` and `self` count as resources there.
fn access(route: &Merged, compat: MagentoCompat, findings: &mut Findings) -> Access {
    let named = format!("{} {}", route.method, route.url);
    let is = |word: &str| route.resources.iter().any(|resource| resource == word);
    let others: Vec<String> =
        route.resources.iter().filter(|resource| !matches!(resource.as_str(), "anonymous" | "self")).cloned().collect();
    let mut warn = |text: &str| findings.warn(&route.place, format!("{named} {text}"));
    if is("anonymous") && (is("self") || !others.is_empty()) {
        warn("asks for `anonymous` and more: all must be granted, so that `anonymous` opens nothing");
    }
    // Both pass whoever may everything, and nobody else.
    let of_everything = |others: Vec<String>| {
        let mut all = vec![ALL.to_owned()];
        all.extend(others.into_iter().filter(|name| is_nameable(name) && name != ALL));
        Access::Resources(all)
    };
    match (is("self"), others.is_empty()) {
        (true, true) => Access::Own,
        (true, false) if compat == MagentoCompat::Exact => of_everything(others),
        (true, false) => {
            warn(
                "asks for `self` and resources, which no caller has both of here: it is denied until somebody decides",
            );
            Access::Deny
        }
        (false, true) => Access::Anonymous,
        (false, false) => match others.iter().find(|name| !is_nameable(name)) {
            Some(_) if compat == MagentoCompat::Exact => of_everything(others),
            Some(name) => {
                warn(&format!("asks for `{name}`, which is no id of a resource: it is denied until somebody decides"));
                Access::Deny
            }
            None => Access::Resources(others),
        },
    }
}

/// Resources that routes ask for and the tree does not have. In Magento, those pass who have everything; so they stand
/// beside the tree, where no other role has them.
pub fn undeclared(routes: &[Route], resources: &[Resource], findings: &mut Findings) -> Vec<Resource> {
    let mut all = Vec::new();
    Resource::all(resources, &mut all);
    let mut known: HashSet<&str> = all.iter().map(|resource| resource.id.as_str()).collect();
    let mut missing = Vec::new();
    for route in routes.iter().filter(|route| route.refused.is_none()) {
        let Access::Resources(names) = &route.access else { continue };
        for name in names {
            if known.insert(name) {
                let text = format!("no module declares the resource `{name}`, which {} asks for", route.named());
                findings.warn(&route.place, text);
                missing.push(Resource { id: name.clone(), title: None, children: Vec::new() });
            }
        }
    }
    missing
}

/// Whether the ACL of rules can have a resource of this name.
fn is_nameable(name: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-' | b'/');
    (1..=128).contains(&name.len()) && name.bytes().all(is_safe) && name != "deny" && !name.starts_with("Doorward::")
}

enum Value {
    Literal(String),
    OfCustomer(String),
}

enum Fault {
    /// Nobody knows what is meant.
    Unknown(String),
    /// It is known, and rules have no word for it.
    Unsayable(String),
}

fn value(parameter: &Parameter, attributes: &[String]) -> Result<Value, Fault> {
    let text = parameter.value.as_str();
    let trimmed = text.trim();
    let Some(name) = trimmed.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')) else {
        return match text {
            "null" => {
                Err(Fault::Unsayable(format!("`{}` is forced to null, for which rules have no word", parameter.name)))
            }
            _ => Ok(Value::Literal(text.to_owned())),
        };
    };
    if trimmed != text {
        return Err(Fault::Unknown(format!(
            "`{trimmed}` has spaces around it, so that Magento takes it for a mere text"
        )));
    }
    if name == "customer_id" {
        return Ok(Value::OfCustomer("%user_id%".into()));
    }
    if PLACEHOLDERS.contains(&name) || attributes.iter().any(|known| known == name) {
        return Ok(Value::OfCustomer(format!("%attribute.{name}%")));
    }
    Err(Fault::Unknown(format!(
        "nobody knows the placeholder `{trimmed}`; `--attribute {name}` takes it from that attribute of the user"
    )))
}
