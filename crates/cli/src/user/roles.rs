//! `doorward user grant` and `doorward user revoke`.

use clap::Args;

use super::{Whom, named, names};
use crate::console::Console;
use crate::output;

/// Give roles to a user, whose sessions end by it.
#[derive(Args)]
pub struct Grant {
    #[command(flatten)]
    whom: Whom,
    /// The roles.
    #[arg(required = true, value_name = "ROLE")]
    roles: Vec<String>,
}

/// Take roles from a user, whose sessions end by it.
#[derive(Args)]
pub struct Revoke {
    #[command(flatten)]
    whom: Whom,
    /// The roles.
    #[arg(required = true, value_name = "ROLE")]
    roles: Vec<String>,
}

impl Grant {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        for role in &self.roles {
            console.role(role)?;
        }
        change(console, &self.whom, &self.roles, &[]).await
    }
}

impl Revoke {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        change(console, &self.whom, &[], &self.roles).await
    }
}

async fn change(console: &Console, whom: &Whom, add: &[String], remove: &[String]) -> anyhow::Result<()> {
    let before = whom.find(console).await?;
    for role in remove {
        // A slip of the pen must not look like a success.
        anyhow::ensure!(
            before.roles.iter().any(|own| own.as_str() == role),
            "{} does not have the role {role}",
            named(&before)
        );
    }
    let changed = console.engine.change_roles(&console.actor, &before, add, remove).await;
    let after = changed.map_err(|refusal| console.refused(refusal))?;
    let roles =
        if after.roles.is_empty() { "no roles".to_owned() } else { format!("the roles {}", names(&after.roles)) };
    let ended = if before.roles == after.roles { "" } else { " Their sessions have ended." };
    output::line(format_args!("{} has {roles} now.{ended}", named(&after)))?;
    Ok(())
}
