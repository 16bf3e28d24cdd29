//! Paths: what is matched is what is forwarded (table A).

use crate::kit::{House, Upstream};

const RULES: &str = "[[route]]\nmatch = \"* /public/*rest\"\naccess = \"anonymous\"\n\
    [[route]]\nmatch = \"* /admin\"\naccess = \"deny\"\n[[route]]\nmatch = \"* /admin/*rest\"\naccess = \"deny\"\n\
    [[route]]\nmatch = \"GET /files/:name\"\naccess = \"anonymous\"\nencoded_slash = true\n";

/// Each of these bytes as a target, on a connection of its own: `expected`, and the upstream is left alone.
fn refused(targets: &[&[u8]], expected: u16) {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    for target in targets {
        let request = [b"GET ", *target, b" HTTP/1.1\r\nHost: localhost\r\n\r\n"].concat();
        let answer = house.client().send(request).answer();
        assert_eq!(answer.status, expected, "{}", target.escape_ascii());
    }
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn dot_segments_are_refused_whichever_route_they_begin_with() {
    refused(
        &[
            b"/public/../admin",
            b"/public/./x",
            b"/public/..",
            b"/public/%2e%2e/admin",
            b"/public/.%2e/admin",
            b"/public/%2E%2E/admin",
            b"/public/%2e/x",
            b"/admin/..",
        ],
        400,
    );
}

#[test]
fn encoded_slashes_and_backslashes_are_refused_unless_a_route_takes_them() {
    refused(&[b"/public/..%2fadmin", b"/public/a%2fb", b"/public/a%5cb", b"/public/a\\b"], 400);
    refused(&[b"/public%2fx"], 404);
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    assert_eq!(house.client().request("GET", "/files/a%2fb", &[]).answer().text(), "/files/a%2Fb");
}

#[test]
fn nothing_is_decoded_twice() {
    refused(&[b"/public/%252e%252e%252fadmin", b"/public/%25%32%65", b"/public/%2500", b"/public/%25252e"], 400);
}

#[test]
fn empty_segments_are_refused_and_never_read_as_an_authority() {
    refused(&[b"//admin", b"/public//b", b"///", b"/public//", b"//localhost/public/x"], 400);
}

#[test]
fn path_parameters_are_refused() {
    refused(&[b"/admin;x=1/u", b"/public/..;/admin", b"/public/x;", b"/public/x;a=b"], 400);
}

#[test]
fn characters_that_readers_disagree_about_are_refused() {
    refused(
        &[
            b"/public/%00",
            b"/public/%0a",
            b"/public/%7f",
            b"/public/\xff",
            b"/public/\xc3\xa9",
            b"/public/%zz",
            b"/public/%",
            b"/public/%c0%af",
            b"/public/%ff",
            b"/public/a#b",
            b"/public/\x01",
        ],
        400,
    );
}

#[test]
fn another_spelling_is_another_path() {
    refused(
        &[b"/ADMIN", b"/Public/x", b"/admin.json", b"/admin%20", b"/admin.", b"/admin::$DATA", b"/publi%EF%BC%8Fx"],
        404,
    );
}

#[test]
fn encoded_unreserved_characters_are_matched_and_forwarded_decoded() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let mut client = house.client();
    assert_eq!(client.request("GET", "/%70ublic/%7ex?a=%7e", &[]).answer().text(), "/public/~x?a=%7e");
    assert_eq!(client.request("GET", "/public/%23%3f", &[]).answer().text(), "/public/%23%3F");
    assert_eq!(client.request("GET", "/public/x/", &[]).answer().text(), "/public/x/");
    assert_eq!(client.request("GET", "/%61dmin", &[]).answer().status, 401);
    assert_eq!(client.request("GET", "/admin/", &[]).answer().status, 401);
    assert_eq!(client.request("GET", "/admin?x=/public/y", &[]).answer().status, 401);
}
