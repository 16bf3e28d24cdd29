//! `doorward user show`.

use clap::Args;

use super::{Whom, as_json, names, word};
use crate::console::Console;
use crate::output;

/// Show a user.
#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    whom: Whom,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let user = self.whom.find(console).await?;
        if self.json {
            return output::json(&as_json(&user));
        }
        let roles = if user.roles.is_empty() { "none".to_owned() } else { names(&user.roles) };
        let mut lines = vec![
            ("login", user.login.to_string()),
            ("realm", user.realm.to_string()),
            ("id", user.id.to_string()),
            ("name", user.name.clone()),
            ("e-mail", user.email.clone().unwrap_or_else(|| "none".to_owned())),
            ("roles", roles),
            ("state", word(user.state).to_owned()),
            ("password", if user.password.is_some() { "set" } else { "none yet" }.to_owned()),
            ("failures", user.failures.to_string()),
            ("added", output::time(user.created)),
            ("last log-in", user.last_login.map_or_else(|| "never".to_owned(), output::time)),
            ("last seen", user.last_seen.map_or_else(|| "never".to_owned(), output::time)),
        ];
        if !user.attributes.is_empty() {
            lines.push(("attributes", serde_json::to_string(&user.attributes)?));
        }
        for (name, value) in lines {
            output::line(format_args!("{name:<12}  {value}"))?;
        }
        Ok(())
    }
}
