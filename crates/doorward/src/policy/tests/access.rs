//! What a route asks for.

use super::*;

const TREE: &str = "[[acl]]\nid = \"Shop::all\"\nchildren = [{ id = \"Shop::orders\" }, { id = \"Shop::users\" }]\n";

fn access(access: &str) -> Access {
    only(&compiled(&format!("{TREE}{}", route("GET /a", access, "")))).access.clone()
}

#[test]
fn each_word_means_what_it_says() {
    assert_eq!(access("\"anonymous\""), Access::Anonymous);
    assert_eq!(access("\"self\""), Access::SelfOnly);
    assert_eq!(access("\"deny\""), Access::Deny);
    assert_eq!(access("[\"self\"]"), Access::SelfOnly);
}

#[test]
fn all_resources_that_are_named_are_asked_for_each_once() {
    let policy =
        compiled(&format!("{TREE}{}", route("GET /a", "[\"Shop::orders\", \"Shop::users\", \"Shop::orders\"]", "")));
    let named = |name| policy.resources().find(name).expect("a resource");
    assert_eq!(only(&policy).access, Access::Resources([named("Shop::orders"), named("Shop::users")].into()));
    assert_eq!(&*only(&policy).asks, "Shop::orders, Shop::users, Shop::orders");
}

#[test]
fn a_resource_of_doorward_may_be_asked_for() {
    let policy = compiled(&route("GET /a", "\"Doorward::audit\"", ""));
    let audit = policy.resources().find(builtin::AUDIT).expect("a resource");
    assert_eq!(only(&policy).access, Access::Resources([audit].into()));
}

#[test]
fn nothing_is_no_access() {
    let complaint = refused(&route("GET /a", "[]", "")).remove(0);
    assert_eq!(complaint.text, "nothing says who may use this route");
}

#[test]
fn a_word_goes_with_nothing_else() {
    for word in ["anonymous", "self", "deny"] {
        let both = format!("[\"Shop::orders\", \"{word}\"]");
        let text = format!("{TREE}{}", route("GET /a", &both, ""));
        complained(&text, 6, &format!("`{word}` does not go with anything else"), "or resources alone");
    }
    let all = refused(&route("GET /a", "[\"self\", \"anonymous\"]", ""));
    assert_eq!(all.len(), 2);
}

#[test]
fn a_resource_that_nobody_declared_is_an_error_with_the_nearest_one() {
    let text = |access: &str| format!("{TREE}{}", route("GET /a", access, ""));
    complained(&text("\"Shop::order\""), 6, "the ACL has no resource `Shop::order`", "did you mean `Shop::orders`?");
    complained(&text("\"Self\""), 6, "the ACL has no resource `Self`", "did you mean `self`?");
    complained(&text("\"annonymous\""), 6, "the ACL has no resource", "did you mean `anonymous`?");
    complained(&text("\"Colour::red\""), 6, "the ACL has no resource `Colour::red`", "declare it under `[[acl]]`");
    let complaint =
        complained(&text("[\"Shop::orders\", \"Shop::user\"]"), 6, "`Shop::user`", "did you mean `Shop::users`?");
    assert_eq!(complaint.source.column(), 27);
}

#[test]
fn a_route_in_one_line_says_what_it_asks_for_and_of_whom() {
    let text = format!(
        "[realm.a]\n[realm.b]\n{}",
        route("GET,PUT /x/:id", "\"self\"", "realm = [\"b\", \"a\"]\nhost = \"h.example\"")
    );
    let policy = compiled(&text);
    assert_eq!(only(&policy).describe(), "GET,PUT h.example/x/:id: self in b, a (doorward.toml:4:9)");
    assert_eq!(only(&policy).to_string(), "GET,PUT h.example/x/:id");
    assert_eq!(only(&compiled(&open("* /"))).describe(), "* /: anonymous (doorward.toml:2:9)");
}
