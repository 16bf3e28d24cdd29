//! Verbs: those that are native, those that stand in a header, and which ones a path has.

use crate::site::{Site, WANTS_JSON, is_error};

#[test]
fn options_list_the_methods_of_the_routes_in_their_order() {
    let site = Site::open();
    for (path, allow) in [
        ("/", "GET"),
        ("/user/sessions", "POST"),
        ("/user/sessions/x", "DELETE"),
        ("/user/sessions/x/refresh", "POST"),
        ("/user/current", "GET"),
        ("/user/users", "HEAD,GET,POST"),
        ("/content/objects/7", "GET,PATCH,PUBLISH,DELETE"),
        ("/content/locations/1/2", "GET,SWAP"),
    ] {
        let answer = site.ask("OPTIONS", path, &[]);
        assert_eq!((answer.status, answer.header("allow")), (200, Some(allow)), "{path}");
        assert_eq!((answer.header("content-length"), answer.header("set-cookie")), (Some("0"), None), "{path}");
    }
    assert_eq!(site.ask("OPTIONS", "/nothing/here", &[]).status, 404);
}

#[test]
fn an_unknown_path_is_not_found_and_a_wrong_verb_not_allowed_whoever_asks() {
    let site = Site::open();
    for method in ["GET", "PUBLISH", "FROBNICATE"] {
        let answer = site.ask(method, "/nothing/here", &[WANTS_JSON]);
        assert!(is_error(&answer, 404, "Not Found"), "{method}: {}", answer.text());
    }
    for (method, path, allow) in [
        ("GET", "/user/sessions", "POST"),
        ("PATCH", "/user/sessions", "POST"),
        ("FROBNICATE", "/content/objects/7", "GET,PATCH,PUBLISH,DELETE"),
        ("SWAP", "/content/objects/7", "GET,PATCH,PUBLISH,DELETE"),
        ("GET", "/user/sessions/x", "DELETE"),
    ] {
        let answer = site.ask(method, path, &[WANTS_JSON]);
        assert!(is_error(&answer, 405, "Method Not Allowed"), "{method} {path}: {}", answer.text());
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
}

#[test]
fn a_method_in_a_header_counts_with_post_alone_and_must_be_letters() {
    let site = Site::open();
    let session = site.log_in("ada");
    let ask = |method: &str, verb: &str| {
        let header = format!("X-HTTP-Method-Override: {verb}");
        let lines = [&*session.cookie, &session.proof, &header, "Content-Length: 0", WANTS_JSON];
        site.ask(method, "/content/locations/1/2", &lines)
    };
    assert_eq!(ask("POST", "swap").status, 200);
    assert_eq!(site.upstream.last().method, "SWAP");
    assert_eq!(ask("POST", "COPY").status, 405);
    for verb in ["SW AP", "SWAP2", "GET,SWAP"] {
        assert!(is_error(&ask("POST", verb), 400, "Bad Request"), "{verb}");
    }
    let answer = ask("PUT", "SWAP");
    assert!(is_error(&answer, 405, "Method Not Allowed"), "{}", answer.text());
}
