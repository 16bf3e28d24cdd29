use super::*;
use crate::policy::{Period, Rules, Size};

mod complaints;
mod doubts;
mod unknown;

fn nothing(_: &str) -> Option<String> {
    None
}

fn parse(text: &str) -> (Settings, Rules) {
    Settings::parse("doorward.toml", text, &nothing).unwrap_or_else(|complaints| panic!("{complaints}"))
}

fn settings(text: &str) -> Settings {
    parse(text).0
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

#[test]
fn an_empty_file_means_what_the_documentation_says() {
    let settings = settings("");
    assert_eq!(settings.listen.0, [Listener::at("127.0.0.1:8080")]);
    assert!(settings.admin_listen.is_empty() && settings.public_url.is_empty() && settings.trusted_proxies.is_empty());
    assert!(settings.data.is_none() && settings.store.is_none() && settings.sessions.is_none());
    assert_eq!((&*settings.mount, settings.allow_plain_http, settings.tls.is_none()), ("/", false, true));
    assert_eq!(settings.csrf.header, "X-CSRF");
    assert_eq!((settings.csrf.requests, settings.csrf.proof), (CsrfRequests::Unsafe, ProofKind::TokenOrOrigin));
    assert_eq!(
        (settings.password.min_length, settings.password.memory, settings.password.passes),
        (15, Size(19_456 << 10), 2)
    );
    assert!(!settings.csrf.report_only && !settings.panel.public && settings.headers.protect);
    assert_eq!((settings.audit.retention, settings.drain.deadline), (Period(365 * 86_400), Period(30)));
}

#[test]
fn the_limits_are_those_of_the_documentation_unless_the_file_says_more() {
    let limits = settings("").limits;
    let sizes = [limits.request_line, limits.headers, limits.login_body, limits.own_body, limits.body];
    assert_eq!(sizes, [8 << 10, 32 << 10, 8 << 10, 64 << 10, 10 << 20].map(Size));
    let times = [limits.header_read, limits.body_stall, limits.keep_alive, limits.timeout];
    assert_eq!(times, [10, 30, 60, 60].map(Period));
    assert_eq!((limits.header_fields, limits.json_depth, limits.connections), (100, 32, 10_000));
    let limits = settings("[limits]\nbody = \"1MiB\"\nheader_fields = 50\n").limits;
    assert_eq!((limits.body, limits.header_fields, limits.json_depth), (Size(1 << 20), 50, 32));
}

#[test]
fn without_realms_there_is_one_and_administrators_are_in_it() {
    let settings = settings("");
    assert_eq!(settings.realms().into_keys().collect::<Vec<_>>(), [name("default")]);
    assert_eq!(settings.admin_realm(), Some(name("default")));
}

#[test]
fn of_several_realms_only_a_named_one_is_of_administrators() {
    let text = "[realm.customer]\n[realm.admin]\n";
    assert_eq!(settings(text).admin_realm(), None);
    assert_eq!(settings(&format!("{text}[admin]\nrealm = \"admin\"\n")).admin_realm(), Some(name("admin")));
    assert_eq!(settings("[realm.staff]\n").admin_realm(), Some(name("staff")));
}

#[test]
fn administrators_idle_half_as_long() {
    let settings = settings("[realm.customer]\nsession = { remember = \"30d\" }\n");
    let session = &settings.realm["customer"].session;
    assert_eq!(
        (session.idle(false), session.idle(true), session.absolute()),
        (Period(1_800), Period(900), Period(43_200))
    );
    assert_eq!(session.remember, Some(Period(30 * 86_400)));
    assert_eq!(SessionSettings { idle: Some(Period(60)), ..SessionSettings::default() }.idle(true), Period(60));
}

#[test]
fn basic_of_a_realm_overrides_basic_of_all_where_it_says_something() {
    let settings = settings(
        "[basic]\nenabled = true\nchallenge = \"Shop\"\n[realm.customer]\n[realm.admin.basic]\nenabled = false\n\
         [realm.partner.basic]\nallow_insecure = true\n",
    );
    let customer = settings.basic_in(&name("customer"));
    assert_eq!(
        (customer.is_enabled(), customer.allows_insecure(), customer.challenge.as_deref()),
        (true, false, Some("Shop"))
    );
    assert!(!settings.basic_in(&name("admin")).is_enabled());
    let partner = settings.basic_in(&name("partner"));
    assert!(partner.is_enabled() && partner.allows_insecure());
    assert!(!BasicSettings::default().is_enabled() && !BasicSettings::default().allows_insecure());
}

#[test]
fn browsers_reach_us_by_https_when_every_own_origin_says_so() {
    assert!(settings("public_url = \"https://a.example\"").is_secure());
    assert!(!settings("public_url = [\"https://a.example\", \"http://a.example\"]").is_secure());
    assert!(!settings("").is_secure());
    assert!(settings("[tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n").is_secure());
}

#[test]
fn a_listener_is_an_address_or_a_table_one_or_several() {
    let text = "listen = [\"[::]:8080\", { address = \"unix:/run/d.sock\", proxy_protocol = true }]\n\
                admin_listen = \"127.0.0.1:8081\"\n";
    let settings = settings(text);
    assert_eq!(settings.listen[0], Listener::at("[::]:8080"));
    assert_eq!(settings.listen[1], Listener { proxy_protocol: true, ..Listener::at("unix:/run/d.sock") });
    assert_eq!(settings.admin_listen.0, [Listener::at("127.0.0.1:8081")]);
}

#[test]
fn an_upstream_is_an_address_or_tables_with_names() {
    let one = settings("upstream = \"http://127.0.0.1:9000\"").upstream;
    assert_eq!(one.default_name(), Some(&name("default")));
    assert_eq!(one.0["default"].connect_timeout, Period(5));
    let only = settings(
        "[upstream.shop]\nurl = \"https://shop.example\"\nca = \"ca.pem\"\nhealth = \"/up\"\ntimeout = \"5s\"\n",
    )
    .upstream;
    assert_eq!(only.default_name(), Some(&name("shop")));
    assert_eq!(only.0["shop"].timeout, Some(Period(5)));
    let text = "[upstream.a]\nurl = \"http://a\"\n[upstream.b]\nurl = \"unix:/b\"\n";
    assert_eq!(settings(text).upstream.default_name(), None);
    let text = format!("{text}[upstream.default]\nurl = \"http://c\"\n");
    assert_eq!(settings(&text).upstream.default_name(), Some(&name("default")));
}

#[test]
fn settings_and_rules_share_a_file() {
    let text = "mount = \"/auth\"\n[[route]]\nmatch = \"GET /\"\naccess = \"self\"\n[[acl]]\nid = \"X::a\"\n[role.a]\nallow = [\"X::a\"]\n";
    let (settings, rules) = parse(text);
    assert_eq!(settings.mount, "/auth");
    assert_eq!((rules.routes.len(), rules.acl.len(), rules.roles.len()), (1, 1, 1));
    assert_eq!(settings.source("mount").to_string(), "doorward.toml:1:9");
    assert_eq!(rules.source("route.0.match").line(), 3);
}

#[test]
fn the_words_of_every_setting_are_understood() {
    for (text, level) in
        [("error", LogLevel::Error), ("warn", LogLevel::Warn), ("debug", LogLevel::Debug), ("trace", LogLevel::Trace)]
    {
        assert_eq!(settings(&format!("log.level = \"{text}\"")).log.level, level);
    }
    assert_eq!(settings("log = { format = \"json\", access = true }").log.format, LogFormat::Json);
    let text = "public_url = \"https://a.example\"\ncors.origins = [\"https://b.example\"]\nrealm.a.cookie";
    for (word, same_site) in [("lax", SameSite::Lax), ("strict", SameSite::Strict), ("none", SameSite::None)] {
        let settings =
            settings(&format!("{text} = {{ same_site = \"{word}\", name = \"shop\", domain = \"a.example\" }}"));
        let cookie = &settings.realm["a"].cookie;
        assert_eq!(
            (cookie.same_site, cookie.name.clone(), cookie.domain.as_deref()),
            (same_site, Some(name("shop")), Some("a.example"))
        );
    }
    for (word, policy) in [("deny_new", WhenCapped::DenyNew), ("evict_oldest", WhenCapped::EvictOldest)] {
        let settings = settings(&format!("realm.a.sessions = {{ max = 3, policy = \"{word}\" }}"));
        assert_eq!((settings.realm["a"].sessions.max, settings.realm["a"].sessions.policy), (3, policy));
    }
    let otel = settings("otel.endpoint = \"http://127.0.0.1:4317\"").otel.expect("traces");
    assert_eq!((&*otel.service, otel.sample), ("doorward", 1.0));
    let dialects = settings("[dialect.kirby]\nroot = \"/k\"\nusers = \"default\"\n").dialect;
    assert!(dialects.ez.is_none() && dialects.magento.is_none());
    assert_eq!(dialects.kirby.map(|dialect| dialect.root).as_deref(), Some("/k"));
}

#[test]
fn a_unix_socket_is_plain_unless_the_file_says_otherwise() {
    let plain = |listen: &str| settings(&format!("listen = {listen}")).listen[0].plain;
    assert!(plain("\"unix:/a\"") && plain("{ address = \"unix:/a\" }"));
    assert!(!plain("{ address = \"unix:/a\", plain = false }") && !plain("\"127.0.0.1:1\""));
}
