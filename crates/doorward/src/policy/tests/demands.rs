//! What else a route says, and what it must not say.

use super::*;

/// The only route of a file of settings and one route `GET /a/b/:id` for users.
fn demanding(settings: &str, keys: &str) -> Route {
    only(&compiled(&format!("{settings}{}", route("GET /a/b/:id", "\"self\"", keys)))).clone()
}

fn wrong(settings: &str, keys: &str, said: &str, fix: &str) {
    let line = settings.lines().count() + 4;
    complained(&format!("{settings}{}", route("GET /a/b/:id", "\"self\"", keys)), line, said, fix);
}

#[test]
fn an_upstream_is_the_default_one_or_a_named_one() {
    let two = "[upstream.a]\nurl = \"http://a\"\n[upstream.b]\nurl = \"http://b\"\n";
    assert_eq!(demanding("", "").target, Target::Inner);
    assert_eq!(demanding("upstream = \"http://a\"\n", "").target, Target::Upstream(name("default")));
    assert_eq!(demanding("[upstream.a]\nurl = \"http://a\"\n", "").target, Target::Upstream(name("a")));
    assert_eq!(demanding(two, "upstream = \"b\"").target, Target::Upstream(name("b")));
    wrong(two, "upstream = \"c\"", "there is no upstream `c`", "one of: a, b");
    wrong("", "upstream = \"c\"", "there is no upstream `c`", "declare `[upstream.c]`");
    complained(&format!("{two}{}", open("GET /")), 6, "none is the default", "add `upstream = …`, one of: a, b");
}

#[test]
fn a_time_limit_is_the_routes_the_upstreams_or_everybodys() {
    let upstream = "[limits]\ntimeout = \"9s\"\n[upstream.a]\nurl = \"http://a\"\ntimeout = \"7s\"\n";
    assert_eq!(demanding("[limits]\ntimeout = \"9s\"\n", "").bounds.timeout, Period(9));
    assert_eq!(demanding(upstream, "").bounds.timeout, Period(7));
    assert_eq!(demanding(upstream, "limits.timeout = \"5s\"").bounds.timeout, Period(5));
}

#[test]
fn bounds_are_the_routes_or_everybodys() {
    let route = demanding("limits.body = \"2MiB\"\n", "");
    assert_eq!((route.bounds.body, route.bounds.rate), (Size(2 << 20), None));
    let route = demanding("", "limits = { body = \"3MiB\", rate = \"5/m\" }");
    assert_eq!((route.bounds.body, route.bounds.rate), (Size(3 << 20), Some(Rate { requests: 5, seconds: 60 })));
}

#[test]
fn a_host_is_one_that_a_request_can_have() {
    for (written, host) in [
        ("API.Example", "api.example"),
        ("a.example:8443", "a.example:8443"),
        ("[::1]:81", "[::1]:81"),
        ("10.0.0.1", "10.0.0.1"),
    ] {
        assert_eq!(demanding("", &format!("host = \"{written}\"")).host.as_deref(), Some(host));
    }
    for host in [
        "",
        "*.example",
        "http://a.example",
        "a.example/b",
        "u@a.example",
        "a b",
        "a.example:x",
        "a.example:99999",
        "[::1",
        "ä.example",
        "a,b",
    ] {
        wrong("", &format!("host = \"{host}\""), &format!("`{host}` is no host"), "write `api.example.com`");
    }
}

#[test]
fn a_stripped_prefix_is_a_beginning_of_the_path() {
    let stripped = |prefix: &str, path: &'static str| {
        demanding("", &format!("strip_prefix = \"{prefix}\"")).stripped(path).to_owned()
    };
    assert_eq!(stripped("/a", "/a/b/7"), "/b/7");
    assert_eq!(stripped("/a/b/", "/a/b/7"), "/7");
    assert_eq!(stripped("/%61", "/a/b/7/"), "/b/7/");
    assert_eq!(stripped("/", "/a/b/7"), "/a/b/7");
    for prefix in ["/b", "/a/b/7", "/a/b/:id", "a", "", "/a/b/c/d", "/ab", "/a?"] {
        wrong("", &format!("strip_prefix = \"{prefix}\""), "does not begin with", "write a beginning of the path");
    }
    let whole = compiled(&route("GET /a", "\"self\"", "strip_prefix = \"/a\""));
    assert_eq!(only(&whole).stripped("/a"), "/");
    assert_eq!(only(&whole).stripped("/a/"), "/");
}

#[test]
fn headers_are_set_and_removed_but_for_those_that_are_doorwards() {
    let route = demanding(
        "",
        "headers = { request = { set = { X-A = \"1\" }, remove = [\"X-B\"] }, response = { remove = [\"server\"] } }",
    );
    assert_eq!(
        route.request_headers.set,
        [(http::HeaderName::from_static("x-a"), http::HeaderValue::from_static("1"))]
    );
    assert_eq!(route.request_headers.remove, ["x-b"]);
    assert_eq!(route.response_headers.remove, ["server"]);
    for header in [
        "Host",
        "connection",
        "Content-Length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Upgrade",
        "Keep-Alive",
        "Proxy-Connection",
        "Cookie",
        "Set-Cookie",
        "Forwarded",
        "X-Forwarded-For",
        "x_forwarded_proto",
        "X-Doorward-User",
        "X_Doorward.Roles",
        "Proxy-Authorization",
        "Remote-User",
        "x_forwarded_user",
    ] {
        wrong(
            "",
            &format!("headers.request.set = {{ \"{header}\" = \"x\" }}"),
            "is Doorward's to set",
            "leave this header",
        );
        wrong("", &format!("headers.response.remove = [\"{header}\"]"), "is Doorward's to set", "leave this header");
    }
    wrong("", "headers.request.remove = [\"a b\"]", "is no name of a header", "");
    wrong("", "headers.request.set.X-A = \"a\\nb\"", "a character that no header may have", "");
}

#[test]
fn the_value_of_a_header_is_seen_by_no_debugger() {
    let text = route("GET /a", "\"self\"", "headers.request.set.Authorization = \"Bearer hunter2\"");
    let (settings, rules) = Settings::parse("doorward.toml", &text, &nothing).expect("rules");
    assert!(!format!("{rules:?}").contains("hunter2"));
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).expect("a policy");
    assert!(!format!("{:?}", only(&policy)).contains("hunter2"));
    assert_eq!(only(&policy).request_headers.set[0].1, "Bearer hunter2");
}

#[test]
fn proof_against_forgery_is_as_the_route_says_or_as_all_do() {
    assert_eq!((demanding("", "").csrf, demanding("", "").proof), (Csrf::Unsafe, ProofKind::TokenOrOrigin));
    let all = "[csrf]\nrequests = \"all\"\nproof = \"token\"\n";
    assert_eq!((demanding(all, "").csrf, demanding(all, "").proof), (Csrf::All, ProofKind::Token));
    let back = demanding(all, "csrf = \"unsafe\"\nproof = \"token-or-origin\"");
    assert_eq!((back.csrf, back.proof), (Csrf::Unsafe, ProofKind::TokenOrOrigin));
    assert_eq!(demanding("", "csrf = \"off\"").csrf, Csrf::OriginOnly);
}

#[test]
fn proof_against_forgery_is_switched_off_for_one_exact_route_alone() {
    complained(
        &route("POST /hooks/*rest", "\"self\"", "csrf = \"off\""),
        4,
        "is for one exact route",
        "declare each route",
    );
    let text = route("POST /hook", "\"self\"", "csrf = \"off\"");
    assert_eq!(warned(&text), [(4, "`POST /hook` takes requests without proof against forgery".to_owned())]);
}

#[test]
fn a_cookie_for_all_sites_demands_the_token_whatever_anybody_says() {
    let text = "public_url = \"https://a.example\"\ncors.origins = [\"https://b.example\"]\n[realm.x]\ncookie.same_site = \"none\"\n[realm.y]\n[admin]\nrealm = \"y\"\n";
    let asks = |keys: &str| demanding(text, keys).proof;
    assert_eq!(asks("realm = \"x\"\nproof = \"token-or-origin\""), ProofKind::Token);
    assert_eq!(asks("realm = [\"y\", \"x\"]"), ProofKind::Token);
    assert_eq!(asks("realm = \"y\""), ProofKind::TokenOrOrigin);
    let policy = compiled(text);
    let own = |path: &str| policy.routes().iter().find(|route| route.to_string() == path).expect("a route").proof;
    assert_eq!(own("PUT /user/me/password"), ProofKind::Token);
    assert_eq!(own("DELETE /user/sessions"), ProofKind::Token);
    // Forms of our own pages send no header, and administrators have a cookie of their own.
    assert_eq!(own("POST /logout"), ProofKind::TokenOrOrigin);
}

#[test]
fn basic_counts_where_a_realm_or_a_route_says_so_and_somebody_is_looked_for() {
    let on = "basic.enabled = true\n";
    assert!(!demanding("", "").accepts_basic());
    assert!(demanding(on, "").accepts_basic());
    assert!(!demanding(on, "basic = false").accepts_basic());
    assert!(demanding("", "basic = true").accepts_basic());
    assert!(!only(&compiled(&format!("{on}{}", open("GET /a")))).accepts_basic());
    assert!(only(&compiled(&format!("{on}{}", route("GET /a", "\"anonymous\"", "identify = true")))).accepts_basic());
    let realms = "[realm.a.basic]\nenabled = true\n[realm.b]\n";
    let route = demanding(realms, "realm = [\"b\", \"a\"]");
    assert_eq!((&*route.realms, &*route.basic), (&[RealmId(1), RealmId(0)][..], &[RealmId(0)][..]));
}

#[test]
fn cors_is_what_all_routes_have_or_the_routes_own() {
    let all = "cors.origins = [\"https://a.example\"]\n";
    let origins = |route: &Route| {
        route.cors.as_ref().map(|cors| cors.origins.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(origins(&demanding("", "")), None);
    assert_eq!(origins(&demanding(all, "")), Some(vec!["https://a.example".to_owned()]));
    assert_eq!(origins(&demanding(all, "cors = true")), Some(vec!["https://a.example".to_owned()]));
    assert_eq!(origins(&demanding(all, "cors = false")), None);
    assert_eq!(
        origins(&demanding(all, "cors = { origins = [\"https://b.example\"] }")),
        Some(vec!["https://b.example".to_owned()])
    );
    assert_eq!(origins(&demanding(all, "cors = {}")), None);
}

#[test]
fn to_recognise_whoever_it_is_needs_no_saying_but_on_anonymous_routes() {
    assert!(warned(&route("GET /a", "\"self\"", "identify = true"))[0].1.contains("`identify` is for routes with"));
    assert_eq!(warned(&route("GET /a", "\"anonymous\"", "identify = true")), []);
}

#[test]
fn a_forced_parameter_is_told_where_it_is_wrong() {
    for (force, said) in [
        ("{ \"\" = 1 }", "names no parameter"),
        ("{ \"a..b\" = 1 }", "names no parameter"),
        ("{ a = \"%user_idd%\" }", "is not `%user_id%`"),
        ("{ a = \"%attribute.%\" }", "is not `%user_id%`"),
        ("{ a = \"x%user_id%\" }", "stands alone, or not at all"),
        ("{ a = {} }", "has no value"),
        ("{ customerId = 1, customer_id = 2 }", "are in each other's way"),
        ("{ a = 1, a.b = 2 }", "key"),
    ] {
        let text = route("POST /a", "\"self\"", &format!("force = {force}"));
        let all = match Settings::parse("doorward.toml", &text, &nothing) {
            Err(complaints) => complaints.0,
            Ok(_) => refused(&text),
        };
        assert!(all.len() == 1 && all[0].text.contains(said) && all[0].source.line() == 4, "{force}: {all:#?}");
    }
    let text = route("POST /a", "\"anonymous\"", "force = { a = \"%user_id%\" }");
    complained(&text, 4, "there is no user to take values from", "`access = \"self\"`");
    compiled(&route("POST /a", "\"anonymous\"", "force = { a = 1 }"));
}

#[test]
fn a_dialect_is_spoken_below_its_prefix() {
    let settings = "[dialect.kirby]\n[dialect.ez]\n[dialect.magento]\nroot = \"/shop/rest\"\ncustomers = \"default\"\nadmins = \"default\"\n";
    let profile = |pattern: &str| only(&compiled(&format!("{settings}{}", open(pattern)))).profile.name;
    assert_eq!(profile("GET /api/site"), "kirby");
    assert_eq!(profile("GET /api/ezp/v2/content"), "ez");
    assert_eq!(profile("GET /api/ezp/v3"), "kirby");
    assert_eq!(profile("GET /apis"), "doorward");
    assert_eq!(profile("GET /rest/V1"), "doorward");
    assert_eq!(profile("GET /shop/rest/V1"), "magento");
    assert_eq!(only(&compiled(&format!("{settings}{}", open("GET /api/x")))).csrf, Csrf::All);
    assert_eq!(only(&compiled(&open("GET /api/x"))).profile.name, "doorward");
}
