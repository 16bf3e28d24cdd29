//! What cookies are called, and what goes with them.

use super::*;

const HTTPS: &str = "public_url = \"https://shop.example\"\n";
const TLS_BESIDE_HOME: &str = r#"
listen = ["0.0.0.0:443", { address = "127.0.0.1:8080", plain = true }]
public_url = ["https://shop.example", "http://localhost:8080"]
tls = { cert = "c", key = "k" }
"#;
const TLS_BESIDE_OTHERS: &str = r#"
listen = ["0.0.0.0:443", { address = "0.0.0.0:8080", plain = true }]
public_url = ["https://shop.example", "http://localhost:8080"]
tls = { cert = "c", key = "k" }
"#;
const TLS_BESIDE_REDIRECT: &str = r#"
listen = ["0.0.0.0:443", { address = "0.0.0.0:80", plain = true, redirect_to_https = true }, { address = "[::1]:8080", plain = true }]
public_url = ["https://shop.example", "http://localhost:8080"]
tls = { cert = "c", key = "k" }
"#;

fn set(policy: &Policy, realm: u16, secure: bool) -> Option<String> {
    let cookie = policy.session_cookies(RealmId(realm), secure, &Profile::DOORWARD, "TOKEN", None).pop()?;
    assert!(cookie.is_sensitive());
    Some(cookie.to_str().expect("text").to_owned())
}

fn expired(policy: &Policy, realm: u16, secure: bool) -> String {
    let ended = policy.expired_cookies(RealmId(realm), secure, &Profile::DOORWARD);
    ended[0].to_str().expect("text").to_owned()
}

#[test]
fn over_https_a_cookie_is_for_this_host_alone() {
    let policy = compiled(HTTPS);
    let expected = "__Host-doorward-default=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax";
    assert_eq!(set(&policy, 0, true).as_deref(), Some(expected));
    assert_eq!(
        expired(&policy, 0, true),
        "__Host-doorward-default=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"
    );
    let remembered = policy.session_cookies(RealmId(0), true, &Profile::DOORWARD, "T", Some(86_400));
    assert!(remembered[0].to_str().expect("text").ends_with("; Max-Age=86400"));
}

#[test]
fn each_realm_has_a_cookie_of_its_own() {
    let policy = compiled("[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n");
    assert_eq!(policy.cookie_name(RealmId(0), true), Some("__Host-doorward-admin"));
    assert_eq!(policy.cookie_name(RealmId(1), true), Some("__Host-doorward-customer"));
    assert_eq!(policy.cookie_name(RealmId(1), false), Some("doorward-customer"));
}

#[test]
fn over_plain_http_this_machine_gets_cookies_and_others_do_not() {
    for (settings, given) in [
        ("", true),
        ("listen = [\"localhost:1\", \"[::1]:2\", \"unix:/a\", \"127.9.9.9:1\"]\n", true),
        ("listen = \"0.0.0.0:80\"\n", false),
        ("listen = [\"127.0.0.1:1\", \"10.0.0.1:80\"]\n", false),
        ("listen = \"localhost.example:80\"\n", false),
        ("listen = \"0.0.0.0:80\"\nallow_plain_http = true\n", true),
        ("[tls]\ncert = \"c\"\nkey = \"k\"\n", false),
        ("public_url = \"http://localhost:8080\"\n", true),
        ("public_url = \"http://shop.example\"\n", false),
        ("public_url = \"http://shop.example\"\nallow_plain_http = true\n", true),
        (HTTPS, false),
        ("listen = \"0.0.0.0:80\"\npublic_url = \"http://127.0.0.1\"\n", false),
        ("admin_listen = \"10.0.0.1:8081\"\n", false),
        (
            "listen = [\"127.0.0.1:1\", \"10.0.0.1:2\"]\npublic_url = [\"https://shop.example\", \"http://localhost:1\"]\n",
            false,
        ),
        (TLS_BESIDE_HOME, true),
        (TLS_BESIDE_OTHERS, false),
        (TLS_BESIDE_REDIRECT, true),
    ] {
        let policy = compiled(settings);
        assert_eq!(policy.cookie_name(RealmId(0), false).is_some(), given, "{settings}");
        assert_eq!(set(&policy, 0, false).is_some(), given, "{settings}");
        assert_eq!(policy.guest_cookie(false).is_some(), given, "{settings}");
        assert!(policy.cookie_name(RealmId(0), true).is_some());
    }
    let policy = compiled("");
    assert_eq!(set(&policy, 0, false).as_deref(), Some("doorward-default=TOKEN; Path=/; HttpOnly; SameSite=Lax"));
    assert_eq!(expired(&policy, 0, false), "doorward-default=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

#[test]
fn a_shared_cookie_says_its_domain_over_https() {
    let policy =
        compiled(&format!("{HTTPS}realm.a.cookie = {{ domain = \"shop.example\", same_site = \"strict\" }}\n"));
    let expected = "__Secure-doorward-a=TOKEN; Path=/; HttpOnly; Secure; SameSite=Strict; Domain=shop.example";
    assert_eq!(set(&policy, 0, true).as_deref(), Some(expected));
    assert!(expired(&policy, 0, true).contains("Domain=shop.example"));
    let plain = compiled(&format!("{HTTPS}allow_plain_http = true\nrealm.a.cookie.domain = \"shop.example\"\n"));
    assert_eq!(set(&plain, 0, false).as_deref(), Some("doorward-a=TOKEN; Path=/; HttpOnly; SameSite=Lax"));
}

#[test]
fn a_cookie_for_all_sites_is_one_over_https_alone() {
    let policy = compiled(&format!(
        "{HTTPS}allow_plain_http = true\ncors.origins = [\"https://b.example\"]\nrealm.a.cookie.same_site = \"none\"\n"
    ));
    assert!(set(&policy, 0, true).expect("a cookie").ends_with("; Secure; SameSite=None"));
    assert!(set(&policy, 0, false).expect("a cookie").ends_with("; SameSite=Lax"));
}

#[test]
fn a_name_of_ones_own_replaces_what_follows_the_prefix() {
    let policy = compiled(&format!("{HTTPS}realm.a.cookie.name = \"Shop\"\n"));
    assert_eq!(policy.cookie_name(RealmId(0), true), Some("__Host-Shop"));
    for own in [
        "shop",
        "__host-shop",
        "__secure-shop",
        "doorward-a",
        "__host-doorward-anything",
        "doorward-device",
        "__host-doorward-guest",
    ] {
        assert!(policy.is_own_cookie(own), "{own}");
    }
    for other in ["shops", "xshop", "session", "", "__host-", "doorward", "__host-__host-shop"] {
        assert!(!policy.is_own_cookie(other), "{other}");
    }
}

#[test]
fn devices_and_guests_have_strict_cookies() {
    let policy = compiled("");
    let text = |value: http::HeaderValue| value.to_str().expect("text").to_owned();
    let device = text(policy.device_set_cookie(true, "D"));
    assert_eq!(device, "__Host-doorward-device=D; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=31536000");
    let guest = policy.guest_set_cookie(true, "G").map(text);
    assert_eq!(guest.as_deref(), Some("__Host-doorward-guest=G; Path=/; HttpOnly; Secure; SameSite=Strict"));
    assert_eq!(
        policy.guest_set_cookie(false, "G").map(text).as_deref(),
        Some("doorward-guest=G; Path=/; HttpOnly; SameSite=Strict")
    );
}

#[test]
fn cookies_of_two_realms_never_share_a_name() {
    let wrong = |text: &str| match Settings::parse("doorward.toml", text, &nothing) {
        Ok(_) => panic!("nobody complains about {text}"),
        Err(complaints) => complaints.to_string(),
    };
    let told = wrong("realm.a.cookie.name = \"x\"\nrealm.b.cookie.name = \"X\"\n");
    assert!(told.starts_with("doorward.toml:2:23: another cookie is called `X` too"), "{told}");
    for name in ["doorward-device", "doorward-guest", "Doorward-Guest", "doorward-b"] {
        wrong(&format!("realm.a.cookie.name = \"{name}\"\n[realm.b]\n"));
    }
    let told = wrong("[realm.guest]\n");
    assert!(told.contains("fix: choose another name: `[realm.guest]` with"), "{told}");
    assert!(wrong("realm.a.cookie.name = \"__Host-x\"").contains("the prefix of a cookie is Doorward's"));
}

#[test]
fn a_realm_that_dialects_are_spoken_to_has_the_cookies_that_their_clients_know() {
    let policy = compiled(&format!("{HTTPS}[dialect.ez]\n[dialect.kirby]\n"));
    let names = |profile| policy.cookie_names(RealmId(0), true, profile).map(str::to_owned).collect::<Vec<_>>();
    let ez = "eZSESSID98defd6ee70dfb1dea416cecdf391f58".to_owned();
    assert_eq!(names(&Profile::EZ), std::slice::from_ref(&ez));
    assert_eq!(names(&Profile::KIRBY), ["kirby_session"]);
    assert_eq!(names(&Profile::DOORWARD), [ez, "kirby_session".to_owned()]);
    let ended = policy.expired_cookies(RealmId(0), true, &Profile::EZ);
    let ended = ended[0].to_str().expect("text");
    assert!(ended.starts_with("eZSESSID98defd6ee70dfb1dea416cecdf391f58=deleted; "), "{ended}");
    assert!(policy.is_own_cookie("kirby_session"));
}
