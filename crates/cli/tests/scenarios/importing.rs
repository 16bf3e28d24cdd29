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
    let said = place.run("import openapi pets.yaml --output routes.toml").ok();
    assert!(said.contains("Wrote 5 routes to routes.toml."), "{said}");
    let checked = place.run("check --json").json();
    assert_eq!(checked["routes"]["deny"], 5);
    assert_eq!(checked["warnings"], serde_json::json!([]));
    // Somebody may have decided meanwhile.
    let error = place.run("import openapi pets.yaml --output routes.toml").failed(1);
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
    place.write("api.yaml", "openapi: 3.0.0\npaths: { '/user/{name}': { get: {} }, /login: { post: {} } }\n");
    let ran = place.run("import openapi api.yaml --output routes.toml");
    assert!(ran.stderr.contains("write `mount = \"/auth\"` into doorward.toml"), "{}", ran.stderr);
    place.run("check").failed(2);
    place
        .write("doorward.toml", "upstream = \"http://127.0.0.1:9000\"\nmount = \"/auth\"\nrules = [\"routes.toml\"]\n");
    place.run("check").ok();
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
