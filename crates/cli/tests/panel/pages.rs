//! The Panel, as people use it who administer: on a telephone and on a screen, with scripts and, for reading, without.

use crate::office::{Office, TRAP, WIDTHS, look};
use crate::peers::{Page, until};

/// All pages, and what they are called in pictures.
const PAGES: [(&str, &str); 13] = [
    ("/panel", "overview"),
    ("/panel/users", "users"),
    ("/panel/users/2?realm=customer", "user"),
    ("/panel/new-user", "new-user"),
    ("/panel/roles", "roles"),
    ("/panel/roles/clerk", "role"),
    ("/panel/new-role", "new-role"),
    ("/panel/matrix", "matrix"),
    ("/panel/sessions", "sessions"),
    ("/panel/routes?of=all", "routes"),
    ("/panel/try?method=GET&path=/orders/7&realm=admin&roles=clerk", "try"),
    ("/panel/audit", "audit"),
    ("/panel/audit/1", "event"),
];

#[test]
fn every_page_fits_every_window_and_breaks_no_rule_of_its_own() {
    let office = Office::open();
    let page = office.browser.page();
    office.log_in("customer", "anna");
    office.enter(&page);
    for width in WIDTHS {
        for scheme in ["light", "dark"] {
            page.resize(width, 844);
            page.prefer(scheme);
            for (path, name) in PAGES {
                office.show(&page, path);
                assert!(!page.is_too_wide(), "{name} at {width}");
                assert_eq!(page.count("main img, main svg image, main b"), 0, "{name}: a name is text");
                look(&page, &format!("panel-{name}-{width}-{scheme}"));
            }
        }
    }
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn what_comes_in_parts_fits_too_and_has_a_way_on_and_back() {
    let route = |number| format!("\n[[route]]\nmatch = \"GET /more/{number}\"\naccess = \"self\"\nrealm = \"admin\"\n");
    let role = |number| format!("\n[role.more-{number}]\nallow = [\"Shop::orders\"]\n");
    let more: String = (0..210).map(route).chain((0..60).map(role)).collect();
    let office = Office::with(&more);
    let page = office.browser.page();
    office.enter(&page);
    for width in WIDTHS {
        page.resize(width, 844);
        for (path, name) in
            [("/panel/roles", "roles"), ("/panel/matrix?roles=50", "matrix"), ("/panel/routes", "routes")]
        {
            office.show(&page, path);
            page.follow("a[rel=next]");
            assert!(!page.is_too_wide(), "{name} at {width}");
            look(&page, &format!("panel-part-{name}-{width}"));
            page.follow("a[rel=prev]");
            assert_eq!(page.count("a[rel=prev]"), 0, "{name} begins here");
        }
    }
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn the_matrix_shows_roles_on_a_phone_and_keeps_the_route_beside_them() {
    let more: String = (0..10).map(|number| format!("\n[role.more-{number}]\nallow = [\"Shop::orders\"]\n")).collect();
    let office = Office::with(&more);
    let page = office.browser.page();
    office.enter(&page);
    page.resize(390, 844);
    office.show(&page, "/panel/matrix?of=doorward");
    look(&page, "panel-matrix-many-390");
    let sees = "const frame = document.querySelector('.matrix'); const place = (cell) => cell.getBoundingClientRect();
         const [route, ...roles] = [...frame.querySelectorAll('thead th')].filter((cell) => place(cell).width > 0);
         const before = place(route).left; const first = place(roles[0]).right;
         frame.scrollLeft = 400;
         return [first < innerWidth, place(route).left === before, place(roles.at(-1)).width > 0, place(route).width >= 120];";
    assert_eq!(page.run(sees), serde_json::json!([true, true, true, true]));
    assert!(page.text_at("tbody th").contains('\n'), "what it asks for stands below: {}", page.text_at("tbody th"));
}

#[test]
fn nobody_is_kept_out_by_how_a_page_is_made() {
    let axe = std::env::var_os("DOORWARD_TEST_AXE")
        .expect("DOORWARD_TEST_AXE is not set: run `cargo xtask test`, which installs what this test needs");
    let axe = std::fs::read_to_string(axe).expect("axe.min.js");
    let office = Office::open();
    let page = office.browser.page();
    office.log_in("customer", "anna");
    office.enter(&page);
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        page.prefer(scheme);
        for (path, name) in PAGES {
            office.show(&page, path);
            found.extend(findings(&page, &axe, &format!("{name}, {scheme}")));
        }
        office.show(&page, "/panel/sessions?realm=customer");
        page.click("td button");
        page.text_at("dialog[open]");
        found.extend(findings(&page, &axe, &format!("dialog, {scheme}")));
        office.show(&page, "/panel/users/1?realm=admin");
        page.click("[data-body*=disabled]");
        page.text_at("#ask-words:not([hidden])");
        found.extend(findings(&page, &axe, &format!("dialog with a word, {scheme}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What is serious or worse.
fn findings(page: &Page<'_>, axe: &str, name: &str) -> Vec<String> {
    let script = format!("{axe}; return (await axe.run(document, {{ resultTypes: ['violations'] }})).violations;");
    let found = page.run(&script);
    let violations = found.as_array().unwrap_or_else(|| panic!("{name}: {found}"));
    let is_serious =
        |violation: &&serde_json::Value| matches!(violation["impact"].as_str(), Some("serious" | "critical"));
    let told = |violation: &serde_json::Value| {
        let nodes = violation["nodes"].as_array().into_iter().flatten();
        let targets: Vec<String> = nodes.map(|node| node["html"].to_string()).collect();
        format!("{name}: {} {}", violation["id"], targets.join(" "))
    };
    violations.iter().filter(is_serious).map(told).collect()
}

#[test]
fn reading_needs_no_scripts_and_no_mouse() {
    let office = Office::open();
    let page = office.browser.page();
    office.log_in("customer", "anna");
    page.let_scripts_run(false);
    office.enter(&page);
    office.show(&page, "/panel/users");
    page.write("#search", "an");
    page.follow(".search button");
    assert_eq!(page.text_at("#rows a"), "anna");
    page.follow("#rows a");
    assert_eq!(page.text_at("h1"), TRAP);
    assert_eq!(page.text().matches("One-time code").count(), 0, "what needs scripts is not shown");
    assert!(page.text_at("noscript").contains("needs scripts"), "{}", page.text());
    assert_eq!(page.count("main form :is(input, button):enabled"), 0, "and what would do nothing cannot be used");
    for width in WIDTHS {
        page.resize(width, 844);
        for path in ["/panel/sessions", "/panel/users/2?realm=customer"] {
            office.show(&page, path);
            assert!(!page.text().contains("End …"), "{path} at {width}");
        }
    }
    page.let_scripts_run(true);

    // Enter in the field searches, and the button in the row is reached and pressed by keys.
    office.show(&page, "/panel/sessions");
    page.write("#address", "127.0.0.1\u{E007}");
    until("the search is in the address", || page.url().contains("address=127.0.0.1").then_some(()));
    page.write("td button", "\u{E007}");
    assert_eq!(page.text_at("dialog h2"), "End this session?");
    page.write("#ask-do", "\u{E00C}");
    until("Escape leaves it", || (page.count("dialog[open]") == 0).then_some(()));
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn the_overview_follows_what_happens() {
    let office = Office::open();
    let page = office.browser.page();
    office.enter(&page);
    let before = page.text_at("[data-live=requests]");
    office.log_in("customer", "anna");
    until("the figure grows", || (page.text_at("[data-live=requests]") != before).then_some(()));
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn whoever_may_not_see_a_page_reads_what_it_needs() {
    let office = Office::open();
    let page = office.browser.page();
    office.enter_as(&page, "sam");
    assert_eq!(page.text_at("h1"), "This page is not for you");
    assert!(page.text_at("main").contains("Doorward::panel"), "{}", page.text());
    assert_eq!(page.count("nav a"), 0, "there is nowhere to go");
    for width in WIDTHS {
        page.resize(width, 844);
        assert!(!page.is_too_wide(), "at {width}");
        look(&page, &format!("panel-refused-{width}"));
    }
    page.follow(".who a[href*=logout]");
    assert!(page.url().contains("/logout"), "{}", page.url());
}
