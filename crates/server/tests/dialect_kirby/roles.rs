//! Sections 1 and 7: the roles of one user, and the admin who must stay.

use crate::kit::Answer;
use crate::site::{DONE, PLAIN, Site, UNAUTHENTICATED, json, said};

fn names(answer: &Answer) -> Vec<String> {
    let seen = json(answer);
    assert_eq!(seen["type"], "collection", "{seen}");
    seen["data"].as_array().expect("roles").iter().map(|role| role["name"].as_str().expect("a name").into()).collect()
}

#[test]
fn the_roles_of_a_user_are_theirs_and_those_that_one_could_give_them() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("chief001", "chief@example.com", &["administrator"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut admin = site.logged_in("ada@example.com");
    assert_eq!(names(&admin.get("/api/users/editor01/roles")), ["admin", "editor", "nopanel", "panelonly"]);
    assert_eq!(names(&admin.get("/api/users/chief001/roles")), ["administrator"], "who may more is left alone");
    let mut editor = site.logged_in("bob@example.com");
    assert_eq!(names(&editor.get("/api/account/roles")), ["editor"]);
    assert_eq!(said(&editor.get("/api/users/admin0001/roles")), (404, "error.user.notFound".into()));
}

#[test]
fn the_options_of_a_user_are_what_would_happen() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("chief001", "chief@example.com", &["administrator"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut admin = site.logged_in("ada@example.com");
    let options = |answer: Answer| json(&answer)["data"]["options"].clone();
    let of_editor = options(admin.get("/api/users/editor01"));
    let of_chief = options(admin.get("/api/users/chief001"));
    for action in ["changeEmail", "changeName", "changePassword", "changeRole", "delete"] {
        assert_eq!((&of_editor[action], &of_chief[action]), (&true.into(), &false.into()), "{action}");
    }
    assert_eq!((&of_chief["access"], &of_chief["list"]), (&true.into(), &true.into()));
    assert_eq!(
        said(&admin.patch("/api/users/chief001/name", "name=x")),
        (403, "error.user.changeName.permission".into())
    );
}

#[test]
fn the_last_admin_stays_one() {
    let site = Site::open(PLAIN);
    site.add("admin0001", "ada@example.com", &["admin"]);
    let chief = site.add("chief001", "chief@example.com", &["administrator"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut admin = site.logged_in("ada@example.com");
    let role = r#"{"role":"editor"}"#;
    site.house
        .block_on(async {
            let engine = &site.house.engine;
            let console = doorward::Actor::console();
            engine.change_roles(&console, &chief, &["editor".into()], &["administrator".into()]).await
        })
        .map_err(|refusal| refusal.code())
        .expect_err("they are the last administrator");
    // An administrator is an admin too.
    assert_eq!(admin.patch("/api/users/admin0001/role", role).status, 403, "one's own role is for whoever may");
    let mut chief = site.logged_in("chief@example.com");
    assert_eq!(chief.patch("/api/users/admin0001/role", role).status, 200);
    assert_eq!(chief.patch("/api/users/admin0001/role", r#"{"role":"admin"}"#).status, 200);
    assert_eq!(said(&chief.patch("/api/account/role", role)), (400, "error.user.changeRole.lastAdmin".into()));
    assert_eq!(said(&chief.with_token("DELETE", "/api/account", "")), (400, "error.user.delete.lastAdmin".into()));
}

#[test]
fn among_those_who_administer_nothing_else_the_last_admin_stays_too() {
    let rules = crate::site::RULES.replace(
        "{ id = \"Kirby::user.access\" },",
        "{ id = \"Kirby::user.access\" }, { id = \"Kirby::user.delete\" }, { id = \"Kirby::user.changeRole\" },",
    );
    let site = Site::with(&format!("{PLAIN}{rules}"));
    site.add("admin0001", "ada@example.com", &["admin"]);
    site.add("admin0002", "eve@example.com", &["admin"]);
    site.add("editor01", "bob@example.com", &["editor"]);
    let mut ada = site.logged_in("ada@example.com");
    let mut eve = site.logged_in("eve@example.com");
    let role = r#"{"role":"editor"}"#;
    assert_eq!(ada.patch("/api/users/admin0002/role", role).status, 200, "one is left");
    assert_eq!(eve.get("/api/auth").text(), UNAUTHENTICATED, "whose role changes is logged out");
    assert_eq!(said(&ada.patch("/api/account/role", role)), (400, "error.user.changeRole.lastAdmin".into()));
    assert_eq!(said(&ada.with_token("DELETE", "/api/account", "")), (400, "error.user.delete.lastAdmin".into()));
    assert_eq!(
        said(&ada.patch("/api/account/role", r#"{"role":"administrator"}"#)),
        (403, "error.user.changeRole.toAdmin".into())
    );
    assert_eq!(ada.get("/api/auth").status, 200);
    assert_eq!(ada.patch("/api/users/admin0002/role", r#"{"role":"admin"}"#).status, 200);
    let answer = ada.with_token("DELETE", "/api/account", "");
    assert_eq!((answer.status, answer.text().as_str()), (200, DONE));
    assert_eq!(ada.cookie("kirby_session"), None);
    let mut eve = site.logged_in("eve@example.com");
    assert_eq!(said(&eve.get("/api/users/admin0001")), (404, "error.user.notFound".into()));
}

#[test]
fn who_is_alone_does_not_go_away() {
    let site = Site::with(PLAIN);
    site.add("chief001", "chief@example.com", &["administrator"]);
    let mut chief = site.logged_in("chief@example.com");
    assert_eq!(said(&chief.with_token("DELETE", "/api/account", "")), (400, "error.user.delete.lastAdmin".into()));
}
