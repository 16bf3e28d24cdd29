//! Where values come from, and what is compared with the path.

use super::*;

fn value_of(rules: &str, id: &str) -> Json {
    let forced = forced_for(&force(rules), id);
    forced.values[0].clone().expect("a value")
}

#[test]
fn values_are_the_callers_or_literal() {
    assert_eq!(value_of("{ a = \"%user_id%\" }", "7"), 7);
    assert_eq!(value_of("{ a = \"%user_login%\" }", "7"), "anna@example.com");
    assert_eq!(value_of("{ a = \"%attribute.cart%\" }", "7"), "c1");
    assert_eq!(value_of("{ a = \"%attribute.level%\" }", "7"), 3);
    assert_eq!(value_of("{ a = \"%attribute.vip%\" }", "7"), true);
    assert_eq!(value_of("{ a = \"text\" }", "7"), "text");
    assert_eq!(value_of("{ a = -4 }", "7"), -4);
    assert_eq!(value_of("{ a = false }", "7"), false);
    assert_eq!(value_of("{ a = \"50%\" }", "7"), "50%");
}

#[test]
fn an_id_is_a_number_when_it_is_written_as_one_and_no_reader_would_round_it() {
    assert_eq!(value_of("{ a = \"%user_id%\" }", "0"), 0);
    assert_eq!(value_of("{ a = \"%user_id%\" }", "9007199254740991"), 9_007_199_254_740_991u64);
    for id in ["007", "-7", "a7", "7a", "9007199254740992", "18446744073709551616", "7_0", "00", "+7"] {
        assert_eq!(value_of("{ a = \"%user_id%\" }", id), id);
    }
}

#[test]
fn a_caller_without_the_attribute_is_refused() {
    for attribute in ["absent", "list", "nothing"] {
        let force = force(&format!("{{ a = \"%attribute.{attribute}%\" }}"));
        let attributes = serde_json::json!({ "list": [1], "nothing": null });
        let values = Values { user_id: "7", user_login: "x", attributes: attributes.as_object().expect("an object") };
        assert_eq!(force.resolve(values).map(drop), Err(ForceError::MissingAttribute));
    }
}

#[test]
fn each_error_has_its_status() {
    for (error, status, code) in [
        (ForceError::UnsupportedMediaType, 415, "unsupported_media_type"),
        (ForceError::ScalarOnTheWay, 400, "bad_parameters"),
        (ForceError::Malformed, 400, "bad_parameters"),
        (ForceError::DuplicateKey, 400, "bad_parameters"),
        (ForceError::TooDeep, 400, "bad_parameters"),
        (ForceError::MissingAttribute, 403, "missing_attribute"),
        (ForceError::NoCart, 404, "no_cart"),
    ] {
        assert_eq!((error.status().as_u16(), error.code()), (status, code));
    }
}

#[test]
fn only_methods_without_a_body_have_their_parameters_in_the_query() {
    for method in ["GET", "HEAD", "DELETE"] {
        assert_eq!(Place::of(&Method::from_bytes(method.as_bytes()).expect("a method")), Place::Query);
    }
    for method in ["POST", "PUT", "PATCH", "OPTIONS", "PROPFIND", "QUERY", "LINK"] {
        assert_eq!(Place::of(&Method::from_bytes(method.as_bytes()).expect("a method")), Place::Body);
    }
}

#[test]
fn a_parameter_of_the_path_is_compared_and_never_set() {
    let force = force_at("/customers/:customer_id/orders", "{ customerId = \"%user_id%\", kind = \"mine\" }");
    let forced = forced_for(&force, "7");
    let matches = |found: Option<&'static str>| {
        forced.path_matches(|name| if name == "customer_id" { found.map(Into::into) } else { None })
    };
    assert!(matches(Some("7")));
    for other in ["8", "07", "7 ", "7.0", "+7", "", "\u{667}"] {
        assert!(!matches(Some(other)), "{other}");
    }
    assert!(!matches(None));
    assert_eq!(forced.query(Some("customerid=9&a=1")), Ok("a=1&kind=mine".into()));
    assert!(force.rewrites() && force.needs_user());
    assert!(!force_at("/:id", "{ id = 1 }").rewrites());
    assert!(!force_at("/:id", "{ id = 1 }").needs_user());
}

#[test]
fn a_guest_owns_nothing() {
    let force = force_at("/:id", "{ id = \"%user_id%\", cart = \"%attribute.cart%\", kind = \"open\" }");
    let guest = force.resolve_for_guest();
    assert!(!guest.path_matches(|_| Some("7".into())));
    assert_eq!(guest.query(Some("id=1&CART=2&a=3")), Ok("a=3&kind=open".into()));
    let body = guest.body(Some("application/json"), None, b"{\"cart\":1,\"a\":2}").expect("a body");
    assert_eq!(body.bytes, b"{\"a\":2,\"kind\":\"open\"}");
}

#[test]
fn a_path_that_could_be_read_as_two_is_refused() {
    for rules in [
        "{ customerId = 1, customer_id = 2 }",
        "{ \"a.b\" = 1, ab = 2 }",
        "{ \"ab.c\" = 1, \"a.b\" = 2 }",
        "{ \"a.b.c\" = 1, \"ab.d\" = 2 }",
        "{ \"a.b\" = 1, \"A[B]\" = 2 }",
    ] {
        let text = format!("[[route]]\nmatch = \"POST /a\"\naccess = \"self\"\nforce = {rules}\n");
        let written = crate::policy::Rules::parse("rules.toml", &text, &|_| None).expect("rules");
        let compiled = Force::compile(&written.routes[0].force, &Pattern::parse("/a").expect("a pattern"), 32);
        assert!(compiled.is_err_and(|wrong| wrong[0].1.contains("in each other's way")), "{rules}");
    }
    force("{ \"a.b\" = 1, \"a.c\" = 2, b = 3 }");
}
