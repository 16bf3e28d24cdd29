//! `doorward user remove`.

use clap::Args;

use super::{Whom, named};
use crate::console::Console;
use crate::output;

/// Remove a user for good, with sessions and codes. To keep somebody out for a while, `disable`.
#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    whom: Whom,
}

impl Remove {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let user = self.whom.find(console).await?;
        console.engine.remove_user(&console.actor, &user).await.map_err(|refusal| console.refused(refusal))?;
        output::line(format_args!("{} is gone.", named(&user)))?;
        Ok(())
    }
}
