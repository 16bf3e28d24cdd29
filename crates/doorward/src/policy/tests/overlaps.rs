//! Routes of files where Doorward's own are.

use super::*;

#[test]
fn a_route_where_one_of_doorwards_own_is_names_the_way_out() {
    for (pattern, own) in [
        ("GET /login", "/login"),
        ("PATCH /login", "/login"),
        ("GET /:page", "/login"),
        ("GET /user/me", "/user/me"),
        ("* /user/*rest", "/user/sessions"),
        ("GET /user/sessions/:x/refresh", "/user/sessions/:id/refresh"),
        ("GET /healthz/", "/healthz"),
        ("GET /:a/me", "/user/me"),
        ("GET /%6cogin", "/login"),
    ] {
        let complaint = complained(&open(pattern), 2, "is where Doorward's own", "mount = \"/auth\"");
        assert!(complaint.text.contains(&format!("`{own}`")), "{complaint}");
    }
}

#[test]
fn an_own_path_is_own_at_every_host() {
    let text = route("GET /login", "\"anonymous\"", "host = \"other.example\"");
    complained(&text, 2, "is where Doorward's own `/login` is", "mount");
}

#[test]
fn a_mount_gives_the_paths_away() {
    let text = format!("mount = \"/auth/\"\n{}{}", open("GET /login"), open("GET /:page"));
    let policy = compiled(&text);
    assert_eq!(policy.mount(), "/auth");
    assert_eq!(led(&policy, "GET", "/login"), "GET /login");
    assert_eq!(led(&policy, "GET", "/account"), "GET /:page");
    assert_eq!(led(&policy, "GET", "/auth/login"), "GET /auth/login");
    assert_eq!(led(&policy, "GET", "/auth/user/me"), "GET /auth/user/me");
    let text = format!("mount = \"/auth\"\n{}", open("GET /auth/:page"));
    complained(&text, 3, "is where Doorward's own `/auth/login` is", "mount");
}

#[test]
fn a_route_for_everything_leaves_doorwards_own_alone() {
    let policy = compiled(&[open("* /*all"), open("GET /:lang/*all")].concat());
    assert_eq!(led(&policy, "GET", "/login"), "GET /login");
    assert_eq!(led(&policy, "GET", "/en/user"), "GET /:lang/*all");
    assert_eq!(led(&policy, "GET", "/user/me"), "GET /user/me");
}

#[test]
fn paths_of_administration_are_free_unless_the_panel_is_public() {
    let text = [open("GET /admin/users"), open("GET /admin/roles/:name"), open("GET /metrics")].concat();
    let policy = compiled(&text);
    assert_eq!(led(&policy, "GET", "/admin/users"), "GET /admin/users");
    assert!(policy.routes().iter().any(|route| route.is_own() && route.to_string() == "GET,POST /admin/users"));
    let all = refused(&format!("panel.public = true\n{text}"));
    let told: Vec<_> = all.iter().map(|complaint| complaint.source.line()).collect();
    assert_eq!(told, [3, 7]);
}
