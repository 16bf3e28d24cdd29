//! Policies with limitations: owner, section and subtree, where a route says where they stand.

use crate::site::{Session, Site, WANTS_JSON, is_error, json};

const RULES: &str = r#"
[[route]]
match = "GET,PATCH /api/ezp/v2/user/users/:id"
access = "content/edit"
limitations = { owner = ":id" }
[[route]]
match = "MOVE /api/ezp/v2/content/places/*node"
access = "content/edit"
limitations = { subtree = "*node", section = "?section" }
[role.own]
limited = [{ allow = "content/edit", to = { owner = "%user_id%" } }]
[role.branch]
limited = [{ allow = "content/edit", to = { subtree = "/1/2/", section = ["1", "3"] } }]
"#;

fn ask(site: &Site, method: &str, path: &str, session: &Session) -> u16 {
    let lines = [&*session.cookie, &session.proof, "Content-Length: 0", WANTS_JSON];
    let answer = site.ask(method, path, if method == "GET" { &lines[..1] } else { &lines[..] });
    if answer.status != 200 {
        let answer = site.ask(method, path, &lines);
        assert!(is_error(&answer, 401, "Unauthorized"), "{method} {path}: {} {}", answer.status, answer.text());
    }
    answer.status
}

#[test]
fn an_owner_may_what_others_may_not() {
    let site = Site::with_more("", RULES);
    let own = site.house.add_user("own", &["own"]);
    let session = site.log_in("own");
    for method in ["GET", "PATCH"] {
        assert_eq!(ask(&site, method, &format!("/user/users/{}", own.id), &session), 200);
        assert_eq!(ask(&site, method, &format!("/user/users/{}", site.ada.id), &session), 401);
        assert_eq!(ask(&site, method, &format!("/user/users/0{}", own.id), &session), 401);
    }
    // Ada is an editor, and limited by nothing.
    let ada = site.log_in("ada");
    assert_eq!(ask(&site, "PATCH", &format!("/user/users/{}", own.id), &ada), 200);
    // What no route says is not met.
    assert_eq!(ask(&site, "DELETE", "/content/objects/7", &session), 401);
    // A verb that stands in a header is judged as the verb.
    let lines = [&*session.cookie, &session.proof, "X-HTTP-Method-Override: PATCH", "Content-Length: 0"];
    assert_eq!(site.ask("POST", &format!("/user/users/{}", own.id), &lines).status, 200);
    assert_eq!(site.ask("POST", &format!("/user/users/{}", site.ada.id), &lines).status, 401);
}

#[test]
fn a_subtree_and_a_section_must_both_be_met() {
    let site = Site::with_more("", RULES);
    site.house.add_user("fay", &["branch"]);
    let session = site.log_in("fay");
    for (path, status) in [
        ("1/2/58?section=3", 200),
        ("1/2?section=1", 200),
        ("1/23?section=1", 401),
        ("1/5/58?section=1", 401),
        ("1/2/58", 401),
        ("1/2/58?section=2", 401),
        ("1/2/58?section=1&section=2", 401),
        ("1/2/58?section=1&section[]=2", 401),
    ] {
        assert_eq!(ask(&site, "MOVE", &format!("/content/places/{path}"), &session), status, "{path}");
    }
    let answer = site.ask(
        "MOVE",
        "/content/places/1/5?section=1",
        &[&session.cookie, &session.proof, "Content-Length: 0", WANTS_JSON],
    );
    let description = "The User does not have the 'MOVE /api/ezp/v2/content/places/1/5' 'content/edit' permission";
    assert_eq!(json(&answer)["ErrorMessage"]["errorDescription"], description);
}
