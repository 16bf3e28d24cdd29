//! `doorward user passwd`.

use std::net::{IpAddr, Ipv4Addr};

use clap::Args;
use doorward::Visit;
use doorward::client::Client;
use doorward::policy::Profile;
use http::header::{HeaderMap, HeaderValue, USER_AGENT};

use super::{Whom, named};
use crate::console::Console;
use crate::{output, secret};

/// Change one's own password: asks for the current one and a new one. For somebody who forgot theirs, `reset`.
#[derive(Args)]
pub struct Passwd {
    #[command(flatten)]
    whom: Whom,
    /// Read two lines of standard input: the current password, and the new one.
    #[arg(long)]
    password_stdin: bool,
}

impl Passwd {
    pub async fn run(self, console: &Console) -> anyhow::Result<()> {
        let user = self.whom.find(console).await?;
        let [current, new] = match self.password_stdin {
            true => secret::from_stdin()?,
            false => {
                let current = secret::ask(&format!("Current password of {}: ", named(&user)))?;
                let new = secret::ask_new("New password: ")?;
                [current, new.ok_or_else(|| anyhow::anyhow!("nothing was typed, and nothing was changed"))?]
            }
        };
        let headers: HeaderMap = [(USER_AGENT, HeaderValue::from_static("doorward user passwd"))].into_iter().collect();
        // Whoever sits here reaches the database by no network at all.
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: true, by_proxy: false };
        let visit = Visit { client, headers: &headers, request_id: None, profile: &Profile::DOORWARD };
        let changed = console.engine.replace_password(&user, current, new, &visit).await;
        // A failure is audited as it is at the door.
        console.engine.maintain().await?;
        changed.map_err(|refusal| console.refused(refusal))?;
        output::line(format_args!("The password of {} is changed; all their sessions have ended.", named(&user)))?;
        Ok(())
    }
}
