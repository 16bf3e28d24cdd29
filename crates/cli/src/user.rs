//! `doorward user`.

mod add;
mod list;
mod passwd;
mod remove;
mod reset;
mod roles;
mod show;
mod state;

use std::path::Path;

use clap::{Args, Subcommand};
use doorward::{Name, OneTimeCode, User, UserState};
use serde_json::{Value, json};

use crate::config::Config;
use crate::console::Console;
use crate::output;

/// Add, show and alter users. What is changed holds in a running server within a second.
#[derive(Args)]
pub struct Users {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Add(add::Add),
    List(list::List),
    Show(show::Show),
    Passwd(passwd::Passwd),
    Reset(reset::Reset),
    Grant(roles::Grant),
    Revoke(roles::Revoke),
    Disable(state::Disable),
    Enable(state::Enable),
    Unlock(state::Unlock),
    Remove(remove::Remove),
}

impl Users {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        match self.verb {
            Verb::Add(add) => add.run(&config).await,
            Verb::List(list) => list.run(&Console::look_into(&config).await?).await,
            Verb::Show(show) => show.run(&Console::look_into(&config).await?).await,
            Verb::Passwd(passwd) => passwd.run(&Console::look_into(&config).await?).await,
            Verb::Reset(reset) => reset.run(&Console::look_into(&config).await?).await,
            Verb::Grant(grant) => grant.run(&Console::look_into(&config).await?).await,
            Verb::Revoke(revoke) => revoke.run(&Console::look_into(&config).await?).await,
            Verb::Disable(disable) => disable.run(&Console::look_into(&config).await?).await,
            Verb::Enable(enable) => enable.run(&Console::look_into(&config).await?).await,
            Verb::Unlock(unlock) => unlock.run(&Console::look_into(&config).await?).await,
            Verb::Remove(remove) => remove.run(&Console::look_into(&config).await?).await,
        }
    }
}

/// Which user.
#[derive(Args)]
struct Whom {
    /// The login.
    login: String,
    /// The realm, where several have such a login.
    #[arg(long)]
    realm: Option<String>,
}

impl Whom {
    async fn find(&self, console: &Console) -> anyhow::Result<User> {
        console.user(&self.login, self.realm.as_deref()).await
    }
}

/// `anna@example.com (customer)`.
fn named(user: &User) -> String {
    format!("{} ({})", user.login, user.realm)
}

fn word(state: UserState) -> &'static str {
    match state {
        UserState::Active => "active",
        UserState::Disabled => "disabled",
    }
}

fn names(roles: &[Name]) -> String {
    roles.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

/// A user as the admin resources show one.
fn as_json(user: &User) -> Value {
    json!({
        "id": user.id,
        "realm": user.realm,
        "login": user.login,
        "name": user.name,
        "email": user.email,
        "roles": user.roles,
        "state": word(user.state),
        "attributes": user.attributes,
        "has_password": user.password.is_some(),
        "failures": user.failures,
        "created_at": output::time(user.created),
        "last_login_at": user.last_login.map(output::time),
        "last_seen_at": user.last_seen.map(output::time),
        "version": user.version().to_string(),
    })
}

/// A code as the admin resources show one.
fn code_as_json(code: &OneTimeCode) -> Value {
    json!({ "code": code.code.as_str(), "expires_at": output::time(code.expires) })
}

/// Shows a code, this once. It stands beside the address and not within: addresses are kept in histories and logs.
fn print_code(user: &User, code: &OneTimeCode, console: &Console) -> anyhow::Result<()> {
    output::line(format_args!("One-time code: {}", code.code.as_str()))?;
    output::line(format_args!("  for {}, until {}; it is not shown again.", named(user), output::time(code.expires)))?;
    let place = console.own_place();
    output::line(format_args!("  To set a password with it: {place}/login/code"))?;
    output::line(format_args!("  Programs use POST {place}/user/password-reset"))?;
    Ok(())
}
