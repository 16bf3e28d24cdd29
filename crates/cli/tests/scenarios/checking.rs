//! `doorward check`, and what is said about mistakes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::kit::Place;

#[test]
fn the_file_that_init_writes_has_nothing_doubtful() {
    let place = Place::new();
    place.run("init").ok();
    insta::assert_snapshot!(place.run("check").ok());
}

#[test]
fn each_example_is_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut count = 0;
    for file in fs::read_dir(folder).expect("a folder") {
        let file = file.expect("a file").path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            // The certificates of one example are nowhere here.
            let ran = Place::new().run(&format!("check --rules-only --json --config {}", file.display()));
            assert_eq!(ran.json()["warnings"], serde_json::json!([]), "{}", file.display());
            count += 1;
        }
    }
    assert!(count >= 4);
}

#[test]
fn the_rules_of_the_demo_are_valid() {
    let place = Place::new();
    let rules = place.run("demo --print-config").ok();
    place.write("doorward.toml", &rules);
    insta::assert_snapshot!(place.run("check").ok());
}

const COUNTED: &str = "\
upstream = \"http://127.0.0.1:9000\"\n\
[[route]]\nmatch = \"GET /a\"\naccess = \"anonymous\"\n\
[[route]]\nmatch = \"GET /b\"\naccess = \"self\"\n\
[[route]]\nmatch = \"GET /c\"\naccess = \"X::x\"\n\
[[route]]\nmatch = \"GET /d\"\naccess = \"deny\"\n\
[[route]]\nmatch = \"GET /e\"\naccess = \"deny\"\n\
[[acl]]\nid = \"X::x\"\n";

#[test]
fn routes_are_counted_by_what_they_ask_for() {
    let place = Place::with(COUNTED);
    insta::assert_snapshot!(place.run("check").ok());
    let json = place.run("check --json").json();
    assert_eq!(json["valid"], true);
    assert_eq!(json["routes"], serde_json::json!({ "total": 5, "anonymous": 1, "self": 1, "resources": 1, "deny": 2 }));
}

#[test]
fn rules_of_other_files_count_as_well() {
    let place = Place::with("upstream = \"http://127.0.0.1:9000\"\nrules = [\"more/routes.toml\"]\n");
    fs::create_dir(place.file("more")).expect("a folder");
    place.write("more/routes.toml", "[[route]]\nmatch = \"GET /x\"\naccess = \"deny\"\n");
    assert_eq!(place.run("check --json").json()["routes"]["deny"], 1);
    place.write("more/routes.toml", "[[route]]\nmatch = \"GET /x\"\nacess = \"deny\"\n");
    let error = place.run("check").failed(2);
    assert!(error.starts_with("more/routes.toml:"), "{error}");
}

/// Mistakes that people make, each with what is said about it.
#[test]
fn each_mistake_is_told_with_its_place_and_what_to_do() {
    const ROUTE: &str = "[[route]]\nmatch = \"GET /x\"\naccess = \"self\"\n";
    let mistakes = [
        ("a key that is misspelled", "[[route]]\nmatch = \"GET /x\"\nacess = \"self\"\n".to_owned()),
        ("a section that is misspelled", "[basik]\nenabled = true\n".to_owned()),
        ("a string without its end", "upstream = \"http://127.0.0.1:9000\n".to_owned()),
        ("a resource that nobody declared", "[[route]]\nmatch = \"GET /x\"\naccess = \"Shop::order\"\n[[acl]]\nid = \"Shop::orders\"\n".to_owned()),
        ("a word that is almost right", "[[route]]\nmatch = \"GET /x\"\naccess = \"anonymus\"\n".to_owned()),
        ("a method in small letters", "[[route]]\nmatch = \"get /x\"\naccess = \"self\"\n".to_owned()),
        ("a path with dots", "[[route]]\nmatch = \"GET /x/../y\"\naccess = \"self\"\n".to_owned()),
        ("two routes that contradict each other", format!("{ROUTE}[[route]]\nmatch = \"GET /x\"\naccess = \"anonymous\"\n")),
        ("a route where Doorward's own is", "[[route]]\nmatch = \"GET /user/me\"\naccess = \"self\"\n".to_owned()),
        ("a realm that is not there", "[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n[[route]]\nmatch = \"GET /x\"\naccess = \"self\"\nrealm = \"costumer\"\n".to_owned()),
        ("no realm where several are", format!("[realm.customer]\n[realm.admin]\n[admin]\nrealm = \"admin\"\n{ROUTE}")),
        ("a period without its unit", "[realm.default]\nsession = { idle = \"30\" }\n".to_owned()),
        ("an idle time that is longer than the absolute one", "[realm.default]\nsession = { idle = \"24h\", absolute = \"1h\" }\n".to_owned()),
        ("an origin with a slash", "[cors]\norigins = [\"https://app.example.com/\"]\n".to_owned()),
        ("an upstream with a path", "upstream = \"http://127.0.0.1:9000/api\"\n".to_owned()),
        ("a variable that is not set", "upstream = \"${DOORWARD_TEST_UNSET}\"\n".to_owned()),
        ("a rules file that is not there", "rules = [\"nowhere.toml\"]\n".to_owned()),
        ("a store that is not there yet", "store = \"postgres://doorward:secret@db/doorward\"\n".to_owned()),
        ("two stores", "data = \"a.db\"\nsessions = \"redis://127.0.0.1\"\n".to_owned()),
        ("a blocklist that is not there", "[password]\nblocklist = \"words.txt\"\n".to_owned()),
        ("a role that allows what is not there", "[role.clerk]\nallow = [\"Shop::orders\"]\n".to_owned()),
        ("a forced parameter without a user", "[[route]]\nmatch = \"GET /x\"\naccess = \"anonymous\"\nforce = { id = \"%user_id%\" }\n".to_owned()),
        ("cheap password hashes", "[password]\nmemory = \"1MiB\"\n".to_owned()),
    ];
    let mut told = String::new();
    for (what, text) in mistakes {
        let ran = Place::with(&text).run("check");
        assert_eq!(ran.stdout, "", "{what}");
        let error = ran.failed(2);
        assert!(error.starts_with("doorward.toml:"), "{what}: {error}");
        assert!(error.contains("fix: "), "{what}: {error}");
        assert!(!error.contains("secret"), "{what}: {error}");
        writeln!(told, "== {what}\n{error}").expect("text");
    }
    insta::assert_snapshot!(told);
}

const WITH_TLS: &str = "\
upstream = { billing = { url = \"https://127.0.0.1:9000\", ca = \"ca.pem\" } }\n\
[tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n";

/// A certificate and its key, each as PEM.
fn pair() -> (String, String) {
    let pair = rcgen::generate_simple_self_signed(vec!["api.example.com".to_owned()]).expect("a certificate");
    (pair.cert.pem(), pair.signing_key.serialize_pem())
}

#[test]
fn certificates_that_a_server_could_not_use_are_mistakes_as_others_are() {
    let place = Place::with(WITH_TLS);
    let ((cert, key), (other, _)) = (pair(), pair());
    for name in ["cert.pem", "key.pem", "ca.pem"] {
        let error = place.run("check").failed(2);
        assert!(error.contains(&format!("cannot read {name}: No such file or directory")), "{error}");
        assert!(error.contains("  fix: paths are relative to the file that names them"), "{error}");
        place.write(name, "nothing of use");
    }
    let error = place.run("check").failed(2);
    for said in [
        "doorward.toml:1:63: ca.pem holds no certificate\n",
        "doorward.toml:3:8: cert.pem holds no certificate\n",
        "doorward.toml:4:7: key.pem holds no private key\n",
        "  fix: a PEM file with the private key, without a passphrase",
    ] {
        assert!(error.contains(said), "{said}\n{error}");
    }
    place.write("ca.pem", &cert);
    place.write("cert.pem", &other);
    place.write("key.pem", &key);
    let error = place.run("check").failed(2);
    assert!(
        error.starts_with("doorward.toml:4:7: the key in key.pem is not that of the certificate in cert.pem\n"),
        "{error}"
    );
    assert!(
        error.contains("  see: doorward.toml:3:8\n  fix: name a certificate and a key that belong together"),
        "{error}"
    );
    // A server says the same, and once.
    assert_eq!(place.run("serve").failed(2), error);
    place.run("check --rules-only").ok();
    place.write("cert.pem", &cert);
    place.run("check").ok();
}

#[test]
fn mistakes_as_json_say_where_they_are() {
    let place = Place::with("[[route]]\nmatch = \"GET /x\"\nacess = \"self\"\n");
    let ran = place.run("check --json");
    assert_eq!((ran.code, ran.stderr.as_str()), (2, ""));
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(said["valid"], false);
    let error = &said["errors"][0];
    assert_eq!(
        (error["file"].as_str(), error["line"].as_u64(), error["column"].as_u64()),
        (Some("doorward.toml"), Some(3), Some(1))
    );
    assert_eq!(error["fix"], "did you mean `access`?");
}

#[test]
fn what_is_doubtful_is_said_and_allowed() {
    let place = Place::with("[csrf]\nreport_only = true\n");
    let said = place.run("check").ok();
    assert!(said.starts_with("warning: doorward.toml:2:"), "{said}");
    assert!(said.contains("doorward.toml is valid, with 1 warning: 0 routes."), "{said}");
}

#[cfg(not(feature = "otel"))]
#[test]
fn traces_that_this_build_cannot_send_are_doubtful() {
    let place = Place::with("[otel]\nendpoint = \"http://127.0.0.1:4317\"\n");
    let said = place.run("check").ok();
    assert!(said.contains("this build has no OpenTelemetry"), "{said}");
}

#[test]
fn the_environment_is_read() {
    let place = Place::with("upstream = \"${DOORWARD_TEST_UPSTREAM}\"\n");
    let output = place.program().arg("check").env("DOORWARD_TEST_UPSTREAM", "http://127.0.0.1:9000").output();
    assert!(output.expect("it runs").status.success());
}
