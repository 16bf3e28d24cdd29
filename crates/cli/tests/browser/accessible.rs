//! The pages for people who see, hear or move otherwise: what axe-core finds.

use std::fs;

use serde_json::Value;

use super::looking::{dress, keep, visit};
use super::site::Site;
use crate::peers::Page;

#[test]
fn nobody_is_kept_out_by_how_a_page_is_made() {
    let axe = std::env::var_os("DOORWARD_TEST_AXE")
        .expect("DOORWARD_TEST_AXE is not set: run `cargo xtask test`, which installs what this test needs");
    let axe = fs::read_to_string(axe).expect("axe.min.js");
    let (plain, dressed) = (Site::open(), Site::prepared(dress));
    let mut found = Vec::new();
    for (site, languages) in [(&plain, &["en", "de", "fr", "es"][..]), (&dressed, &["en"])] {
        for language in languages {
            let page = site.browser.page();
            page.speak(language);
            visit(site, &page, |page, name| {
                let name = format!("{name}-{language}");
                assert!(!page.is_too_wide(), "{name}");
                keep(page, &name);
                found.extend(findings(page, &axe, &name));
            });
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What is serious or worse.
fn findings(page: &Page<'_>, axe: &str, name: &str) -> Vec<String> {
    let script = format!("{axe}; return (await axe.run(document, {{ resultTypes: ['violations'] }})).violations;");
    let found = page.run(&script);
    let violations = found.as_array().unwrap_or_else(|| panic!("{name}: {found}"));
    let is_serious = |violation: &&Value| matches!(violation["impact"].as_str(), Some("serious" | "critical"));
    let told = |violation: &Value| {
        let targets: Vec<String> =
            violation["nodes"].as_array().into_iter().flatten().map(|node| node["html"].to_string()).collect();
        format!("{name}: {} {}", violation["id"], targets.join(" "))
    };
    violations.iter().filter(is_serious).map(told).collect()
}
