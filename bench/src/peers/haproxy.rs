//! HAProxy, plain or with Basic.

use std::process::Command;

use crate::house::basic;
use crate::place::PASSWORD;
use crate::run::Run;

use super::passwords::{NOT_THE_PASSWORD, bcrypt};
use super::site::{first_line, free_address, number};
use super::{Door, Peer, Site, Started};

/// What it asks for.
pub(crate) enum Haproxy {
    Nothing,
    /// Basic, with a password that stands in its configuration as it is.
    PlainText,
    /// Basic, with a hash, which it computes for each request.
    Bcrypt,
}

impl Peer for Haproxy {
    fn name(&self) -> &str {
        match self {
            Self::Nothing => "HAProxy, plain proxy, no authentication",
            Self::PlainText => "HAProxy, Basic, passwords in plain text",
            Self::Bcrypt => "HAProxy, Basic, bcrypt 10",
        }
    }

    fn version(&self, _: &Run) -> anyhow::Result<String> {
        number(&first_line(Command::new("haproxy").arg("-v"))?)
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let address = free_address()?;
        let user = match self {
            Self::Nothing => None,
            // What HAProxy reads ends at a blank.
            Self::PlainText => Some(format!("insecure-password {}", PASSWORD.replace(' ', "\\ "))),
            Self::Bcrypt => Some(format!("password {}", bcrypt()?)),
        };
        let (users, rule) = match &user {
            Some(user) => (
                format!("userlist people\n user anna {user}\n\n"),
                " http-request auth realm bench unless { http_auth(people) }\n",
            ),
            None => (String::new(), ""),
        };
        let file = site.write(
            "haproxy.cfg",
            &format!(
                "defaults\n mode http\n timeout connect 10s\n timeout client 600s\n timeout server 600s\n \
                 http-reuse always\n\n{users}frontend gateway\n bind {address}\n{rule} option forwardfor\n \
                 default_backend api\n\nbackend api\n server api {}\n",
                site.upstream
            ),
        )?;
        let mut command = Command::new("haproxy");
        let process = site.start(command.args(["-db", "-f"]).arg(file), address)?;
        let door = match self {
            Self::Nothing => Door::Open,
            _ => Door::Guarded { right: basic(PASSWORD), wrong: basic(NOT_THE_PASSWORD) },
        };
        Ok(Started { processes: vec![process], url: format!("http://{address}/me"), door })
    }
}
