//! An engine over a real file, as a server has it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use doorward::policy::{Draft, Policy, Settings};
use doorward::{Actor, Engine, EngineParts, User, UserDraft};
use doorward_server::HashThreads;
use doorward_store::Sqlite;

/// Everybody's password here.
pub(crate) const PASSWORD: &str = "a quiet sea at night";

/// Rules with one route for users.
pub(crate) fn rules(upstream: &str, data: &Path, listen: &str) -> String {
    let data = data.display();
    format!(
        "listen = \"{listen}\"\nupstream = \"{upstream}\"\ndata = \"{data}\"\n\n\
         [[route]]\nmatch = \"GET /me\"\naccess = \"self\"\n\n\
         [[route]]\nmatch = \"GET /\"\naccess = \"anonymous\"\n"
    )
}

/// An engine with these rules, over `data`.
pub(crate) async fn engine(rules: &str, data: &Path) -> anyhow::Result<Arc<Engine>> {
    let (settings, rules) =
        Settings::parse("doorward.toml", rules, &|_| None).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let policy = Policy::compile(&Draft::new(&settings, &[rules])).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let store = Arc::new(Sqlite::open(data)?);
    let hasher = Arc::new(HashThreads::start(2)?);
    Engine::start(EngineParts::new(policy, store, hasher)).await.context("the engine does not start")
}

/// Adds a user who logs in with [`PASSWORD`].
pub(crate) async fn add_user(engine: &Engine, login: &str) -> anyhow::Result<User> {
    let draft = UserDraft {
        realm: None,
        id: None,
        login: login.to_owned(),
        name: String::new(),
        email: None,
        roles: Vec::new(),
        attributes: Default::default(),
        password: Some(PASSWORD.as_bytes().to_vec().into()),
    };
    let added = engine.create_user(&Actor::console(), draft).await;
    added.map_err(|refusal| anyhow::anyhow!("{login}: {}", refusal.code()))
}
