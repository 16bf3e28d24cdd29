//! `doorward import openapi`.

use crate::kit::Place;

const PETS: &str = r#"
openapi: 3.0.3
info: { title: Pets, version: "1.2" }
servers: [{ url: https://pets.example.com/v2 }]
security: [{ session: [] }]
paths:
  /pets:
    get: { operationId: listPets, summary: All pets, security: [] }
    post: { operationId: addPet, summary: "Add\na pet", security: [{ oauth: [write, read] }] }
  /pets/{petId}:
    parameters: [{ name: petId, in: path }]
    get: { summary: One pet }
    head: {}
    delete: { operationId: removePet, deprecated: true }
    trace: {}
  /pets/{petId}.json:
    get: {}
  /files/{path+}:
    get: { security: [{}, { session: [] }] }
"#;

#[test]
fn each_operation_becomes_a_route_that_is_denied() {
    let place = Place::new();
    place.write("pets.yaml", PETS);
    let ran = place.run("import openapi pets.yaml");
    insta::assert_snapshot!(format!("{}\n== stderr\n{}", ran.stdout, ran.stderr));
}

#[test]
fn what_is_imported_passes_the_check() {
    let place = Place::with("upstream = \"http://127.0.0.1:9000\"\nrules = [\"routes.toml\"]\n");
    place.write("pets.yaml", PETS);
    let said = place.run("import openapi pets.yaml --out routes.toml").ok();
    assert!(said.contains("Wrote 5 routes to routes.toml."), "{said}");
    let checked = place.run("check --json").json();
    assert_eq!(checked["routes"]["deny"], 5);
    assert_eq!(checked["warnings"], serde_json::json!([]));
    // Somebody may have decided meanwhile.
    let error = place.run("import openapi pets.yaml --out routes.toml").failed(1);
    assert!(error.contains("routes.toml is there already"), "{error}");
}

#[test]
fn json_and_the_second_version_are_read_as_well() {
    let place = Place::new();
    place.write(
        "pets.json",
        r#"{"swagger":"2.0","info":{"title":"Pets","version":"1"},"basePath":"/v1","paths":{"/pets/{id}":{"get":{"operationId":"pet"}}}}"#,
    );
    let text = place.run("import openapi pets.json").ok();
    assert!(text.contains("match = \"GET /v1/pets/:id\"\naccess = \"deny\"\n"), "{text}");
    let text = place.run("import openapi pets.json --base /").ok();
    assert!(text.contains("match = \"GET /pets/:id\""), "{text}");
}

#[test]
fn paths_that_are_doorwards_own_need_a_mount() {
    let place = Place::with("upstream = \"http://127.0.0.1:9000\"\nrules = [\"routes.toml\"]\n");
    const API: &str = "openapi: 3.0.0\npaths: { '/user/{name}': { get: {} }, /login: { post: {} }, '/report.{format}': { get: {} }, /x: { get: {} } }\n";
    place.write("api.yaml", API);
    let ran = place.run("import openapi api.yaml --out routes.toml");
    assert!(ran.stdout.contains("Wrote 1 route to routes.toml."), "{}", ran.stdout);
    for (what, own) in [("GET /user/{name}", "/user/"), ("POST /login", "/login"), ("GET /report.{format}", "/")] {
        let line = ran.stderr.lines().find(|line| line.contains(&format!("{what} is left out"))).expect(what);
        assert!(line.contains(&format!("is where Doorward's own `{own}")), "{line}");
        assert!(line.contains("move Doorward's own resources: `mount = \"/auth\"`"), "{line}");
    }
    assert_eq!(place.run("check --json").json()["routes"]["total"], 1);
    assert!(place.read("routes.toml").contains("# [[route]]\n# match = \"POST /login\"\n"));
    place
        .write("doorward.toml", "upstream = \"http://127.0.0.1:9000\"\nmount = \"/auth\"\nrules = [\"routes.toml\"]\n");
    std::fs::remove_file(place.file("routes.toml")).expect("removed");
    place.run("import openapi api.yaml --out routes.toml").ok();
    assert_eq!(place.run("check --json").json()["routes"]["total"], 4);
}

#[test]
fn what_is_decided_already_is_not_imported_again() {
    let place = Place::with("upstream = \"http://127.0.0.1:9000\"\nrules = [\"routes.toml\"]\n");
    place.write("routes.toml", "[[route]]\nmatch = \"GET /v2/pets\"\naccess = \"anonymous\"\n[[route]]\nmatch = \"POST /v2/pets\"\naccess = \"deny\"\n");
    place.write("pets.yaml", PETS);
    let ran = place.run("import openapi pets.yaml --out more.toml");
    assert!(ran.stdout.contains("Wrote 3 routes"), "{}{}", ran.stdout, ran.stderr);
    for said in [
        "GET /pets is left out, and stands in a comment: ",
        "(routes.toml:2:9)",
        "POST /pets is left out",
        "(routes.toml:5:9)",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    place.write("doorward.toml", "upstream = \"http://127.0.0.1:9000\"\nrules = [\"routes.toml\", \"more.toml\"]\n");
    let checked = place.run("check --json").json();
    assert_eq!((checked["routes"]["total"].as_u64(), &checked["warnings"]), (Some(5), &serde_json::json!([])));
}

#[test]
fn oddities_are_said_one_by_one() {
    let place = Place::new();
    place.write(
        "odd.yaml",
        "openapi: 3.1.0\nservers: [{ url: https://a.example/v1 }, { url: https://a.example/v2 }]\npaths:\n\
         \x20 /a//b: { get: {} }\n  '/report.{format}': { get: {} }\n  /gone: { $ref: '#/components/pathItems/none' }\n\
         \x20 /far: { $ref: other.yaml }\n  /x/../y: { get: {} }\n",
    );
    let ran = place.run("import openapi odd.yaml");
    insta::assert_snapshot!(format!("{}\n== stderr\n{}", ran.stdout, ran.stderr));
    let error = place.run("import openapi odd.yaml --base https://a.example/v1").failed(2);
    assert!(error.contains("--base https://a.example/v1: write a path, such as /v1"), "{error}");
    assert!(!place.run("import openapi odd.yaml --base /v3").stderr.contains("--base"));
}

#[test]
fn what_is_no_document_is_refused() {
    let place = Place::new();
    place.write("x.yaml", "a: 1\n");
    let error = place.run("import openapi x.yaml").failed(2);
    assert!(error.contains("x.yaml: not an OpenAPI document"), "{error}");
    place.run("import openapi nowhere.yaml").failed(2);
    place.write("y.yaml", "openapi: 3.0.0\npaths: {}\n");
    place.run("import openapi y.yaml").failed(1);
}
