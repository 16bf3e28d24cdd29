//! `/login`, `/login/code` and `/logout`, as a browser without scripts uses them.

use serde_json::json;

use crate::answer::Answer;
use crate::form::{self, encoded, hidden, open};
use crate::house::{Door, House, PASSWORD, RULES, set_cookie};

fn submit(house: &House, target: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    form::submit(house, target, cookie, fields, &[])
}

fn log_in(house: &House, fields: &[(&str, &str)]) -> Answer {
    form::log_in(house, fields, &[])
}

const ANNA: [(&str, &str); 3] = [("realm", "customer"), ("login", "Anna"), ("password", PASSWORD)];

#[test]
fn somebody_logs_in_looks_around_and_logs_out_without_scripts() {
    let house = House::open();
    house.add_named("customer", "anna", "Anna B.", &[]);
    let (page, guest, token) = open(&house, "/login?return_to=%2Frest%2Fme%3Fa%3D1%23b&realm=customer");
    assert_eq!(hidden(&page, "realm").as_deref(), Some("customer"));
    let place = hidden(&page, "return_to").expect("a place");
    let fields = [
        ("token", token.as_str()),
        ("realm", "customer"),
        ("login", "Anna"),
        ("password", PASSWORD),
        ("return_to", &place),
    ];
    let entered = submit(&house, "/login", &guest, &fields);
    assert_eq!((entered.status, entered.header("location")), (303, Some("/rest/me?a=1#b")), "{}", entered.text());
    let session = set_cookie(&entered, "doorward-customer").expect("a session");
    let set = entered.all("set-cookie").find(|line| line.starts_with("doorward-customer=")).expect("a session");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Max-Age"), "{set}");

    let cookie = format!("Cookie: {session}");
    let account = house.send(Door::Public, "GET", "/account", &[&cookie], None);
    assert!(account.status == 200 && account.text().contains("Anna B."), "{}", account.text());
    let asked = house.send(Door::Public, "GET", "/logout", &[&cookie], None).text();
    assert!(asked.contains("Log out?") && asked.contains("action=\"/logout?realm=customer\""), "{asked}");
    assert_eq!(house.send(Door::Public, "GET", "/account", &[&cookie], None).status, 200);
    let left = submit(&house, "/logout?realm=customer", &session, &[]);
    assert_eq!((left.status, left.header("location")), (303, Some("/logout")));
    assert!(left.all("set-cookie").any(|line| line.starts_with("doorward-customer=;") && line.contains("Max-Age=0")));
    let after = house.send(Door::Public, "GET", "/account", &[&cookie], None);
    assert_eq!((after.status, after.header("location")), (303, Some("/login?return_to=/account")));
    assert!(house.send(Door::Public, "GET", "/logout", &[&cookie], None).text().contains("Nobody is logged in"));
}

#[test]
fn a_form_does_not_say_which_half_was_wrong() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let wrong = log_in(&house, &[("realm", "customer"), ("login", "anna"), ("password", "not the right one")]);
    let unknown = log_in(&house, &[("realm", "customer"), ("login", "anne"), ("password", PASSWORD)]);
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, 401);
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Cookie realm=\"customer\", form-action=\"/login\", cookie-name=\"doorward-customer\"")
        );
        assert!(answer.text().contains("Login and password do not match."));
        assert_eq!(answer.all("set-cookie").filter(|line| line.starts_with("doorward-customer")).count(), 0);
    }
    assert!(wrong.text().contains("value=\"anna\"") && !wrong.text().contains("not the right one"));
    assert!(!unknown.text().contains(PASSWORD));
}

#[test]
fn after_many_failures_the_form_says_how_long_to_wait() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    for _ in 0..5 {
        log_in(&house, &[("realm", "customer"), ("login", "anna"), ("password", "wrong")]);
    }
    let waits = log_in(&house, &ANNA);
    assert_eq!((waits.status, waits.header("retry-after")), (429, Some("30")));
    assert!(waits.text().contains("Wait 30 seconds") && waits.text().contains("data-wait=\"30\""), "{}", waits.text());
    house.clock.advance(30);
    assert_eq!(log_in(&house, &ANNA).status, 303);
}

#[test]
fn a_form_of_another_site_is_of_no_use() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let (_, cookie, token) = open(&house, "/login");
    let fields: Vec<(&str, &str)> = ANNA.into_iter().chain([("token", token.as_str())]).collect();
    let without = submit(&house, "/login", "", &fields);
    assert_eq!(without.status, 403);
    assert!(without.text().contains("open for too long") && hidden(&without.text(), "token").is_some());
    let (_, other, _) = open(&house, "/login");
    assert_eq!(submit(&house, "/login", &other, &fields).status, 403);
    assert_eq!(submit(&house, "/login", &cookie, &ANNA).status, 403);
    let line = format!("Cookie: {cookie}");
    let foreign = ["Origin: https://evil.example", line.as_str(), "Content-Type: application/x-www-form-urlencoded"];
    let answer = house.send(Door::Public, "POST", "/login", &foreign, Some(&encoded(&fields)));
    assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"));
    house.clock.advance(2 * 3_600);
    assert_eq!(submit(&house, "/login", &cookie, &fields).status, 403);
    let (_, cookie, token) = open(&house, "/login");
    let fields: Vec<(&str, &str)> = ANNA.into_iter().chain([("token", token.as_str())]).collect();
    assert_eq!(submit(&house, "/login", &cookie, &fields).status, 303);
}

#[test]
fn only_a_form_with_its_own_fields_is_read() {
    let house = House::open();
    let (_, cookie, token) = open(&house, "/login");
    let cookie = format!("Cookie: {cookie}");
    let send = |kind: &str, body: &str| {
        house.send(Door::Public, "POST", "/login", &[&cookie, &format!("Content-Type: {kind}")], Some(body)).status
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(send("application/json", "{}"), 415);
    assert_eq!(send("multipart/form-data; boundary=x", ""), 415);
    assert_eq!(send(form, &format!("token={token}&login=a&login=b&password=c")), 400);
    assert_eq!(send(form, &format!("token={token}&login=a&password=c&admin=1")), 400);
    assert_eq!(send(form, &format!("token={token}&login=a")), 400);
    assert_eq!(send(form, &"x".repeat(9_000)), 413);
}

#[test]
fn nobody_is_sent_to_another_site() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    for place in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "///e",
        "/%09/e",
        "/\t/e",
        " /e",
        "https:e",
        "http:/e",
        "https://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "good@evil",
        "/..//e",
        "/a/%2e%2e//e",
        "/login",
        "/logout",
        "/a\r\nSet-Cookie: x=1",
    ] {
        let (_, cookie, token) = open(&house, "/login");
        let fields: Vec<(&str, &str)> =
            ANNA.into_iter().chain([("token", token.as_str()), ("return_to", place)]).collect();
        let entered = submit(&house, "/login", &cookie, &fields);
        assert_eq!((entered.status, entered.header("location")), (303, Some("/account?realm=customer")), "{place:?}");
        let page = open(&house, &format!("/login?{}", encoded(&[("return_to", place)]))).0;
        assert_eq!(hidden(&page, "return_to"), None, "{place:?}");
        assert!(!page.contains("evil"), "{place:?}");
    }
    for query in ["return_to=/a&return_to=/b", "return_to[]=/a", "return_to=%ff"] {
        assert_eq!(hidden(&open(&house, &format!("/login?{query}")).0, "return_to"), None, "{query}");
    }
}

#[test]
fn several_realms_are_a_choice_and_one_is_none() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let (page, _, _) = open(&house, "/login");
    assert!(page.contains(">admin</option>") && page.contains(">customer</option>"), "{page}");
    let (page, _, _) = open(&house, "/login?realm=nowhere");
    assert!(page.contains("<select") && !page.contains("nowhere"), "{page}");
    let unchosen = log_in(&house, &[("realm", ""), ("login", "anna"), ("password", PASSWORD)]);
    assert_eq!(unchosen.status, 400);
    assert!(unchosen.text().contains("Choose where to log in.") && unchosen.text().contains("<select"));

    let alone = House::with("listen = \"127.0.0.1:0\"\nupstream = \"http://127.0.0.1:1\"\n");
    alone.add("default", "anna", &[]);
    let (page, cookie, token) = open(&alone, "/login");
    assert!(
        !page.contains("<select") && !page.contains("name=\"realm\"") && !page.contains("name=\"remember\""),
        "{page}"
    );
    let entered = submit(&alone, "/login", &cookie, &[("token", &token), ("login", "anna"), ("password", PASSWORD)]);
    assert_eq!((entered.status, entered.header("location")), (303, Some("/account?realm=default")));
}

#[test]
fn a_tick_keeps_somebody_logged_in() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let fields: Vec<(&str, &str)> = ANNA.into_iter().chain([("remember", "on")]).collect();
    let entered = log_in(&house, &fields);
    let set =
        entered.all("set-cookie").find(|line| line.starts_with("doorward-customer=")).expect("a session").to_owned();
    assert!(set.contains("Max-Age=2592000"), "{set}");
    assert!(open(&house, "/login").0.contains("name=\"remember\""));
    assert!(!open(&house, "/login?realm=admin").0.contains("name=\"remember\""));
}

#[test]
fn a_log_in_ends_the_session_that_was_there() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    house.add("customer", "ben", &[]);
    let first = house.log_in("customer", "ben");
    let (_, guest, token) = open(&house, "/login");
    let fields: Vec<(&str, &str)> = ANNA.into_iter().chain([("token", token.as_str())]).collect();
    let both = format!("{guest}; {}", first.cookie);
    let failed = submit(
        &house,
        "/login",
        &both,
        &[("token", &token), ("realm", "customer"), ("login", "anna"), ("password", "wrong")],
    );
    assert_eq!(failed.status, 401);
    assert_eq!(house.call(Door::Public, "GET", "/user/me", Some(&first), None).status, 200);
    assert_eq!(submit(&house, "/login", &both, &fields).status, 303);
    assert_eq!(house.call(Door::Public, "GET", "/user/me", Some(&first), None).status, 401);
}

#[test]
fn over_an_open_line_there_is_no_form() {
    let rules = RULES.replace("[admin]", "[admin]\n").replacen(
        "upstream =",
        "public_url = \"https://shop.example\"\nupstream =",
        1,
    );
    let house = House::with(&rules);
    let answer = house.send(Door::Public, "GET", "/login", &[], None);
    assert!(answer.text().contains("over https") && !answer.text().contains("type=\"password\""), "{}", answer.text());
    assert_eq!(answer.all("set-cookie").count(), 0);
}

#[test]
fn a_one_time_code_becomes_a_password() {
    let house = House::open();
    let root = house.root();
    let made = house.admin(&root, "POST", "/admin/users", Some(&json!({ "realm": "customer", "login": "anna" })));
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let code = house.admin(&root, "POST", &format!("/admin/users/{id}/codes"), None).json()["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let redeem = |code: &str, new: &str, again: &str| {
        let (_, cookie, token) = open(&house, "/login/code");
        submit(&house, "/login/code", &cookie, &[("token", &token), ("code", code), ("new", new), ("again", again)])
    };
    let mistyped = redeem(&code, PASSWORD, "something else");
    assert!(mistyped.status == 422 && mistyped.text().contains("not typed the same twice"));
    let kept = format!("name=\"code\" value=\"{code}\"");
    assert!(mistyped.text().contains(&kept), "the code need not be typed again: {}", mistyped.text());
    assert_eq!(mistyped.header("cache-control"), Some("no-store"));
    let weak = redeem(&code, "short", "short");
    assert!(weak.status == 422 && weak.text().contains("at least 15 characters"), "{}", weak.text());
    assert!(weak.text().contains(&kept) && !weak.text().contains("=\"short\""), "{}", weak.text());
    let wrong = redeem("AAAAAAAAAAAAAAAAAAAAAA", PASSWORD, PASSWORD);
    assert!(wrong.status == 400 && wrong.text().contains("wrong, used or expired"));
    let (_, guest, token) = open(&house, "/login/code");
    let typed = format!(" {code} ");
    let fields = [("token", &*token), ("code", &typed), ("new", PASSWORD), ("again", PASSWORD)];
    let set = submit(&house, "/login/code", &guest, &fields);
    let page = set.text();
    assert_eq!((set.status, set.header("location")), (200, None), "{page}");
    assert!(page.contains("The password is set.") && !page.contains(&code), "{page}");
    // It is the page to log in, which knows already who does.
    assert!(page.contains("name=\"login\" value=\"anna\""), "{page}");
    assert_eq!(hidden(&page, "realm").as_deref(), Some("customer"));
    let token = hidden(&page, "token").expect("a token");
    let fields = [("token", &*token), ("realm", "customer"), ("login", "anna"), ("password", PASSWORD)];
    assert_eq!(submit(&house, "/login", &guest, &fields).status, 303);
    assert_eq!(redeem(&code, PASSWORD, PASSWORD).status, 400);
    assert_eq!(log_in(&house, &ANNA).status, 303);
}

#[test]
fn logging_out_needs_a_page_of_ours_and_succeeds_for_guests() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let anna = house.log_in("customer", "anna");
    let cookie = format!("Cookie: {}", anna.cookie);
    let foreign = [cookie.as_str(), "Origin: https://evil.example"];
    assert_eq!(house.send(Door::Public, "POST", "/logout", &foreign, Some("")).status, 403);
    assert_eq!(house.send(Door::Public, "POST", "/logout", &[&cookie], Some("")).status, 403);
    assert_eq!(house.call(Door::Public, "GET", "/user/me", Some(&anna), None).status, 200);
    assert_eq!(submit(&house, "/logout", "", &[]).status, 303);
}

#[test]
fn somebody_is_sent_back_to_an_origin_that_is_listed_for_scripts_with_cookies() {
    let cors = |credentials: bool| {
        format!("{RULES}\n[cors]\norigins = [\"https://app.example\"]\ncredentials = {credentials}\n")
    };
    let house = House::with(&cors(true));
    house.add("customer", "anna", &[]);
    let enter = |house: &House, place: &str| {
        let (_, cookie, token) = open(house, "/login");
        let fields: Vec<(&str, &str)> =
            ANNA.into_iter().chain([("token", token.as_str()), ("return_to", place)]).collect();
        submit(house, "/login", &cookie, &fields)
    };
    let entered = enter(&house, "https://app.example/orders?a=1");
    assert_eq!((entered.status, entered.header("location")), (303, Some("https://app.example/orders?a=1")));
    // Browsers follow a form only to where its page's policy lets it.
    let policy = |target: &str| {
        let page = house.send(Door::Public, "GET", target, &[], None);
        page.header("content-security-policy").expect("a policy").to_owned()
    };
    let allowed = "form-action 'self' https://app.example;";
    assert!(policy("/login?return_to=https://app.example/orders").contains(allowed));
    assert!(policy("/login").contains("form-action 'self';"));
    for place in ["https://app.example.evil/", "https://app.example@evil/", "https://other.example/"] {
        assert_eq!(enter(&house, place).header("location"), Some("/account?realm=customer"), "{place}");
        assert!(policy(&format!("/login?return_to={place}")).contains("form-action 'self';"), "{place}");
    }
    let house = House::with(&cors(false));
    house.add("customer", "anna", &[]);
    assert_eq!(enter(&house, "https://app.example/").header("location"), Some("/account?realm=customer"));
}
