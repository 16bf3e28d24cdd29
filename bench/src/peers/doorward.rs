//! Doorward itself, before the same upstream.

use std::process::Command;

use crate::house::{BASIC_RULES, House, Wish, basic};
use crate::run::Run;

use super::passwords::NOT_THE_PASSWORD;
use super::site::{first_line, number};
use super::{Door, Peer, Site, Started};

/// What it asks for.
pub(crate) enum Doorward {
    Nothing,
    Session,
    /// Its passwords are hashed with Argon2id, 19 MiB; what was right is kept for a while.
    Basic,
}

impl Peer for Doorward {
    fn name(&self) -> &str {
        match self {
            Self::Nothing => "Doorward, anonymous route",
            Self::Session => "Doorward, session, identity headers",
            Self::Basic => "Doorward, Basic, Argon2id, with its cache, identity headers",
        }
    }

    fn version(&self, run: &Run) -> anyhow::Result<String> {
        number(&first_line(Command::new(&run.doorward).arg("--version"))?)
    }

    fn start(&self, site: &Site<'_>) -> anyhow::Result<Started> {
        let upstream = format!("http://{}", site.upstream);
        let house = House::start(site.run, &site.folder, &upstream, &Wish { rules: BASIC_RULES, ..Wish::default() })?;
        house.tells_who_asks()?;
        let (path, door) = match self {
            Self::Nothing => ("/", Door::Open),
            Self::Session => ("/me", Door::Guarded { right: house.cookie.clone(), wrong: house.wrong_cookie() }),
            Self::Basic => ("/basic", Door::Guarded { right: house.basic.clone(), wrong: basic(NOT_THE_PASSWORD) }),
        };
        Ok(Started { url: house.url(path), processes: vec![house.server.process], door })
    }
}
