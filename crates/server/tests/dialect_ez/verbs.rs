//! Verbs: those that are native, those that stand in a header, and which ones a path has.

use crate::site::{Site, WANTS_JSON, is_error};

#[test]
fn where_something_goes_to_is_for_the_upstream_to_know() {
    let site = Site::open();
    let session = site.log_in("ada");
    let destination = "Destination: /api/ezp/v2/content/locations/1/5";
    for (method, more) in [("SWAP", "X-Own: 1"), ("POST", "X-HTTP-Method-Override: SWAP")] {
        let lines = [&*session.cookie, &session.proof, destination, more, "Content-Length: 0"];
        assert_eq!(site.ask(method, "/content/locations/1/2", &lines).status, 200);
        let seen = site.upstream.last();
        assert_eq!((&*seen.method, seen.header("destination")), ("SWAP", Some("/api/ezp/v2/content/locations/1/5")));
    }
}

#[test]
fn a_method_in_the_query_counts_as_one_in_a_header_and_goes_no_further() {
    let site = Site::open();
    let session = site.log_in("ada");
    let ask = |method: &str, query: &str, more: &[&str]| {
        let lines = [&*session.cookie, &session.proof, "Content-Length: 0", WANTS_JSON];
        let lines: Vec<&str> = lines.into_iter().chain(more.iter().copied()).collect();
        site.ask(method, &format!("/content/objects/7?{query}"), &lines)
    };
    for (query, rest) in
        [("_method=publish", ""), ("a=b&_method=PUBLISH&c", "?a=b&c"), ("%5Fmethod=PUBLISH&a=b", "?a=b")]
    {
        assert_eq!(ask("POST", query, &[]).status, 200, "{query}");
        let seen = site.upstream.last();
        assert_eq!((&*seen.method, &*seen.target), ("PUBLISH", &*format!("/api/ezp/v2/content/objects/7{rest}")));
    }
    // The header goes first, and nothing is left that says otherwise.
    assert_eq!(ask("POST", "_method=DELETE", &["X-HTTP-Method-Override: PATCH"]).status, 200);
    let seen = site.upstream.last();
    assert_eq!((&*seen.method, &*seen.target), ("PATCH", "/api/ezp/v2/content/objects/7"));
    for query in [
        "_method=",
        "_method",
        "_method=A&_method=B",
        "_method=PUBLISH;a",
        "_method[]=PUBLISH",
        "_METHOD=PUBLISH",
        "_method=TRACE",
    ] {
        assert!(is_error(&ask("POST", query, &[]), 400, "Bad Request"), "{query}");
    }
    // It counts with POST alone; with other methods nobody may read it at all.
    for method in ["PATCH", "DELETE"] {
        assert!(is_error(&ask(method, "_method=PUBLISH", &[]), 400, "Bad Request"), "{method}");
    }
    let no_proof = site.ask("POST", "/content/objects/7?_method=PUBLISH", &[&session.cookie, "Content-Length: 0"]);
    assert_eq!(no_proof.status, 401);
}

#[test]
fn a_form_is_refused_since_it_could_name_another_method() {
    let site = Site::open();
    let session = site.log_in("ada");
    let users = |kind: &str| {
        let kind = format!("Content-Type: {kind}");
        site.send("POST", "/user/users", &[&session.cookie, &session.proof, &kind, WANTS_JSON], "_method=DELETE")
    };
    for kind in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        "multipart/form-data; boundary=x",
    ] {
        assert!(is_error(&users(kind), 400, "Bad Request"), "{kind}");
    }
    assert_eq!(users("application/vnd.ez.api.UserCreate+json").status, 200);
    // As another verb than POST nobody reads a method in it.
    let lines = [
        &*session.cookie,
        &session.proof,
        "X-HTTP-Method-Override: PATCH",
        "Content-Type: application/x-www-form-urlencoded",
    ];
    assert_eq!(site.send("POST", "/content/objects/7", &lines, "_method=DELETE").status, 200);
    assert_eq!(site.upstream.last().method, "PATCH");
}

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
