//! actix-session: all of the session in a signed cookie, which nobody can end, or in Redis.

use std::net::SocketAddr;

use actix_session::config::CookieContentSecurity;
use actix_session::storage::{CookieSessionStore, RedisSessionStore, SessionStore};
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::{ANSWER, Credentials, say};

const USER: &str = "user";

pub(crate) fn in_the_cookie() -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(serve(CookieSessionStore::default))
}

pub(crate) fn in_redis(redis: SocketAddr) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let store = RedisSessionStore::new(format!("redis://{redis}")).await?;
        serve(move || store.clone()).await
    })
}

/// With a worker for each core, as it comes.
async fn serve<S: SessionStore + 'static>(store: impl Fn() -> S + Clone + Send + 'static) -> anyhow::Result<()> {
    let key = Key::generate();
    let server = HttpServer::new(move || {
        let sessions = SessionMiddleware::builder(store(), key.clone())
            .cookie_secure(false)
            .cookie_content_security(CookieContentSecurity::Signed)
            .build();
        App::new().wrap(sessions).route("/me", web::get().to(me)).route("/login", web::post().to(log_in))
    });
    let server = server.bind("127.0.0.1:0")?;
    for address in server.addrs() {
        say(address)?;
    }
    Ok(server.run().await?)
}

async fn me(session: Session) -> HttpResponse {
    match session.get::<u32>(USER) {
        Ok(Some(_)) => HttpResponse::Ok().content_type("application/json").body(ANSWER),
        Ok(None) => HttpResponse::Unauthorized().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

async fn log_in(session: Session, credentials: web::Form<Credentials>) -> HttpResponse {
    if !credentials.are_right() {
        return HttpResponse::Unauthorized().finish();
    }
    session.renew();
    match session.insert(USER, 7_u32) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}
