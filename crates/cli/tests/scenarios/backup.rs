//! `doorward backup` and `doorward restore`.

use crate::kit::{Api, Browser, Place, Server};
use crate::rules;

const SECRET: &str = "a long enough secret";

fn add(place: &Place, login: &str) {
    place.run_with(&format!("user add {login} --password-stdin"), &format!("{SECRET}\n")).ok();
}

#[tokio::test]
async fn a_copy_is_made_while_a_server_runs_and_is_put_back_when_none_does() {
    let api = Api::start().await;
    let place = Place::with(&rules(&api.base));
    add(&place, "anna");
    let server = Server::start(&place);
    let mut browser = Browser::at(&server.base);
    assert_eq!(browser.log_in(None, "anna", SECRET).await.status, 201);
    assert_eq!(place.run("backup copy.db").ok(), "Wrote copy.db.\n");
    assert_eq!(browser.get("/me").await.status, 200);
    add(&place, "ben");
    let refused = place.run("restore copy.db").failed(1);
    assert!(refused.contains("is being served by"), "{refused}");
    drop(server);
    place.run("restore copy.db").ok();
    place.run("user show anna").ok();
    place.run("user show ben").failed(1);
    let server = Server::start(&place);
    assert_eq!(Browser::at(&server.base).log_in(None, "anna", SECRET).await.status, 201);
}

#[test]
fn a_copy_never_takes_the_place_of_another_file() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    add(&place, "anna");
    place.write("copy.db", "mine");
    place.run("backup copy.db").failed(1);
    assert_eq!(place.read("copy.db"), "mine");
}

#[test]
fn what_is_no_copy_is_not_put_back() {
    let place = Place::with(&rules("http://127.0.0.1:9000"));
    add(&place, "anna");
    place.write("copy.db", "this is no database, however long it may be");
    place.run("restore copy.db").failed(1);
    place.run("restore nowhere.db").failed(2);
    place.run("user show anna").ok();
}
