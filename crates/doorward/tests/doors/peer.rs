//! Who is at the other end of the connection.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use doorward::Layer;
use doorward::axum::protect;
use doorward::client::{Peer, TrustedProxies};
use doorward::policy::Network;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::house::{Browser, House, SHOP};

fn service() -> Router {
    Router::new().route("/countries", get(async || "the countries")).route("/orders", get(async || "orders"))
}

fn request(path: &str) -> Request<Body> {
    Request::get(path).header("host", "localhost").body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn where_nobody_says_who_the_peer_is_nothing_is_served() {
    let house = House::with_anna().await;
    let app = protect(service(), house.engine.clone());

    for path in ["/countries", "/orders", "/nothing", "/user/me"] {
        let Ok(response) = app.clone().oneshot(request(path)).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
    }
}

#[tokio::test]
async fn the_peer_may_stand_in_the_extensions_or_be_the_connections() {
    let house = House::with_anna().await;
    let app = protect(service(), house.engine.clone());
    let mut stated = request("/countries");
    stated.extensions_mut().insert(Peer { address: None, secure: false });
    let Ok(response) = app.clone().oneshot(stated).await;
    assert_eq!(response.status(), StatusCode::OK);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connected = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, connected).await });
    let mut browser = Browser::new(address);

    assert_eq!(browser.get("/countries").await.text, "the countries");
    assert_eq!(browser.log_in("anna").await.json()["session"]["address"], "127.0.0.1");
}

#[tokio::test]
async fn a_proxy_is_believed_where_it_is_trusted_and_nowhere_else() {
    let house = House::open(&format!("public_url = \"http://shop.example\"\nallow_plain_http = true\n{SHOP}")).await;
    house.add("default", "anna", &[]).await;
    let proxy = Peer { address: Some("10.0.0.1".parse().expect("an address")), secure: false };
    let trusted = TrustedProxies::new(&["10.0.0.0/8".parse::<Network>().expect("a network")]);
    let strict = protect(service(), Layer::new(house.engine.clone()).peer(proxy));
    let trusting = protect(service(), Layer::new(house.engine.clone()).peer(proxy).trusted_proxies(trusted));

    let mut addresses = Vec::new();
    for app in [strict, trusting] {
        let mut browser = Browser::new(crate::house::listen(app).await)
            .with("host", "shop.example")
            .with("x-forwarded-for", "192.0.2.7, 198.51.100.1")
            .with("x-forwarded-proto", "https")
            .with("x-request-id", "proxys-name");
        let reply = browser.log_in("anna").await;
        let secure = browser.cookies.keys().any(|name| name.starts_with("__Host-"));
        let named = reply.header("x-request-id") == Some("proxys-name");
        addresses.push((reply.json()["session"]["address"].as_str().unwrap_or_default().to_owned(), secure, named));
    }

    assert_eq!(addresses, [("10.0.0.1".to_owned(), false, false), ("198.51.100.1".to_owned(), true, true)]);
}

#[tokio::test]
async fn a_layer_by_itself_does_not_serve_own_resources() {
    use doorward::layer::RequestBody;
    use tower::{Layer as _, service_fn};
    let house = House::with_anna().await;
    let inner = service_fn(async |_: Request<RequestBody<Body>>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(Body::from("inner")))
    });
    let layer = Layer::new(house.engine.clone()).peer(Peer { address: None, secure: true });
    let service = layer.layer(inner);

    let statuses = ["/countries", "/user/me", "/user/csrf"].map(|path| {
        let service = service.clone();
        async move { service.oneshot(request(path)).await.map(|response| response.status().as_u16()) }
    });

    let statuses = futures_util::future::join_all(statuses).await;
    assert_eq!(statuses, [Ok(200), Ok(401), Ok(404)]);
}

#[tokio::test]
async fn a_router_that_chose_before_the_layer_is_not_trusted_with_a_path_in_another_spelling() {
    let house = House::with_anna().await;
    let layer = Layer::new(house.engine.clone()).peer(Peer { address: None, secure: true });
    let backwards = Router::new().route("/{any}", get(async || "whatever")).layer(layer);

    let Ok(plain) = backwards.clone().oneshot(request("/countries")).await;
    let Ok(encoded) = backwards.oneshot(request("/%63ountries")).await;

    assert_eq!((plain.status().as_u16(), encoded.status().as_u16()), (200, 400));
}

/// The service that the layer makes can be moved and cloned, whatever is behind it.
#[test]
fn a_protected_service_is_sent_and_cloned() {
    fn is_sent<T: Clone + Send + 'static>() {}
    is_sent::<doorward::layer::Protected<Arc<()>>>();
}
