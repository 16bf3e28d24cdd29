//! `doorward user grant` and `doorward user revoke`.

use clap::Args;

use super::{Whom, named, names};
use crate::console::Console;
use crate::output;

/// Give roles to a user, whose sessions end by it.
#[derive(Args)]
#[command(override_usage = "doorward user grant [OPTIONS] <LOGIN> <ROLE>...")]
pub struct Grant {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    which: Which,
}

/// Take roles from a user, whose sessions end by it.
#[derive(Args)]
#[command(override_usage = "doorward user revoke [OPTIONS] <LOGIN> <ROLE>...")]
pub struct Revoke {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    which: Which,
}

/// Which roles: named one after the other, or as `user add` does.
#[derive(Args)]
#[group(required = true, multiple = true)]
struct Which {
    /// The roles.
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// The same, as `user add` names them; several times for several.
    #[arg(long = "role", value_name = "ROLE")]
    more: Vec<String>,
}

impl Which {
    fn all(self) -> Vec<String> {
        self.roles.into_iter().chain(self.more).collect()
    }
}

impl Grant {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let roles = self.which.all();
        for role in &roles {
            console.role(role)?;
        }
        change(console, &self.whom, &roles, &[]).await
    }
}

impl Revoke {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        change(console, &self.whom, &[], &self.which.all()).await
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
