//! `doorward session`.

use std::net::IpAddr;
use std::path::Path;

use clap::{Args, Subcommand};
use doorward::SessionHandle;
use doorward::store::{ListedSession, SessionFilter, StoredSession};
use serde_json::{Value, json};

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::listing::Part;
use crate::moment::Moment;
use crate::output::{self, Table};

/// Show and end sessions.
#[derive(Args)]
pub struct Sessions {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List live sessions, the newest first.
    List {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        part: Part,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End sessions: those named, those that match, or all.
    End {
        /// The ids of sessions, as `session list` shows them.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        which: Which,
        /// Everybody's.
        #[arg(long, conflicts_with_all = ["ids", "login", "realm", "role", "address", "device", "before"])]
        all: bool,
    },
}

/// Which sessions. All that is given must hold.
#[derive(Args)]
struct Which {
    /// Of the user with this login.
    #[arg(long)]
    login: Option<String>,
    /// Of this realm.
    #[arg(long)]
    realm: Option<String>,
    /// Of users with this role.
    #[arg(long)]
    role: Option<String>,
    /// From this address.
    #[arg(long)]
    address: Option<IpAddr>,
    /// From a browser or client with this in its name.
    #[arg(long, value_name = "TEXT")]
    device: Option<String>,
    /// Begun before: `2026-01-31T12:00:00Z`, or so long ago: `7d`.
    #[arg(long, value_name = "WHEN")]
    before: Option<Moment>,
}

impl Which {
    fn is_empty(&self) -> bool {
        let texts = [&self.login, &self.realm, &self.role, &self.device];
        texts.iter().all(|text| text.is_none()) && self.address.is_none() && self.before.is_none()
    }

    async fn filter(&self, console: &Console) -> anyhow::Result<SessionFilter> {
        let user = match &self.login {
            Some(login) => Some(console.user(login, self.realm.as_deref()).await?.number),
            None => None,
        };
        Ok(SessionFilter {
            user,
            login: None,
            realm: self.realm.as_deref().map(|name| console.realm(name)).transpose()?,
            role: self.role.as_deref().map(|name| console.role(name)).transpose()?,
            address: self.address.map(|address| address.to_canonical().to_string()),
            device: self.device.clone(),
            created_before: self.before.map(|moment| moment.at(console.engine.now())),
            without_roles: Vec::new(),
        })
    }
}

impl Sessions {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        let console = Console::look_into(&config).await?;
        match self.verb {
            Verb::List { which, part, json } => list(&console, &which, &part, json).await,
            Verb::End { ids, which, all } => end(&console, &ids, &which, all).await,
        }
    }
}

async fn list(console: &Console, which: &Which, part: &Part, json: bool) -> anyhow::Result<()> {
    let filter = which.filter(console).await?;
    let now = console.engine.now();
    let listed = part.gather(async |page| console.store().sessions(filter.clone(), now, page).await).await?;
    if json {
        let items: Vec<Value> = listed.items.iter().map(as_json).collect();
        return output::json(&json!({ "items": items, "next": listed.next }));
    }
    let mut table = Table::new(&["ID", "LOGIN", "REALM", "BEGAN", "LAST SEEN", "ADDRESS", "DEVICE"]);
    for ListedSession { session, login, .. } in &listed.items {
        table.row([
            session.digest.handle().to_string(),
            login.to_string(),
            session.realm.to_string(),
            output::time(session.created),
            output::time(session.last_seen),
            session.address.clone(),
            device(session),
        ]);
    }
    table.print()?;
    part.say_more(&listed)
}

async fn end(console: &Console, ids: &[String], which: &Which, all: bool) -> anyhow::Result<()> {
    if !all && ids.is_empty() && which.is_empty() {
        return Err(Usage("say which sessions: an id, --login and the like, or --all".into()).into());
    }
    if !ids.is_empty() && !which.is_empty() {
        return Err(Usage("name sessions, or say what they have in common, not both".into()).into());
    }
    let mut ended = 0;
    for id in ids {
        let handle = SessionHandle::parse(id).ok_or_else(|| Usage(format!("{id} is no id of a session")))?;
        let done = console.engine.end_session(&console.actor, handle).await;
        done.map_err(|refusal| console.refused(refusal).context(format!("session {id}")))?;
        ended += 1;
    }
    if ids.is_empty() {
        let filter = which.filter(console).await?;
        let done = console.engine.end_matching(&console.actor, filter).await;
        ended = done.map_err(|refusal| console.refused(refusal))?;
    }
    let what = if ended == 1 { "1 session has" } else { &format!("{ended} sessions have") };
    output::line(format_args!("{what} ended."))?;
    Ok(())
}

/// A session as `/admin/sessions` shows one.
fn as_json(listed: &ListedSession) -> Value {
    let ListedSession { session, user_id, login } = listed;
    let mut shown = json!({
        "id": session.digest.handle().to_string(),
        "realm": session.realm,
        "user_id": user_id,
        "login": login,
        "created_at": output::time(session.created),
        "last_seen_at": output::time(session.last_seen),
        "idle_ends_at": (!session.remembered && !session.bearer).then(|| output::time(session.idle_end)),
        "ends_at": output::time(session.absolute_end),
        "authenticated_at": output::time(session.authenticated),
        "remember": session.remembered,
        "address": session.address,
        "device": session.device,
    });
    if session.bearer {
        shown["bearer"] = true.into();
    }
    shown
}

/// The browser, or the program that has a bearer token instead of a cookie.
fn device(session: &StoredSession) -> String {
    let named: String = session.device.chars().take(60).collect();
    match (session.bearer, named.is_empty()) {
        (false, _) => named,
        (true, false) => format!("bearer token, {named}"),
        (true, true) => "bearer token".to_owned(),
    }
}
