//! `doorward user reset`.

use clap::Args;

use super::{Whom, code_as_json, print_code};
use crate::console::Console;
use crate::output;

/// Issue a one-time code with which a user sets a new password. Earlier codes are void; the old password stays until then.
#[derive(Args)]
pub struct Reset {
    #[command(flatten)]
    whom: Whom,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Reset {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let user = self.whom.find(console).await?;
        let code =
            console.engine.issue_code(&console.actor, &user).await.map_err(|refusal| console.refused(refusal))?;
        if self.json {
            return output::json(&code_as_json(&code));
        }
        print_code(&user, &code, console)
    }
}
