//! `/panel/roles`, one role, the matrix, and what the API says before one is saved.

use serde_json::json;

use crate::house::{House, RULES};
use crate::page::{between, link, rows};

#[test]
fn roles_are_listed_and_one_is_shown_as_a_tree() {
    let house = House::open();
    let root = house.root();
    assert!(rows(&house.shown(&root, "/panel/roles")).contains(&"clerk".to_owned()));
    let text = house.shown(&root, "/panel/roles/clerk");
    assert!(text.contains("data-side=\"allow\" value=\"Shop::orders\" checked"), "{text}");
    assert!(text.contains("data-side=\"allow\" value=\"Shop::refund\" checked"), "all below it too: {text}");
    assert!(text.contains("<fieldset class=\"tree\" disabled>") && text.contains("doorward.toml"), "{text}");
    let made = house.admin(&root, "POST", "/admin/roles", Some(&json!({ "name": "sales", "allow": ["Shop::refund"] })));
    assert_eq!(made.status, 201, "{}", made.text());
    let text = house.shown(&root, "/panel/roles/sales");
    assert!(text.contains("class=\"tree\" disabled data-scripted"), "dead until the script is there: {text}");
    assert!(text.contains("<noscript>") && text.contains("data-method=\"DELETE\""), "{text}");
    assert!(text.contains("data-side=\"allow\" value=\"Shop::orders\">"), "{text}");
    assert_eq!(house.page(Some(&root), "/panel/roles/nothing").status, 404);
}

#[test]
fn what_somebody_lacks_cannot_be_ticked() {
    let rules =
        format!("{RULES}\n[role.minor]\nallow = [\"Doorward::panel\", \"Doorward::roles\", \"Shop::orders\"]\n");
    let house = House::with(&rules);
    let minor = house.with_roles("mia", &["minor"]);
    let text = house.shown(&minor, "/panel/new-role");
    assert!(text.contains("title=\"Letters without accents, digits, - and _\""), "{text}");
    assert!(text.contains("value=\"Shop::delete\" disabled") && text.contains("value=\"Shop::orders\">"), "{text}");
}

#[test]
fn the_matrix_says_which_role_opens_which_route() {
    let house = House::open();
    let root = house.root();
    let text = house.shown(&root, "/panel/matrix");
    let heads = between(&text, "<th scope=\"col\">", "</th>");
    let row = between(&text, "<code>GET /rest/orders/:id</code>", "</tr>")[0];
    let cells: Vec<bool> = between(row, "<td>", "</td>").into_iter().map(|cell| cell.contains("yes")).collect();
    let open: Vec<&str> = heads[1..].iter().zip(cells).filter(|(_, open)| *open).map(|(role, _)| *role).collect();
    assert_eq!(open, ["administrator", "boss", "clerk", "keeper"]);
    assert!(house.shown(&root, "/panel/matrix?of=doorward").contains("GET,POST /admin/roles"));
}

/// Rules with so many routes and roles more.
fn many(routes: usize, roles: usize) -> String {
    let route =
        |number| format!("[[route]]\nmatch = \"GET /more/{number}\"\naccess = \"Shop::orders\"\nrealm = \"admin\"\n");
    let role = |number| format!("[role.more{number}]\nallow = [\"Shop::orders\"]\n");
    let (routes, roles): (String, String) = ((0..routes).map(route).collect(), (0..roles).map(role).collect());
    format!("{RULES}{routes}{roles}")
}

#[test]
fn the_matrix_comes_in_parts_however_many_routes_and_roles_there_are() {
    let house = House::with(&many(298, 93));
    let root = house.root();
    let (mut seen, mut target) = (Vec::new(), Some("/panel/matrix?of=".to_owned()));
    while let Some(place) = target {
        let text = house.shown(&root, &place);
        let part = rows(&text);
        assert!(part.len() <= 50 && seen.len() < 300, "{place}");
        assert_eq!(between(&text, "<th scope=\"col\">", "</th>").len(), 51, "50 roles: {place}");
        seen.extend(between(&text, "<th scope=\"row\"><code>", "</code>").into_iter().map(str::to_owned));
        target = link(&text, "next");
    }
    let declared: Vec<String> = house.engine.policy().declared_routes().iter().map(ToString::to_string).collect();
    assert_eq!((seen.len(), seen), (300, declared));
    let text = house.shown(&root, "/panel/matrix?after=250");
    assert!(text.contains("Routes 251 to 300 of 300") && text.contains("Roles 1 to 50 of 100"), "{text}");
    assert_eq!(link(&text, "prev").as_deref(), Some("/panel/matrix?after=200"));
    let heads = |query: &str| {
        let text = house.shown(&root, &format!("/panel/matrix?{query}"));
        between(&text, "<th scope=\"col\">", "</th>").into_iter().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let known: Vec<String> = house.engine.policy().roles().keys().map(ToString::to_string).collect();
    assert_eq!([heads("after=50"), heads("roles=50&after=50")].concat(), known);
    let list = |query: &str| {
        let text = house.shown(&root, &format!("/panel/roles?{query}"));
        (rows(&text), link(&text, "next"))
    };
    assert_eq!(list("").1.as_deref(), Some("/panel/roles?after=50"));
    assert_eq!([list("").0, list("after=50").0].concat(), known);
    assert_eq!(list("after=50").1, None);
    assert!(house.shown(&root, "/panel/matrix?after=x&roles=99999999999999999999").contains("Routes 1 to 50 of 300"));
}

#[test]
fn what_a_change_opens_and_closes_is_said_before_it_is_saved() {
    let house = House::open();
    let root = house.root();
    let preview = |session, name: &str, body: serde_json::Value| {
        house.admin(session, "POST", &format!("/admin/roles/{name}/preview"), Some(&body))
    };
    let new = preview(&root, "sales", json!({ "allow": ["Shop::orders"] }));
    assert_eq!(new.status, 200, "{}", new.text());
    let expected = json!({
        "grants": ["Shop::orders", "Shop::refund"], "withdraws": [], "opens": ["GET /rest/orders/:id"], "closes": [],
        "denies": [], "allows_again": [], "shuts": [], "loses": [], "people": 0, "more_people": false,
    });
    assert_eq!(new.json(), expected);
    assert_eq!(house.admin(&root, "GET", "/admin/roles/sales", None).status, 404, "nothing was made");

    let content = json!({ "name": "sales", "allow": ["Shop::orders"] });
    assert_eq!(house.admin(&root, "POST", "/admin/roles", Some(&content)).status, 201);
    house.add("customer", "anna", &["sales"]);
    let changed = preview(&root, "sales", json!({ "allow": ["Shop::orders"], "deny": ["Shop::orders"] })).json();
    assert_eq!((&changed["closes"], &changed["people"]), (&json!(["GET /rest/orders/:id"]), &json!(1)));
    assert_eq!(changed["withdraws"], json!(["Shop::orders", "Shop::refund"]));

    let keeper = house.with_roles("kim", &["keeper"]);
    let refused = preview(&keeper, "sales", json!({ "allow": ["Shop::delete"] }));
    assert_eq!((refused.status, refused.code().as_str()), (403, "forbidden"), "nobody grants what they lack");
    let in_file = preview(&root, "clerk", json!({ "allow": [] }));
    assert_eq!((in_file.status, in_file.code().as_str()), (409, "role_in_file"));
    assert_eq!(preview(&root, "sales", json!({ "allow": ["Nothing::here"] })).status, 400);
}
