//! `doorward user disable`, `enable` and `unlock`.

use clap::Args;
use doorward::UserState;

use super::{Whom, named};
use crate::console::Console;
use crate::output;

/// Keep a user from logging in, and end all their sessions.
#[derive(Args)]
pub struct Disable {
    #[command(flatten)]
    whom: Whom,
}

/// Let a user log in again.
#[derive(Args)]
pub struct Enable {
    #[command(flatten)]
    whom: Whom,
}

/// Forgive a user's failed log-ins.
#[derive(Args)]
pub struct Unlock {
    #[command(flatten)]
    whom: Whom,
}

impl Disable {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        set(console, &self.whom, UserState::Disabled, "is disabled; their sessions have ended").await
    }
}

impl Enable {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        set(console, &self.whom, UserState::Active, "may log in").await
    }
}

impl Unlock {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let user = self.whom.find(console).await?;
        console.engine.unlock_user(&console.actor, &user).await.map_err(|refusal| console.refused(refusal))?;
        output::line(format_args!("{} may try again.", named(&user)))?;
        Ok(())
    }
}

async fn set(console: &Console, whom: &Whom, state: UserState, told: &str) -> anyhow::Result<()> {
    let user = whom.find(console).await?;
    console.engine.set_state(&console.actor, &user, state).await.map_err(|refusal| console.refused(refusal))?;
    output::line(format_args!("{} {told}.", named(&user)))?;
    Ok(())
}
