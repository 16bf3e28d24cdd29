//! How the pages look: on a telephone and on a screen, by day and by night.

use std::path::Path;

use super::site::Site;
use crate::peers::{Client, PASSWORD, Page};

/// Those that the documentation shows.
const PICTURES: [&str; 4] = ["login-390-light", "login-1440-light", "account-390-light", "account-1440-light"];
const SUBMIT: &str = "main form button:not(.quiet)";

#[test]
fn the_pages_fit_every_window() {
    let site = Site::open();
    let page = site.browser.page();
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
            look(&page, &format!("login-{width}-{scheme}"));
            page.write("#login", "anna");
            page.write("#password", "not the right one");
            page.follow(SUBMIT);
            look(&page, &format!("login-refused-{width}-{scheme}"));
            page.write("#password", PASSWORD);
            page.follow(SUBMIT);
            page.open(&format!("{}/account", site.base));
            look(&page, &format!("account-{width}-{scheme}"));
            page.open(&format!("{}/logout", site.base));
            look(&page, &format!("logout-{width}-{scheme}"));
            page.open(&format!("{}/login/code", site.base));
            look(&page, &format!("code-{width}-{scheme}"));
        }
    }
}

/// Nobody scrolls sideways, and every field has a label. With `DOORWARD_UPDATE_PICTURES=1` a picture is kept for the documentation.
fn look(page: &Page<'_>, name: &str) {
    assert!(!page.is_too_wide(), "{name}");
    let bare = "return [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select')].filter(field => !field.labels.length).map(field => field.name)";
    assert_eq!(page.run(bare), serde_json::json!([]), "{name}: fields without a label");
    let is_wanted = std::env::var("DOORWARD_UPDATE_PICTURES").is_ok_and(|wanted| wanted == "1");
    if is_wanted && PICTURES.contains(&name) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        page.picture(&folder.join(format!("{name}.png")));
    }
}
