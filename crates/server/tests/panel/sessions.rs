//! `/panel/sessions`.

use crate::house::{Door, House, PASSWORD, RULES};
use crate::page::{between, rows};

#[test]
fn sessions_are_found_by_what_is_known_about_them() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &["clerk"]);
    house.clock.advance(7_200);
    let root_again = house.log_in("admin", "root");
    house.log_in("customer", "anna");
    let find = |query: &str| rows(&house.shown(&root_again, &format!("/panel/sessions?{query}")));
    assert_eq!(find(""), ["anna", "root"]);
    let _ = root;
    assert_eq!(find("realm=&user=&role=clerk&address=&device=&age="), ["anna"]);
    assert_eq!(find("realm=admin"), ["root"]);
    assert_eq!((find("login=Anna"), find("login=an")), (vec!["anna".to_owned()], vec![]));
    assert_eq!(find("address=127.0.0.1&colour=red"), ["anna", "root"]);
    assert!(find("address=10.0.0.1").is_empty() && find("device=curl").is_empty() && find("age=1h").is_empty());
    house.clock.advance(600);
    let text = house.shown(&root_again, "/panel/sessions?role=clerk");
    assert!(text.contains("<option selected>clerk</option>"), "{text}");
}

#[test]
fn what_cannot_be_searched_for_is_said_above_the_list() {
    let house = House::open();
    let root = house.root();
    for (query, words) in [
        ("address=here", "an address, as 192.0.2.1"),
        ("role=nothing", "there is no role nothing"),
        ("role=%3Cscript%3E", "role"),
        ("user=999", "There is no such user."),
        ("login=a:b", "login"),
    ] {
        let answer = house.page(Some(&root), &format!("/panel/sessions?{query}"));
        let text = answer.text();
        assert!(answer.status == 400 && text.contains(words) && text.contains("role=\"alert\""), "{query}: {text}");
        assert!(!text.contains("<script>"), "{text}");
    }
}

#[test]
fn a_long_list_comes_in_parts() {
    let house = House::open();
    let root = house.root();
    // Nobody may have as many as all of them.
    for login in ["anna", "ben", "cora", "dan"] {
        house.add("customer", login, &[]);
        (0..15).for_each(|_| drop(house.log_in("customer", login)));
    }
    let first = house.shown(&root, "/panel/sessions?realm=customer");
    assert_eq!(rows(&first).len(), 50);
    let next = between(&first, "rel=\"next\" href=\"", "\"")[0].replace("&#38;", "&").replace("&amp;", "&");
    let second = house.shown(&root, &next);
    assert_eq!(rows(&second).len(), 10);
    assert!(!second.contains("rel=\"next\""), "{second}");
}

#[test]
fn all_that_match_end_by_the_very_search_of_the_page() {
    let house = House::open();
    let root = house.root();
    house.add("customer", "anna", &["clerk"]);
    house.log_in("customer", "anna");
    let target = |query: &str| {
        let text = house.shown(&root, &format!("/panel/sessions?{query}"));
        between(&text, "data-target=\"/admin/sessions?", "\"").first().map(|target| target.replace("&#38;", "&"))
    };
    assert_eq!(target("role=clerk&realm=customer&after="), Some("role=clerk&realm=customer".into()));
    assert_eq!(target("login=anna"), Some("login=anna".into()));
    assert_eq!(target(""), None, "nobody ends everybody's by a slip");
    assert_eq!(target("age=1h"), None, "none is as old");
    house.clock.advance(3_600);
    house.log_in("customer", "anna");
    let late = house.log_in("admin", "root");
    let text = house.shown(&late, "/panel/sessions?age=1h&realm=customer");
    assert!(!text.contains("data-count"), "the old one has ended by itself: {text}");
    let text = house.shown(&late, "/panel/sessions?realm=customer");
    let target = between(&text, "data-target=\"", "\"")[0].replace("&#38;", "&");
    let counted = house.admin(&late, "DELETE", &format!("{target}&count=true"), None).json();
    assert_eq!(counted, serde_json::json!({ "count": 1, "left": 0, "own": false, "ended": false }));
}

#[test]
fn names_and_devices_are_text_whatever_stands_in_them() {
    let house = House::open();
    let root = house.root();
    house.add_named("customer", "<img/src=x>", "x", &[]);
    house.log_in("customer", "<img/src=x>");
    let text = house.shown(&root, "/panel/sessions");
    assert!(!text.contains("<img") && text.contains("&#60;img/src=x&#62;"), "{text}");
}

#[test]
fn devices_have_the_names_that_their_owners_know_and_people_a_link() {
    let house = House::open();
    let root = house.root();
    let anna = house.add("customer", "anna", &[]);
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    let body = serde_json::json!({ "realm": "customer", "login": "anna", "password": PASSWORD }).to_string();
    let lines = ["Content-Type: application/json", &format!("User-Agent: {agent}")];
    assert_eq!(house.send(Door::Public, "POST", "/user/sessions", &lines, Some(&body)).status, 201);
    let person = format!("/panel/users/{}?realm=customer", anna.id);
    for target in ["/panel/sessions?login=anna", &person] {
        let text = house.shown(&root, target);
        assert!(text.contains(&format!("class=\"device\" title=\"{agent}\">Chrome on Linux</td>")), "{text}");
    }
    assert!(house.shown(&root, "/panel/sessions").contains(&format!("<a href=\"{person}\">anna</a>")));
    assert!(house.shown(&root, "/panel/sessions?login=zoe").contains("No session matches."));
}

#[test]
fn sessions_of_those_who_may_more_have_no_button() {
    let desk = "[role.desk]\nallow = [\"Doorward::panel\", \"Doorward::sessions\"]\n";
    let house = House::with(&format!("{RULES}\n{desk}"));
    house.root();
    let sam = house.with_roles("sam", &["desk"]);
    let ends = |text: &str, login: &str| text.contains(&format!("aria-label=\"End the session of {login} from"));
    let text = house.shown(&sam, "/panel/sessions");
    assert!(ends(&text, "sam") && !ends(&text, "root") && text.contains("may more than you"), "{text}");
}
