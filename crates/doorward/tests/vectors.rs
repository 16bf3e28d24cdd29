//! The shared table of vectors, at the layer.

#[path = "../vectors/mod.rs"]
mod vectors;

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use doorward::client::{Peer, TrustedProxies};
use doorward::policy::{Draft, Policy, Settings};
use doorward::runtime::BlockingHasher;
use doorward::{Actor, Engine, EngineParts, Layer, MemoryStore, UserDraft, UserState};
use http::{HeaderName, HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt as _;
use tower::{ServiceExt as _, service_fn};
use vectors::{Answered, Seen, Sent, Table, Tokens, Vector, tables};

#[tokio::test]
async fn the_layer_answers_every_vector_as_the_table_says() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for table in tables(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")) {
        let door = Door::open(&table).await;
        for vector in &table.vectors {
            tried += 1;
            for complaint in door.try_out(&table, vector).await {
                wrong.push(format!("{}: {} ({}): {complaint}", table.name, vector.name, vector.row));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} vectors:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 300, "only {tried} vectors were found");
}

/// A service behind the layer, and what it saw last.
struct Door {
    service: Router,
    seen: Arc<Mutex<Option<Seen>>>,
}

impl Door {
    async fn open(table: &Table) -> Self {
        let engine = engine(table).await;
        let settings = settings(table).0;
        let seen: Arc<Mutex<Option<Seen>>> = Arc::default();
        let sees = seen.clone();
        let echo = service_fn(move |request: Request<Body>| echo(request, sees.clone()));
        let layer = Layer::new(engine).trusted_proxies(TrustedProxies::new(&settings.trusted_proxies));
        let service = doorward::axum::protect(Router::new().fallback_service(echo), layer);
        Self { service, seen }
    }

    async fn try_out(&self, table: &Table, vector: &Vector) -> Vec<String> {
        let mut tokens = Tokens::new();
        for name in vector.sessions() {
            tokens.insert(name.clone(), self.log_in(table, &name, vector).await);
        }
        let sent = vector.request(table, &tokens);
        let Some(request) = request(&sent, vector.secure) else {
            return if vector.wire { vec![] } else { vec!["no HTTP library can hold it".into()] };
        };
        if vector.wire {
            return vec!["an HTTP library can hold it: it need not be for sockets alone".into()];
        }
        *self.seen.lock().expect("not poisoned") = None;
        let answered = self.send(request).await;
        vector.complaints(table, &answered)
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let Ok(response) = self.service.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is whole").to_bytes();
        Answered {
            status: parts.status.as_u16(),
            headers: texts(&parts.headers),
            body: String::from_utf8_lossy(&body).into_owned(),
            seen: self.seen.lock().expect("not poisoned").take(),
        }
    }

    /// Logs in over the own resources, as a browser does.
    async fn log_in(&self, table: &Table, name: &str, vector: &Vector) -> vectors::Token {
        let member = table.member(name);
        let claim = serde_json::json!({ "realm": member.realm, "login": member.login, "password": member.password });
        let mount = if table.rules_file == "mounted.toml" { "/auth" } else { "" };
        // A session of the kind that the vector's connection takes; where none is given over plain HTTP, one of the other kind.
        let plain = !vector.secure && table.rules_file == "home.toml";
        let host = if table.rules_file == "home.toml" { "localhost" } else { "shop.example" };
        let request = Request::post(format!("{mount}/user/sessions"))
            .header("host", host)
            .header("content-type", "application/json")
            .extension(peer(!plain))
            .body(Body::from(claim.to_string()));
        let answered = self.send(request.expect("a request")).await;
        assert_eq!(answered.status, 201, "{name}: {}", answered.body);
        let value: serde_json::Value = serde_json::from_str(&answered.body).expect("JSON");
        let is_session = |line: &&str| !line.contains("doorward-device=");
        let mut cookies =
            answered.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, line)| line.as_str());
        let line = cookies.find(is_session).expect("a session cookie");
        let (cookie, rest) = line.split_once('=').expect("name and value");
        let token = rest.split(';').next().unwrap_or_default();
        let csrf = value["csrf_token"].as_str().expect("a token").to_owned();
        vectors::Token { cookie: cookie.into(), token: token.into(), csrf }
    }
}

fn settings(table: &Table) -> (Settings, doorward::policy::Rules) {
    Settings::parse(&table.rules_file, &table.rules, &|_| None).unwrap_or_else(|complaints| panic!("{complaints}"))
}

async fn engine(table: &Table) -> Arc<Engine> {
    let (settings, rules) = settings(table);
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).unwrap_or_else(|complaints| panic!("{complaints}"));
    let parts = EngineParts::new(policy, Arc::new(MemoryStore::new()), Arc::new(BlockingHasher::new()));
    let engine = Engine::start(parts).await.expect("an engine");
    for member in &table.cast {
        let draft = UserDraft {
            realm: Some(member.realm.clone()),
            id: Some(member.id.clone()),
            roles: member.roles.clone(),
            attributes: member.attributes.clone(),
            password: member.password.as_ref().map(|text| text.as_bytes().to_vec().into()),
            ..UserDraft::new(&member.login)
        };
        let user = engine.create_user(&Actor::console(), draft).await;
        let user = user.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", member.name));
        if member.disabled {
            engine.set_state(&Actor::console(), &user, UserState::Disabled).await.expect("disabled");
        }
    }
    engine
}

fn peer(secure: bool) -> Peer {
    Peer { address: Some(std::net::Ipv4Addr::LOCALHOST.into()), secure }
}

/// The request, if HTTP libraries can hold it as it is.
fn request(sent: &Sent, secure: bool) -> Option<Request<Body>> {
    let uri: Uri = sent.target.parse().ok()?;
    let whole = if sent.target.starts_with('/') { uri.path_and_query()?.to_string() } else { uri.to_string() };
    if whole != sent.target {
        return None;
    }
    let mut request = Request::builder().method(sent.method.as_str()).uri(uri).extension(peer(secure));
    for (name, value) in &sent.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request = request.header(name, HeaderValue::from_bytes(value).ok()?);
    }
    request.body(Body::from(sent.body.clone())).ok()
}

async fn echo(request: Request<Body>, seen: Arc<Mutex<Option<Seen>>>) -> Result<Response<Body>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or(Bytes::from_static(b"(broken off)"));
    let mut response = Response::new(Body::empty());
    for line in parts.headers.get_all("x-answer") {
        let (name, value) = line.to_str().expect("text").split_once(": ").expect("name and value");
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        response.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
    }
    *seen.lock().expect("not poisoned") = Some(Seen {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: texts(&parts.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    Ok(response)
}

fn texts(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}
