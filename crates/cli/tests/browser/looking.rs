//! How the pages look: on a telephone and on a screen, by day and by night.

use std::path::Path;

use super::account::complaints;
use super::site::Site;
use crate::kit::{Place, Server};
use crate::peers::{Chromium, Client, PASSWORD, Page, add_user};

/// Those that the documentation shows.
const PICTURES: [&str; 5] =
    ["login-390-light", "login-1440-light", "account-390-light", "account-1440-light", "login-dressed-1440-light"];
const SUBMIT: &str = "main form button:not(.quiet)";
/// A look that is not Doorward's own.
const PAGES: &str = r##"
[pages]
name = "Heron & Sons"
logo = "heron.svg"
light = { ground = "#f6f1e7", sheet = "#fffdf8", ink = "#2b2118", faint = "#6b5c4d", line = "#d9cdbb", accent = "#8a3b12" }
dark = { ground = "#1a1512", sheet = "#241e19", accent = "#f0a36b" }

[pages.texts.en]
title = "Good to see you"
welcome = "This is where our customers look after their orders."
login = "E-mail address"
help = "Something does not work? Call 555 0100, on weekdays from 9 to 5."
"##;
/// Two populations, one of which may stay logged in.
const REALMS: &str = r#"
listen = "127.0.0.1:0"
upstream = "http://127.0.0.1:1"

[realm.customer]
title = "Customers of the shop"
session = { remember = "30d" }

[realm.staff]
title = "The people who work here"

[admin]
realm = "staff"
"#;
/// A picture that would run a script, if anybody let it.
const HERON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><script>document.documentElement.id = "ran"</script>
<rect width="120" height="40" rx="8" fill="#8a3b12"/><path d="M20 30c8-2 10-8 10-18l6 3 10-3-10 7c0 9-6 13-16 11z" fill="#fff"/>
<circle cx="70" cy="20" r="7" fill="#f6f1e7"/><circle cx="92" cy="20" r="7" fill="#f0a36b"/></svg>"##;

/// Anna, and a place with a look of its own.
pub fn dress(place: &Place) {
    place.write("heron.svg", HERON);
    place.write("doorward.toml", &(place.read("doorward.toml") + PAGES));
    add_user(place, "anna --name Anna --email anna@example.com");
}

#[test]
fn the_pages_fit_every_window() {
    let site = Site::open();
    visit(&site, &site.browser.page(), look);
    assert_eq!(complaints(&site.browser.page()), Vec::<String>::new());
}

#[test]
fn a_page_with_another_look_fits_every_window_too() {
    let site = Site::prepared(dress);
    let page = site.browser.page();
    visit(&site, &page, |page, name| look(page, &name.replacen('-', "-dressed-", 1)));
    assert_eq!(complaints(&page), Vec::<String>::new());
    page.prefer("light");
    page.open(&format!("{}/login", site.base));
    assert_eq!(page.title(), "Good to see you · Heron & Sons");
    assert_eq!(page.run("return document.querySelector('.brand img').naturalWidth > 0"), true);
    let colour = "return getComputedStyle(document.querySelector('main form button:not(.quiet)')).backgroundColor";
    assert_eq!(page.run(colour), "rgb(138, 59, 18)");
}

#[test]
fn the_pages_fit_every_window_in_every_language() {
    let site = Site::open();
    let page = site.browser.page();
    for language in ["de", "fr", "es"] {
        page.speak(language);
        visit(&site, &page, |page, name| {
            assert_eq!(page.run("return document.documentElement.lang"), language, "{name}");
            look(page, &format!("{name}-{language}"));
        });
    }
    assert_eq!(complaints(&page), Vec::<String>::new());
}

#[test]
fn realms_are_chosen_in_every_window() {
    let place = Place::with(REALMS);
    let (server, browser) = (Server::start(&place), Chromium::start());
    let page = browser.page();
    for (width, scheme) in [(390, "light"), (1440, "dark")] {
        page.prefer(scheme);
        page.resize(width, 844);
        page.open(&format!("{}/login", server.base));
        let options = page.run("return [...document.querySelectorAll('option')].map(option => option.textContent)");
        assert_eq!(options, serde_json::json!(["Choose", "Customers of the shop", "The people who work here"]));
        look(&page, &format!("login-realms-{width}-{scheme}"));
        page.open(&format!("{}/login?realm=staff", server.base));
        look(&page, &format!("login-realm-{width}-{scheme}"));
    }
    assert_eq!(complaints(&page), Vec::<String>::new());
}

#[test]
fn a_picture_that_is_opened_by_itself_runs_no_script() {
    let site = Site::prepared(dress);
    let page = site.browser.page();
    page.open(&format!("{}/login", site.base));
    let picture = page.run("return document.querySelector('.brand img').src");
    page.open(picture.as_str().expect("an address"));
    assert_eq!(
        page.run("return [document.documentElement.localName, document.documentElement.id]"),
        serde_json::json!(["svg", ""])
    );
}

/// Goes to each page, in each window and by day and night, and shows it with its name.
pub fn visit(site: &Site, page: &Page<'_>, mut look: impl FnMut(&Page<'_>, &str)) {
    for device in ["Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "curl/8.16.0"] {
        let body = serde_json::json!({ "login": "anna", "password": PASSWORD }).to_string();
        let lines = ["Content-Type: application/json", &format!("User-Agent: {device}")];
        Client::tcp(site.server.address()).request_with("POST", "/user/sessions", &lines, &body).answer();
    }
    for width in [390, 1440] {
        for scheme in ["light", "dark"] {
            page.forget();
            page.prefer(scheme);
            page.resize(width, 844);
            page.open(&format!("{}/login?return_to=/welcome", site.base));
            look(page, &format!("login-{width}-{scheme}"));
            page.write("#login", "anna");
            page.write("#password", "not the right one");
            page.follow(SUBMIT);
            look(page, &format!("login-refused-{width}-{scheme}"));
            page.write("#password", PASSWORD);
            page.follow(SUBMIT);
            page.open(&format!("{}/account?done=ended", site.base));
            look(page, &format!("account-done-{width}-{scheme}"));
            page.open(&format!("{}/account", site.base));
            look(page, &format!("account-{width}-{scheme}"));
            page.write("#current", "not the right one");
            page.write("#new", "a spoon, a cloud and a ladder");
            page.write("#again", "a spoon, a cloud and a ladder");
            page.follow("form:has(#new) button:not(.quiet)");
            assert_eq!(page.count(".revealing:has(#current[aria-invalid]) + #current-error"), 1, "{width} {scheme}");
            look(page, &format!("account-refused-{width}-{scheme}"));
            page.open(&format!("{}/staff", site.base));
            look(page, &format!("refused-{width}-{scheme}"));
            page.open(&format!("{}/logout", site.base));
            look(page, &format!("logout-{width}-{scheme}"));
            page.open(&format!("{}/login/code", site.base));
            look(page, &format!("code-{width}-{scheme}"));
            page.write("#code", "AAAAAAAAAAAAAAAAAAAAAA");
            page.write("#new", PASSWORD);
            page.write("#again", "something else");
            page.follow(SUBMIT);
            look(page, &format!("code-refused-{width}-{scheme}"));
            page.forget();
            page.open(&format!("{}/logout", site.base));
            look(page, &format!("logout-done-{width}-{scheme}"));
        }
    }
}

/// With `DOORWARD_PICTURES=FOLDER` a picture is kept there, to be looked at.
pub fn keep(page: &Page<'_>, name: &str) {
    if let Some(folder) = std::env::var_os("DOORWARD_PICTURES") {
        page.picture(&Path::new(&folder).join(format!("{name}.png")));
    }
}

/// Nobody scrolls sideways, and every field has a label. With `DOORWARD_UPDATE_PICTURES=1` a picture is kept for the documentation.
fn look(page: &Page<'_>, name: &str) {
    assert!(!page.is_too_wide(), "{name}");
    let bare = "return [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select')].filter(field => !field.labels.length).map(field => field.name)";
    assert_eq!(page.run(bare), serde_json::json!([]), "{name}: fields without a label");
    keep(page, name);
    let is_wanted = std::env::var("DOORWARD_UPDATE_PICTURES").is_ok_and(|wanted| wanted == "1");
    if is_wanted && PICTURES.contains(&name) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        page.picture(&folder.join(format!("{name}.png")));
    }
}
