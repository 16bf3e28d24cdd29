//! Forms of other origins, which browsers send without asking anybody.

use super::site::Site;
use crate::peers::{PASSWORD, Page, Session};

/// Lets a page send a form, as if its user had clicked on a kitten.
fn send_form(page: &Page<'_>, target: &str, enctype: &str, fields: &[(&str, &str)]) {
    let mut script = format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{target}'; form.enctype = '{enctype}';"
    );
    for (name, value) in fields {
        script.push_str(&format!(
            "{{ const field = document.createElement('input'); field.name = '{name}'; field.value = '{value}'; form.append(field); }}"
        ));
    }
    script.push_str("const button = document.createElement('button'); button.id = 'kitten'; form.append(button); document.body.append(form);");
    page.run(&script);
    page.follow("#kitten");
}

/// What others would like to send.
const FORMS: [(&str, &[(&str, &str)]); 5] = [
    ("/logout", &[]),
    ("/orders", &[("amount", "1000")]),
    ("/strict", &[]),
    ("/account/sessions", &[("end", "others")]),
    ("/account/password", &[("current", PASSWORD), ("new", NEW), ("again", NEW)]),
];
const NEW: &str = "three herons and a ladder";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn forms_of_others_neither_log_in_nor_out_nor_change_anything() {
    let site = Site::open();
    let page = site.browser.page();
    let target = |path: &str| format!("{}{path}", site.base);

    // Nobody is logged in as somebody else without wanting to be.
    for origin in [&site.neighbour, &site.stranger] {
        page.open(origin);
        send_form(&page, &target("/login"), FORM, &[("login", "mallory"), ("password", PASSWORD)]);
        assert!(page.text().contains("This could not be done"), "{}", page.text());
        page.open(origin);
        let body = format!("{{\"login\":\"mallory\",\"password\":\"{PASSWORD}\",\"x\":\"");
        send_form(&page, &target("/user/sessions"), "text/plain", &[(&body, "\"}")]);
        assert!(page.text().contains("urn:doorward:problem:"), "{}", page.text());
        page.open(&site.base);
        assert!(page.cookie("doorward-default").is_none(), "{origin}");
    }

    // Somebody is logged in, and stays so.
    page.open(&target("/login"));
    page.write("#login", "anna");
    page.write("#password", PASSWORD);
    page.follow("main form button:not(.quiet)");
    for origin in [&site.neighbour, &site.stranger] {
        for (path, fields) in FORMS {
            page.open(origin);
            send_form(&page, &target(path), FORM, fields);
            // With the requests of another site no cookie comes along, so that they are nobody's.
            let is_nobody = *origin == site.stranger && page.text().contains("urn:doorward:problem:not_logged_in");
            let refusals = ["urn:doorward:problem:csrf", "This could not be done"];
            let is_refused = refusals.iter().any(|refusal| page.text().contains(refusal)) || is_nobody;
            // Whoever was to be logged out is asked, and whoever is nobody is told to log in.
            let is_asked = ["/logout", "/login"].iter().any(|asked| page.url().contains(asked));
            assert!(is_refused || is_asked, "{path}: {}", page.text());
        }
    }
    assert_eq!(site.changes(), 0);
    page.open(&target("/account"));
    assert!(page.text().contains("this one"), "{}", page.text());
    let answer = Session::try_log_in(&mut crate::peers::Client::tcp(site.server.address()), "anna", PASSWORD);
    assert_eq!(answer.status, 201, "the password is as it was");
}

#[test]
fn a_link_from_another_site_arrives_logged_in() {
    let site = Site::open();
    let page = site.browser.page();
    page.open(&format!("{}/login?return_to=/welcome", site.base));
    page.write("#login", "anna");
    page.write("#password", PASSWORD);
    page.follow("main form button:not(.quiet)");
    assert_eq!(page.text(), "GET /welcome");
    page.open(&site.stranger);
    page.run(&format!(
        "const link = document.createElement('a'); link.id = 'link'; link.href = '{}/orders'; link.textContent = 'x'; document.body.append(link);",
        site.base
    ));
    page.follow("#link");
    assert_eq!(page.text(), "GET /orders");
}
