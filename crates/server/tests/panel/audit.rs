//! `/panel/audit`, and one event.

use crate::house::{Door, House};
use crate::page::between;

#[test]
fn what_happened_is_found_and_shown_in_full() {
    let house = House::open();
    let root = house.root();
    let sam = house.with_roles("sam", &["support"]);
    house.page(Some(&sam), "/panel/sessions");
    house.settle();
    let text = house.shown(&root, "/panel/audit?kind=refused&login=sam&within=1d");
    let links = between(&text, "<th scope=\"row\"><a href=\"", "\"");
    assert_eq!(links.len(), 1, "{text}");
    let event = house.shown(&root, links[0]);
    assert!(event.contains("<code>GET /panel/sessions</code>") && event.contains("<code>forbidden</code>"), "{event}");
    assert!(!house.shown(&root, "/panel/audit?kind=refused&login=root").contains("scope=\"row\""));
    // Outcomes are found by the words that people read.
    let guest = house.page(None, "/admin/users");
    assert_eq!(guest.status, 401, "{}", guest.text());
    house.settle();
    let text = house.shown(&root, "/panel/audit?kind=refused&outcome=not+logged+in");
    assert!(text.contains("<span class=\"badge bad\">not logged in</span>"), "{text}");
    let wrong = house.page(Some(&root), "/panel/audit?kind=nothing");
    assert!(wrong.status == 400 && wrong.text().contains("one of log_in"), "{}", wrong.text());
}

#[test]
fn the_file_has_the_search_of_the_page() {
    let house = House::open();
    let root = house.root();
    house.settle();
    let text = house.shown(&root, "/panel/audit?kind=log_in&realm=");
    let files = between(&text, "data-file=\"", "\"");
    assert_eq!(files, ["/admin/audit?kind=log_in&amp;format=csv", "/admin/audit?kind=log_in&amp;format=jsonl"]);
    for file in files {
        let answer = house.admin(&root, "GET", &file.replace("&amp;", "&"), None);
        assert!(answer.status == 200 && answer.header("content-disposition").is_some(), "{}", answer.text());
    }
}

#[test]
fn one_event_is_a_resource() {
    let house = House::open();
    let root = house.root();
    house.settle();
    let event = house.read(&root, "/admin/audit")["items"][0].clone();
    assert_eq!(house.read(&root, &format!("/admin/audit/{}", event["number"])), event);
    for number in ["0", "x", "-1", "99999"] {
        assert_eq!(house.admin(&root, "GET", &format!("/admin/audit/{number}"), None).status, 404, "{number}");
    }
    assert_eq!(house.call(Door::Admin, "GET", "/admin/audit/1", None, None).status, 401);
}
