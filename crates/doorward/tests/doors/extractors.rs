//! What handlers learn, and what happens where nobody has judged.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use doorward::axum::{Caller, CsrfToken, User, own_router};
use http::Request;
use tower::ServiceExt as _;

use crate::house::House;

#[tokio::test]
async fn a_handler_learns_who_is_calling() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/welcome").await.text, "welcome guest");
    browser.log_in("anna").await;

    assert_eq!(browser.get("/welcome").await.text, "welcome anna");
    assert_eq!(browser.get("/orders").await.text, "orders of anna by GET,POST /orders");
    // An anonymous route does not look: the handler is told that it is a guest's.
    assert_eq!(browser.get("/countries").await.text, "the countries");
}

#[tokio::test]
async fn a_handler_without_the_layer_serves_nobody() {
    let service = Router::new()
        .route("/caller", get(async |_: Caller| "guest"))
        .route("/user", get(async |_: User| "user"))
        .route("/maybe", get(async |_: Option<User>| "guest"))
        .route("/token", get(async |_: CsrfToken| "token"))
        .merge(Router::new().fallback_service(own_router()));

    for path in ["/caller", "/user", "/maybe", "/token", "/user/me", "/user/csrf", "/user/sessions", "/else"] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let Ok(response) = service.clone().oneshot(request).await;
        assert_eq!(response.status(), 500, "{path}");
    }
}

#[tokio::test]
async fn a_user_extractor_answers_guests_with_a_challenge() {
    let rules = "[[route]]\nmatch = \"GET /orders\"\naccess = \"anonymous\"\n";
    let house = House::open(rules).await;

    let reply = house.browser().get("/orders").await;

    assert_eq!(reply.refusal(), (401, "not_logged_in".into()));
    let challenge = "Cookie realm=\"default\", form-action=\"/login\", cookie-name=\"__Host-doorward-default\"";
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}

#[tokio::test]
async fn a_token_extractor_where_no_token_is_handed_out_is_a_mistake_that_shows() {
    let rules = "[[route]]\nmatch = \"GET /page\"\naccess = \"anonymous\"\nidentify = true\n";
    let house = House::open(rules).await;

    assert_eq!(house.browser().get("/page").await.refusal(), (500, "internal_error".into()));
}

#[tokio::test]
async fn own_paths_that_the_library_does_not_serve_belong_to_the_service() {
    let rules = "[[route]]\nmatch = \"GET /login\"\naccess = \"anonymous\"\n";
    let house = House::open(rules).await;

    let reply = house.browser().get("/login").await;

    assert_eq!((reply.status, reply.text.as_str()), (404, ""), "the service's own 404");
}

#[tokio::test]
async fn the_description_names_every_resource_and_its_refusals() {
    let description = serde_json::to_value(doorward::axum::openapi_router().into_openapi()).expect("JSON");

    let paths: Vec<&str> = description["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
    let mut expected = vec![
        "/user/sessions",
        "/user/sessions/current",
        "/user/sessions/current/confirm",
        "/user/sessions/{id}",
        "/user/sessions/{id}/refresh",
        "/user/csrf",
        "/user/me",
        "/user/me/permissions",
        "/user/me/password",
        "/user/password-reset",
    ];
    expected.sort_unstable();
    let mut found = paths.clone();
    found.sort_unstable();
    assert_eq!(found, expected);
    let log_in = &description["paths"]["/user/sessions"]["post"]["responses"];
    assert!(["201", "400", "401", "429", "503"].iter().all(|status| log_in.get(status).is_some()), "{log_in}");
}

#[tokio::test]
async fn every_own_route_of_the_policy_is_served() {
    let house = House::with_anna().await;
    let mut browser = house.browser();
    browser.log_in("anna").await;
    for route in doorward::axum::own_routes() {
        for method in route.methods.split(',') {
            let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
            let path = route.path.replace(":id", "current");
            let reply = browser.clone().send(method.clone(), &path, None).await;
            assert!(
                reply.status != 404 && reply.status != 405 && reply.status < 500,
                "{method} {path}: {}",
                reply.status
            );
        }
    }
}
