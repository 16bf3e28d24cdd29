//! What Magento's dialect asks beside what a route says.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Policy;
use super::acl::{ResourceId, Tree};
use super::builtin::ALL;
use super::complaint::Complaints;
use super::force::Value;
use super::profile::{Profile, Wording};
use super::route::Route;
use super::settings::{MagentoCompat, MagentoSettings, Settings};
use crate::name::Name;
use crate::user::User;

/// The resource that stands for everything.
pub(super) const EVERYTHING: &str = "Magento_Backend::all";
/// The attribute of a customer that holds the number of a website.
const WEBSITE: &str = "customer_website_id";
/// The attribute of a customer that holds the number of the active cart.
const CART: &str = "cart_id";
/// The store code behind which there are no customers.
const ADMIN_STORE: &str = "all";

impl Policy {
    /// Whether a user of a realm, with these roles, may use a route that asks for `self`: an administrator who may everything,
    /// and a customer in the stores that are theirs; behind the store code `all` there are none. Attributes that are not known
    /// are taken to fit.
    pub(crate) fn may_self(
        &self,
        route: &Route,
        path: &str,
        realm: &Name,
        roles: &[Name],
        attributes: Option<&Map<String, Json>>,
    ) -> bool {
        let Some(magento) = self.magento(route) else { return true };
        if magento.has_administrator(realm) {
            return self.may_everything(roles);
        }
        let store = self.store(magento, path);
        store != ADMIN_STORE && attributes.is_none_or(|attributes| magento.shares(store, attributes))
    }

    /// Whether users of a realm may have the resources that a route asks for. In Magento customers have none.
    pub(crate) fn may_have_resources(&self, route: &Route, realm: &Name) -> bool {
        if !route.profile.exact {
            return true;
        }
        self.magento(route).is_none_or(|magento| *realm != magento.customers || magento.customers == magento.admins)
    }

    /// Whether somebody is nobody's customer on a route that is for customers: what is forced there is not theirs to give.
    pub(crate) fn is_no_customer(&self, route: &Route, realm: &Name) -> bool {
        let of_customers = |magento: &MagentoSettings| route.realm_names.contains(&magento.customers);
        self.magento(route).is_some_and(|magento| magento.has_administrator(realm) && of_customers(magento))
    }

    /// Whether what a route forces is the number of a customer's cart, and this one has none.
    pub(crate) fn lacks_cart(&self, route: &Route, user: &User) -> bool {
        let is_cart = |value: &Value| matches!(value, Value::Attribute(name) if **name == *CART);
        let force = self.magento(route).and(route.force.as_ref());
        force.is_some_and(|force| force.missing(Some(user.values())).any(|(_, value)| is_cart(value)))
    }

    fn magento(&self, route: &Route) -> Option<&MagentoSettings> {
        self.dialect_settings.magento.as_ref().filter(|_| route.profile.wording == Wording::Magento)
    }

    /// The store that a path is for.
    fn store<'p>(&self, magento: &'p MagentoSettings, path: &'p str) -> &'p str {
        let rest = self.dialect(&Profile::MAGENTO).and_then(|dialect| path.strip_prefix(dialect.root()));
        let first = rest.and_then(|rest| rest.trim_start_matches('/').split('/').next()).unwrap_or_default();
        let usual = magento.stores.first().map_or("", String::as_str);
        if magento.has_store(first) { first } else { usual }
    }

    /// Whether all resources that the rules declare are granted; those of Doorward itself are none of theirs. Where roles are
    /// Magento's, one resource says so.
    fn may_everything(&self, roles: &[Name]) -> bool {
        let (tree, grants) = (self.resources(), self.grants(roles));
        if let Some(everything) = tree.everything {
            return grants.has(everything);
        }
        let own = tree.find(ALL).map(|id| tree.range(id)).unwrap_or_default();
        let mut declared = tree.all().filter(|id| !own.contains(&id.0)).peekable();
        declared.peek().is_some() && declared.all(|id| grants.has(id))
    }
}

impl MagentoSettings {
    /// Whether this is a store code.
    pub(super) fn has_store(&self, code: &str) -> bool {
        let of_websites = || self.websites.values().flatten().any(|store| store == code);
        code == ADMIN_STORE || self.stores.iter().any(|store| store == code) || of_websites()
    }

    /// Whether users of a realm are administrators and no customers.
    fn has_administrator(&self, realm: &Name) -> bool {
        *realm == self.admins && self.admins != self.customers
    }

    /// Whether a store is one of a customer's.
    fn shares(&self, store: &str, attributes: &Map<String, Json>) -> bool {
        if self.websites.is_empty() {
            return true;
        }
        let website = match attributes.get(WEBSITE) {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            _ => return false,
        };
        self.websites.get(&website).is_some_and(|stores| stores.iter().any(|own| own == store))
    }
}

/// Complains of store codes that leave open what is meant.
pub(super) fn check(settings: &Settings, complaints: &mut Complaints) {
    let Some(magento) = &settings.dialect.magento else { return };
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (website, stores) in &magento.websites {
        let path = format!("dialect.magento.websites.{website}");
        for store in stores {
            if let Some(other) = owners.insert(store, website) {
                let complaint =
                    settings.complaint(&path, format!("the store `{store}` is of the website {other} already"));
                complaints.push(complaint.fix("name each store with one website"));
            }
        }
    }
    let usual = magento.stores.first().map(String::as_str);
    if !owners.is_empty() && usual.is_none_or(|usual| !owners.contains_key(usual)) {
        let text = match usual {
            Some(usual) => format!("no website has the store `{usual}`, which is meant where a path has no store code"),
            None => "nothing says which store is meant where a path has no store code".to_owned(),
        };
        let complaint = settings.complaint("dialect.magento.stores", text);
        complaints.push(complaint.fix("name it first in `stores`, and with its website in `websites`"));
    }
}

/// The resource that stands for all others, where roles are as Magento computes them.
pub(super) fn everything(settings: &Settings, tree: &Tree) -> Option<ResourceId> {
    let magento = settings.dialect.magento.as_ref()?;
    if magento.compat == MagentoCompat::Exact { tree.find(EVERYTHING) } else { None }
}
