//! `/panel/users`, and one user.

use doorward::store::{Change, NewUser};
use doorward::{Actor, Login, Name, UserState};

use crate::house::{House, RULES};
use crate::page::{between, rows};

#[test]
fn users_are_found_by_how_they_begin_and_by_what_they_are() {
    let house = House::open();
    let root = house.root();
    house.add_named("customer", "anna", "Zoe", &["clerk"]);
    let ben = house.add("customer", "ben", &[]);
    house
        .block_on(house.engine.set_state(&Actor::console(), &ben, UserState::Disabled))
        .map_err(|no| no.code())
        .expect("disabled");
    let find = |query: &str| rows(&house.shown(&root, &format!("/panel/users?{query}")));
    assert_eq!(find(""), ["anna", "ben", "root"]);
    assert_eq!(find("search=zo&realm=&role=&state="), ["anna"]);
    assert_eq!(
        (find("role=clerk"), find("state=disabled"), find("realm=admin")),
        (vec!["anna".into()], vec!["ben".into()], vec!["root".into()])
    );
    assert!(house.shown(&root, "/panel/users").contains(">3 users<"));
    assert!(house.shown(&root, "/panel/users?search=%25").contains("Nobody is found."));
    let wrong = house.page(Some(&root), "/panel/users?state=asleep");
    assert!(wrong.status == 400 && wrong.text().contains("role=\"alert\""), "{}", wrong.text());
}

#[test]
fn users_are_put_in_order_by_the_heads_of_their_columns() {
    let house = House::open();
    let root = house.root();
    house.add_minute_by_minute("customer", &["dora", "anna", "ben"]);
    house.log_in("customer", "anna");
    let page = |query: &str| house.shown(&root, &format!("/panel/users?realm=customer{query}"));
    let plain = page("");
    assert!(plain.contains("aria-sort=\"ascending\"><a data-sort=\"-login\""), "{plain}");
    let lead = |text: &str, title: &str| {
        let before = text.split(&format!("\">{title}</a></th>")).next().unwrap_or_default();
        before.rsplit("href=\"").next().unwrap_or_default().replace("&#38;", "&")
    };
    for (title, once, twice) in [
        ("Login", ["dora", "ben", "anna"], ["anna", "ben", "dora"]),
        ("Added", ["ben", "anna", "dora"], ["dora", "anna", "ben"]),
        ("Last seen", ["anna", "ben", "dora"], ["dora", "ben", "anna"]),
    ] {
        let first = house.shown(&root, &lead(&plain, title));
        assert_eq!(rows(&first), once, "{title}");
        let second = house.shown(&root, &lead(&first, title));
        assert_eq!(rows(&second), twice, "{title} once more");
        assert_eq!((first.matches("aria-sort").count(), second.matches("aria-sort").count()), (1, 1), "{title}");
    }
    assert!(page("&sort=-created").contains("<option value=\"-created\" selected>"));
    assert_eq!(house.page(Some(&root), "/panel/users?sort=colour").status, 400);
}

#[test]
fn those_who_have_not_been_seen_for_long_or_never_are_found() {
    const DAY: u32 = 86_400;
    let house = House::open();
    house.root();
    for login in ["anna", "ben", "cora", "dan"] {
        house.add("customer", login, &[]);
    }
    for (login, days) in [("anna", 340), ("ben", 50), ("cora", 27)] {
        house.log_in("customer", login);
        house.clock.advance(days * DAY);
    }
    let root = house.log_in("admin", "root");
    let find = |seen: &str| rows(&house.shown(&root, &format!("/panel/users?realm=customer&seen={seen}")));
    let all = ["anna", "ben", "cora", "dan"];
    for (seen, expected) in
        [("", &all[..]), ("over-365d", &all[..1]), ("over-30d", &all[..2]), ("never", &all[3..]), ("7d", &[])]
    {
        assert_eq!(find(seen), expected, "{seen}");
    }
    let text = house.shown(&root, "/panel/users?realm=customer&seen=over-90d");
    assert!(
        text.contains("One user") && text.contains("value=\"over-90d\"") && text.contains("\" selected>more than 90")
    );
    let times = between(&text, "data-as=\"", "\"");
    assert_eq!(times.len(), 6, "{times:?}");
    let asked = times.iter().find(|text| text.starts_with("seen_before=")).expect("a time");
    assert_eq!(house.admin(&root, "GET", &format!("/admin/users?{asked}"), None).status, 200);
}

#[test]
fn one_user_is_shown_with_what_the_visitor_may_see_of_them() {
    let rules = format!("{RULES}\n[role.reader]\nallow = [\"Doorward::panel\", \"Doorward::users\"]\n");
    let house = House::with(&rules);
    let root = house.root();
    let anna = house.add("customer", "anna", &["clerk"]);
    house.log_in("customer", "anna");
    house.settle();
    let target = format!("/panel/users/{}?realm=customer", anna.id);
    let text = house.shown(&root, &target);
    assert!(text.contains("127.0.0.1") && text.contains("log in</td>"), "{text}");
    assert!(text.contains("value=\"clerk\" checked"), "{text}");
    let reader = house.with_roles("rita", &["reader"]);
    let text = house.shown(&reader, &target);
    assert!(!text.contains("127.0.0.1") && !text.contains("What happened"), "{text}");
    // What grants more than they have, they can neither give nor take.
    assert!(text.contains("value=\"clerk\" checked data-theirs=\"no\" disabled"), "{text}");
    assert!(text.contains("value=\"reader\"> <span>"), "{text}");
}

#[test]
fn somebody_of_a_realm_that_the_rules_no_longer_have_can_be_disabled_and_removed() {
    let house = House::open();
    let root = house.root();
    let new = NewUser {
        realm: Name::parse("old").expect("a name"),
        id: None,
        login: Login::parse("olga").expect("a login"),
        name: "Olga".into(),
        email: None,
        roles: vec![],
        state: UserState::Active,
        attributes: Default::default(),
        password: None,
        created: house.now(),
    };
    let added = house.block_on(house.store.commit(Change::CreateUser(new), vec![])).expect("added");
    let olga = added.user.expect("a user");
    let list = house.shown(&root, "/panel/users?search=olga");
    let target = format!("/panel/users/{}?realm=old", olga.id);
    assert!(list.contains(&format!("href=\"{target}\"")), "{list}");
    let text = house.shown(&root, &target);
    assert!(text.contains("not in the rules") && text.contains("data-title=\"Remove olga for good?\""), "{text}");
    assert!(!text.contains("/panel/sessions?realm=old") && !text.contains("/panel/audit?realm=old"), "{text}");
    let place = format!("/admin/users/{}?realm=old", olga.id);
    let body = serde_json::json!({ "state": "disabled" });
    let disabled = house.admin(&root, "PATCH", &place, Some(&body));
    assert_eq!(disabled.status, 200, "{}", disabled.text());
    house.settle();
    assert!(house.shown(&root, &target).contains("user state</td>"), "what happened to them is shown");
    assert_eq!(house.admin(&root, "DELETE", &place, None).status, 204);
    assert_eq!(house.page(Some(&root), &target).status, 404);
}

#[test]
fn somebody_who_is_not_there_is_a_page_and_no_problem() {
    let house = House::open();
    let root = house.root();
    for target in [
        "/panel/users/999",
        "/panel/users/1?realm=%3Cb%3E",
        "/panel/users/%3Cb%3E",
        "/panel/audit/9999",
        "/panel/audit/x",
    ] {
        let answer = house.page(Some(&root), target);
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html; charset=utf-8")), "{target}");
        assert!(answer.text().contains("There is nothing here"), "{target}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn what_people_wrote_about_themselves_is_text_everywhere() {
    let house = House::open();
    let root = house.root();
    let corpus = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onfocus='alert(1)",
        "{{7*7}}${7*7}",
        "</title><svg/onload=alert(1)>",
        "javascript:alert(1)",
    ];
    for (place, name) in corpus.iter().enumerate() {
        let user = house.add_named("customer", &format!("x{place}"), name, &[]);
        for target in ["/panel/users".to_owned(), format!("/panel/users/{}?realm=customer", user.id)] {
            let text = house.shown(&root, &target);
            for sign in ["<script>", "<img", "<svg", "' onfocus", "49$"] {
                assert!(!text.contains(sign), "{target} {name}: {sign}");
            }
        }
    }
    let text = house.shown(&root, "/panel/users?search=%22%3E%3Cimg%20src%3Dx%3E");
    assert_eq!(
        between(&text, "<input id=\"search\" name=\"search\" type=\"search\" value=\"", "\""),
        ["&#34;&#62;&#60;img src=x&#62;"]
    );
}

#[test]
fn whoever_may_less_than_a_user_is_offered_nothing_to_do() {
    let rules =
        format!("{RULES}\n[role.desk]\nallow = [\"Doorward::panel\", \"Doorward::users\", \"Doorward::sessions\"]\n");
    let house = House::with(&rules);
    house.root();
    let ben = house.add("customer", "ben", &[]);
    let desk = house.with_roles("hd", &["desk"]);
    let text = house.shown(&desk, "/panel/users/1?realm=admin");
    assert!(text.contains("root may more than you") && text.contains("<code>Doorward::all</code>"), "{text}");
    assert!(["POST", "DELETE"].iter().all(|method| !text.contains(&format!("data-method=\"{method}\""))), "{text}");
    assert!(!text.contains("Save …") && text.contains("class=\"bare\" disabled>"), "{text}");
    let text = house.shown(&desk, &format!("/panel/users/{}?realm=customer", ben.id));
    assert!(text.contains("Disable …") && text.contains("Save …") && !text.contains("may more than you"), "{text}");
    // What is dead without scripts looks so.
    assert!(text.contains("class=\"bare\" disabled data-scripted>") && text.contains("<noscript>"), "{text}");
}

#[test]
fn the_state_of_a_user_says_whether_they_ever_could_log_in() {
    let house = House::open();
    let root = house.root();
    let draft = serde_json::json!({ "realm": "customer", "login": "zoe", "roles": ["clerk", "auditor"] });
    let zoe = house.admin(&root, "POST", "/admin/users", Some(&draft)).json();
    let list = house.shown(&root, "/panel/users?search=zoe");
    let shown = list.split("<template").next().unwrap_or_default();
    assert!(shown.contains("active <span class=\"badge\">no password yet</span>"), "{shown}");
    let text = house.shown(&root, &format!("/panel/users/{}?realm=customer", zoe["id"].as_str().expect("an id")));
    assert!(text.contains("<span class=\"badge\">no password yet</span>"), "{text}");
    let role = |name: &str| between(&text, &format!("value=\"{name}\" checked>"), "</label>")[0].to_owned();
    assert!(
        role("auditor").contains("in the administrators’ realm alone") && !role("clerk").contains("alone"),
        "{text}"
    );
    let own = house.shown(&root, "/panel/users/1?realm=admin");
    assert!(!own.contains("no password yet") && own.contains("class=\"badge\">this one<"), "{own}");
}

#[test]
fn what_cannot_be_is_said_in_plain_words() {
    let house = House::open();
    let root = house.root();
    let wrong = house.page(Some(&root), "/panel/users?sort=colour").text();
    assert!(wrong.contains("`colour` is none of: login, -login") && !wrong.contains("variant"), "{wrong}");
}
