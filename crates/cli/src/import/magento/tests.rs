//! Whatever modules declare, what is written passes the check.

use doorward::policy::{Draft, MagentoCompat, Policy, Rules, Settings};
use proptest::prelude::*;

use super::finding::Findings;
use super::imported::Imported;
use super::module::Modules;
use super::route::Site;
use super::text::Realms;
use super::tree::Tree;
use super::xml::Element;
use super::{acl, merged, webapi};

/// Pieces of URLs: as Magento has them, and as nobody should write them.
const PIECES: &[&str] = &[
    "V1",
    "customers",
    "me",
    ":id",
    ":cartId",
    ":two-value",
    ":1st",
    ":a.b",
    "::x",
    "*",
    "",
    "1",
    "01",
    "..",
    "%41",
    "{a}",
    "${HOME}",
    "größe",
    ":größe",
    "a b",
    "a;b",
    "\n",
    "\u{2028}",
    "#",
    "?a=b",
    "\"",
    "1x",
    "-x",
];
const SETTINGS: &str = "[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n[dialect.magento]\n";
const REFS: &[&str] =
    &["anonymous", "self", "Ab_Cd::one", "Ab_Cd::two", "Ab_Cd::gone", "deny", "Doorward::all", "a, b", "${X}", "\""];
const NAMES: &[&str] =
    &["id", "customerId", "customer.id", "customer_id", "1st", "a[b]", "", ".", "größe", "a\"b", "x\ny"];
const VALUES: &[&str] = &[
    "%customer_id%",
    "%cart_id%",
    "null",
    "",
    "-55",
    "a\n[[route]]\nmatch = \"* /*all\"\naccess = \"anonymous\"",
    "${HOME}",
    "%user_id% x",
    "%",
    "\\",
    "\"\"\"",
    "'''",
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn any_of(known: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

fn route() -> impl Strategy<Value = String> {
    let url = prop::collection::vec(any_of(PIECES), 0..5).prop_map(|pieces| format!("/V1/{}", pieces.join("/")));
    let refs = prop::collection::vec(any_of(REFS), 1..3);
    let data = prop::collection::vec((any_of(NAMES), any_of(VALUES), any::<bool>()), 0..3);
    let method = prop::sample::select(vec!["GET", "PUT", "POST", "DELETE"]);
    (method, url, refs, data, any::<bool>()).prop_map(|(method, url, refs, data, secure)| {
        let refs: String = refs.iter().map(|name| format!("<resource ref=\"{}\"/>", escaped(name))).collect();
        let parameter = |(name, value, force): &(String, String, bool)| {
            format!("<parameter name=\"{}\" force=\"{force}\">{}</parameter>", escaped(name), escaped(value))
        };
        let data: String = data.iter().map(parameter).collect();
        format!(
            "<route method=\"{method}\" url=\"{}\" secure=\"{secure}\"><service class=\"A&#10;[x]\" method=\"b\"/>\
             <resources>{refs}</resources><data>{data}</data></route>",
            escaped(&url)
        )
    })
}

fn resources() -> impl Strategy<Value = String> {
    let id = prop::sample::select(vec!["one", "two", "three", "four"]);
    let leaf = id.prop_map(|id| format!("<resource id=\"Ab_Cd::{id}\" title=\"${{HOME}} &quot; \\\"/>"));
    leaf.prop_recursive(3, 8, 3, |inner| {
        let id = prop::sample::select(vec!["five", "six", "one"]);
        (id, prop::collection::vec(inner, 0..3))
            .prop_map(|(id, below)| format!("<resource id=\"Ab_Cd::{id}\">{}</resource>", below.concat()))
    })
}

proptest! {
    #[test]
    fn what_is_written_passes_the_check(
        files in prop::collection::vec((prop::collection::vec(route(), 0..6), prop::collection::vec(resources(), 0..3)), 1..4),
        exact in any::<bool>(),
    ) {
        let (mut routes, mut tree, mut findings) = (merged::Routes::default(), Tree::default(), Findings::default());
        for (own, below) in files {
            // What schemas refuse never gets this far.
            let text = format!("<routes>{}</routes>", own.concat());
            if let Ok(declared) = Element::parse(&text).map_err(|wrong| vec![wrong]).and_then(|root| webapi::read(&root)) {
                routes.merge(declared, &"Ab_Cd".into(), &"webapi.xml".into(), &mut findings);
            }
            let text = format!("<config><acl><resources>{}</resources></acl></config>", below.concat());
            if let Ok(declared) = acl::read(&Element::parse(&text).expect("XML")) {
                tree.merge(declared, &"acl.xml".into());
            }
        }
        let site = Site { root: "/rest".into(), attributes: Vec::new(), compat: if exact { MagentoCompat::Exact } else { MagentoCompat::Strict } };
        let realms = Realms { customers: "customer".into(), admins: "admin".into() };
        let mut imported = Imported::of(routes, tree, &site, &mut findings);
        // An unknown placeholder stops an import before anything is written.
        findings.errors.clear();
        imported.settle(&realms, &mut findings).expect("resources that rules take");
        let text = imported.text(&Modules::default(), &realms);
        let rules = Rules::parse("magento.toml", &text, &|_| Some("a secret".into())).expect("rules");
        prop_assert_eq!(rules.routes.len(), imported.in_force().count());
        let compat = if exact { "exact" } else { "strict" };
        let (settings, own) =
            Settings::parse("doorward.toml", &format!("{SETTINGS}compat = \"{compat}\"\n"), &|_| None).expect("settings");
        let policy = Policy::compile(&Draft::new(&settings, &[own, rules.clone()])).map_err(|wrong| wrong.to_string());
        prop_assert!(policy.is_ok(), "{}\n{text}", policy.err().unwrap_or_default());
        let read = format!("{rules:?}");
        prop_assert!(!read.contains("a secret"));
    }
}
