//! What must hold between settings, whatever the routes are.

mod pages;

use std::collections::BTreeMap;

use super::complaint::{Complaint, Complaints};
use super::quantity::{Period, Size};
use super::settings::{CsrfRequests, RealmSettings, SameSite, Settings, UpstreamSettings};
use super::words::Origin;
use crate::name::Name;

/// Adds what is wrong with the settings.
pub(crate) fn check(settings: &Settings, complaints: &mut Complaints) {
    let found = [
        network(settings),
        stores(settings),
        realms(settings),
        guards(settings),
        limits(settings),
        pages::pages(settings),
    ];
    complaints.0.extend(found.into_iter().flatten());
}

/// What is doubtful, but may be meant.
pub(crate) fn doubts(settings: &Settings) -> Vec<Complaint> {
    let mut doubts = Vec::new();
    if settings.public_url.is_empty() && settings.listen.iter().any(|listener| !listener.is_at_home()) {
        let text = "others can connect, but no own origin is named: whoever is not on this machine gets 421";
        doubts.push(
            settings
                .complaint("listen", text)
                .fix("`public_url = \"https://api.example.com\"`, as browsers and clients see it"),
        );
    }
    if settings.allow_plain_http {
        let complaint = settings.complaint("allow_plain_http", "cookies are given over plain HTTP");
        doubts.push(complaint.fix("configure `[tls]`, and take this out"));
    }
    if settings.panel.public && !settings.upstream.0.is_empty() {
        let text = "administration shares an origin with the upstream, and with every script in its pages";
        doubts.push(settings.complaint("panel.public", text).fix("take it out, and administer at `admin_listen`"));
    }
    if settings.password.min_length < 15 {
        let text = "passwords under 15 characters are weak where no second factor is asked for";
        doubts.push(settings.complaint("password.min_length", text).fix("15, or take it out"));
    }
    if settings.csrf.report_only {
        let text = "forged requests are counted, and let through";
        doubts.push(settings.complaint("csrf.report_only", text).fix("take it out when the count stays at 0"));
    }
    for (name, realm) in settings.realms() {
        let basic = settings.basic_in(&name);
        if basic.is_enabled() && basic.allows_insecure() {
            let text = format!("passwords of the realm `{name}` may travel over plain HTTP");
            let path = match realm.basic.allow_insecure {
                Some(_) => format!("realm.{name}.basic.allow_insecure"),
                None => "basic.allow_insecure".to_owned(),
            };
            doubts.push(settings.complaint(&path, text).fix("take it out"));
        }
        if realm.session.remember.is_some() && settings.admin_realm().as_ref() == Some(&name) {
            let text = "administrators may stay logged in for as long as `remember` says";
            let complaint = settings.complaint(&format!("realm.{name}.session.remember"), text);
            doubts.push(complaint.fix("give administrators a realm of their own"));
        }
    }
    doubts
}

fn network(settings: &Settings) -> Vec<Complaint> {
    let mut found = Vec::new();
    let listeners = [("listen", &settings.listen), ("admin_listen", &settings.admin_listen)];
    for (key, listeners) in listeners {
        for (place, listener) in listeners.iter().enumerate() {
            let path = format!("{key}.{place}");
            let is_socket = listener.address.parse::<std::net::SocketAddr>().is_ok();
            let is_named = listener.address.rsplit_once(':').is_some_and(|(host, port)| {
                let named = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
                !host.is_empty() && named && port.parse::<u16>().is_ok()
            });
            let is_path = listener.address.strip_prefix("unix:").is_some_and(|path| !path.is_empty());
            if !(is_socket || is_named || is_path) {
                let text = format!("`{}` is no address to listen on", listener.address);
                let fix = "write `127.0.0.1:8080`, `[::]:8080` or `unix:/run/doorward.sock`";
                found.push(settings.complaint(&path, text).fix(fix));
            }
            if listener.redirect_to_https && settings.tls.is_some() && !listener.plain {
                let complaint = settings.complaint(&path, "a listener with TLS has nothing to redirect to https");
                found.push(complaint.fix("add `plain = true`"));
            }
        }
    }
    if settings.listen.is_empty() {
        found.push(
            settings.complaint("listen", "there is nowhere to listen").fix("take `listen` out, or name an address"),
        );
    }
    for (name, upstream) in &settings.upstream.0 {
        if let Err(text) = upstream_url(upstream) {
            let path = format!("upstream.{name}.url");
            found.push(settings.complaint(&path, text).fix("write `http://host:port`, `https://host` or `unix:/path`"));
        }
        if upstream.max_connections == Some(0) {
            let path = format!("upstream.{name}.max_connections");
            found.push(settings.complaint(&path, "no connection is too few").fix("at least 1"));
        }
    }
    if super::pattern::literal_path(&settings.mount).is_err() {
        let text = format!("`{}` is no path to mount Doorward's own resources at", settings.mount);
        found.push(settings.complaint("mount", text).fix("write `/auth`, or take it out"));
    }
    found
}

/// An upstream is an origin or a socket: no request, no rule and no typing error may add a path or a user to it.
fn upstream_url(upstream: &UpstreamSettings) -> Result<(), String> {
    if upstream.url.starts_with("unix:/") {
        return Ok(());
    }
    let origin = upstream.url.strip_suffix('/').unwrap_or(&upstream.url);
    let lower = origin.to_ascii_lowercase();
    let without_port = [(":80", "http://"), (":443", "https://")].into_iter();
    let bare = without_port.filter(|(_, scheme)| lower.starts_with(scheme));
    let serialized = bare.filter_map(|(port, _)| lower.strip_suffix(port)).next().unwrap_or(&lower);
    serialized.parse::<Origin>().map(drop).map_err(|_| format!("`{}` is no address of an upstream", upstream.url))
}

fn stores(settings: &Settings) -> Vec<Complaint> {
    let mut found = Vec::new();
    let stated = [
        ("data", settings.data.is_some()),
        ("store", settings.store.is_some()),
        ("store_file", settings.store_file.is_some()),
    ];
    let stated: Vec<&str> = stated.iter().filter(|(_, is_stated)| *is_stated).map(|(key, _)| *key).collect();
    if let [first, second, ..] = stated[..] {
        let complaint = settings.complaint(second, format!("`{first}` and `{second}` name two stores"));
        found.push(complaint.other(settings.source(first)).fix("keep one of them"));
    }
    if settings.sessions.is_some() && settings.sessions_file.is_some() {
        let complaint = settings.complaint("sessions_file", "`sessions` and `sessions_file` name two stores");
        found.push(complaint.other(settings.source("sessions")).fix("keep one of them"));
    }
    found
}

fn realms(settings: &Settings) -> Vec<Complaint> {
    let mut found = Vec::new();
    let realms = settings.realms();
    let known = || realms.keys().map(Name::as_str).collect::<Vec<_>>().join(", ");
    if realms.len() > usize::from(u16::MAX) {
        found.push(settings.complaint("realm", "there are more realms than can be told apart"));
    }
    if let Some(name) = settings.admin.realm.as_ref().filter(|name| !realms.contains_key(*name)) {
        let complaint = settings.complaint("admin.realm", format!("there is no realm `{name}`"));
        found.push(complaint.fix(format!("one of: {}", known())));
    }
    if settings.admin_realm().is_none() && !settings.admin_listen.is_empty() {
        let complaint = settings.complaint("admin", "several realms, and nothing says which one is of administrators");
        found.push(complaint.fix(format!("`[admin]` with `realm = …`, one of: {}", known())));
    }
    found.extend(cookie_names(settings, &realms));
    for (name, realm) in &realms {
        let administrators = settings.admin_realm().as_ref() == Some(name);
        found.extend(lifetimes(settings, name, realm, administrators));
        found.extend(cookie(settings, name, realm));
        if realm.sessions.max == 0 {
            let complaint = settings.complaint(&format!("realm.{name}.sessions.max"), "nobody could log in");
            found.push(complaint.fix("at least 1"));
        }
    }
    found
}

/// Two realms, or a realm and Doorward's own cookies, under one name: a session of one would be read as one of the other.
fn cookie_names(settings: &Settings, realms: &BTreeMap<Name, RealmSettings>) -> Vec<Complaint> {
    let mut found = Vec::new();
    let mut taken: Vec<String> = vec!["doorward-device".into(), "doorward-guest".into()];
    for (realm, RealmSettings { cookie, .. }) in realms {
        let name = cookie.name.as_ref().map_or_else(|| format!("doorward-{realm}"), Name::to_string);
        let folded = name.to_ascii_lowercase();
        if taken.contains(&folded) {
            let text = format!("another cookie is called `{name}` too");
            let complaint = settings.complaint(&format!("realm.{realm}.cookie.name"), text);
            found.push(complaint.fix(format!("choose another name: `[realm.{realm}]` with `cookie = {{ name = … }}`")));
        }
        if folded.starts_with("__") {
            let complaint = settings
                .complaint(&format!("realm.{realm}.cookie.name"), "the prefix of a cookie is Doorward's to set");
            found.push(complaint.fix("begin with a letter"));
        }
        taken.push(folded);
    }
    found
}

fn lifetimes(settings: &Settings, name: &Name, realm: &RealmSettings, administrators: bool) -> Vec<Complaint> {
    const THIRTY_DAYS: Period = Period(30 * 86_400);
    let mut found = Vec::new();
    let path = |key: &str| format!("realm.{name}.session.{key}");
    let (idle, absolute) = (realm.session.idle(administrators), realm.session.absolute());
    if idle > absolute {
        let text = format!("a session would idle for {idle}, but ends after {absolute}");
        found.push(settings.complaint(&path("idle"), text).fix("`idle` is at most as long as `absolute`"));
    }
    if idle.0 == 0 || absolute.0 == 0 {
        found.push(settings.complaint(&path("idle"), "a session that lasts no time is none").fix("at least `1m`"));
    }
    if let Some(remember) = realm.session.remember {
        if remember > THIRTY_DAYS {
            let text = format!("{remember} is longer than anybody should stay logged in");
            found.push(settings.complaint(&path("remember"), text).fix("at most `30d`"));
        }
        if remember < absolute {
            let text = format!("`remember` ({remember}) is shorter than `absolute` ({absolute})");
            found.push(settings.complaint(&path("remember"), text).fix("longer than `absolute`, or take it out"));
        }
    }
    found
}

fn cookie(settings: &Settings, name: &Name, realm: &RealmSettings) -> Vec<Complaint> {
    let mut found = Vec::new();
    let path = |key: &str| format!("realm.{name}.cookie.{key}");
    if realm.cookie.same_site == SameSite::None {
        if !settings.is_secure() {
            let complaint = settings.complaint(&path("same_site"), "browsers take `SameSite=None` over https only");
            found.push(complaint.fix("name `https://` origins in `public_url`"));
        }
        if settings.cors.origins.is_empty() {
            let text = "cookies for other sites, but no other site is named";
            found.push(settings.complaint(&path("same_site"), text).fix("list the sites in `cors.origins`"));
        }
    }
    if let Some(domain) = &realm.cookie.domain {
        let labels = domain.split('.').all(|label| {
            let safe = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            !label.is_empty() && safe
        });
        if !labels || !domain.contains('.') {
            let complaint = settings.complaint(&path("domain"), format!("`{domain}` is no domain for a cookie"));
            found.push(complaint.fix("write `example.com`"));
        }
        if !settings.is_secure() {
            let text = "a cookie for several hosts is given over https only";
            found.push(settings.complaint(&path("domain"), text).fix("name `https://` origins in `public_url`"));
        }
    }
    found
}

fn guards(settings: &Settings) -> Vec<Complaint> {
    let mut found = headers(settings);
    if settings.csrf.requests == CsrfRequests::Off {
        let complaint = settings.complaint("csrf.requests", "`off` for every route leaves nothing protected");
        found.push(complaint.fix("`unsafe` or `all` here; `csrf = \"off\"` on the one route that needs it"));
    }
    for (place, method) in settings.cors.methods.iter().flatten().enumerate() {
        if !super::method::is_method(method) {
            let complaint = settings.complaint(&format!("cors.methods.{place}"), format!("`{method}` is no method"));
            found.push(complaint.fix("methods are written in capitals: `GET`, `POST`, `PROPFIND`"));
        }
    }
    if settings.password.memory < Size(19_456 << 10) {
        let text = format!("{} of memory makes hashes too cheap to guess", settings.password.memory);
        found.push(settings.complaint("password.memory", text).fix("at least `19MiB`"));
    }
    if settings.password.memory > Size(4 << 30) {
        let complaint = settings.complaint("password.memory", "one hash may not take more than 4GiB");
        found.push(complaint.fix("`64MiB` is plenty"));
    }
    if !(2..=64).contains(&settings.password.passes) {
        let complaint = settings.complaint("password.passes", "a hash takes 2 to 64 passes");
        found.push(complaint.fix("2, or take it out"));
    }
    if !(8..=128).contains(&settings.password.min_length) {
        let complaint = settings.complaint("password.min_length", "the least length is between 8 and 128");
        found.push(complaint.fix("15, or take it out"));
    }
    if settings.otel.as_ref().is_some_and(|otel| !(0.0..=1.0).contains(&otel.sample)) {
        let complaint = settings.complaint("otel.sample", "a share is between 0 and 1");
        found.push(complaint.fix("1.0 for every request"));
    }
    found
}

fn headers(settings: &Settings) -> Vec<Complaint> {
    let mut found = Vec::new();
    let names = [("csrf.header", vec![&settings.csrf.header])];
    let lists = [("cors.headers", &settings.cors.headers), ("cors.expose", &settings.cors.expose)];
    let lists = lists.into_iter().map(|(key, list)| (key, list.iter().collect()));
    for (key, headers) in names.into_iter().chain(lists) {
        for header in headers {
            if http::HeaderName::from_bytes(header.as_bytes()).is_err() {
                let complaint = settings.complaint(key, format!("`{header}` is no name of a header"));
                found.push(complaint.fix("letters, digits and `-`"));
            }
        }
    }
    // The header of the token does not go on to the upstream: it must be one that nobody else needs.
    let token = settings.csrf.header.to_ascii_lowercase();
    let means_more =
        ["accept", "content-", "sec-", "access-control-", "if-"].iter().any(|start| token.starts_with(start))
            || ["authorization", "cookie", "host", "origin", "referer", "te", "upgrade", "connection", "forwarded"]
                .contains(&&*token)
            || crate::identity::is_identity(&token);
    if means_more {
        let complaint =
            settings.complaint("csrf.header", format!("`{}` has a meaning of its own", settings.csrf.header));
        found.push(complaint.fix("`X-CSRF`, or another name that nothing else has"));
    }
    found
}

fn limits(settings: &Settings) -> Vec<Complaint> {
    let limits = &settings.limits;
    let mut found = Vec::new();
    let times = [
        ("header_read", limits.header_read),
        ("body_stall", limits.body_stall),
        ("keep_alive", limits.keep_alive),
        ("timeout", limits.timeout),
    ];
    for (key, _) in times.into_iter().filter(|(_, time)| time.0 == 0) {
        found.push(
            settings.complaint(&format!("limits.{key}"), "no time is too little").fix("at least `1s`, or take it out"),
        );
    }
    if !(1..=64).contains(&limits.json_depth) {
        let complaint = settings.complaint("limits.json_depth", "the depth of JSON is between 1 and 64");
        found.push(complaint.fix("32, or take it out"));
    }
    if limits.connections == 0 {
        found.push(settings.complaint("limits.connections", "nobody could connect").fix("at least 1, or take it out"));
    }
    if limits.connections_per_network == Some(0) {
        let complaint = settings.complaint("limits.connections_per_network", "nobody could connect");
        found.push(complaint.fix("at least 1, or take it out"));
    }
    if limits.header_fields == 0 {
        found.push(settings.complaint("limits.header_fields", "no request could be read").fix("100, or take it out"));
    }
    found
}
