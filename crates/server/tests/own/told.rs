//! Refusals that people read in a browser are pages, and everybody else gets a problem.

use crate::answer::Answer;
use crate::form::encoded;
use crate::house::{Door, House, Session};

/// What a browser says when somebody opens an address.
const OPENED: [&str; 3] =
    ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"];
/// What a script says, and what a program says.
const OTHERS: [&[&str]; 4] = [
    &["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Accept: text/html"],
    &["Sec-Fetch-Mode: navigate", "Accept: application/json"],
    &["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe", "Accept: text/html"],
    &["Accept: */*"],
];

fn ask(house: &House, door: Door, request: (&str, &str), lines: &[&str], session: &Session) -> Answer {
    let cookie = format!("Cookie: {}", session.cookie);
    let lines: Vec<&str> = lines.iter().copied().chain([&*cookie]).collect();
    house.send(door, request.0, request.1, &lines, None)
}

#[track_caller]
fn is_page(answer: &Answer, status: u16, title: &str) {
    let text = answer.text();
    assert_eq!((answer.status, answer.header("content-type")), (status, Some("text/html; charset=utf-8")), "{text}");
    assert!(text.contains(&format!("<h1>{title}</h1>")), "{text}");
    let id = answer.header("x-request-id").expect("an id");
    assert!(text.contains(id), "the operator finds it by {id}: {text}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[track_caller]
fn is_problem(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/problem+json")));
}

#[test]
fn what_the_api_refuses_to_somebody_who_opens_an_address_is_a_page() {
    let house = House::open();
    house.add("admin", "anna", &[]);
    house.add("customer", "carl", &[]);
    let (anna, carl) = (house.log_in("admin", "anna"), house.log_in("customer", "carl"));
    let forbidden = ("GET", "/rest/orders/7");
    is_page(&ask(&house, Door::Public, forbidden, &OPENED, &anna), 403, "You may not do this");
    // Nobody is behind the door.
    let unreachable = ("GET", "/rest/me");
    let answer = ask(&house, Door::Public, unreachable, &OPENED, &carl);
    is_page(&answer, answer.status, "This does not work now");
    assert!([502, 503].contains(&answer.status), "{}", answer.status);
    let german: Vec<&str> = OPENED.into_iter().chain(["Accept-Language: de"]).collect();
    is_page(&ask(&house, Door::Public, forbidden, &german, &anna), 403, "Das dürfen Sie nicht");
    for lines in OTHERS {
        is_problem(&ask(&house, Door::Public, forbidden, lines, &anna), 403);
        let answer = ask(&house, Door::Public, unreachable, lines, &carl);
        is_problem(&answer, answer.status);
    }
    // What is not declared is nobody's page.
    is_problem(&ask(&house, Door::Public, ("GET", "/nothing"), &OPENED, &anna), 404);
}

#[test]
fn a_route_that_sends_nobody_to_log_in_is_for_programs() {
    let rules =
        crate::house::RULES.replacen("access = \"Shop::orders\"", "access = \"Shop::orders\"\nlog_in_page = false", 1);
    let house = House::with(&rules);
    house.add("admin", "anna", &[]);
    let anna = house.log_in("admin", "anna");
    is_problem(&ask(&house, Door::Public, ("GET", "/rest/orders/7"), &OPENED, &anna), 403);
}

#[test]
fn what_our_own_pages_refuse_is_a_page() {
    let house = House::open();
    let root = house.root();
    let form = |lines: &[&str], body: &str| {
        let cookie = format!("Cookie: {}", root.cookie);
        let own = [&*cookie, "Content-Type: application/x-www-form-urlencoded"];
        let lines: Vec<&str> = own.into_iter().chain(lines.iter().copied()).collect();
        house.send(Door::Public, "POST", "/account/sessions?realm=admin", &lines, Some(body))
    };
    let foreign: Vec<&str> = OPENED.into_iter().chain(["Origin: https://evil.example"]).collect();
    is_page(&form(&foreign, "end=others"), 403, "This could not be done");
    is_problem(&form(&["Origin: https://evil.example"], "end=others"), 403);
    let origin = format!("Origin: {}", house.origin());
    let own: Vec<&str> = OPENED.into_iter().chain([&*origin]).collect();
    is_page(&form(&own, "end=x"), 404, "There is nothing here");
    is_page(&form(&own, &encoded(&[("wrong", "field")])), 400, "This could not be done");
    is_problem(&form(&[&origin], "end=x"), 404);
}

#[test]
fn what_is_not_there_at_our_own_door_is_a_page_too() {
    let house = House::open();
    let root = house.root();
    is_page(&ask(&house, Door::Admin, ("GET", "/panel/nope"), &OPENED, &root), 404, "There is nothing here");
    is_problem(&ask(&house, Door::Admin, ("GET", "/admin/nope"), &OPENED, &root), 404);
    for lines in OTHERS {
        is_problem(&ask(&house, Door::Admin, ("GET", "/panel/nope"), lines, &root), 404);
    }
}

#[test]
fn the_address_of_administration_leads_to_the_panel() {
    let house = House::open();
    let answer = house.send(Door::Admin, "GET", "/", &OPENED, None);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/panel")));
    assert_eq!(house.send(Door::Public, "GET", "/", &OPENED, None).status, 404);
    let house = House::with(&format!("mount = \"/auth\"\n{}", crate::house::RULES));
    assert_eq!(house.send(Door::Admin, "GET", "/", &OPENED, None).header("location"), Some("/auth/panel"));
}
