//! A service in axum, in a process of its own: bare, or behind the layer.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use clap::Args;
use doorward::axum::{maintain, own_routes, protect};
use doorward::policy::{Draft, Policy, Settings};
use doorward::{Engine, EngineParts};
use doorward_server::HashThreads;
use doorward_store::Sqlite;
use http_body_util::BodyExt as _;

use crate::check::ANSWER;
use crate::server::Server;

#[derive(Args)]
pub(crate) struct Options {
    /// Rules: with them the service stands behind the layer.
    #[arg(long)]
    rules: Option<std::path::PathBuf>,
    /// The database that goes with the rules.
    #[arg(long, requires = "rules")]
    data: Option<std::path::PathBuf>,
}

/// Starts it, bare or with these rules and this database.
pub(crate) fn start(protected: Option<(&Path, &Path)>) -> anyhow::Result<Server> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("service").stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some((rules, data)) = protected {
        command.arg("--rules").arg(rules).arg("--data").arg(data);
    }
    Server::listening(&mut command)
}

pub(crate) fn serve(options: &Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let answer = || get(async || ([(CONTENT_TYPE, "application/json")], ANSWER));
        let mut service =
            Router::new().route("/", answer()).route("/me", answer()).route("/upload", post(read_to_the_end));
        if let (Some(rules), Some(data)) = (&options.rules, &options.data) {
            let engine = engine(rules, data).await?;
            service = protect(service, engine.clone());
            tokio::spawn(maintain(engine));
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(std::io::stdout(), "listening on {}", listener.local_addr()?)?;
        Ok(axum::serve(listener, service.into_make_service_with_connect_info::<SocketAddr>()).await?)
    })
}

async fn engine(rules: &Path, data: &Path) -> anyhow::Result<Arc<Engine>> {
    let text = std::fs::read_to_string(rules)?;
    let (settings, rules) =
        Settings::parse("doorward.toml", &text, &|_| None).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let draft = Draft { own: own_routes(), ..Draft::new(&settings, std::slice::from_ref(&rules)) };
    let policy = Policy::compile(&draft).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let (store, hasher) = (Arc::new(Sqlite::open(data)?), Arc::new(HashThreads::start(1)?));
    Ok(Engine::start(EngineParts::new(policy, store, hasher)).await?)
}

/// Answers when it has all of the body, and keeps nothing of it.
async fn read_to_the_end(request: Request<Body>) -> String {
    let (mut body, mut length) = (request.into_body(), 0);
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.data_ref().map_or(0, |data| data.len());
    }
    length.to_string()
}
