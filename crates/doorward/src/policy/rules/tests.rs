use super::*;
use crate::policy::words::Origin;

mod environment;
mod mistakes;

fn nothing(_: &str) -> Option<String> {
    None
}

/// The only route of a text.
fn route(text: &str) -> RouteRule {
    let rules = Rules::parse("rules.toml", text, &nothing).expect("rules");
    let [route] = &rules.routes[..] else { panic!("{} routes", rules.routes.len()) };
    route.clone()
}

/// The route `GET /` with these keys more.
fn route_with(keys: &str) -> RouteRule {
    route(&format!("[[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n{keys}"))
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

#[test]
fn a_route_needs_no_more_than_a_match_and_an_access() {
    let route = route_with("");
    assert_eq!(route.pattern, "GET /");
    assert_eq!(route.access.0, ["anonymous"]);
    assert_eq!(route.realm.0, []);
    assert_eq!(route.force, BTreeMap::new());
    assert_eq!((route.csrf, route.proof, route.basic, route.cors), (None, None, None, None));
    assert_eq!((route.host, route.upstream, route.strip_prefix), (None, None, None));
    assert_eq!(route.authorization, AuthorizationRule::Drop);
    assert_eq!((route.limits, route.headers), (LimitsRule::default(), HeadersRule::default()));
    let switches =
        [route.identify, route.csrf_token, route.websocket, route.encoded_slash, route.upstream_uses_identity];
    assert_eq!(switches, [false; 5]);
}

#[test]
fn every_switch_of_a_route_can_be_set() {
    let keys =
        "identify = true\ncsrf_token = true\nwebsocket = true\nencoded_slash = true\nupstream_uses_identity = true";
    let route = route_with(keys);
    let switches =
        [route.identify, route.csrf_token, route.websocket, route.encoded_slash, route.upstream_uses_identity];
    assert_eq!(switches, [true; 5]);
}

#[test]
fn every_word_of_a_route_is_understood() {
    for (word, requests) in [("unsafe", CsrfRequests::Unsafe), ("all", CsrfRequests::All), ("off", CsrfRequests::Off)] {
        assert_eq!(route_with(&format!("csrf = \"{word}\"")).csrf, Some(requests));
    }
    for (word, proof) in [("token", ProofKind::Token), ("token-or-origin", ProofKind::TokenOrOrigin)] {
        assert_eq!(route_with(&format!("proof = \"{word}\"")).proof, Some(proof));
    }
    for (word, rule) in [("drop", AuthorizationRule::Drop), ("pass", AuthorizationRule::Pass)] {
        assert_eq!(route_with(&format!("authorization = \"{word}\"")).authorization, rule);
    }
    assert_eq!(route_with("basic = false").basic, Some(false));
    let route = route_with("host = \"api.example\"\nupstream = \"orders\"\nstrip_prefix = \"/api\"");
    assert_eq!(route.host.as_deref(), Some("api.example"));
    assert_eq!(route.upstream, Some(name("orders")));
    assert_eq!(route.strip_prefix.as_deref(), Some("/api"));
}

#[test]
fn access_and_realm_are_one_word_or_several() {
    let several = route_with("realm = [\"customer\", \"admin\"]");
    assert_eq!(several.realm.0, [name("customer"), name("admin")]);
    assert_eq!(route_with("realm = \"admin\"").realm.0, [name("admin")]);
    let route = route("[[route]]\nmatch = \"GET /\"\naccess = [\"Shop::orders\", \"Shop::users\"]");
    assert_eq!(route.access.0, ["Shop::orders", "Shop::users"]);
}

#[test]
fn limits_and_headers_are_read_in_both_ways_of_writing_tables() {
    let inline = route_with(
        "limits = { body = \"10MiB\", timeout = \"60s\", rate = \"100/s\" }\n\
         headers = { request = { set = { X-A = \"1\" }, remove = [\"X-B\"] }, response = { remove = [\"Server\"] } }",
    );
    let limits = LimitsRule {
        body: Some(Size(10 << 20)),
        timeout: Some(Period(60)),
        rate: Some(Rate { requests: 100, seconds: 1 }),
    };
    assert_eq!(inline.limits, limits);
    assert_eq!(inline.headers.request.set, [("X-A".to_owned(), "1".to_owned())].into());
    assert_eq!(inline.headers.request.remove, ["X-B"]);
    assert_eq!(inline.headers.response.remove, ["Server"]);
    let tables = route_with(
        "[route.limits]\nbody = \"10MiB\"\ntimeout = \"60s\"\nrate = \"100/s\"\n\
         [route.headers.request]\nset.X-A = \"1\"\nremove = [\"X-B\"]\n[route.headers.response]\nremove = [\"Server\"]",
    );
    assert_eq!((tables.limits, tables.headers), (inline.limits, inline.headers));
}

#[test]
fn a_forced_value_is_text_a_number_a_truth_value_or_a_step_further_down() {
    let route = route_with("force = { a = \"%user_id%\", b = 7, c = true, d.e = \"x\", \"f.g\" = -1 }");
    let below = ForceRule::Below([("e".to_owned(), ForceRule::Text("x".into()))].into());
    let expected = [
        ("a", ForceRule::Text("%user_id%".into())),
        ("b", ForceRule::Number(7)),
        ("c", ForceRule::Truth(true)),
        ("d", below),
        ("f.g", ForceRule::Number(-1)),
    ];
    assert_eq!(route.force, expected.map(|(name, rule)| (name.to_owned(), rule)).into());
}

#[test]
fn cors_of_a_route_is_a_switch_or_a_table() {
    assert_eq!(route_with("cors = false").cors, Some(CorsRule::Switch(false)));
    assert_eq!(route_with("cors = true").cors, Some(CorsRule::Switch(true)));
    let route = route_with("cors = { origins = [\"https://a.example\"], credentials = true }");
    let origin: Origin = "https://a.example".parse().expect("an origin");
    let settings = CorsSettings { origins: vec![origin], credentials: true, ..CorsSettings::default() };
    assert_eq!(route.cors, Some(CorsRule::Instead(settings)));
}

#[test]
fn resources_and_roles_are_read_with_all_they_say() {
    let text = r#"
        [[acl]]
        id = "Shop::all"
        title = "Shop"
        children = [{ id = "Shop::orders", children = [{ id = "Shop::refunds" }] }]

        [role.support]
        title = "Support"
        allow = ["Shop::orders"]
        deny = ["Shop::refunds"]

        [role.nothing]
    "#;
    let rules = Rules::parse("rules.toml", text, &nothing).expect("rules");
    assert_eq!(rules.acl[0].title.as_deref(), Some("Shop"));
    assert_eq!(rules.acl[0].children[0].children[0].id, "Shop::refunds");
    let support = &rules.roles["support"];
    assert_eq!(
        (support.title.as_deref(), &support.allow[..], &support.deny[..]),
        (Some("Support"), &["Shop::orders".to_owned()][..], &["Shop::refunds".to_owned()][..],)
    );
    assert!(rules.roles["nothing"].allow.is_empty());
}

#[test]
fn each_rule_knows_where_it_was_written() {
    let text = "[[route]]\nmatch = \"GET /\"\naccess = \"self\"\n\n[[route]]\nmatch = \"GET /a\"\naccess = [\"X::a\", \"X::b\"]\n";
    let rules = Rules::parse("rules.toml", text, &nothing).expect("rules");
    assert_eq!(rules.source("route.1.match").to_string(), "rules.toml:6:9");
    assert_eq!(rules.source("route.1.access.1").to_string(), "rules.toml:7:19");
    // What the file does not have is where the table around it is.
    assert_eq!(rules.source("route.1.realm").to_string(), rules.source("route.1").to_string());
    assert_eq!(rules.source("route.1.realm").line(), 5);
}

#[test]
fn an_empty_file_says_nothing_and_is_no_mistake() {
    for text in ["", "\n", "# a comment\n"] {
        let rules = Rules::parse("rules.toml", text, &nothing).expect("rules");
        assert!(rules.routes.is_empty() && rules.acl.is_empty() && rules.roles.is_empty());
    }
}
