//! `doorward user list`.

use clap::{Args, ValueEnum};
use doorward::UserState;
use doorward::store::{UserFilter, UserKey, UserOrder};
use serde_json::json;

use super::{as_json, names, word};
use crate::console::Console;
use crate::listing::Part;
use crate::moment::Moment;
use crate::output::{self, Table};

/// List users.
#[derive(Args)]
pub struct List {
    /// Of this realm.
    #[arg(long)]
    realm: Option<String>,
    /// With this role.
    #[arg(long)]
    role: Option<String>,
    /// In this state.
    #[arg(long)]
    state: Option<State>,
    /// Whose login, e-mail or name begins with this.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Seen before this and not since: `2026-01-31`, or so long ago: `90d`.
    #[arg(long, value_name = "WHEN")]
    seen_before: Option<Moment>,
    /// Seen then or later.
    #[arg(long, value_name = "WHEN")]
    seen_after: Option<Moment>,
    /// Never seen.
    #[arg(long, conflicts_with_all = ["seen_before", "seen_after"])]
    never_seen: bool,
    /// In this order; whoever was never seen comes before all others by `last-seen`.
    #[arg(long, value_name = "ORDER", default_value = "login")]
    sort: Sort,
    /// The last one first.
    #[arg(long)]
    reverse: bool,
    #[command(flatten)]
    part: Part,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Active,
    Disabled,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    Login,
    LastSeen,
    Created,
}

impl List {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let now = console.engine.now();
        let filter = UserFilter {
            realm: self.realm.as_deref().map(|name| console.realm(name)).transpose()?,
            role: self.role.as_deref().map(|name| console.role(name)).transpose()?,
            state: self.state.map(|state| match state {
                State::Active => UserState::Active,
                State::Disabled => UserState::Disabled,
            }),
            search: self.search,
            seen_before: self.seen_before.map(|moment| moment.at(now)),
            seen_after: self.seen_after.map(|moment| moment.at(now)),
            never_seen: self.never_seen.then_some(true),
            ..UserFilter::default()
        };
        let by = match self.sort {
            Sort::Login => UserKey::Login,
            Sort::LastSeen => UserKey::LastSeen,
            Sort::Created => UserKey::Created,
        };
        let order = UserOrder { by, descending: self.reverse };
        let listed = self.part.gather(async |page| console.store().users(filter.clone(), order, page).await).await?;
        if self.json {
            let items: Vec<_> = listed.items.iter().map(as_json).collect();
            return output::json(&json!({ "items": items, "next": listed.next }));
        }
        let mut table = Table::new(&["LOGIN", "REALM", "ID", "NAME", "ROLES", "STATE", "LAST SEEN"]);
        for user in &listed.items {
            table.row([
                user.login.to_string(),
                user.realm.to_string(),
                user.id.to_string(),
                user.name.clone(),
                names(&user.roles),
                word(user.state).to_owned(),
                user.last_seen.map_or_else(|| "never".to_owned(), output::time),
            ]);
        }
        table.print()?;
        self.part.say_more(&listed)
    }
}
