//! `/account`.

use crate::answer::Answer;
use crate::house::{Door, House, PASSWORD, RULES, Session, set_cookie};

fn page(house: &House, session: &Session, target: &str) -> Answer {
    house.send(Door::Public, "GET", target, &[&format!("Cookie: {}", session.cookie)], None)
}

fn submit(house: &House, session: &Session, target: &str, body: &str) -> Answer {
    let (origin, cookie) = (format!("Origin: {}", house.origin()), format!("Cookie: {}", session.cookie));
    let lines = [origin.as_str(), cookie.as_str(), "Content-Type: application/x-www-form-urlencoded"];
    house.send(Door::Public, "POST", target, &lines, Some(body))
}

fn is_alive(house: &House, session: &Session) -> bool {
    house.call(Door::Public, "GET", "/user/me", Some(session), None).status == 200
}

const NEW: &str = "a badger under the old bridge";

#[test]
fn sessions_are_shown_and_ended_one_by_one() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let (here, there) = (house.log_in("customer", "anna"), house.log_in("customer", "anna"));
    let text = page(&house, &here, "/account").text();
    assert!(text.contains(&here.id) && text.contains(&there.id) && text.matches("this one").count() == 1, "{text}");
    let ended = submit(&house, &here, "/account/sessions?realm=customer", &format!("end={}", there.id));
    assert_eq!((ended.status, ended.header("location")), (303, Some("/account?realm=customer&done=ended")));
    assert!(is_alive(&house, &here) && !is_alive(&house, &there));
    assert!(page(&house, &here, "/account?realm=customer&done=ended").text().contains("The session has ended."));
    // Twice the same button is no failure, and what is no handle is.
    assert_eq!(submit(&house, &here, "/account/sessions", &format!("end={}", there.id)).status, 303);
    assert_eq!(submit(&house, &here, "/account/sessions", "end=x").status, 404);
    let own = submit(&house, &here, "/account/sessions", &format!("end={}", here.id));
    assert_eq!((own.status, own.header("location")), (303, Some("/logout")));
    assert!(own.all("set-cookie").any(|line| line.starts_with("doorward-customer=;")));
    assert!(!is_alive(&house, &here));
}

#[test]
fn nobody_ends_the_sessions_of_others() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    house.add("customer", "ben", &[]);
    let (anna, ben) = (house.log_in("customer", "anna"), house.log_in("customer", "ben"));
    submit(&house, &anna, "/account/sessions", &format!("end={}", ben.id));
    assert!(is_alive(&house, &ben));
    assert!(!page(&house, &anna, "/account").text().contains(&ben.id));
}

#[test]
fn all_others_end_at_once() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let all: Vec<Session> = (0..3).map(|_| house.log_in("customer", "anna")).collect();
    let ended = submit(&house, &all[0], "/account/sessions", "end=others");
    assert_eq!(ended.header("location"), Some("/account?realm=customer&done=others"));
    assert_eq!(all.iter().map(|session| is_alive(&house, session)).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn a_new_password_ends_all_other_sessions() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let (here, there) = (house.log_in("customer", "anna"), house.log_in("customer", "anna"));
    let form = |current: &str, new: &str, again: &str| {
        let body = format!("current={current}&new={new}&again={again}").replace(' ', "+");
        submit(&house, &here, "/account/password?realm=customer", &body)
    };
    let wrong = form("not the right one", NEW, NEW);
    assert!(wrong.status == 403 && wrong.text().contains("The current password is wrong."), "{}", wrong.text());
    let weak = form(PASSWORD, "short", "short");
    assert!(weak.status == 422 && weak.text().contains("at least 15 characters"));
    assert!(form(PASSWORD, NEW, "something else").text().contains("not typed the same twice"));
    let same = form(PASSWORD, PASSWORD, PASSWORD);
    assert!(same.status == 422 && same.text().contains("is the one that you have"), "{}", same.text());
    assert!(is_alive(&house, &there));
    let set = form(PASSWORD, NEW, NEW);
    assert_eq!((set.status, set.header("location")), (303, Some("/account?realm=customer&done=password")));
    let cookie = set_cookie(&set, "doorward-customer").expect("a new token");
    assert!(!is_alive(&house, &there) && !is_alive(&house, &here));
    assert!(is_alive(&house, &Session { cookie, ..here.clone() }));
    // Whoever has the old cookie only is sent to log in, and nothing is read.
    assert_eq!(
        form(NEW, PASSWORD, PASSWORD).header("location"),
        Some("/login?realm=customer&return_to=/account%3Frealm=customer")
    );
}

#[test]
fn each_realm_has_its_own_account() {
    let house = House::open();
    house.add_named("customer", "anna", "Customer Anna", &[]);
    house.add_named("admin", "anna", "Administrator Anna", &[]);
    let (customer, admin) = (house.log_in("customer", "anna"), house.log_in("admin", "anna"));
    let both = Session { cookie: format!("{}; {}", customer.cookie, admin.cookie), ..customer };
    assert!(page(&house, &both, "/account?realm=customer").text().contains("Customer Anna"));
    assert!(page(&house, &both, "/account?realm=admin").text().contains("Administrator Anna"));
    let left = submit(&house, &both, "/logout?realm=admin", "");
    assert!(left.all("set-cookie").all(|line| line.starts_with("doorward-admin=")));
    assert!(page(&house, &both, "/account?realm=customer").text().contains("Customer Anna"));
    assert_eq!(page(&house, &both, "/account?realm=admin").status, 303);
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let (here, there) = (house.log_in("customer", "anna"), house.log_in("customer", "anna"));
    let cookie = format!("Cookie: {}", here.cookie);
    for origin in ["Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "X-Other: 1"] {
        let lines = [cookie.as_str(), origin, "Content-Type: application/x-www-form-urlencoded"];
        for (target, body) in [
            ("/account/sessions", "end=others"),
            ("/account/password", "current=a&new=b&again=b"),
            ("/account/name", "name=Mallory"),
            ("/account/email", "email=a@b&current=a"),
        ] {
            assert_eq!(house.send(Door::Public, "POST", target, &lines, Some(body)).status, 403, "{origin} {target}");
        }
    }
    assert!(is_alive(&house, &there));
}

#[test]
fn a_name_is_saved_and_shown_at_once() {
    let house = House::open();
    let anna = house.add("customer", "anna", &[]);
    let here = house.log_in("customer", "anna");
    let saved = submit(&house, &here, "/account/name?realm=customer", "name=+Anna+Berg+");
    assert_eq!((saved.status, saved.header("location")), (303, Some("/account?realm=customer&done=name")));
    let text = page(&house, &here, "/account?realm=customer&done=name").text();
    assert!(text.contains("The name is saved.") && text.contains("<h1>Anna Berg</h1>"), "{text}");
    assert_eq!(house.stored(&anna).name, "Anna Berg");
    let long = submit(&house, &here, "/account/name", &format!("name={}", "x".repeat(201)));
    assert!(long.status == 400 && long.text().contains("A name has at most 200 characters"), "{}", long.text());
    assert!(long.text().contains(&format!("value=\"{}\"", "x".repeat(201))), "it need not be typed again");
    assert_eq!(submit(&house, &here, "/account/name", "name=x&login=root").status, 400);
    assert_eq!(submit(&house, &here, "/account/name", "name=").status, 303);
    assert_eq!(house.stored(&anna).name, "");
}

#[test]
fn an_address_is_saved_with_the_current_password() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    house.add("customer", "ben@example.com", &[]);
    let here = house.log_in("customer", "anna");
    let form = |email: &str, current: &str| {
        let body = format!("login=anna&email={email}&current={current}").replace(' ', "+").replace('@', "%40");
        submit(&house, &here, "/account/email?realm=customer", &body)
    };
    let wrong = form("anna@example.com", "not the right one");
    assert!(wrong.status == 403 && wrong.text().contains("The current password is wrong."), "{}", wrong.text());
    assert!(wrong.text().contains("value=\"anna@example.com\"") && !wrong.text().contains("not the right one"));
    let odd = form("nonsense", PASSWORD);
    assert!(odd.status == 400 && odd.text().contains("This is no e-mail address."), "{}", odd.text());
    assert_eq!(house.stored(&anna).email, None);
    // Also one that somebody else logs in with: nothing is told, and nobody logs in with it.
    for email in ["ben@example.com", "anna@example.com"] {
        let saved = form(email, PASSWORD);
        assert_eq!((saved.status, saved.header("location")), (303, Some("/account?realm=customer&done=email")));
        let stored = house.stored(&anna);
        assert_eq!((stored.email.as_deref(), stored.login.as_str()), (Some(email), "anna"));
    }
    let text = page(&house, &here, "/account?realm=customer&done=email").text();
    assert!(text.contains("The e-mail is saved.") && text.contains("You go on logging in as anna."), "{text}");
    house.settle();
    let record = house.read(&root, "/admin/audit?kind=user_updated&login=anna");
    let told = |event: &serde_json::Value| (event["outcome"].clone(), event["detail"].clone());
    let mut items: Vec<_> = record["items"].as_array().expect("items").iter().map(told).collect();
    // All are of one second, and the failure, which belongs to no change, is written when there is time.
    items.sort_by_key(|(outcome, _)| outcome.to_string());
    assert_eq!(items[0], ("bad_credentials".into(), serde_json::Value::Null));
    assert_eq!(items[1..], [("ok".into(), "own e-mail".into()), ("ok".into(), "own e-mail".into())]);
    assert!(!record.to_string().contains("example.com"), "what is private is not on record: {record}");
    for _ in 0..5 {
        form("other@example.com", "not the right one");
    }
    let throttled = form("other@example.com", PASSWORD);
    assert!(throttled.status == 429 && throttled.header("retry-after").is_some(), "{}", throttled.text());
    assert!(throttled.text().contains("Too many failures."), "{}", throttled.text());
}

#[test]
fn what_somebody_calls_themselves_is_text_to_everybody() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let here = house.log_in("customer", "anna");
    for trap in ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%3E%3Cimg+src=x+onerror=alert(1)%3E", "%3C/title%3E%3Csvg%3E"]
    {
        assert_eq!(submit(&house, &here, "/account/name", &format!("name={trap}")).status, 303, "{trap}");
        let mut shown = vec![page(&house, &here, "/account")];
        for target in ["/panel/users".to_owned(), format!("/panel/users/{}?realm=customer", anna.id)] {
            let lines =
                [format!("Cookie: {}", root.cookie), "Accept: text/html".into(), "Sec-Fetch-Mode: navigate".into()];
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            shown.push(house.send(Door::Admin, "GET", &target, &lines, None));
        }
        for answer in shown {
            let text = answer.text();
            assert!(
                answer.status == 200 && !["<script>a", "<img", "<svg"].iter().any(|sign| text.contains(sign)),
                "{text}"
            );
        }
        let tried = submit(&house, &here, "/account/email", &format!("email={trap}&current=x"));
        assert!(tried.status == 400 && !["<script>a", "<img", "<svg"].iter().any(|sign| tried.text().contains(sign)));
    }
}

#[test]
fn whoever_is_not_logged_in_saves_nothing_and_is_sent_to_log_in() {
    let house = House::open();
    let lines = [&format!("Origin: {}", house.origin()), "Content-Type: application/x-www-form-urlencoded"];
    for (target, body) in [("/account/name", "name=x"), ("/account/email", "email=a%40b&current=x")] {
        let sent = house.send(Door::Public, "POST", target, &lines, Some(body));
        assert_eq!((sent.status, sent.header("location")), (303, Some("/login?return_to=/account")), "{target}");
    }
}

#[test]
fn what_is_wrong_stands_beside_its_field() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let here = house.log_in("customer", "anna");
    let form = |form: &str, body: &str| {
        submit(&house, &here, &format!("/account/{form}?realm=customer"), &body.replace(' ', "+")).text()
    };
    let changed =
        |current: &str, new: &str, again: &str| form("password", &format!("current={current}&new={new}&again={again}"));
    for (page, field) in [
        (changed("wrong", NEW, NEW), "current"),
        (changed(PASSWORD, "short", "short"), "new"),
        (changed(PASSWORD, NEW, "another"), "again"),
        (form("email", "email=nonsense&current=x"), "email"),
        (form("email", "email=a%40example.com&current=wrong"), "email-current"),
        (form("name", &format!("name={}", "x".repeat(201))), "name"),
    ] {
        let input = page.split("<input").find(|input| input.contains(&format!("id=\"{field}\""))).expect("a field");
        let input = &input[..input.find('>').expect("an end")];
        assert!(input.contains("aria-invalid=\"true\"") && input.contains("autofocus"), "{field}: {input}");
        assert!(input.contains(&format!("aria-describedby=\"{field}-error")), "{field}: {input}");
        assert_eq!(page.matches("aria-invalid").count(), 1, "{field}");
        // Nowhere else, and behind the field.
        assert_eq!(page.matches("role=\"alert\"").count(), 1, "{field}");
        let place = page.find(&format!("id=\"{field}-error\"")).expect("what is wrong");
        assert!(place > page.find(&format!("id=\"{field}\"")).expect("the field"), "{field}");
    }
}

#[test]
fn whoever_opens_the_address_of_a_form_finds_the_page() {
    let house = House::open();
    house.add("customer", "anna", &[]);
    let here = house.log_in("customer", "anna");
    for form in ["name", "email", "password", "sessions"] {
        let opened = page(&house, &here, &format!("/account/{form}?realm=customer"));
        assert_eq!((opened.status, opened.header("location")), (303, Some("/account?realm=customer")), "{form}");
        let opened = page(&house, &here, &format!("/account/{form}"));
        assert_eq!((opened.status, opened.header("location")), (303, Some("/account")), "{form}");
    }
    assert_eq!(house.send(Door::Public, "PUT", "/account/name", &[], None).status, 405);
}

#[test]
fn those_who_may_see_the_panel_find_it_where_it_is() {
    let link = "href=\"/panel\"";
    let house = House::open();
    let (root, helper) = (house.root(), house.with_roles("helper", &["support"]));
    house.add("customer", "anna", &["administrator"]);
    let anna = house.log_in("customer", "anna");
    let at = |house: &House, door, session: &Session| {
        house.send(door, "GET", "/account", &[&format!("Cookie: {}", session.cookie)], None).text()
    };
    assert!(at(&house, Door::Admin, &root).contains(link));
    // It is not served there, she may not see it, and she is of another realm.
    for (door, session) in [(Door::Public, &root), (Door::Admin, &helper), (Door::Admin, &anna)] {
        assert!(!at(&house, door, session).contains(link), "{door:?}");
    }
    let house = House::with(&format!("panel.public = true\n{RULES}"));
    let root = house.root();
    assert!(at(&house, Door::Public, &root).contains(link));
}
