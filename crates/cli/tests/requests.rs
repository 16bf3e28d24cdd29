//! Clients that are not ours, at the demo: python-requests with its session, curl with its cookie jar.

mod kit;
mod peers;

use std::path::PathBuf;
use std::process::Command;

use kit::{Demo, Place};
use serde_json::Value;

#[test]
fn python_requests_gets_along_with_the_demo() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let mut tour = Command::new(peers::python());
    let output = tour.arg(peers::script("tour.py")).arg(&demo.base).output().expect("it starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{errors}");
}

#[test]
fn curl_keeps_a_session_in_its_jar() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let curl = Curl { base: demo.base.clone(), jar: place.file("jar") };
    let me = "/rest/V1/customers/me";
    let json = ["-H", "Content-Type: application/json"];
    let log_in = r#"{"realm":"customer","login":"anna@example.com","password":"anna-drinks-green-tea"}"#;
    assert_eq!(curl.status(me, &[]), 401);
    let (status, body) = curl.ask("/user/sessions", &[&json[..], &["-d", log_in]].concat());
    assert_eq!(status, 201, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let proof = format!("X-CSRF: {}", body["csrf_token"].as_str().expect("a token"));
    let jar = std::fs::read_to_string(&curl.jar).expect("a jar");
    assert!(
        jar.lines().any(|line| line.starts_with("#HttpOnly_127.0.0.1") && line.contains("doorward-customer")),
        "{jar}"
    );

    assert_eq!(curl.status(me, &[]), 200);
    let change = [&json[..], &["-X", "PUT", "-d", r#"{"customer":{"firstname":"Annika"}}"#]].concat();
    assert_eq!(curl.status(me, &change), 403);
    assert_eq!(curl.status(me, &[&change[..], &["-H", "X-CSRF: x"]].concat()), 403);
    assert_eq!(curl.status(me, &[&change[..], &["-H", &proof]].concat()), 200);
    assert_eq!(curl.status(me, &["-u", "anna@example.com:wrong-wrong-wrong"]), 401);
    assert_eq!(curl.status("/rest/V1/customerGroups/1", &["-u", "kim@example.com:kim-writes-each-page"]), 403);
    assert_eq!(curl.status("/rest/V1/customerGroups/1", &["-u", "sam@example.com:sam-answers-the-phone"]), 200);

    assert_eq!(curl.status("/user/sessions/current", &["-X", "DELETE"]), 403);
    assert_eq!(curl.status("/user/sessions/current", &["-X", "DELETE", "-H", &proof]), 204);
    assert_eq!(curl.status(me, &[]), 401);
    let jar = std::fs::read_to_string(&curl.jar).expect("a jar");
    assert!(!jar.contains("doorward-customer"), "{jar}");
}

#[test]
fn curl_uploads_in_chunks_and_waits_to_be_told_to() {
    let place = Place::new();
    let demo = Demo::start(&place, &[]);
    let curl = Curl { base: demo.base.clone(), jar: place.file("jar") };
    place.write("large", &"0123456789".repeat(300_000));
    let (file, user) = (format!("@{}", place.file("large").display()), "anna@example.com:anna-drinks-green-tea");
    let upload = ["-u", user, "-X", "POST", "--data-binary", &file];
    for more in [
        &["-H", "Expect: 100-continue"][..],
        &["-H", "Transfer-Encoding: chunked"],
        &["-H", "Expect:"],
        &["--http2-prior-knowledge"],
    ] {
        let (status, body) = curl.ask("/uploads", &[&upload[..], more].concat());
        assert_eq!(status, 201, "{more:?}: {body}");
        assert!(body.contains("3000000"), "{more:?}: {body}");
    }
}

/// curl with a cookie jar.
struct Curl {
    base: String,
    jar: PathBuf,
}

impl Curl {
    fn ask(&self, path: &str, more: &[&str]) -> (u16, String) {
        let mut command = Command::new("curl");
        command
            .args(["-s", "-S", "--noproxy", "*", "-w", "\n%{http_code}"])
            .arg("-b")
            .arg(&self.jar)
            .arg("-c")
            .arg(&self.jar);
        let output = command.args(more).arg(format!("{}{path}", self.base)).output().expect("curl starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        let (body, status) = text.rsplit_once('\n').expect("a status");
        (status.parse().expect("a status"), body.to_owned())
    }

    fn status(&self, path: &str, more: &[&str]) -> u16 {
        self.ask(path, more).0
    }
}
