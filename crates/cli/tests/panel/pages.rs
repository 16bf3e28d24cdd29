//! The Panel, as people use it who administer: on a telephone and on a screen, with scripts and, for reading, without.

use crate::kit::{Place, Server};
use crate::peers::{Chromium, Client, PASSWORD, Page, Session, add_user, until};

/// A name that does harm where it is taken for markup.
const TRAP: &str = "<img/src=x>";

/// A server with people in it, and a browser.
struct Office {
    server: Server,
    browser: Chromium,
    base: String,
    _place: Place,
}

impl Office {
    fn open() -> Self {
        let place = Place::with(
            r#"
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
upstream = "http://127.0.0.1:1"

[realm.customer]
[realm.admin]

[admin]
realm = "admin"

[[route]]
match = "GET /orders/:id"
access = "Shop::orders"
realm = "admin"

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::orders", title = "Orders" }, { id = "Shop::refund" }]

[role.clerk]
title = "Clerk"
allow = ["Shop::orders"]
"#,
        );
        add_user(&place, "root --realm admin --role administrator");
        add_user(&place, &format!("anna --realm customer --role clerk --name {TRAP} --email anna@example.com"));
        add_user(&place, "ben --realm customer");
        let server = Server::start(&place);
        let base = format!("http://{}", server.admin_address());
        Self { server, browser: Chromium::start(), base, _place: place }
    }

    /// Somebody's session, from another device.
    fn log_in(&self, realm: &str, login: &str) -> Session {
        let body = serde_json::json!({ "realm": realm, "login": login, "password": PASSWORD }).to_string();
        let mut client = Client::tcp(self.server.address());
        let lines = ["Content-Type: application/json", "User-Agent: curl/8.16.0"];
        Session::read(&client.request_with("POST", "/user/sessions", &lines, &body).answer())
    }

    /// A page of the Panel.
    fn show(&self, page: &Page<'_>, path: &str) {
        page.open(&format!("{}{path}", self.base));
    }

    /// The log-in that whoever opens the Panel is sent to.
    fn enter(&self, page: &Page<'_>) {
        self.show(page, "/panel");
        page.write("#login", "root");
        page.write("#password", PASSWORD);
        page.follow("main form button:not(.quiet)");
        assert_eq!(page.url(), format!("{}/panel", self.base));
    }
}

/// All pages, and what they are called in pictures.
const PAGES: [(&str, &str); 12] = [
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
];

#[test]
fn every_page_fits_every_window_and_breaks_no_rule_of_its_own() {
    let office = Office::open();
    let page = office.browser.page();
    office.log_in("customer", "anna");
    office.enter(&page);
    for width in [390, 1_440] {
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
fn a_role_is_made_by_ticking_a_tree_and_says_what_it_opens() {
    let office = Office::open();
    let page = office.browser.page();
    office.enter(&page);
    office.show(&page, "/panel/new-role");
    page.write("#name", "sales");
    page.click("[data-side=allow][value='Shop::all']");
    assert_eq!(page.count("[data-side=allow]:checked"), 3, "all below come along");
    page.click("[data-side=allow][value='Shop::refund']");
    assert_eq!(page.count("[value='Shop::all'][data-side=allow]:indeterminate"), 1);
    page.click("main form button");
    let changes = page.text_at("#ask-changes");
    assert!(changes.contains("It grants also: Shop::orders") && changes.contains("GET /orders/:id"), "{changes}");
    assert_eq!(page.text_at("#ask-text"), "0 people have this role.");
    page.follow("#ask-do");
    assert_eq!(page.text_at("h1"), "sales");
    assert_eq!(page.count("[data-side=allow]:checked"), 1);
    page.click("[data-method=DELETE]");
    page.follow("#ask-do");
    until("the list is there", || (page.text_at("h1") == "Roles").then_some(()));
    assert_eq!(page.count("a[href='/panel/roles/sales']"), 0);
    assert_eq!(page.console(), Vec::<String>::new());
}

/// With `DOORWARD_PICTURES` a picture is kept in that folder, to be looked at.
fn look(page: &Page<'_>, name: &str) {
    if let Some(folder) = std::env::var_os("DOORWARD_PICTURES") {
        page.picture(&std::path::Path::new(&folder).join(format!("{name}.png")));
    }
}

#[test]
fn a_session_is_found_and_ended() {
    let office = Office::open();
    let page = office.browser.page();
    let anna = office.log_in("customer", "anna");
    office.enter(&page);
    office.show(&page, "/panel/sessions?realm=customer");
    page.click("td button");
    assert_eq!(page.text_at("dialog h2"), "End this session?");
    assert!(page.text_at("#ask-text").contains("anna, from 127.0.0.1"), "{}", page.text());
    page.click("#ask-not");
    assert_eq!(anna.status(office.server.address()), 200);
    page.click("td button");
    page.follow("#ask-do");
    assert_eq!(page.text_at(".empty"), "Nobody is logged in whom this is true of.");
    assert_eq!(anna.status(office.server.address()), 401);

    let (one, two) = (office.log_in("customer", "anna"), office.log_in("customer", "ben"));
    office.show(&page, "/panel/sessions?realm=customer");
    page.click("[data-count]");
    assert_eq!(page.text_at("#ask-text"), "2 sessions will end.");
    page.follow("#ask-do");
    assert_eq!(page.count("tbody tr"), 0);
    assert_eq!((one.status(office.server.address()), two.status(office.server.address())), (401, 401));
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn a_user_is_added_searched_for_altered_and_disabled() {
    let office = Office::open();
    let page = office.browser.page();
    office.enter(&page);
    office.show(&page, "/panel/new-user");
    page.run("document.querySelector('#realm').value = 'customer'");
    page.write("#login", "zora");
    page.write("#name", "Zora Neale");
    page.click("[name=roles][value=clerk]");
    page.click("main form button");
    assert!(page.text_at("#ask-changes").contains("Gives clerk"), "{}", page.text());
    page.follow("#ask-do");
    assert_eq!(page.text_at("h1"), "Zora Neale");

    page.click("[data-target*=codes]");
    page.click("#ask-do");
    let code = until("a code is shown", || Some(page.text_at("#ask-said")).filter(|code| !code.is_empty()));
    assert!(code.len() > 10, "{code}");
    page.follow("#ask-not");

    page.run("document.querySelector('#name').value = ''");
    page.write("#name", "Zora");
    page.click("[name=roles][value=clerk]");
    page.click("form[data-changes] button");
    let changes = page.text_at("#ask-changes");
    assert!(changes.contains("Name: Zora Neale → Zora") && changes.contains("Takes clerk"), "{changes}");
    page.follow("#ask-do");
    assert_eq!((page.text_at("h1"), page.count("[name=roles][value=clerk]:checked")), ("Zora".into(), 0));
    page.click("form[data-changes] button");
    assert_eq!(page.text_at("dialog h2"), "Nothing has changed");
    page.click("#ask-not");
    page.click("[data-body*=disabled]");
    page.follow("#ask-do");
    assert_eq!(page.text_at(".head .badge"), "disabled");

    office.show(&page, "/panel/users");
    let all = page.count("#rows tr");
    page.write("#search", "zo");
    until("the list follows", || (page.count("#rows tr") < all).then_some(()));
    assert_eq!((page.text_at("#count"), page.text_at("#rows a")), ("one user".into(), "zora".into()));
    assert!(page.url().ends_with("/panel/users?search=zo"), "{}", page.url());
    page.follow("#rows a");
    assert_eq!(page.text_at("h1"), "Zora");
    assert_eq!(page.console(), Vec::<String>::new());
}

#[test]
fn a_password_that_was_given_long_ago_is_asked_for_again() {
    let office = Office::open();
    let page = office.browser.page();
    let anna = office.log_in("customer", "anna");
    office.enter(&page);
    office.show(&page, "/panel/sessions?realm=customer");
    // To the page it is as if it had been open for weeks.
    page.run("performance.now = () => 1e9");
    page.click("td button");
    page.write("#ask-password", "not the right one");
    page.click("#ask-do");
    until("it is refused", || Some(page.text_at("#ask-wrong")).filter(|text| !text.is_empty()));
    assert_eq!(anna.status(office.server.address()), 200);
    page.run("document.querySelector('#ask-password').value = ''");
    page.write("#ask-password", PASSWORD);
    page.follow("#ask-do");
    assert_eq!(anna.status(office.server.address()), 401);
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
