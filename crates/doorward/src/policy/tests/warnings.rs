//! Catch-alls that let through what a stricter route beside them would not.

use super::*;

const TREE: &str = "[[acl]]\nid = \"X::a\"\n";

fn lax(routes: &[String]) -> Vec<(usize, String)> {
    warned(&format!("{TREE}{}", routes.concat()))
}

fn strict(pattern: &str) -> String {
    route(pattern, "\"X::a\"", "")
}

#[test]
fn a_laxer_catch_all_around_a_stricter_route_is_doubtful() {
    let told = lax(&[open("* /*all"), strict("GET /admin")]);
    let [(line, text)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(*line, 4);
    assert_eq!(
        text,
        "`* /*all` asks for less (anonymous) than `GET /admin` (X::a, doorward.toml:8): a path that is almost the same gets through"
    );
}

#[test]
fn a_laxer_parameter_beside_a_stricter_literal_is_doubtful() {
    assert_eq!(lax(&[strict("GET /a/admin"), route("GET /a/:x", "\"self\"", "")]).len(), 1);
    assert_eq!(lax(&[strict("GET /a/admin/b"), route("GET /a/:x", "\"self\"", "")]), []);
    assert_eq!(lax(&[strict("GET /a/:y/b"), route("GET /a/:x/:z", "\"self\"", "")]).len(), 1);
}

#[test]
fn every_stricter_route_is_counted_and_the_first_is_named() {
    let told = lax(&[
        strict("GET /a/b"),
        strict("POST /a/c/d"),
        route("* /a/:x/e", "\"deny\"", ""),
        route("* /a/*r", "\"self\"", ""),
    ]);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains("than `GET /a/b` (X::a, doorward.toml:4), and 2 more:"), "{}", told[0].1);
}

#[test]
fn what_asks_for_as_much_or_for_other_requests_is_fine() {
    for routes in [
        [strict("* /*all"), strict("GET /admin")],
        [strict("* /*all"), open("GET /a")],
        [open("POST /*all"), strict("GET /admin")],
        [open("GET /a/*all"), strict("GET /b/admin")],
        [open("GET /a/b"), strict("GET /a/c")],
        [
            route("GET /*all", "\"anonymous\"", "host = \"a.example\""),
            route("GET /admin", "\"X::a\"", "host = \"b.example\""),
        ],
    ] {
        assert_eq!(lax(&routes), [], "{routes:?}");
    }
}

#[test]
fn a_catch_all_for_any_host_surrounds_routes_of_every_host() {
    assert_eq!(lax(&[open("GET /*all"), route("GET /admin", "\"X::a\"", "host = \"b.example\"")]).len(), 1);
}

#[test]
fn deny_is_stricter_than_anything() {
    assert_eq!(lax(&[route("GET /*all", "\"X::a\"", ""), route("GET /new", "\"deny\"", "")]).len(), 1);
}

#[test]
fn a_host_for_basic_that_nobody_reaches_is_doubtful() {
    let basic = "[dialect.ez]\nanonymous_roles = []\nbasic_host = \"api.example.com\"\n";
    let told = [(3, "`api.example.com` is not served here: whoever asks for it gets 421".to_owned())];
    assert_eq!(warned(basic), told);
    let named = format!("public_url = [\"https://www.example.com\", \"https://api.example.com\"]\n{basic}");
    assert_eq!(warned(&named), []);
}
