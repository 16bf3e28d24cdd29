//! Siteaccesses: each has its own cookie, and who may log in to which is a policy.

use crate::kit::PASSWORD;
use crate::site::{COOKIE, SENDS_JSON, Session, Site, WANTS_JSON, first_cookie, input, is_empty, is_error, json};

/// What the session's cookie is called for the siteaccess `shop`.
const SHOP_COOKIE: &str = "eZSESSIDfb54f3c5992b96d001bb16e8e92d968d";
const SHOP: &str = "X-Siteaccess: shop";

/// Editors may log in to the site alone, whoever sells to both, and the new one nowhere.
const GATE: &str = r#"
[[acl]]
id = "Ez::user"
children = [{ id = "Ez::user/login" }]
[role.site]
limited = [{ allow = "Ez::user/login", to = { siteaccess = "site" } }]
[role.seller]
limited = [{ allow = "Ez::user", to = { siteaccess = ["site", "shop"] } }]
"#;

fn site(rules: &str) -> Site {
    let site = Site::with_more("siteaccess = [\"site\", \"shop\"]\n", rules);
    if !rules.is_empty() {
        site.house.add_user("eve", &["editor", "site"]);
        site.house.add_user("sol", &["editor", "seller"]);
    }
    site
}

fn is_alive(site: &Site, session: &Session, lines: &[&str]) -> bool {
    let lines: Vec<&str> = lines.iter().copied().chain([&*session.cookie, WANTS_JSON]).collect();
    site.ask("GET", "/user/sessions/current", &lines).status == 200
}

#[test]
fn the_cookie_is_named_after_the_siteaccess_of_the_request() {
    let site = site("");
    let answer = site.try_log_in("ada", PASSWORD, &[SHOP]);
    assert_eq!((answer.status, &json(&answer)["Session"]["name"]), (201, &SHOP_COOKIE.into()));
    assert!(first_cookie(&answer).expect("a cookie").starts_with(&format!("{SHOP_COOKIE}=")));
    assert_eq!(answer.all("set-cookie").filter(|cookie| cookie.starts_with("eZSESSID")).count(), 1);
    let shop = Session::of(&answer);
    let usual = site.log_in("bob");
    assert!(usual.cookie.starts_with(&format!("Cookie: {COOKIE}=")));
    // Each is a session of its own place, and both go on side by side.
    assert!(is_alive(&site, &shop, &[SHOP]) && !is_alive(&site, &shop, &[]));
    assert!(is_alive(&site, &usual, &[]) && !is_alive(&site, &usual, &[SHOP]));
    let both = format!("{}; {}", shop.cookie, usual.cookie.strip_prefix("Cookie: ").expect("a header"));
    assert_eq!(site.ask("GET", "/user/users", &[&both, SHOP]).status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-login"), Some("ada"));
    assert!(!site.upstream.last().has("cookie"));
    assert_eq!(site.ask("GET", "/user/users", &[&both]).status, 200);
    assert_eq!(site.upstream.last().header("x-doorward-login"), Some("bob"));
    // Refreshing and logging out are about the one that is named.
    let refresh = format!("{}/refresh", shop.path());
    let post = |path: &str, lines: &[&str]| site.send("POST", path, lines, "");
    assert!(is_empty(&post(&refresh, &[&both, &shop.proof]), 404));
    assert_eq!(post(&refresh, &[&both, &shop.proof, SHOP]).status, 200);
    let ended = site.ask("DELETE", shop.path(), &[&both, &shop.proof, SHOP]);
    assert_eq!((ended.status, first_cookie(&ended)), (204, Some(format!("{SHOP_COOKIE}=deleted"))));
    assert!(is_alive(&site, &usual, &[]) && !is_alive(&site, &shop, &[SHOP]));
}

#[test]
fn a_siteaccess_that_nobody_knows_is_refused() {
    let site = site("");
    for header in
        ["X-Siteaccess: other", "X-Siteaccess: Shop", "X-Siteaccess:", "X-Siteaccess: site\r\nX-Siteaccess: shop"]
    {
        for path in ["/", "/content/objects/7", "/nothing"] {
            let answer = site.ask("GET", path, &[header, WANTS_JSON]);
            assert!(is_error(&answer, 400, "Bad Request"), "{header} {path}: {}", answer.text());
            assert!(answer.text().contains("X-Siteaccess names no siteaccess that is known here"), "{}", answer.text());
        }
        let answer = site.try_log_in("ada", PASSWORD, &[header]);
        assert!(is_error(&answer, 400, "Bad Request"), "{header}: {}", answer.text());
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(site.ask("GET", "/content/objects/7", &["X-Siteaccess: site"]).status, 200);
}

#[test]
fn one_name_for_all_siteaccesses_is_one_session() {
    let site = Site::with_more("siteaccess = [\"site\", \"shop\"]\nsession_name = \"eZSESSID_all\"\n", "");
    let session = site.log_in("ada");
    assert!(session.cookie.starts_with("Cookie: eZSESSID_all="), "{}", session.cookie);
    assert!(is_alive(&site, &session, &[SHOP]) && is_alive(&site, &session, &[]));
}

#[test]
fn who_may_not_log_in_to_a_siteaccess_is_refused_as_with_a_wrong_password() {
    let site = site(GATE);
    let wrong = site.try_log_in("eve", "another", &[SHOP]);
    for (login, lines, status) in [
        ("eve", vec![], 201),
        ("eve", vec![SHOP], 401),
        ("sol", vec![], 201),
        ("sol", vec![SHOP], 201),
        // Ada has no such policy at all.
        ("ada", vec![], 401),
    ] {
        let answer = site.try_log_in(login, PASSWORD, &lines);
        assert_eq!(answer.status, status, "{login} {lines:?}: {}", answer.text());
        if status == 401 {
            assert_eq!((answer.text(), answer.header("set-cookie")), (wrong.text(), None));
        }
    }
    assert!(is_error(&wrong, 401, "Unauthorized"));
}

#[test]
fn every_request_of_a_user_needs_the_siteaccess_and_what_is_for_everybody_does_not() {
    let site = site(GATE);
    let sol = Session::of(&site.try_log_in("sol", PASSWORD, &[SHOP]));
    let delete = |lines: &[&str]| site.ask("DELETE", "/content/objects/7", lines);
    assert_eq!(delete(&[&sol.cookie, &sol.proof, SHOP]).status, 200);
    // The session of one siteaccess under the name of another: it is the same session, judged where it is used.
    let eve = site.log_in("eve");
    assert_eq!(delete(&[&eve.cookie, &eve.proof]).status, 200);
    let renamed = eve.cookie.replace(COOKIE, SHOP_COOKIE);
    let answer = delete(&[&renamed, &eve.proof, SHOP, WANTS_JSON]);
    assert!(is_error(&answer, 401, "Unauthorized"), "{}", answer.text());
    assert_eq!(site.ask("GET", "/user/users", &[&renamed, SHOP]).status, 200);
    // Nor does it make another log-in of the same user there good, with the right password and the token.
    assert_eq!(site.try_log_in("eve", PASSWORD, &[&renamed, &eve.proof, SHOP]).status, 401);
    assert_eq!(site.try_log_in("eve", PASSWORD, &[&eve.cookie, &eve.proof]).status, 200);
    // With Basic alike: Eve, by the password of everybody.
    let basic = "Authorization: Basic ZXZlOnRoZSBoZXJvbiB3YWl0cyBhdCB0aGUgd2Vpcg==";
    assert_eq!(delete(&[basic]).status, 200);
    assert_eq!(delete(&[basic, SHOP]).status, 401);
}

#[test]
fn guests_need_it_too_and_log_in_all_the_same() {
    let site = site(GATE);
    // There everything was a 500 now.
    assert!(is_error(&site.ask("GET", "/content/objects/7", &[WANTS_JSON]), 401, "Unauthorized"));
    assert_eq!(site.ask("GET", "/", &[]).status, 200);
    assert_eq!(site.ask("GET", "/user/users", &[]).status, 200);
    let body = input("sol", PASSWORD);
    assert_eq!(site.send("POST", "/user/sessions", &[SENDS_JSON], &body).status, 201);
    let open = Site::with_more("", &format!("{GATE}[realm.default]\nguest_roles = [\"site\"]\n"));
    assert_eq!(open.ask("GET", "/content/objects/7", &[]).status, 200);
}

#[test]
fn no_other_spelling_of_what_was_judged_gets_to_the_upstream() {
    let site = site(GATE);
    let eve = site.log_in("eve");
    for other in ["X_Siteaccess: shop", "X.Siteaccess: shop", "X_Expected_User: sol"] {
        assert_eq!(site.ask("GET", "/content/objects/7", &[&eve.cookie, other]).status, 200, "{other}");
        let seen = site.upstream.last();
        let is_told = |text: &str| seen.headers.iter().any(|(_, value)| value == text);
        assert!(!is_told("shop") && !is_told("sol"), "{other}: {:?}", seen.headers);
    }
    let nominated =
        site.ask("GET", "/content/objects/7", &[&eve.cookie, "X-Siteaccess: site", "Connection: X-Siteaccess"]);
    assert_eq!(nominated.status, 400);
}
