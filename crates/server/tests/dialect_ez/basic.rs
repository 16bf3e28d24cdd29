//! HTTP Basic: stateless, on the same root for whoever sends the header, and on a root of its own with a challenge.

use crate::kit::{House, PASSWORD, Upstream};
use crate::site::{COOKIE, SENDS_JSON, Site, WANTS_JSON, input, is_empty, is_error};

const CHALLENGE: &str = "Basic realm=\"eZ Publish REST API\"";
/// `ada` and the password of everybody, and `ada` with another one.
const GOOD: &str = "Authorization: Basic YWRhOnRoZSBoZXJvbiB3YWl0cyBhdCB0aGUgd2Vpcg==";
const BAD: &str = "Authorization: bAsIc YWRhOmFub3RoZXI=";

#[test]
fn the_header_is_the_password_of_everybody() {
    assert_eq!(PASSWORD, "the heron waits at the weir");
}

#[test]
fn credentials_are_good_for_their_request_alone() {
    let site = Site::open();
    let bob = site.log_in("bob");
    // No cookie counts beside them, no token is asked for, and nothing is left behind.
    for lines in [vec![GOOD], vec![GOOD, &*bob.cookie]] {
        let answer = site.ask("DELETE", "/content/objects/7", &lines);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("set-cookie"), None);
        let seen = site.upstream.last();
        assert_eq!((seen.header("x-doorward-login"), seen.header("x-doorward-method")), (Some("ada"), Some("basic")));
        assert!(!seen.has("authorization"));
    }
    assert_eq!(site.ask("GET", "/user/users", &[GOOD]).status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-login"), Some("ada"));
    assert_eq!(site.ask("GET", "/user/current", &[GOOD]).status, 307);
}

#[test]
fn bad_credentials_are_challenged_with_an_empty_body() {
    let site = Site::open();
    let ada = site.log_in("ada");
    for path in ["/", "/content/objects/7", "/user/users", "/user/current"] {
        for lines in [vec![BAD, WANTS_JSON], vec![BAD, &*ada.cookie], vec![BAD, "X-Requested-With: XMLHttpRequest"]] {
            let answer = site.ask("GET", path, &lines);
            assert!(is_empty(&answer, 401), "{path}: {} {}", answer.status, answer.text());
            assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{path}");
            assert_eq!(answer.header("set-cookie"), None, "{path}");
        }
    }
    assert!(site.is_alive(&ada));
}

#[test]
fn what_is_no_pair_is_as_if_it_were_not_there() {
    let site = Site::open();
    let ada = site.log_in("ada");
    for header in ["Authorization: Basic !!!", "Authorization: Basic bm9jb2xvbg==", "Authorization: Bearer x"] {
        let answer = site.ask("GET", "/content/objects/7", &[header]);
        assert_eq!(answer.status, 200, "{header}: {}", answer.text());
        let answer = site.ask("DELETE", "/content/objects/7", &[header, WANTS_JSON]);
        assert!(is_error(&answer, 401, "Unauthorized"), "{header}");
        assert_eq!(answer.header("www-authenticate"), None, "{header}");
    }
    // Beside a header for Basic no cookie counts, even where that says nothing.
    let lines = ["Authorization: Basic !!!", &*ada.cookie, &ada.proof];
    assert_eq!(site.ask("DELETE", "/content/objects/7", &lines).status, 401);
    // Logging in is not about the header.
    assert_eq!(site.send("POST", "/user/sessions", &[BAD, SENDS_JSON], &input("ada", PASSWORD)).status, 201);
}

#[test]
fn guests_are_never_challenged_where_sessions_are() {
    let site = Site::open();
    for path in ["/", "/content/objects/7", "/content/locations/1", "/user/current", "/nothing"] {
        assert_eq!(site.ask("GET", path, &[]).header("www-authenticate"), None, "{path}");
    }
}

#[test]
fn a_root_of_its_own_challenges_guests_and_knows_no_session() {
    let site = Site::open();
    let ada = site.log_in("ada");
    let ask = |method: &str, path: &str, lines: &[&str]| site.house.client().request(method, path, lines).answer();
    for path in ["/basic/", "/basic/content/sections", "/basic/user/current"] {
        for lines in [vec![], vec![&*ada.cookie], vec!["Authorization: Basic !!!"], vec![BAD]] {
            let answer = ask("GET", path, &lines);
            assert!(is_empty(&answer, 401), "{path} {lines:?}: {} {}", answer.status, answer.text());
            assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{path} {lines:?}");
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
    let lines = [GOOD, "Content-Length: 0"];
    assert_eq!(ask("PUBLISH", "/basic/content/objects/7?a=b", &lines).status, 200);
    // What stands below the usual root stands there too, and the upstream has one root.
    let seen = site.upstream.last();
    assert_eq!((&*seen.method, &*seen.target), ("PUBLISH", "/api/ezp/v2/content/objects/7?a=b"));
    assert_eq!((seen.header("x-doorward-login"), seen.header("x-doorward-method")), (Some("ada"), Some("basic")));
    for (method, path, status) in [
        ("GET", "/basic/", 200),
        ("GET", "/basic/content/sections", 200),
        ("POST", "/basic/content/sections", 200),
        ("GET", "/basic/user/current", 307),
        ("POST", "/basic/user/sessions", 404),
        ("GET", "/basic/user/sessions/current", 404),
        ("GET", "/basic/user/users", 200),
        ("GET", "/basic/nothing", 404),
        ("GET", "/basic", 200),
        ("GET", "/basics/content/sections", 404),
    ] {
        let lines = [GOOD, &*ada.cookie, "Content-Length: 0"];
        let lines = if method == "GET" { &lines[..2] } else { &lines[..] };
        let answer = ask(method, path, lines);
        assert_eq!((answer.status, answer.header("set-cookie")), (status, None), "{path}: {}", answer.text());
    }
    // What is not there is not there for guests either, and nobody logs in to read a list of verbs.
    assert_eq!(ask("GET", "/basic/nothing", &[]).status, 404);
    assert_eq!(ask("OPTIONS", "/basic/content/sections", &[]).header("allow"), Some("GET,POST"));
}

#[test]
fn a_host_of_its_own_challenges_guests_too() {
    let upstream = Upstream::echo();
    let rules = "public_url = [\"http://localhost\", \"http://api.example.com\"]\n[basic]\nallow_insecure = true\n\
        [dialect.ez]\nbasic_host = \"api.example.com\"\nchallenge = \"the \\\"API\\\"\"\n\
        [[route]]\nmatch = \"GET /api/ezp/v2/x\"\naccess = \"anonymous\"\n";
    let house = House::before(&upstream, rules);
    house.add_user("ada", &[]);
    let ask = |host: &str, more: &str| {
        let text = format!("GET /api/ezp/v2/x HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
        house.client().send(text).answer()
    };
    let answer = ask("api.example.com", "");
    assert!(is_empty(&answer, 401), "{} {}", answer.status, answer.text());
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"the \\\"API\\\"\""));
    assert_eq!(ask("api.example.com", &format!("{GOOD}\r\n")).status, 200);
    assert_eq!(ask("localhost", "").status, 200);
}

#[test]
fn plain_http_and_a_switch_keep_credentials_out() {
    let upstream = Upstream::echo();
    let rules = |more: &str| {
        format!("[dialect.ez]\n{more}\n[[route]]\nmatch = \"GET /api/ezp/v2/x\"\naccess = \"anonymous\"\n")
    };
    let house = House::before(&upstream, &rules(""));
    house.add_user("ada", &[]);
    let ask =
        |house: &House, header: &str| house.client().request("GET", "/api/ezp/v2/x", &[header, WANTS_JSON]).answer();
    // Stricter than there: over plain HTTP they are not read.
    assert!(is_error(&ask(&house, GOOD), 403, "Forbidden"));
    let house = House::before(&upstream, &rules("basic = false"));
    house.add_user("ada", &[]);
    assert_eq!(ask(&house, BAD).status, 200);
    assert_eq!(upstream.last().header("x-doorward-method"), Some("guest"));
    assert!(!COOKIE.is_empty());
}
