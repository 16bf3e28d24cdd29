//! `doorward audit`.

use std::path::Path;

use clap::Args;
use doorward::audit::{Event, StoredEvent};
use doorward::store::EventFilter;
use serde_json::{Value, json};

use crate::config::Config;
use crate::console::Console;
use crate::listing::Part;
use crate::moment::Moment;
use crate::output::{self, Table};

/// Show what happened, the newest first: log-ins, refusals, log-outs and changes.
#[derive(Args)]
pub struct Audit {
    /// Of this kind: log_in, log_out, refused, session_ended, user_created, user_roles, password_set, role_changed, reloaded
    /// and so on.
    #[arg(long)]
    kind: Option<String>,
    /// In this realm.
    #[arg(long)]
    realm: Option<String>,
    /// About or by the user with this login; `cli` for what was done at the console.
    #[arg(long)]
    login: Option<String>,
    /// From this address.
    #[arg(long)]
    address: Option<String>,
    /// With this outcome: `ok`, `bad_credentials`, `forbidden` and so on.
    #[arg(long)]
    outcome: Option<String>,
    /// At or after: `2026-01-31T12:00:00Z`, or so long ago: `2h`.
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// Before.
    #[arg(long, value_name = "WHEN")]
    until: Option<Moment>,
    #[command(flatten)]
    part: Part,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        let console = Console::look_into(&config).await?;
        let now = console.engine.now();
        let filter = EventFilter {
            kind: self.kind,
            realm: self.realm.as_deref().map(|name| console.realm(name)).transpose()?,
            login: self.login,
            address: self.address,
            outcome: self.outcome,
            since: self.since.map(|moment| moment.at(now)),
            until: self.until.map(|moment| moment.at(now)),
        };
        let listed = self.part.gather(async |page| console.store().events(filter.clone(), page).await).await?;
        if self.json {
            let items: Vec<Value> = listed.items.iter().map(as_json).collect();
            return output::json(&json!({ "items": items, "next": listed.next }));
        }
        let mut table = Table::new(&["WHEN", "WHAT", "OUTCOME", "REALM", "WHO", "BY", "FROM", "DETAIL"]);
        for StoredEvent { event, .. } in &listed.items {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            table.row([
                output::time(event.at),
                event.kind.clone(),
                event.outcome.clone(),
                event.realm.as_ref().map(ToString::to_string).unwrap_or_default(),
                text(&event.login),
                text(&event.actor),
                text(&event.address),
                detail(event),
            ]);
        }
        table.print()?;
        self.part.say_more(&listed)
    }
}

/// The rest of an event in one line.
fn detail(event: &Event) -> String {
    let omitted = (event.omitted > 0).then(|| format!("{} more like it", event.omitted));
    let parts = [event.request.clone(), event.detail.clone(), omitted];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn as_json(stored: &StoredEvent) -> Value {
    let event = &stored.event;
    json!({
        "number": stored.number,
        "at": output::time(event.at),
        "kind": event.kind,
        "outcome": event.outcome,
        "realm": event.realm,
        "login": event.login,
        "actor": event.actor,
        "session": event.session,
        "address": event.address,
        "request": event.request,
        "request_id": event.request_id,
        "detail": event.detail,
        "omitted": event.omitted,
    })
}
