//! `doorward demo`.

use std::net::TcpListener;

use rustix::process::Signal;

use crate::kit::{Browser, Demo, Place};

#[test]
fn each_line_that_is_printed_does_what_it_says() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let stops = demo.stops();
    assert!(stops.len() >= 11, "{}", demo.text);
    for stop in stops {
        let ran = stop.run();
        let status = ran.stdout.lines().last().unwrap_or_default();
        assert_eq!(status, stop.status.to_string(), "{}\n{}\n{}{}", stop.caption, stop.command, ran.stdout, ran.stderr);
    }
}

#[test]
fn what_is_printed_reads_well() {
    let place = Place::new();
    let folder = place.file("data");
    let demo = Demo::start(&place, &["--data", &folder.display().to_string()]);
    let canonical = folder.canonicalize().expect("it is there").display().to_string();
    let text = demo
        .text
        .replace(&demo.base, "http://DOORWARD")
        .replace(&demo.admin, "http://ADMIN")
        .replace(&canonical, "FOLDER");
    let api = text
        .split("an example API at ")
        .nth(1)
        .and_then(|rest| rest.split(".\n").next())
        .expect("an address")
        .to_owned();
    insta::assert_snapshot!(text.replace(&api, "http://API"));
}

#[test]
fn a_taken_port_says_so_and_how_to_choose_another() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let error = Place::new().run(&format!("demo --listen {address}")).failed(1);
    let expected = format!(
        "doorward: {address} is taken: another process listens there; choose another: doorward demo --listen 127.0.0.1:0\n"
    );
    assert_eq!(error, expected);
}

#[test]
fn other_machines_are_kept_out() {
    let error = Place::new().run("demo --listen 0.0.0.0:0").failed(2);
    assert!(error.contains("it listens on this machine only"), "{error}");
}

#[test]
fn ctrl_c_ends_it_cleanly_and_takes_the_folder_along() {
    let place = Place::new();
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
        let mut demo = Demo::start(&place, &[]);
        let folder = demo
            .text
            .split("The database is in ")
            .nth(1)
            .and_then(|rest| rest.split(';').next())
            .expect("a folder")
            .to_owned();
        assert!(std::path::Path::new(&folder).exists());
        demo.signal(signal);
        assert_eq!(demo.end(), 0);
        assert!(!std::path::Path::new(&folder).exists());
    }
}

#[tokio::test]
async fn data_that_is_kept_is_there_the_next_time() {
    let place = Place::new();
    let folder = place.file("my data").display().to_string();
    let mut demo = Demo::start(&place, &["--data", &folder]);
    let mut browser = Browser::at(&demo.base);
    assert_eq!(browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await.status, 201);
    demo.signal(Signal::INT);
    assert_eq!(demo.end(), 0);
    let demo = Demo::start(&place, &["--data", &folder]);
    // The session is as good as ever; only the port is another one.
    let mut again = browser.moved_to(&demo.base);
    assert_eq!(again.get("/rest/V1/customers/me").await.status, 200);
    assert_eq!(again.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await.status, 201);
    // The lines work with a folder whose name has a space in it as well.
    let log_in = demo.stops().into_iter().find(|stop| stop.status == 201).expect("a log-in");
    assert!(log_in.run().stdout.ends_with("\n201\n"));
}

#[tokio::test]
async fn what_a_customer_names_is_what_they_are() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await;
    let mine = browser.get("/rest/V1/customers/me?customerId=8&customer_id=8").await;
    assert_eq!(mine.json()["email"], "anna@example.com");
    let body = serde_json::json!({ "customer": { "id": 8, "firstname": "Annika" } });
    let changed = browser.change(reqwest::Method::PUT, "/rest/V1/customers/me", body).await;
    assert_eq!((changed.json()["id"].as_u64(), changed.json()["firstname"].as_str()), (Some(7), Some("Annika")));
}

#[tokio::test]
async fn the_first_page_says_who_is_calling_and_as_whom_one_may_log_in() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    let page = async |browser: &Browser| {
        let request = browser.request(reqwest::Method::GET, "/").header("Accept", "text/html");
        browser.send(request).await.body
    };
    let guest = page(&browser).await;
    for said in ["Nobody is logged in", "<code>sam-answers-the-phone</code>", "href=/rest/V1/customers/me", "<style>"] {
        assert!(guest.contains(said), "{said}: {guest}");
    }
    browser.log_in(Some("admin"), "sam@example.com", "sam-answers-the-phone").await;
    assert!(page(&browser).await.contains("You are <b>sam@example.com</b> of admin with the roles support."));
}

#[tokio::test]
async fn both_realms_may_be_logged_in_beside_each_other() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut browser = Browser::at(&demo.base);
    assert_eq!(browser.log_in(Some("customer"), "anna@example.com", "anna-drinks-green-tea").await.status, 201);
    assert_eq!(browser.log_in(Some("admin"), "sam@example.com", "sam-answers-the-phone").await.status, 201);
    assert_eq!(browser.get("/rest/V1/customers/me").await.json()["email"], "anna@example.com");
    assert_eq!(browser.get("/rest/V1/customerGroups/1").await.status, 200);
    assert_eq!(browser.get("/").await.json()["caller"]["login"], "anna@example.com");
}
