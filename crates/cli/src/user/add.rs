//! `doorward user add`.

use clap::Args;
use doorward::UserDraft;
use serde_json::{Map, Value, json};

use super::{as_json, code_as_json, named, names, print_code};
use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::{output, secret};

/// Add a user: with a first password, or with a one-time code to set one.
#[derive(Args)]
pub struct Add {
    /// What the person types to log in.
    login: String,
    /// The realm; may be left out where there is only one.
    #[arg(long)]
    realm: Option<String>,
    /// A role; several times for several. `administrator` is built in and may everything.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// An address to write to.
    #[arg(long)]
    email: Option<String>,
    /// The name to show.
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// The public id, which upstreams get; a number when absent.
    #[arg(long)]
    id: Option<String>,
    /// A value for forced parameters, `%attribute.NAME%`: JSON, or text.
    #[arg(long = "attribute", value_name = "NAME=VALUE")]
    attributes: Vec<String>,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Add {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let attributes = attributes(&self.attributes)?;
        let console = Console::open(config).await?;
        if let Some(realm) = &self.realm {
            console.realm(realm)?;
        }
        for role in &self.roles {
            console.role(role)?;
        }
        let password = if self.password_stdin {
            let [password] = secret::from_stdin()?;
            Some(password)
        } else if secret::can_ask() {
            secret::ask_new("Password (nothing for a one-time code): ")?
        } else {
            None
        };
        let needs_code = password.is_none();
        let draft = UserDraft {
            realm: self.realm,
            id: self.id,
            login: self.login,
            name: self.name,
            email: self.email,
            roles: self.roles,
            attributes,
            password,
        };
        let refused = |refusal| console.refused(refusal);
        let user = console.engine.create_user(&console.actor, draft).await.map_err(refused)?;
        let code = match needs_code {
            true => Some(console.engine.issue_code(&console.actor, &user).await.map_err(refused)?),
            false => None,
        };
        if self.json {
            // As `user reset` and the admin resources show a code, beside the user whom it is for.
            let mut added = code.as_ref().map_or_else(|| json!({ "code": null, "expires_at": null }), code_as_json);
            added["user"] = as_json(&user);
            return output::json(&added);
        }
        let roles =
            if user.roles.is_empty() { String::new() } else { format!(", with the roles {}", names(&user.roles)) };
        output::line(format_args!("Added {}, id {}{roles}.", named(&user), user.id))?;
        match code {
            Some(code) => print_code(&user, &code, &console),
            None => Ok(()),
        }
    }
}

fn attributes(pairs: &[String]) -> Result<Map<String, Value>, Usage> {
    let mut map = Map::new();
    for pair in pairs {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| Usage(format!("{pair}: write --attribute NAME=VALUE")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        map.insert(name.to_owned(), value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_json_or_else_text() {
        let pairs = ["cart_id=7", "name=x=y", "vip=true"].map(str::to_owned);
        let map = attributes(&pairs).expect("attributes");
        assert_eq!(Value::Object(map), json!({ "cart_id": 7, "name": "x=y", "vip": true }));
        assert!(attributes(&["cart".to_owned()]).is_err());
    }
}
