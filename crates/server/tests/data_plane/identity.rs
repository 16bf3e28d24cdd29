//! Who the upstream is told is calling, and that nobody else can say it (table B).

use crate::kit::{House, OPEN, Upstream};

const RULES: &str =
    "[[route]]\nmatch = \"* /all\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"* /own\"\naccess = \"self\"\n";

const SPOOFED: [&str; 14] = [
    "X-Doorward-User: 1",
    "x_doorward_user: 1",
    "X.Doorward.Login: root",
    "X-Doorward_Roles: administrator",
    "X-Doorward-Session: x",
    "X-Doorward-Anything: x",
    "Remote-User: root",
    "remote_user: root",
    "X-Forwarded-User: root",
    "X-Remote-User: root",
    "X-Original-URL: /all",
    "X-Rewrite-URL: /all",
    "X-Forwarded-Uri: /all",
    "True-Client-IP: 1.1.1.1",
];

#[test]
fn identity_headers_of_clients_are_dropped_in_every_spelling_on_every_route() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = house.client();
    assert_eq!(client.request("GET", "/all", &SPOOFED).answer().status, 200);
    let seen = upstream.last();
    let ours = |name: &str| {
        name.contains("doorward") || name.contains("user") || name.contains("url") || name.contains("true-client")
    };
    let said: Vec<_> = seen.headers.iter().filter(|(name, _)| ours(name)).collect();
    assert_eq!(said, [&("x-doorward-method".to_owned(), "guest".to_owned())]);
    let lines: Vec<&str> = SPOOFED.iter().copied().chain([session.cookie.as_str()]).collect();
    assert_eq!(client.request("GET", "/own", &lines).answer().status, 200);
    let seen = upstream.last();
    let user = house.user("ada");
    assert_eq!(seen.header("x-doorward-user"), Some(user.id.as_str()));
    assert_eq!(seen.header("x-doorward-login"), Some("ada"));
    assert_eq!(seen.header("x-doorward-method"), Some("session"));
    assert_eq!(seen.header("x-doorward-realm"), Some("default"));
    assert!(!seen.has("x_doorward_user") && !seen.has("remote-user") && !seen.has("x-doorward-anything"));
}

#[test]
fn a_spoofed_identity_opens_nothing() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let answer = house.client().request("GET", "/own", &SPOOFED).answer();
    assert_eq!((answer.status, answer.code().as_str()), (401, "not_logged_in"));
    assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Cookie ")));
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn our_credentials_stay_here() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let cookie = format!("{}; theme=dark", session.cookie);
    let lines = [cookie.as_str(), session.proof.as_str(), "Proxy: http://evil", "Proxy-Authorization: Basic x"];
    assert_eq!(house.client().request("GET", "/own", &lines).answer().status, 200);
    let seen = upstream.last();
    assert_eq!(seen.header("cookie"), Some("theme=dark"));
    for name in ["x-csrf", "proxy", "proxy-authorization", "authorization"] {
        assert!(!seen.has(name), "{name}");
    }
    assert_eq!(house.client().request("GET", "/all", &["Authorization: Bearer x"]).answer().status, 200);
    assert!(!upstream.last().has("authorization"));
}

#[test]
fn what_was_judged_goes_on_in_no_other_spelling() {
    let upstream = Upstream::echo();
    let house = House::before(
        &upstream,
        "csrf.header = \"X-Proof\"\n[[route]]\nmatch = \"* /all\"\naccess = \"anonymous\"\nheaders.request.set = { X-Api-Key = \"k\" }\n",
    );
    let odd = [
        "Content_Type: text/xml",
        "Content.Encoding: gzip",
        "X_CSRF: x",
        "X_Proof: x",
        "X_Forwarded_For: 1.1.1.1",
        "X_Api_Key: mine",
        "Sec_Fetch_Site: same-origin",
        "X_Requested_With: XMLHttpRequest",
        "X_Colour: red",
    ];
    assert_eq!(house.client().request("GET", "/all", &odd).answer().status, 200);
    let seen = upstream.last();
    let left: Vec<&str> =
        seen.headers.iter().map(|(name, _)| name.as_str()).filter(|name| name.contains(['_', '.'])).collect();
    assert_eq!(left, ["x_colour"]);
    assert_eq!(seen.header("x-api-key"), Some("k"));
}

#[test]
fn what_a_stranger_says_of_the_client_is_said_anew() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, OPEN);
    let lines = [
        "X-Forwarded-For: 1.1.1.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil",
        "Forwarded: for=1.1.1.1",
        "X-Real-IP: 1.1.1.1",
    ];
    house.client().request("GET", "/", &lines).answer();
    let seen = upstream.last();
    assert_eq!(seen.header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("http"));
    let host = house.address();
    assert_eq!(seen.header("x-forwarded-host"), Some(host.to_string().as_str()));
    assert_eq!(seen.header("forwarded"), Some(format!("for=127.0.0.1;proto=http;host=\"{host}\"").as_str()));
    assert!(!seen.has("x-real-ip"));
}

#[test]
fn what_a_trusted_proxy_says_is_continued() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("trusted_proxies = [\"127.0.0.0/8\"]\n{OPEN}"));
    let lines =
        ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443", "X-Doorward-User: 1"];
    let answer = house.client().request("GET", "/", &lines).answer();
    assert!(answer.header("strict-transport-security").is_some());
    let seen = upstream.last();
    assert_eq!(seen.header("x-forwarded-for"), Some("203.0.113.9, 127.0.0.1"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("https"));
    assert_eq!(seen.header("x-forwarded-port"), Some("443"));
    assert!(!seen.has("x-doorward-user") && !seen.has("x-real-ip"));
}

#[test]
fn an_address_that_a_trusted_proxy_has_not_looked_at_is_the_one_that_it_says() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, &format!("trusted_proxies = [\"127.0.0.0/8\"]\n{OPEN}"));
    for forwarded in ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9"] {
        let lines = [forwarded, "X-Real-IP: 10.0.0.1"];
        assert_eq!(house.client().request("GET", "/", &lines).answer().status, 200);
        assert_eq!(upstream.last().header("x-real-ip"), Some("203.0.113.9"));
    }
}

#[test]
fn pipelined_requests_are_judged_each_alone() {
    let upstream = Upstream::echo();
    let house = House::before(&upstream, RULES);
    let session = house.somebody();
    let mut client = house.client();
    client.request("GET", "/own", &[&session.cookie]).request("GET", "/own", &[]).request("GET", "/all", &[]);
    assert_eq!([client.answer().status, client.answer().status, client.answer().status], [200, 401, 200]);
    assert_eq!(upstream.last().header("x-doorward-method"), Some("guest"));
}
