//! Doorward before an upstream, with one user who is logged in.

use std::path::Path;

use base64ct::{Base64, Encoding as _};

use crate::check;
use crate::nginx::WHO;
use crate::place::{self, PASSWORD};
use crate::run::Run;
use crate::server::Server;

/// Routes for names and passwords.
pub(crate) const BASIC_RULES: &str = "
[[route]]
match = \"GET /basic\"
access = \"self\"
basic = true
strip_prefix = \"/basic\"

[[route]]
match = \"GET /basic/who\"
access = \"self\"
basic = true
strip_prefix = \"/basic\"

[basic]
allow_insecure = true
";

/// By what the user logs in.
const LOGIN: &str = "anna";

pub(crate) struct House {
    pub(crate) server: Server,
    /// The line of the user's cookie.
    pub(crate) cookie: String,
    /// The line of their name and password.
    pub(crate) basic: String,
    is_encrypted: bool,
    has_basic: bool,
}

/// What is asked of a house besides its upstream.
#[derive(Default)]
pub(crate) struct Wish<'a> {
    /// More rules, behind those that each house has.
    pub(crate) rules: &'a str,
    /// Roles of the user.
    pub(crate) roles: &'a [String],
}

impl House {
    pub(crate) fn start(run: &Run, folder: &Path, upstream: &str, wish: &Wish<'_>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let data = folder.join("bench.db");
        let rules = place::rules(upstream, &data) + wish.rules;
        let file = folder.join("doorward.toml");
        std::fs::write(&file, &rules)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = runtime.block_on(async {
            let engine = place::engine(&rules, &data).await?;
            let user = place::add_user(&engine, LOGIN, wish.roles).await?;
            place::log_in(&engine, &user).await
        })?;
        drop(runtime);
        let is_encrypted = wish.rules.contains("[tls]");
        let name = if is_encrypted { "__Host-doorward-default" } else { "doorward-default" };
        Ok(Self {
            server: Server::start(&run.doorward, &file)?,
            cookie: format!("Cookie: {name}={token}"),
            basic: basic(PASSWORD),
            is_encrypted,
            has_basic: wish.rules.contains(BASIC_RULES),
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.server.address)
    }

    /// Checks that the upstream is told who asks, by the cookie, and by name and password where there are routes for them.
    pub(crate) fn tells_who_asks(&self) -> anyhow::Result<()> {
        check::tells(&self.url(WHO), &self.cookie, LOGIN)?;
        if self.has_basic { check::tells(&self.url(&format!("/basic{WHO}")), &self.basic, LOGIN) } else { Ok(()) }
    }

    /// The cookie with its first letters exchanged: well formed, and nobody's.
    pub(crate) fn wrong_cookie(&self) -> String {
        let (name, token) = self.cookie.rsplit_once('=').unwrap_or_default();
        format!("{name}={}", token.chars().rev().collect::<String>())
    }
}

/// The line of the user's name and this password.
pub(crate) fn basic(password: &str) -> String {
    format!("Authorization: Basic {}", Base64::encode_string(format!("{LOGIN}:{password}").as_bytes()))
}
