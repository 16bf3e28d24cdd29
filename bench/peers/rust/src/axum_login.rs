//! axum-login over the session stores that people choose. A session ends with the browser's, as it comes: one that ends
//! after idle time would be written in each request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;

use ::axum_login::tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};
use ::axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, login_required};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use axum::{Form, Router};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike as _, Config, Pool};
use tower_sessions_sqlx_store::SqliteStore;

use crate::{ANSWER, Credentials, say};

/// Connections to Redis: as many as connections of the load, halved, so that none of the two waits for the other.
const POOL: usize = 16;

pub(crate) fn in_memory() -> anyhow::Result<()> {
    runtime()?.block_on(serve(MemoryStore::default()))
}

pub(crate) fn in_sqlite(file: &Path) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Wal)).await?;
        let store = SqliteStore::new(pool);
        store.migrate().await?;
        serve(store).await
    })
}

pub(crate) fn in_redis(redis: SocketAddr) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let pool = Pool::new(Config::from_url(&format!("redis://{redis}"))?, None, None, None, POOL)?;
        let _lives_as_long_as_we = pool.connect();
        pool.wait_for_connect().await?;
        serve(RedisStore::new(pool)).await
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

async fn serve(store: impl SessionStore + Clone) -> anyhow::Result<()> {
    let sessions = SessionManagerLayer::new(store).with_secure(false);
    let service = Router::new()
        .route("/me", get(async || ([(CONTENT_TYPE, "application/json")], ANSWER)))
        .route_layer(login_required!(People))
        .route("/login", post(log_in))
        .layer(AuthManagerLayerBuilder::new(People, sessions).build());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    say(listener.local_addr()?)?;
    Ok(axum::serve(listener, service).await?)
}

async fn log_in(mut session: AuthSession<People>, Form(credentials): Form<Credentials>) -> StatusCode {
    match session.authenticate(credentials).await {
        Ok(Some(user)) => match session.login(&user).await {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        },
        Ok(None) => StatusCode::UNAUTHORIZED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Everybody who may log in: one, who is known without a look into any store.
#[derive(Clone)]
struct People;

#[derive(Clone, Debug)]
struct Anna;

impl AuthUser for Anna {
    type Id = u32;

    fn id(&self) -> u32 {
        7
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"a hash that changes with the password"
    }
}

impl AuthnBackend for People {
    type User = Anna;
    type Credentials = Credentials;
    type Error = Infallible;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Anna>, Infallible> {
        Ok(credentials.are_right().then_some(Anna))
    }

    async fn get_user(&self, id: &u32) -> Result<Option<Anna>, Infallible> {
        Ok((*id == 7).then_some(Anna))
    }
}
