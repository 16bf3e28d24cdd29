//! `doorward user list`.

use clap::{Args, ValueEnum};
use doorward::UserState;
use doorward::store::UserFilter;
use serde_json::json;

use super::{as_json, names, word};
use crate::console::Console;
use crate::listing::Part;
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

impl List {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let filter = UserFilter {
            realm: self.realm.as_deref().map(|name| console.realm(name)).transpose()?,
            role: self.role.as_deref().map(|name| console.role(name)).transpose()?,
            state: self.state.map(|state| match state {
                State::Active => UserState::Active,
                State::Disabled => UserState::Disabled,
            }),
            search: self.search,
        };
        let listed = self.part.gather(async |page| console.store().users(filter.clone(), page).await).await?;
        if self.json {
            let items: Vec<_> = listed.items.iter().map(as_json).collect();
            return output::json(&json!({ "items": items, "next": listed.next }));
        }
        let mut table = Table::new(&["LOGIN", "REALM", "ID", "NAME", "ROLES", "STATE", "LAST LOG-IN"]);
        for user in &listed.items {
            table.row([
                user.login.to_string(),
                user.realm.to_string(),
                user.id.to_string(),
                user.name.clone(),
                names(&user.roles),
                word(user.state).to_owned(),
                user.last_login.map_or_else(|| "never".to_owned(), output::time),
            ]);
        }
        table.print()?;
        self.part.say_more(&listed)
    }
}
