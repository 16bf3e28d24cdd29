//! What roles allow within limitations: met by what a route says of the request, and by nothing else.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Map;

use super::*;

const ACL: &str = "[[acl]]\nid = \"content\"\nchildren = [{ id = \"read\" }, { id = \"edit\" }]\n";
const ROUTE: &str = "[[route]]\nmatch = \"GET /objects/:id/*place\"\naccess = \"edit\"\n\
    limitations = { owner = \":id\", section = \"?section\", subtree = \"*place\", state = \"?object.state\" }\n";

/// Whether a user with the number 7, or a guest, may by a role with this `limited`.
fn may(limited: &str, target: &str, is_guest: bool) -> bool {
    may_by(&format!("limited = [{limited}]"), target, is_guest)
}

fn may_by(role: &str, target: &str, is_guest: bool) -> bool {
    let policy = compiled(&format!("{ACL}{ROUTE}[role.r]\n{role}\n"));
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let Match::Route(found) = policy.find(Door::Public, &Method::GET, "shop.example", path) else { panic!("{path}") };
    let attributes: Map<_, _> =
        [("team".to_owned(), "red".into()), ("list".to_owned(), vec!["1"].into())].into_iter().collect();
    let caller = Values { user_id: "7", user_login: "ada", attributes: &attributes };
    let Access::Resources(needed) = &found.route.access else { panic!("resources") };
    let bound = || found.route.limitations.read(&found, query, None);
    policy.grants(&[name("r")]).suffice(needed, bound, (!is_guest).then_some(caller)).is_ok()
}

#[test]
fn the_callers_own_is_theirs_alone() {
    let own = "{ allow = \"edit\", to = { owner = \"%user_id%\" } }";
    assert!(may(own, "/objects/7/x", false));
    for other in ["/objects/8/x", "/objects/07/x", "/objects/7%20/x", "/objects/7a/x"] {
        assert!(!may(own, other, false), "{other}");
    }
    assert!(!may(own, "/objects/7/x", true));
    assert!(may("{ allow = \"edit\", to = { owner = \"%user_login%\" } }", "/objects/ada/x", false));
    assert!(may("{ allow = \"edit\", to = { owner = \"%attribute.team%\" } }", "/objects/red/x", false));
    // An attribute that is not there, or is no single value, is nobody's.
    for attribute in ["none", "list"] {
        let to = format!("{{ allow = \"edit\", to = {{ owner = \"%attribute.{attribute}%\" }} }}");
        assert!(!may(&to, "/objects/7/x", false) && !may(&to, "/objects/1/x", false), "{attribute}");
    }
}

#[test]
fn of_one_grant_all_limitations_must_be_met_and_of_several_grants_one() {
    let both = "{ allow = \"edit\", to = { owner = \"%user_id%\", section = [\"1\", \"2\"] } }";
    for (target, may_it) in [
        ("/objects/7/x?section=1", true),
        ("/objects/7/x?section=2", true),
        ("/objects/7/x?section=3", false),
        ("/objects/7/x", false),
        ("/objects/8/x?section=1", false),
    ] {
        assert_eq!(may(both, target, false), may_it, "{target}");
    }
    let either = format!("{both}, {{ allow = \"content\", to = {{ section = \"9\" }} }}");
    assert!(may(&either, "/objects/8/x?section=9", false));
    assert!(may(&either, "/objects/7/x?section=1", false));
    // Two grants do not add up to one.
    assert!(!may(&either, "/objects/8/x?section=1", false));
}

#[test]
fn what_no_route_says_is_not_met_and_what_is_denied_stays_denied() {
    assert!(!may("{ allow = \"edit\", to = { class = \"1\" } }", "/objects/7/x?class=1", false));
    assert!(!may("{ allow = \"edit\", to = { owner = \"7\", class = \"1\" } }", "/objects/7/x?class=1", false));
    assert!(!may("{ allow = \"read\", to = { owner = \"7\" } }", "/objects/7/x", false));
    let denied = "deny = [\"edit\"]\nlimited = [{ allow = \"content\", to = { owner = \"7\" } }]";
    assert!(!may_by(denied, "/objects/7/x", false));
    // What is allowed without limitations needs none.
    assert!(may_by(
        "allow = [\"edit\"]\nlimited = [{ allow = \"edit\", to = { owner = \"1\" } }]",
        "/objects/7/x",
        true
    ));
}

#[test]
fn a_parameter_that_readers_could_read_otherwise_opens_nothing() {
    let to = "{ allow = \"edit\", to = { section = \"1\" } }";
    for query in ["section=1", "a=b&section=1", "section=1&", "%73ection=%31", "&section=1&c"] {
        assert!(may(to, &format!("/objects/7/x?{query}"), false), "{query}");
    }
    for query in [
        "section=1&section=1",
        "section=1&section=2",
        "section=2&section=1",
        "section=1&Section=2",
        "Section=1",
        "sec_tion=1",
        "section[]=1",
        "section=1&section[]=2",
        "section=1&section[a]=2",
        "section=1&section.a=2",
        "a=1;section=1",
        "section=1;a=1",
        "section=1&sec%74ion=2",
        "section=1%00",
        "section=1&%zz",
        "section=1&a%00=1",
        "section=1%FF",
        "section",
        "section=",
        "section=1+",
        "section=1%20",
        " section=1",
        "section=%2531",
    ] {
        assert!(!may(to, &format!("/objects/7/x?{query}"), false), "{query}");
    }
    let nested = "{ allow = \"edit\", to = { state = \"1\" } }";
    assert!(may(nested, "/objects/7/x?object[state]=1", false));
    for query in
        ["object.state=1", "objectState=1", "object[state]=1&object=2", "object[state]=1&object[]=2", "state=1"]
    {
        assert!(!may(nested, &format!("/objects/7/x?{query}"), false), "{query}");
    }
    assert!(!may("{ allow = \"edit\", to = { owner = \"7\" } }", "/objects/8/x?owner=7&id=7", false));
}

#[test]
fn a_path_with_a_slash_at_its_end_is_all_that_is_below_it() {
    let to = "{ allow = \"edit\", to = { subtree = [\"/1/2/\", \"/9/\"] } }";
    for place in ["1/2", "1/2/58", "1/2/58/", "9", "9/1"] {
        assert!(may(to, &format!("/objects/7/{place}"), false), "{place}");
    }
    for place in ["1", "1/23", "1/3", "2/1/2", "91", "1/2/%25", "1/2/%5C"] {
        assert!(!may(to, &format!("/objects/7/{place}"), false), "{place}");
    }
    let to = "{ allow = \"edit\", to = { section = \"/1/2/\" } }";
    for (query, may_it) in
        [("/1/2/3", true), ("1/2", true), ("/1/2/../3", false), ("/1/2//3", false), ("//1/2", false), ("/1/2/.", false)]
    {
        assert_eq!(may(to, &format!("/objects/7/x?section={query}"), false), may_it, "{query}");
    }
}

#[test]
fn below_the_root_for_basic_nothing_is_declared_and_a_siteaccess_has_a_name() {
    let basic = "[dialect.ez]\nbasic_root = \"/basic\"\n";
    let text = format!("{basic}{}", open("GET /basic/x"));
    complained(&text, 4, "below `basic_root` stands what stands below `/api/ezp/v2`", "`/api/ezp/v2` at its beginning");
    compiled(&format!("{basic}{}", open("GET /basics/x")));
    compiled(&format!("[dialect.ez]\nbasic_root = \"/api\"\n{}", open("GET /api/ezp/v2/x")));
    for wrong in ["[]", "\"\"", "[\"site\", \"\"]"] {
        complained(&format!("[dialect.ez]\nsiteaccess = {wrong}\n"), 2, "a siteaccess has a name", "siteaccess = ");
    }
}

#[test]
fn the_siteaccess_is_bound_below_the_root_of_ez_alone_and_by_nobody_else() {
    let role = "[role.r]\nlimited = [{ allow = \"edit\", to = { siteaccess = \"site\" } }]\n";
    let routes = format!("{}{}", route("GET /api/ezp/v2/o", "\"edit\"", ""), route("GET /o", "\"edit\"", ""));
    let policy = compiled(&format!("[dialect.ez]\n{ACL}{role}{routes}"));
    let may = |path: &str| {
        let question = Question {
            method: "GET".into(),
            path: path.into(),
            realm: Some(name("default")),
            roles: vec![name("r")],
            ..Question::default()
        };
        policy.explain(Door::Public, &question).verdict == Outcome::Allow
    };
    assert!(may("/api/ezp/v2/o") && !may("/o"));
    let bound = route("GET /api/ezp/v2/o", "\"edit\"", "limitations = { siteaccess = \"?s\" }");
    complained(&format!("[dialect.ez]\n{ACL}{bound}"), 8, "known by the header and the settings", "take it out");
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let role = |limited: &str| format!("{ACL}[role.r]\nlimited = [{limited}]\n");
    complained(&role("{ allow = \"edit\", to = {} }"), 5, "nothing limits", "`allow` of the role");
    complained(&role("{ allow = \"edti\", to = { a = \"1\" } }"), 5, "no resource `edti`", "`edit`");
    complained(&role("{ allow = \"edit\", to = { a = [] } }"), 5, "no value meets the limitation `a`", "name one");
    complained(&role("{ allow = \"edit\", to = { a = \"%user%\" } }"), 5, "`%user%` is not", "%user_id%");
    complained(&role("{ allow = \"edit\", to = { a = \"\" } }"), 5, "empty text", "%user_id%");
    complained(&role("{ allow = \"edit\", to = { a = \"/1//\" } }"), 5, "is no path", "");
    let bound = |keys: &str| format!("{ACL}{}", route("GET /o/:id/*rest", "\"edit\"", keys));
    let fix = "`?name` for a parameter";
    complained(&bound("limitations = { a = \":other\" }"), 7, "the path has no `:other`", fix);
    complained(&bound("limitations = { a = \":rest\" }"), 7, "the path has `*rest`, and not `:rest`", fix);
    complained(&bound("limitations = { a = \"id\" }"), 7, "the path has no `id`", fix);
    complained(&bound("limitations = { a = \"?\" }"), 7, "names no parameter", fix);
    let forced = "force = { sectionId = \"1\" }\nlimitations = { a = \"?section_id\" }";
    complained(&bound(forced), 8, "`?section_id` is forced", fix);
}

#[test]
fn what_grants_nothing_and_what_may_mislead_is_worth_a_warning() {
    let role = "[role.r]\nlimited = [{ allow = \"edit\", to = { owner = \"1\", class = \"2\" } }, { allow = \"read\", to = { class = \"3\" } }]\n";
    let text = format!("{ACL}{role}{}", route("GET /o/:id", "\"edit\"", "limitations = { owner = \":id\" }"));
    assert_eq!(warned(&text), [(4, "no route says where `class` stands in a request: nobody may by it".to_owned())]);
    let text = format!("{ACL}{}", route("GET /o/:id", "\"anonymous\"", "limitations = { owner = \":id\" }"));
    assert_eq!(warned(&text), [(7, "limitations are about resources, and the route asks for none".to_owned())]);
    let text = format!("{ACL}{}", route("GET,POST /o", "\"edit\"", "limitations = { owner = \"?o\" }"));
    let told = "`?o` is read in the query: an upstream may prefer what a body says";
    assert_eq!(warned(&text), [(7, told.to_owned())]);
}

#[test]
fn who_has_something_within_limitations_has_no_more_to_give() {
    let text = format!(
        "{ACL}{ROUTE}[role.all]\nallow = [\"content\"]\n[role.own]\nlimited = [{{ allow = \"content\", to = {{ owner = \"%user_id%\" }} }}]\n\
         [role.less]\nlimited = [{{ allow = \"edit\", to = {{ owner = \"%user_id%\" }} }}]\n\
         [role.other]\nlimited = [{{ allow = \"edit\", to = {{ owner = \"1\" }} }}]\n"
    );
    let policy = compiled(&text);
    let has = |one: &str, two: &str| policy.grants(&[name(one)]).contains(&policy.grants(&[name(two)]));
    for (one, two, all) in [
        ("all", "own", true),
        ("all", "other", true),
        ("own", "less", true),
        ("own", "own", true),
        ("less", "own", false),
        ("own", "all", false),
        ("own", "other", false),
        ("less", "other", false),
    ] {
        assert_eq!(has(one, two), all, "{one} {two}");
    }
}

proptest! {
    /// Against a second answer, written from the documentation: some grant, all of its limitations, each with one of its values.
    #[test]
    fn a_request_is_within_the_limitations_of_one_grant(
        grants in vec(btree_map(0..4usize, vec(0..3u8, 1..3), 1..4), 0..4),
        query in btree_map(0..4usize, 0..3u8, 0..4),
        bindings in prop::sample::subsequence(vec![0usize, 1, 2, 3], 0..=4),
    ) {
        let limited = grants.iter().map(|to| {
            let to = to.iter().map(|(name, values)| format!("l{name} = {values:?}", values = values.iter().map(u8::to_string).collect::<Vec<_>>()));
            format!("{{ allow = \"edit\", to = {{ {} }} }}", to.collect::<Vec<_>>().join(", "))
        });
        let limited = limited.collect::<Vec<_>>().join(", ");
        let limitations = bindings.iter().map(|name| format!("l{name} = \"?p{name}\"")).collect::<Vec<_>>().join(", ");
        let keys = format!("limitations = {{ {limitations} }}");
        let policy = compiled(&format!("{ACL}{}[role.r]\nlimited = [{limited}]\n", route("GET /o", "\"edit\"", &keys)));
        let sent = query.iter().map(|(name, value)| format!("p{name}={value}")).collect::<Vec<_>>().join("&");
        let Match::Route(found) = policy.find(Door::Public, &Method::GET, "shop.example", "/o") else { panic!("no route") };
        let Access::Resources(needed) = &found.route.access else { panic!("resources") };
        let bound = || found.route.limitations.read(&found, Some(&sent), None);
        let judged = policy.grants(&[name("r")]).suffice(needed, bound, None).is_ok();
        let expected = grants.iter().any(|to| to.iter().all(|(name, values)| {
            bindings.contains(name) && query.get(name).is_some_and(|value| values.contains(value))
        }));
        prop_assert_eq!(judged, expected);
    }
}

#[test]
fn what_guests_lack_is_explained_as_what_users_lack_is() {
    let guests = "[role.r]\nlimited = [{ allow = \"edit\", to = { section = \"1\" } }]\n[realm.default]\nguest_roles = [\"r\"]\n";
    let policy = compiled(&format!("{ACL}{ROUTE}{guests}"));
    let explained = |path: &str| {
        let question = Question { method: "GET".into(), path: path.into(), ..Question::default() };
        let told = policy.explain(Door::Public, &question);
        (told.status, told.reason)
    };
    let may = "guests of default have edit: edit limited to section 1".to_owned();
    assert_eq!(explained("/objects/7/x?section=1"), (200, may));
    let other = "guests of default have edit limited to section 1, and here section is 2".to_owned();
    assert_eq!(explained("/objects/7/x?section=2"), (401, other));
}
