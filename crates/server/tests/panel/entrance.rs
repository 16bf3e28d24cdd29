//! Who gets in.

use crate::house::{Door, House, RULES};
use crate::page::between;

#[test]
fn whoever_is_not_logged_in_is_sent_to_log_in_and_comes_back() {
    let house = House::open();
    let answer = house.page(None, "/panel/sessions?role=clerk");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let place = answer.header("location").expect("a place");
    assert_eq!(place, "/login?return_to=%2Fpanel%2Fsessions%3Frole%3Dclerk&realm=admin");
    house.add("customer", "anna", &[]);
    let anna = house.log_in("customer", "anna");
    assert_eq!(house.page(Some(&anna), "/panel/sessions").status, 303);
    let program = house.send(Door::Admin, "GET", "/panel/sessions", &[], None);
    assert_eq!((program.status, program.code().as_str()), (401, "not_logged_in"));
}

#[test]
fn whoever_lacks_what_a_page_needs_reads_so() {
    let house = House::open();
    let sam = house.with_roles("sam", &["support"]);
    let answer = house.page(Some(&sam), "/panel/sessions");
    assert_eq!((answer.status, answer.header("content-type")), (403, Some("text/html; charset=utf-8")));
    let text = answer.text();
    assert!(text.contains("<code>Doorward::panel</code>") && text.contains("Log out"), "{text}");
    assert!(between(&text, "<li><a href=\"", "\"").is_empty(), "{text}");
    assert!(answer.header("content-security-policy").is_some_and(|policy| policy.contains("script-src 'nonce-")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    house.settle();
    let noted = house.read(&house.root(), "/admin/audit?kind=refused&login=sam")["items"][0].clone();
    assert_eq!((&noted["outcome"], &noted["request"]), (&"forbidden".into(), &"GET /panel/sessions".into()));
}

#[test]
fn nobody_sees_a_link_to_a_page_that_they_may_not_see() {
    let rules = format!("{RULES}\n[role.warden]\nallow = [\"Doorward::panel\", \"Doorward::sessions\"]\n");
    let house = House::with(&rules);
    let warden = house.with_roles("will", &["warden"]);
    let text = house.shown(&warden, "/panel/sessions");
    assert_eq!(between(&text, "<li><a href=\"", "\""), ["/panel", "/panel/sessions"]);
    assert!(text.contains("aria-current=\"page\">Sessions"), "{text}");
    for target in [
        "/panel/users",
        "/panel/users/1",
        "/panel/new-user",
        "/panel/audit",
        "/panel/audit/1",
        "/panel/routes",
        "/panel/try",
    ] {
        assert_eq!(house.page(Some(&warden), target).status, 403, "{target}");
    }
}

#[test]
fn a_page_runs_no_script_but_its_own_and_nobody_keeps_it() {
    let house = House::open();
    let root = house.root();
    let answer = house.page(Some(&root), "/panel/sessions");
    let policy = answer.header("content-security-policy").expect("a policy").to_owned();
    let text = answer.text();
    let nonces = between(&text, "nonce=\"", "\"");
    assert_eq!(nonces.len(), text.matches("<script").count(), "{text}");
    for nonce in nonces {
        assert!(policy.contains(&format!("script-src 'nonce-{nonce}' 'strict-dynamic';")), "{policy}");
    }
    for word in
        ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "base-uri 'none'"]
    {
        assert!(policy.contains(word), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let again = house.page(Some(&root), "/panel/sessions");
    assert_ne!(again.header("content-security-policy"), Some(&*policy));
    for inline in ["style=", "onclick", "javascript:"] {
        assert!(!text.contains(inline), "{inline}");
    }
}

#[test]
fn the_script_is_told_which_header_carries_the_token() {
    let house = House::open();
    let root = house.root();
    assert!(house.shown(&root, "/panel").contains(" data-csrf=\"x-csrf\""));
    let house = House::with(&format!("{RULES}\n[csrf]\nheader = \"X-Token\"\n"));
    let sam = house.with_roles("sam", &["support"]);
    let root = house.root();
    assert!(house.shown(&root, "/panel").contains(" data-csrf=\"x-token\""));
    assert!(house.page(Some(&sam), "/panel").text().contains(" data-csrf=\"x-token\""));
}

#[test]
fn all_that_a_first_visit_fetches_is_small_and_may_be_kept() {
    let house = House::open();
    let root = house.root();
    // A list with as many rows as a page has, with long names.
    for number in 0..50 {
        house.add("admin", &format!("a.person.with.a.long.name.{number}@department.example.com"), &["support"]);
    }
    let (overview, text) = (house.shown(&root, "/panel"), house.shown(&root, "/panel/users"));
    assert_eq!(text.matches("a.person.with.a.long.name").count() % 50, 0, "{text}");
    let mut bytes = overview.len().max(text.len());
    let mut assets = between(&text, "src=\"", "\"");
    assets.extend(between(&text, "<link rel=\"stylesheet\" href=\"", "\""));
    assets.extend(between(&text, "<link rel=\"icon\" href=\"", "\""));
    assert_eq!(assets.len(), 3, "{text}");
    for asset in assets {
        let plain = house.send(Door::Admin, "GET", asset, &[], None);
        let answer = house.send(Door::Admin, "GET", asset, &["Accept-Encoding: gzip, deflate, br, zstd"], None);
        assert_eq!((plain.header("content-encoding"), plain.status), (None, 200), "{asset}");
        assert_eq!(answer.header("vary"), plain.header("vary"));
        assert!(answer.body.len() <= plain.body.len(), "{asset}");
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")), "{asset}");
        assert!(answer.header("cache-control").is_some_and(|kept| kept.contains("immutable")), "{asset}");
        bytes += answer.body.len();
    }
    // Pages are not compressed: what the sum is here, it is on the wire.
    assert!(bytes < 50_000, "{bytes}");
    assert_eq!(house.send(Door::Admin, "GET", "/panel/assets/panel-0.js", &[], None).status, 404);
}

#[test]
fn it_is_at_the_door_of_administration_unless_the_settings_say_otherwise() {
    let house = House::open();
    assert_eq!(house.send(Door::Public, "GET", "/panel", &[], None).status, 404);
    let house = House::with(&format!("{RULES}\n[panel]\npublic = true\n"));
    let root = house.root();
    let cookie = format!("Cookie: {}", root.cookie);
    assert_eq!(house.send(Door::Public, "GET", "/panel/sessions", &[&cookie], None).status, 200);
    let house = House::with(&format!("mount = \"/auth\"\n{RULES}"));
    let answer = house.page(None, "/auth/panel/sessions");
    assert_eq!(answer.header("location"), Some("/auth/login?return_to=%2Fauth%2Fpanel%2Fsessions&realm=admin"));
}

#[test]
fn the_page_after_a_change_says_what_was_done() {
    let house = House::open();
    let root = house.root();
    let said = |target: &str| {
        let text = house.shown(&root, target);
        between(&text, "class=\"notice\" role=\"status\">", "<").first().map(|text| (*text).to_owned())
    };
    assert_eq!(said("/panel/users?done=removed").as_deref(), Some("The user is removed."));
    assert_eq!(said("/panel/users?search=a&done=%3Cb%3E"), None);
    assert_eq!(said("/panel/users"), None);
}
