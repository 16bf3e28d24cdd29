//! A shop of three modules, written for these tests.

use std::fs;
use std::path::Path;

use crate::kit::Place;

/// Settings that name what is imported.
pub const SETTINGS: &str = "upstream = \"http://127.0.0.1:9000\"\nrules = [\"magento.toml\"]\n\
                            [realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n";

/// Writes a file of a module, with the folders above it.
pub fn module_file(place: &Place, module: &str, name: &str, text: &str) {
    let path = place.file(&format!("modules/{module}/etc/{name}"));
    fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("a folder");
    fs::write(path, text).expect("written");
}

pub fn module_xml(name: &str, after: &[&str]) -> String {
    let before: String = after.iter().map(|name| format!("<module name=\"{name}\"/>")).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<config><module name=\"{name}\"><sequence>{before}</sequence></module></config>\n"
    )
}

pub fn routes(text: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<routes xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n{text}</routes>\n"
    )
}

pub fn resources(text: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<config><acl><resources>\n{text}</resources></acl></config>\n")
}

/// A route on one line.
pub fn route(method: &str, url: &str, refs: &[&str], data: &str) -> String {
    let refs: String = refs.iter().map(|name| format!("<resource ref=\"{name}\"/>")).collect();
    format!(
        "<route url=\"{url}\" method=\"{method}\"><service class=\"Acme\\Shop\\Api\\ThingInterface\" method=\"do\"/>\
         <resources>{refs}</resources><data>{data}</data></route>\n"
    )
}

/// A shop whose files are as they should be. The names of its folders sort against the order of its modules.
pub fn shop() -> Place {
    let place = Place::with(SETTINGS);
    module_file(&place, "z-base", "module.xml", &module_xml("Acme_Base", &[]));
    module_file(
        &place,
        "z-base",
        "acl.xml",
        &resources(
            r#"<resource id="Magento_Backend::all" title="Allow everything" sortOrder="10"/>
<resource id="Magento_Backend::admin" title="Acme Admin" sortOrder="20">
  <resource id="Acme_Base::stores" title="Stores"/>
</resource>
"#,
        ),
    );
    module_file(&place, "m-shop", "module.xml", &module_xml("Acme_Shop", &["Acme_Base"]));
    module_file(
        &place,
        "m-shop",
        "acl.xml",
        &resources(
            r#"<resource id="Magento_Backend::admin">
  <resource id="Acme_Shop::shop" title="Shop &amp; ${HOME}" sortOrder="-5">
    <resource id="Acme_Shop::products" title="Products" sortOrder="20">
      <resource id="Acme_Shop::delete" title="Delete"/>
    </resource>
    <resource id="Acme_Shop::groups" title="Groups" sortOrder="10"/>
    <resource id="Acme_Shop::gone" title="Gone" disabled="true"><resource id="Acme_Shop::goner" title="Goner"/></resource>
  </resource>
</resource>
"#,
        ),
    );
    let own = "<parameter name=\"customerId\" force=\"true\">%customer_id%</parameter>";
    let cart = "<parameter name=\"cartId\" force=\"true\">%cart_id%</parameter>";
    let product = "<parameter name=\"product.store_id\" force=\"true\">-55</parameter>";
    let all = [
        route("GET", "/V1/things", &["anonymous"], ""),
        route("GET", "/V1/things/:thingId", &["anonymous"], ""),
        route("PUT", "/V1/things/:thingId", &["Acme_Shop::products"], product),
        route("DELETE", "/V1/things/:thingId", &["Acme_Shop::products", "Acme_Shop::delete"], ""),
        route("GET", "/V1/groups/", &["Acme_Shop::groups"], ""),
        route("GET", "/V1/customers/me", &["self"], own),
        route("PUT", "/V1/customers/me", &["self"], &own.replace("customerId", "customer.id")),
        route("GET", "/V1/carts/mine/items/:two-value", &["self"], cart),
        route("GET", "/V1/stores", &["Acme_Base::stores"], ""),
        route("GET", "/V1/admin", &["Magento_Backend::admin"], ""),
        route("GET", "/V1/goner", &["Acme_Shop::goner"], ""),
    ];
    module_file(&place, "m-shop", "webapi.xml", &routes(&all.concat()));
    module_file(&place, "a-extra", "module.xml", &module_xml("Acme_Extra", &["Acme_Shop", "Acme_NotHere"]));
    // Adds a resource to a route of another module, and takes nothing away.
    let stricter = route("GET", "/V1/things/:thingId", &["self"], "").replace("ThingInterface", "OtherInterface");
    module_file(&place, "a-extra", "webapi.xml", &routes(&stricter));
    place
}
