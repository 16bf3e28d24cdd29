//! Caddy, plain or with Basic.

use std::process::Command;

use crate::house::basic;
use crate::place::PASSWORD;
use crate::run::Run;

use super::passwords::{NOT_THE_PASSWORD, bcrypt};
use super::site::{first_line, free_address, number};
use super::{Door, Peer, Site, Started};

/// What it asks for.
pub(crate) enum Caddy {
    Nothing,
    /// Basic. It keeps passwords that were right, so that it hashes each once.
    Bcrypt,
}

impl Peer for Caddy {
    fn name(&self) -> &str {
        match self {
            Self::Nothing => "Caddy, plain proxy, no authentication",
            Self::Bcrypt => "Caddy, Basic, bcrypt 10, with its hash cache",
        }
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        number(&first_line(Command::new("caddy").arg("version"))?)
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let address = free_address()?;
        let ask = match self {
            Self::Nothing => String::new(),
            Self::Bcrypt => format!("basicauth {{\n anna {}\n}}\n", base64(&bcrypt()?)),
        };
        let file = site.write(
            "Caddyfile",
            &format!(
                "{{\n admin off\n auto_https off\n}}\n\
                 http://{address} {{\n {ask} reverse_proxy {} {{\n transport http {{\n \
                 keepalive_idle_conns_per_host 128\n }}\n }}\n}}\n",
                site.upstream
            ),
        )?;
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
        // It keeps things at home, and this is none.
        command.env("HOME", &site.folder).env("XDG_DATA_HOME", &site.folder).env("XDG_CONFIG_HOME", &site.folder);
        let process = site.start(&mut command, address)?;
        let door = match self {
            Self::Nothing => Door::Open,
            Self::Bcrypt => Door::Guarded { right: basic(PASSWORD), wrong: basic(NOT_THE_PASSWORD) },
        };
        Ok(Started { processes: vec![process], url: format!("http://{address}/me"), door })
    }
}

/// As its file wants hashes.
fn base64(text: &str) -> String {
    use base64ct::{Base64, Encoding as _};
    Base64::encode_string(text.as_bytes())
}
