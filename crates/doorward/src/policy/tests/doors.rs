//! The public listener and that of administrators, and the hosts that are served.

use super::*;

fn at(policy: &Policy, door: Door, method: Method, path: &str) -> String {
    match policy.find(door, &method, "h.example", path) {
        Match::Route(found) => found.route.to_string(),
        Match::MethodNotAllowed(_) => "405".into(),
        Match::UnknownMethod => "501".into(),
        Match::NotFound => "404".into(),
    }
}

#[test]
fn administration_is_at_its_own_door_alone() {
    let policy = compiled(&open("GET /a"));
    for path in [
        "/admin/users",
        "/admin/users/7",
        "/admin/roles/r",
        "/admin/stats",
        "/metrics",
        "/openapi.json",
        "/admin/explain",
    ] {
        assert_eq!(at(&policy, Door::Public, Method::GET, path), "404", "{path}");
        assert_ne!(at(&policy, Door::Admin, Method::GET, path), "404", "{path}");
    }
    assert_eq!(at(&policy, Door::Admin, Method::GET, "/a"), "404");
    assert_eq!(at(&policy, Door::Admin, Method::DELETE, "/admin/audit"), "405");
}

#[test]
fn the_address_of_administration_itself_is_at_its_own_door() {
    for text in ["", "panel.public = true\n", "mount = \"/auth\"\n"] {
        let policy = compiled(text);
        assert_eq!(at(&policy, Door::Admin, Method::GET, "/"), "GET /", "{text}");
        assert_eq!(at(&policy, Door::Public, Method::GET, "/"), "404", "{text}");
    }
    let policy = compiled("[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n[realm.a]\n[realm.b]\n");
    assert_eq!(at(&policy, Door::Admin, Method::GET, "/"), "404");
}

#[test]
fn what_everybody_has_is_at_both_doors() {
    let policy = compiled("");
    for path in ["/login", "/user/me", "/user/csrf", "/healthz", "/readyz", "/user/sessions/current"] {
        for door in [Door::Public, Door::Admin] {
            assert_ne!(at(&policy, door, Method::GET, path), "404", "{path}");
        }
    }
}

#[test]
fn a_public_panel_is_at_both_doors_and_numbers_are_not() {
    let policy = compiled("panel.public = true\n");
    for path in ["/admin/users", "/admin/audit", "/admin/events"] {
        for door in [Door::Public, Door::Admin] {
            assert_ne!(at(&policy, door, Method::GET, path), "404", "{path}");
        }
    }
    assert_eq!(at(&policy, Door::Public, Method::GET, "/metrics"), "404");
    assert_eq!(at(&policy, Door::Admin, Method::GET, "/metrics"), "GET /metrics");
}

#[test]
fn without_a_realm_of_administrators_nobody_administers() {
    let policy = compiled("[realm.a]\n[realm.b]\n");
    assert_eq!(at(&policy, Door::Admin, Method::GET, "/admin/users"), "404");
    assert_eq!(at(&policy, Door::Admin, Method::GET, "/metrics"), "GET /metrics");
    assert_eq!(policy.admin_realm(), None);
}

#[test]
fn administration_is_for_sessions_of_administrators() {
    let policy = compiled("[realm.a]\n[realm.b.basic]\nenabled = true\n[admin]\nrealm = \"b\"\n");
    let Match::Route(found) = policy.find(Door::Admin, &Method::GET, "h", "/admin/users") else { panic!("no route") };
    assert_eq!(*found.route.realm_names, [name("b")]);
    assert!(!found.route.accepts_basic());
    let users = policy.resources().find(builtin::USERS).expect("a resource");
    assert_eq!(found.route.access, Access::Resources([users].into()));
}

#[test]
fn administration_asks_for_a_token_whatever_the_settings_say() {
    for text in ["", "[csrf]\nproof = \"token-or-origin\"\n"] {
        let policy = compiled(&format!("panel.public = true\n{text}"));
        let proof = |method, path| match policy.find(Door::Admin, &method, "h", path) {
            Match::Route(found) => found.route.proof,
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(proof(Method::POST, "/admin/users/7/unlock"), ProofKind::Token);
        assert_eq!(proof(Method::DELETE, "/admin/sessions"), ProofKind::Token);
        assert_eq!(proof(Method::DELETE, "/user/sessions/current"), ProofKind::TokenOrOrigin);
    }
}

#[test]
fn every_own_route_is_told_apart_and_asks_for_something_that_exists() {
    let policy = compiled("panel.public = true\n");
    let own: Vec<&Route> = policy.routes().iter().filter(|route| route.is_own()).collect();
    assert_eq!(own.len(), builtin::own().len());
    for route in own {
        assert_ne!(route.access, Access::Deny, "{route}");
        let probes = route.is_anonymous() || matches!(route.csrf, Csrf::Unsafe | Csrf::All);
        assert!(probes, "{route}");
    }
}

#[test]
fn hosts_that_the_file_names_are_served_and_no_others() {
    let text = format!(
        "public_url = [\"https://shop.example\", \"https://shop.example:8443\", \"http://[2001:db8::1]:81\"]\n{}",
        route("GET /a", "\"self\"", "host = \"api.example\"")
    );
    let policy = compiled(&text);
    for host in ["shop.example", "shop.example:8443", "[2001:db8::1]:81", "api.example"] {
        assert!(policy.serves(Door::Public, host, false), "{host}");
    }
    for host in ["localhost", "localhost:1", "127.0.0.1:8080", "[::1]"] {
        assert!(policy.serves(Door::Public, host, true), "{host}");
        assert!(!policy.serves(Door::Public, host, false), "{host}");
    }
    for host in [
        "",
        "example",
        "shop.example:8444",
        "evil.example",
        "shop.example.evil",
        "api.example:1",
        "10.0.0.1",
        "[2001:db8::1]",
        "xshop.example",
    ] {
        assert!(!policy.serves(Door::Public, host, true), "{host}");
    }
}

#[test]
fn administration_is_served_at_any_address_and_own_name() {
    let policy = compiled("public_url = \"https://shop.example\"\n");
    for host in ["10.0.0.1:8081", "[2001:db8::1]:8081", "shop.example:8081", "localhost:8081"] {
        assert!(policy.serves(Door::Admin, host, false), "{host}");
    }
    for host in ["evil.example:8081", "shop.example.evil:8081", "", "10.0.0.1.example"] {
        assert!(!policy.serves(Door::Admin, host, false), "{host}");
    }
}

#[test]
fn a_file_without_hosts_serves_whoever_is_on_this_machine() {
    let policy = compiled("");
    for host in ["127.0.0.1:8080", "localhost"] {
        assert!(policy.serves(Door::Public, host, true) && !policy.serves(Door::Public, host, false), "{host}");
    }
    assert!(!policy.serves(Door::Public, "shop.example", true) && !policy.serves(Door::Public, "10.0.0.1", true));
    let named = compiled("public_url = \"http://localhost:8080\"\n");
    assert!(named.serves(Door::Public, "localhost:8080", false) && !named.serves(Door::Public, "localhost", false));
}

#[test]
fn probes_know_no_name() {
    let policy = compiled("");
    let any: Vec<String> = policy.routes().iter().filter(|route| route.any_host).map(ToString::to_string).collect();
    assert_eq!(any, ["GET /healthz", "GET /readyz"]);
}

#[test]
fn a_route_is_found_again_in_a_later_policy() {
    let earlier = compiled(&[open("GET /a"), route("GET /b/:x", "\"self\"", "host = \"h.example\"")].concat());
    let later = compiled(&[route("GET /b/:x", "\"deny\"", "host = \"h.example\""), open("GET,PUT /a")].concat());
    let found = later.same_route(&earlier.declared_routes()[1]).map(|route| route.access.clone());
    assert_eq!(found, Some(Access::Deny));
    assert!(later.same_route(&earlier.declared_routes()[0]).is_none());
    assert_eq!(earlier.route_text(RouteId(0)), "GET /a");
    assert_eq!(earlier.route_text(RouteId(9_999)), "-");
}
