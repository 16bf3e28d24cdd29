//! One realm, and several.

use super::*;

const TWO: &str = "[realm.customer]\n[realm.admin]\nguest_roles = [\"reader\"]\n[admin]\nrealm = \"admin\"\n[role.reader]\nallow = [\"X::a\"]\n[[acl]]\nid = \"X::a\"\n";

#[test]
fn one_realm_need_not_be_named() {
    let policy = compiled(&route("GET /a", "\"self\"", ""));
    assert_eq!((&*only(&policy).realms, &*only(&policy).realm_names), (&[RealmId(0)][..], &[name("default")][..]));
    assert_eq!(policy.realm_to_log_in(None), Ok(RealmId(0)));
}

#[test]
fn with_several_realms_a_route_that_knows_people_names_one() {
    for access in ["\"self\"", "\"X::a\"", "[\"X::a\"]"] {
        complained(
            &format!("{TWO}{}", route("GET /a", access, "")),
            12,
            "nothing says whose users are meant",
            "one of: admin, customer",
        );
    }
    let identify = format!("{TWO}{}", route("GET /a", "\"anonymous\"", "identify = true"));
    complained(&identify, 12, "nothing says whose users are meant", "add `realm = …`");
    for (access, keys) in [("\"anonymous\"", ""), ("\"deny\"", ""), ("\"self\"", "realm = \"customer\"")] {
        compiled(&format!("{TWO}{}", route("GET /a", access, keys)));
    }
}

#[test]
fn realms_keep_the_order_in_which_a_route_names_them() {
    let policy =
        compiled(&format!("{TWO}{}", route("GET /a", "\"self\"", "realm = [\"customer\", \"admin\", \"customer\"]")));
    assert_eq!(*only(&policy).realm_names, [name("customer"), name("admin")]);
    assert_eq!(*only(&policy).realms, [RealmId(1), RealmId(0)]);
    let names: Vec<_> = policy.realms().iter().map(|realm| realm.name().clone()).collect();
    assert_eq!(names, [name("admin"), name("customer")]);
    assert_eq!((policy.realm_id("customer"), policy.realm_id("nobody")), (Some(RealmId(1)), None));
}

#[test]
fn a_realm_that_there_is_not_is_told_with_those_there_are() {
    complained(
        &format!("{TWO}{}", route("GET /a", "\"self\"", "realm = \"costumer\"")),
        13,
        "there is no realm `costumer`",
        "one of: admin, customer",
    );
}

#[test]
fn guests_have_the_roles_of_their_realm() {
    let policy = compiled(TWO);
    let resource = policy.resources().find("X::a").expect("a resource");
    assert!(policy.guest_grants(RealmId(0)).has(resource));
    assert!(!policy.guest_grants(RealmId(1)).has(resource));
}

#[test]
fn guests_are_no_administrators_and_a_role_that_is_not_there_grants_nothing() {
    complained(
        "realm.a.guest_roles = [\"administrator\"]",
        1,
        "everybody would be an administrator",
        "take `administrator` out",
    );
    let text = "[realm.a]\nguest_roles = [\"reder\"]\n[role.reader]\n";
    assert_eq!(warned(text), [(2, "there is no role `reder` yet: it grants nothing".to_owned())]);
    assert_eq!(compiled(text).warnings()[0].fix.as_deref(), Some("did you mean `reader`?"));
    assert_eq!(compiled(text).guest_grants(RealmId(0)).iter().count(), 0);
}

#[test]
fn a_log_in_names_its_realm_where_there_are_several() {
    use crate::refusal::Reason;
    let policy = compiled(TWO);
    assert_eq!(policy.realm_to_log_in(Some("customer")), Ok(RealmId(1)));
    assert_eq!(policy.realm_to_log_in(None), Err(Reason::Realm("realm_required")));
    assert_eq!(policy.realm_to_log_in(Some("nobody")), Err(Reason::Realm("realm_unknown")));
    assert_eq!(policy.realm_to_log_in(Some("")), Err(Reason::Realm("realm_unknown")));
}

#[test]
fn a_realm_lasts_as_long_as_it_says() {
    let policy = compiled(
        "[realm.a]\nsession = { idle = \"5m\", absolute = \"1h\", remember = \"20d\" }\nsessions = { max = 3 }\n[realm.b]\n[admin]\nrealm = \"b\"\n",
    );
    let (a, b) = (policy.realm(RealmId(0)), policy.realm(RealmId(1)));
    assert_eq!((a.idle(), a.absolute(), a.remember(), a.session_limit().greatest), (300, 3_600, Some(20 * 86_400), 3));
    assert_eq!((b.idle(), b.absolute(), b.remember(), b.session_limit().greatest), (900, 43_200, None, 20));
}

#[test]
fn a_query_chooses_a_realm_on_doorwards_own_resources_only() {
    let policy = compiled(&format!("{TWO}{}", route("GET /a", "\"self\"", "realm = [\"customer\", \"admin\"]")));
    let Match::Route(own) = policy.find(Door::Public, &Method::GET, "h", "/user/me") else { panic!("no route") };
    let asked = |route, query| policy.asked_realms(route, query).map(|realms| realms.into_owned());
    assert_eq!(asked(own.route, None), Ok(vec![RealmId(0), RealmId(1)]));
    assert_eq!(asked(own.route, Some("a=b&realm=customer")), Ok(vec![RealmId(1)]));
    assert_eq!(asked(own.route, Some("realm=%63ustomer")), Ok(vec![RealmId(1)]));
    for query in ["realm=", "realm=nobody", "realm=%FF", "realm=customer%20"] {
        assert!(asked(own.route, Some(query)).is_err(), "{query}");
    }
    let declared = &policy.declared_routes()[0];
    assert_eq!(asked(declared, Some("realm=admin")), Ok(vec![RealmId(1), RealmId(0)]));
}
