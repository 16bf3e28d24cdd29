//! `doorward audit`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;
use doorward::audit::{Event, EventKind, StoredEvent};
use doorward::store::EventFilter;
use doorward::{Login, UserNumber};
use serde_json::{Value, json};

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::listing::Part;
use crate::moment::Moment;
use crate::output::{self, Table};

/// Show what happened, the newest first: log-ins, refusals, log-outs and changes.
#[derive(Args)]
pub struct Audit {
    /// Of this kind.
    #[arg(long, value_parser = PossibleValuesParser::new(EventKind::ALL.map(EventKind::code)))]
    kind: Option<String>,
    /// In this realm.
    #[arg(long)]
    realm: Option<String>,
    /// About or by the user with this login; `cli` for what was done at the console.
    #[arg(long)]
    login: Option<String>,
    /// From this address.
    #[arg(long)]
    address: Option<IpAddr>,
    /// With this outcome: `ok`, or the code of a refusal, `bad_credentials`, `forbidden` and so on.
    #[arg(long, value_parser = outcome)]
    outcome: Option<String>,
    /// At or after: `2026-01-31T12:00:00Z`, or so long ago: `2h`.
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// Before this, said in the same way.
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
        let (since, until) = (self.since.map(|moment| moment.at(now)), self.until.map(|moment| moment.at(now)));
        if let (Some(since), Some(until)) = (since, until)
            && until <= since
        {
            let text = format!("nothing is after {} and before {}", output::time(since), output::time(until));
            return Err(Usage(format!("{text}: let --until be later than --since")).into());
        }
        // In the form in which it is written down, `cli` and `system` included.
        let spelled = |login: &String| Login::parse(login).map_err(|wrong| Usage(format!("{login}: {wrong}")));
        let filter = EventFilter {
            number: None,
            kind: self.kind,
            realm: self.realm.as_deref().map(|name| console.realm(name)).transpose()?,
            login: self.login.as_ref().map(spelled).transpose()?.map(|login| login.to_string()),
            address: self.address.map(|address| address.to_canonical().to_string()),
            outcome: self.outcome,
            since,
            until,
        };
        let listed = self.part.gather(async |page| console.store().events(filter.clone(), page).await).await?;
        let people = People::of(&console, &listed.items).await?;
        if self.json {
            let items: Vec<Value> = listed.items.iter().map(|stored| as_json(stored, &people)).collect();
            return output::json(&json!({ "items": items, "next": listed.next }));
        }
        let mut table = Table::new(&["WHEN", "WHAT", "OUTCOME", "REALM", "WHO", "BY", "FROM", "DETAIL"]);
        for StoredEvent { event, .. } in &listed.items {
            let login = people.login(event).unwrap_or_default().to_owned();
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            table.row([
                output::time(event.at),
                event.kind.clone(),
                event.outcome.clone(),
                event.realm.as_ref().map(ToString::to_string).unwrap_or_default(),
                login,
                text(&event.actor),
                text(&event.address),
                detail(event),
            ]);
        }
        table.print()?;
        self.part.say_more(&listed)
    }
}

/// A word for how something went.
fn outcome(text: &str) -> Result<String, &'static str> {
    let is_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_word { Ok(text.to_owned()) } else { Err("write ok, or the code of a refusal") }
}

/// The rest of an event in one line.
fn detail(event: &Event) -> String {
    let omitted = (event.omitted > 0).then(|| format!("{} more like it", event.omitted));
    let parts = [event.request.clone(), event.detail.clone(), omitted];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Whom events are about, by number: of a wrong password nothing else is noted.
struct People(HashMap<u32, (String, String)>);

impl People {
    async fn of(console: &Console, events: &[StoredEvent]) -> anyhow::Result<Self> {
        let mut known = HashMap::new();
        for number in events.iter().filter_map(|stored| stored.event.user) {
            if known.contains_key(&number) {
                continue;
            }
            if let Some(user) = console.store().user(UserNumber(number)).await? {
                known.insert(number, (user.id.to_string(), user.login.to_string()));
            }
        }
        Ok(Self(known))
    }

    fn id(&self, event: &Event) -> Option<&str> {
        Some(&self.0.get(&event.user?)?.0)
    }

    /// What they were called at the time goes before what they are called now.
    fn login<'a>(&'a self, event: &'a Event) -> Option<&'a str> {
        event.login.as_deref().or_else(|| Some(&self.0.get(&event.user?)?.1))
    }
}

/// An event as `/admin/audit` shows one.
fn as_json(stored: &StoredEvent, people: &People) -> Value {
    let event = &stored.event;
    json!({
        "number": stored.number,
        "at": output::time(event.at),
        "kind": event.kind,
        "outcome": event.outcome,
        "realm": event.realm,
        "user": people.id(event),
        "login": people.login(event),
        "actor": event.actor,
        "session": event.session,
        "address": event.address,
        "request": event.request,
        "request_id": event.request_id,
        "detail": event.detail,
        "omitted": event.omitted,
    })
}
