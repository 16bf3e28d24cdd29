//! An axum service behind Doorward: log-in, sessions, CSRF protection and permissions, on one screen.
//!
//! ```sh
//! cargo run -p doorward --example layer          # another port: `-- 3001`, or PORT=3001
//! export TO=http://localhost:3000 JSON='Content-Type: application/json'
//!
//! curl -i $TO/countries                          # 200: anonymous
//! curl -i $TO/orders                             # 401: nobody is logged in
//! curl -i -c jar -H "$JSON" -d '{"login":"anna","password":"seven grey herons at noon"}' $TO/user/sessions   # 201
//! curl -i -b jar $TO/orders                      # 200: hello anna
//! curl -i -b jar -X POST $TO/orders              # 403: nothing proves that it was meant
//! TOKEN=$(curl -s -b jar $TO/user/csrf | cut -d'"' -f4)
//! curl -i -b jar -H "X-CSRF: $TOKEN" -X POST $TO/orders                # 200
//! curl -i -u 'anna:seven grey herons at noon' $TO/orders               # 200: HTTP Basic
//! curl -i -b jar $TO/reports                     # 403: she lacks Shop::reports
//! curl -i -b jar -H "X-CSRF: $TOKEN" -X DELETE $TO/user/sessions       # 204: logged out
//! ```

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, routing::get};
use doorward::axum::{User, maintain, own_routes, protect};
use doorward::policy::{Draft, Policy, Settings};
use doorward::runtime::BlockingHasher;
use doorward::{Actor, Engine, EngineParts, MemoryStore, UserDraft};

/// What would stand in a file, which a gateway could serve as it is.
const RULES: &str = r#"
basic = { enabled = true, allow_insecure = true }       # over plain HTTP, for this example alone

[[route]]
match = "GET /countries"
access = "anonymous"

[[route]]
match = "GET,POST /orders"
access = "self"

[[route]]
match = "GET /reports"
access = "Shop::reports"

[[acl]]
id = "Shop::all"
children = [{ id = "Shop::reports" }]
"#;

async fn orders(user: User) -> String {
    format!("hello {}, here are your orders\n", user.login)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (settings, rules) = Settings::parse("RULES", RULES, &|name| std::env::var(name).ok())?;
    let rules = [rules];
    let policy = Policy::compile(&Draft { own: own_routes(), ..Draft::new(&settings, &rules) })?;
    let engine =
        Engine::start(EngineParts::new(policy, Arc::new(MemoryStore::new()), Arc::new(BlockingHasher::new()))).await?;
    let password = b"seven grey herons at noon".to_vec();
    let anna = UserDraft { password: Some(password.into()), ..UserDraft::new("anna") };
    engine.create_user(&Actor::console(), anna).await.map_err(|refusal| refusal.code())?;

    let service = Router::new()
        .route("/countries", get(async || "Austria, Belgium, Croatia\n"))
        .route("/orders", get(orders).post(orders))
        .route("/reports", get(async || "nobody sees this without the resource\n"));
    let app = protect(service, engine.clone());
    tokio::spawn(maintain(engine));

    let port = std::env::args().nth(1).or_else(|| std::env::var("PORT").ok()).unwrap_or_else(|| "3000".into());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}
