//! `/panel`, `/panel/routes` and `/panel/try`.

use crate::house::{Door, House, RULES, Session};
use crate::page::{between, link};

#[test]
fn the_overview_shows_what_was_counted() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &["clerk"]);
    let anna = house.log_in("customer", "anna");
    let wrong = serde_json::json!({ "realm": "customer", "login": "anna", "password": "not the right one" });
    assert_eq!(house.call(Door::Public, "POST", "/user/sessions", None, Some(&wrong)).status, 401);
    assert_eq!(house.call(Door::Public, "GET", "/rest/orders/7", Some(&anna), None).status, 401);
    house.settle();
    let text = house.shown(&root, "/panel");
    let chart = |id: &str| {
        let figure = between(&text, &format!("aria-labelledby=\"{id}\""), "</figure>")[0];
        let numbers: Vec<u64> =
            between(figure, "<td class=\"number\">", "</td>").iter().map(|n| n.parse().expect("a number")).collect();
        (numbers.iter().step_by(2).sum::<u64>(), numbers.iter().skip(1).step_by(2).sum::<u64>())
    };
    assert_eq!(chart("logins-day"), (2, 1));
    assert_eq!(chart("logins-week"), (2, 1));
    assert_eq!(chart("requests-day"), (2, 2));
    assert!(text.contains("<svg") && text.contains("GET /rest/orders/:id"), "{text}");
    assert!(text.contains("data-live=\"sessions\""), "{text}");
    // Whoever logs in waits for a password to be computed: that is no news.
    let tables = between(&text, "<section aria-labelledby", "</section>");
    for table in &tables[..2] {
        assert!(
            table.contains("/panel/routes?text=GET%20%2Frest%2Forders%2F%3Aid\"><code>GET /rest/orders/:id<"),
            "{table}"
        );
        assert!(!table.contains("POST /user/sessions"), "{table}");
    }
}

#[test]
fn whoever_may_not_see_sessions_or_rules_sees_none_in_the_overview() {
    let rules = format!("{RULES}\n[csrf]\nreport_only = true\n[role.reader]\nallow = [\"Doorward::panel\"]\n");
    let house = House::with(&rules);
    let root = house.root();
    let text = house.shown(&root, "/panel");
    assert!(text.contains("forged requests are counted, and let through") && text.contains("Who came last"), "{text}");
    let reader = house.with_roles("rita", &["reader"]);
    let text = house.shown(&reader, "/panel");
    assert!(!text.contains("forged") && !text.contains("Who came last") && !text.contains("127.0.0.1"), "{text}");
}

#[test]
fn a_role_that_allows_everything_is_a_warning() {
    let house = House::with(&format!("{RULES}\n[role.emperor]\nallow = [\"Doorward::all\"]\n"));
    let root = house.root();
    assert!(house.shown(&root, "/panel").contains("the role `emperor` allows all"));
}

#[test]
fn routes_are_found_by_path_and_resource() {
    let house = House::open();
    let root = house.root();
    let find = |query: &str| {
        let text = house.shown(&root, &format!("/panel/routes?{query}"));
        between(&text, "<th scope=\"row\"><code>", "</code>").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(find(""), ["GET /rest/orders/:id", "GET /rest/me"]);
    assert_eq!(find("text=shop%3A%3Aorders"), ["GET /rest/orders/:id"]);
    assert_eq!(find("text=/panel/try&of=doorward"), ["GET /panel/try"]);
    assert!(find("text=nowhere&of=all").is_empty());
}

#[test]
fn many_routes_come_in_parts_that_keep_the_search() {
    let route =
        |number: usize| format!("[[route]]\nmatch = \"GET /more/{number}\"\naccess = \"self\"\nrealm = \"admin\"\n");
    let house = House::with(&format!("{RULES}{}", (0..450).map(route).collect::<String>()));
    let root = house.root();
    let (mut sizes, mut target) = (Vec::new(), Some("/panel/routes?text=/more/".to_owned()));
    while let Some(place) = target.filter(|_| sizes.len() < 10) {
        let text = house.shown(&root, &place);
        assert!(text.contains("value=\"/more/\""), "{place}");
        sizes.push(between(&text, "<th scope=\"row\"><code>GET /more/", "</code>").len());
        target = link(&text, "next");
    }
    assert_eq!(sizes, [200, 200, 50]);
    let text = house.shown(&root, "/panel/routes?text=/more/&after=400");
    assert!(text.contains("401 to 450 of 450"), "{text}");
    assert_eq!(link(&text, "prev").as_deref(), Some("/panel/routes?text=%2Fmore%2F&after=200"));
}

#[test]
fn a_route_of_administration_is_tried_at_its_own_door() {
    let house = House::open();
    let root = house.root();
    let text = house.shown(&root, "/panel/routes?of=doorward&text=/admin/acl");
    let link = between(&text, "<td><a href=\"", "\"")[0].replace("&#38;", "&");
    let tried = house.shown(&root, &format!("{link}&realm=admin&roles=keeper"));
    assert!(tried.contains("id=\"verdict\">Allowed"), "{tried}");
}

#[test]
fn a_request_is_tried_without_making_it() {
    let house = House::open();
    let root = house.root();
    let allowed = house.shown(&root, "/panel/try?method=GET&path=/rest/orders/7&realm=admin&roles=clerk");
    assert!(allowed.contains("id=\"verdict\">Allowed") && allowed.contains("class=\"passed\""), "{allowed}");
    let refused = house.shown(&root, "/panel/try?method=GET&path=/rest/orders/7&realm=admin&roles=auditor");
    assert!(refused.contains("id=\"verdict\">Refused") && refused.contains("class=\"stopped\""), "{refused}");
    assert!(house.shown(&root, "/panel/try").contains("Nothing is sent."));
    let unproven =
        house.shown(&root, "/panel/try?method=POST&path=/admin/users&door=admin&realm=admin&roles=administrator");
    assert!(unproven.contains("Allowed with proof") && unproven.contains("a session needs the token."), "{unproven}");
    assert!(unproven.contains("goes on with this alone:"), "{unproven}");
    assert!(!allowed.contains("with proof"), "{allowed}");
    let wrong = house.page(Some(&root), "/panel/try?path=/x&realm=admin&roles=%3Cb%3E");
    assert!(wrong.status == 400 && wrong.text().contains("role=\"alert\""), "{}", wrong.text());
}

/// The page of the latest refusal of somebody, and where it says that it is explained.
fn explanation(house: &House, reader: &Session, login: &str) -> (String, Option<String>) {
    let list = house.shown(reader, &format!("/panel/audit?kind=refused&login={login}"));
    let event = house.shown(reader, between(&list, "<th scope=\"row\"><a href=\"", "\"")[0]);
    let link = between(&event, "class=\"button\" href=\"", "\"").first().map(|link| link.replace("&#38;", "&"));
    (event, link)
}

#[test]
fn a_refusal_on_record_leads_to_its_explanation() {
    let house = House::open();
    let root = house.root();
    let sam = house.with_roles("sam", &["auditor"]);
    assert_eq!(house.call(Door::Public, "GET", "/rest/orders/7", Some(&sam), None).status, 403);
    house.settle();
    let link = explanation(&house, &root, "sam").1.expect("a link");
    let text = house.shown(&root, &link);
    assert!(text.contains("id=\"verdict\">Refused") && text.contains("Shop::orders"), "{text}");
    assert!(text.contains("name=\"login\" value=\"sam\"") && text.contains("with auditor"), "as they are now: {text}");
}

#[test]
fn a_refusal_at_the_door_of_administration_is_explained_at_that_door() {
    let everything = "[[route]]\nmatch = \"* /*all\"\naccess = \"self\"\nrealm = \"admin\"\n";
    for rules in [RULES.to_owned(), format!("{RULES}{everything}")] {
        let house = House::with(&rules);
        let root = house.root();
        let sam = house.with_roles("sam", &["support"]);
        assert_eq!(house.page(Some(&sam), "/panel/sessions").status, 403);
        house.settle();
        let link = explanation(&house, &root, "sam").1.expect("a link");
        let text = house.shown(&root, &link);
        assert!(text.contains("id=\"verdict\">Refused") && text.contains("Doorward::panel"), "{text}");
    }
}

#[test]
fn no_verdict_is_given_of_somebody_whose_roles_one_may_not_see() {
    let rules =
        format!("{RULES}\n[role.reader]\nallow = [\"Doorward::panel\", \"Doorward::audit\", \"Doorward::rules\"]\n");
    let house = House::with(&rules);
    let reader = house.with_roles("rita", &["reader"]);
    let sam = house.with_roles("sam", &["clerk"]);
    assert_eq!(house.page(Some(&sam), "/panel/sessions").status, 403);
    house.settle();
    let (event, link) = explanation(&house, &reader, "sam");
    assert!(link.is_none() && event.contains("GET /panel/sessions"), "{event}");
    // A link that somebody else had, and sent on.
    let sent = house.page(Some(&reader), "/panel/try?method=GET&path=/rest/orders/7&realm=admin&user=2&as=user");
    let text = sent.text();
    assert!(sent.status == 400 && text.contains("for those who may see users"), "{text}");
    assert!(!text.contains("id=\"verdict\"") && !text.contains("name=\"roles\" value=\"clerk\""), "{text}");
    let guest = house.send(Door::Public, "GET", "/rest/orders;x", &[], None);
    assert_eq!(guest.status, 400);
    house.settle();
    let list = house.shown(&reader, "/panel/audit?kind=refused&outcome=bad_path");
    let event = house.shown(&reader, between(&list, "<th scope=\"row\"><a href=\"", "\"")[0]);
    assert!(
        event.contains("/panel/try?method=GET&#38;path=%2Frest%2Forders%3Bx\""),
        "a guest's request is theirs: {event}"
    );
}

#[test]
fn roles_without_a_realm_are_those_of_the_only_realm_that_is_meant() {
    let house = House::open();
    let root = house.root();
    let tried = house.shown(&root, "/panel/try?method=GET&path=/rest/orders/7&realm=&roles=clerk");
    assert!(tried.contains("id=\"verdict\">Allowed") && tried.contains("<option selected>admin</option>"), "{tried}");
    let unclear = house.page(Some(&root), "/panel/try?method=GET&path=/user/me&realm=&roles=clerk");
    let text = unclear.text();
    assert!(unclear.status == 400 && text.contains("choose whose roles and id these are"), "{text}");
    assert!(house.shown(&root, "/panel/try?path=/rest/orders/7").contains("<dd>guest</dd>"));
}

#[test]
fn each_of_those_who_came_last_is_named_once_and_leads_to_their_page() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    (0..3).for_each(|_| drop(house.log_in("customer", "anna")));
    let text = house.shown(&root, "/panel");
    let newest = between(&text, "aria-labelledby=\"newest\" tabindex", "</table>")[0];
    let link = format!("<a href=\"/panel/users/{}?realm=customer\">anna</a>", anna.id);
    assert_eq!((newest.matches(&link).count(), newest.matches("<tr><th scope=\"row\">").count()), (1, 2), "{newest}");
}

#[test]
fn a_request_is_tried_as_somebody_who_is_named() {
    let rules = format!("{RULES}\n[role.trainee]\ndeny = [\"Shop::orders\"]\n");
    let house = House::with(&rules);
    let root = house.root();
    house.add("admin", "tom", &["clerk", "trainee"]);
    house.add("customer", "anna", &[]);
    let text = house.shown(&root, "/panel/try?method=GET&path=/rest/orders/7&login=tom&realm=");
    assert!(
        text.contains("name=\"login\" value=\"tom\"") && text.contains("<option selected>admin</option>"),
        "{text}"
    );
    assert!(text.contains("the roles do not grant Shop::orders: the role trainee denies it"), "{text}");
    let allowed = house.shown(&root, "/panel/try?method=GET&path=/rest/orders/7&login=root");
    let verdict = between(&allowed, "id=\"verdict\">", "</h2>")[0];
    assert_eq!(verdict.trim(), "Allowed", "what the upstream will answer, nobody knows");
    let nobody = house.page(Some(&root), "/panel/try?method=GET&path=/rest/orders/7&login=nobody");
    assert!(nobody.status == 400 && nobody.text().contains("There is no such user."), "{}", nobody.text());
    house.add("customer", "tom", &[]);
    let unclear = house.page(Some(&root), "/panel/try?method=GET&path=/rest/orders/7&login=tom");
    assert!(unclear.text().contains("This cannot be tried. realm: several have a user of this login"));
}
