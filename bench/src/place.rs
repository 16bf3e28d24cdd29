//! An engine over a real file, as a server has it, and who is known to it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use doorward::policy::{Draft, Policy, Settings};
use doorward::store::{Change, NewUser, StoredSession};
use doorward::{
    Actor, Engine, EngineParts, Login, Name, SessionDigest, SessionToken, Time, User, UserDraft, UserState,
};
use doorward_server::HashThreads;
use doorward_store::Sqlite;

/// Everybody's password here.
pub(crate) const PASSWORD: &str = "a quiet sea at night";

/// As browsers name themselves.
const DEVICE: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// Rules with two routes for users, and one for everybody.
pub(crate) fn rules(upstream: &str, data: &Path) -> String {
    let data = data.display();
    format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"{upstream}\"\ndata = \"{data}\"\n\n\
         [[route]]\nmatch = \"GET /me\"\naccess = \"self\"\n\n\
         [[route]]\nmatch = \"GET /who\"\naccess = \"self\"\n\n\
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
pub(crate) async fn add_user(engine: &Engine, login: &str, roles: &[String]) -> anyhow::Result<User> {
    let draft = UserDraft {
        roles: roles.to_vec(),
        password: Some(PASSWORD.as_bytes().to_vec().into()),
        ..UserDraft::new(login)
    };
    let added = engine.create_user(&Actor::console(), draft).await;
    added.map_err(|refusal| anyhow::anyhow!("{login}: {}", refusal.code()))
}

/// A user without a password, of whom there may be very many.
pub(crate) fn nobody(number: u32, now: Time) -> anyhow::Result<NewUser> {
    Ok(NewUser {
        realm: Name::parse("default")?,
        id: None,
        login: Login::parse(&login(number))?,
        name: format!("User {number}"),
        email: None,
        roles: Vec::new(),
        state: UserState::Active,
        attributes: Default::default(),
        password: None,
        created: now,
    })
}

/// By what they log in, if they can.
pub(crate) fn login(number: u32) -> String {
    format!("user{number}@example.com")
}

/// A session of this user, as a log-in would make it.
pub(crate) fn session(user: &User, token: &str, now: Time) -> StoredSession {
    StoredSession {
        digest: SessionDigest::of(token),
        user: user.number,
        realm: user.realm.clone(),
        epoch: user.epoch,
        created: now,
        last_seen: now,
        idle_end: now + 43_200,
        absolute_end: now + 43_200,
        authenticated: now,
        remembered: false,
        bearer: false,
        address: "192.0.2.7".into(),
        device: DEVICE.into(),
    }
}

/// Logs a user in without a password. Gives back the token.
pub(crate) async fn log_in(engine: &Engine, user: &User) -> anyhow::Result<String> {
    let token = SessionToken::random()?;
    let session = session(user, token.expose(), engine.now());
    engine.store().commit(Change::CreateSession { session, replaces: None, limit: None }, vec![]).await?;
    Ok(token.expose().to_owned())
}
