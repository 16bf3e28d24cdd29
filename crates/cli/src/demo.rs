//! `doorward demo`.

mod api;
mod people;
mod tour;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use doorward_server::{ListenError, StartError};
use tempfile::TempDir;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Config;
use crate::failure::Usage;
use crate::output;
use crate::running::Running;
use api::Api;
use tour::Tour;

/// Start an example API with Doorward in front of it, and print what to try.
#[derive(Args)]
pub struct Demo {
    /// Where to listen, on this machine. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where administration listens, on this machine.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    admin_listen: SocketAddr,
    /// Keep the database in this folder, instead of one that is removed at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print the rules of the demo, and do nothing.
    #[arg(long)]
    print_config: bool,
}

const RULES: &str = include_str!("demo/demo.toml");
/// How long requests under way may take at the end: event streams never end by themselves.
const DEADLINE: Duration = Duration::from_secs(2);

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        if self.print_config {
            return self.print();
        }
        let mut ends = Ends::listen()?;
        let [listen, admin_listen] = [self.listen, self.admin_listen].map(|address| {
            let text = format!("{address}: the demo's passwords are known to all, so it listens on this machine only");
            if address.ip().is_loopback() { Ok(address) } else { Err(Usage(text)) }
        });
        let (listen, admin_listen) = (listen?, admin_listen?);
        let (folder, _temporary) = folder(self.data.as_deref())?;
        let api = Api::start().await.context("cannot start the example API")?;
        let values = values(listen, admin_listen, &api, &folder);
        let rules = Config::parse(Path::new("demo.toml"), RULES, &folder, &|name| values.get(name).cloned())?;
        let running = Running::start(rules).await.map_err(advise)?;
        people::invite(&running.engine).await?;
        let tour = Tour {
            base: running.places().into_iter().next().context("the demo listens nowhere")?,
            admin: running.admin_places().into_iter().next(),
            api: api.address,
            folder: &folder,
            is_kept: self.data.is_some(),
        };
        output::line(tour.text())?;
        ends.recv().await;
        tokio::select! {
            _ = running.drain(DEADLINE) => {}
            () = ends.recv() => {}
        }
        // Nobody may read it any more: the terminal may be what has ended.
        let _ = output::line("The demo has ended.");
        Ok(())
    }

    fn print(&self) -> anyhow::Result<()> {
        let filled = [
            ("${LISTEN}", self.listen.to_string()),
            ("${ADMIN_LISTEN}", self.admin_listen.to_string()),
            ("${API}", "http://127.0.0.1:9000".to_owned()),
            ("${DATA}", "demo.db".to_owned()),
        ];
        let comment = "# ${LISTEN}, ${API} and ${DATA} are filled in by the demo.\n";
        let text = RULES.replace(comment, "");
        output::line(filled.iter().fold(text, |text, (name, value)| text.replace(name, value)).trim_end())?;
        Ok(())
    }
}

/// Every signal that asks a process to end, a closed terminal among them: the folder is removed after each.
struct Ends([Signal; 4]);

impl Ends {
    fn listen() -> io::Result<Self> {
        let kinds =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()].map(signal);
        let [interrupt, terminate, hangup, quit] = kinds;
        Ok(Self([interrupt?, terminate?, hangup?, quit?]))
    }

    /// Waits for one.
    async fn recv(&mut self) {
        let [interrupt, terminate, hangup, quit] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            _ = quit.recv() => {}
        }
    }
}

fn values(listen: SocketAddr, admin: SocketAddr, api: &Api, folder: &Path) -> HashMap<&'static str, String> {
    HashMap::from([
        ("LISTEN", listen.to_string()),
        ("ADMIN_LISTEN", admin.to_string()),
        ("API", format!("http://{}", api.address)),
        ("DATA", folder.join("demo.db").display().to_string()),
    ])
}

/// The folder of the database, and the guard that removes it at the end.
fn folder(kept: Option<&Path>) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
    match kept {
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
            let folder = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
            Ok((folder, None))
        }
        None => {
            // The printed lines put cookies into it, which are nobody else's to read.
            let private = fs::Permissions::from_mode(0o700);
            let temporary = tempfile::Builder::new().prefix("doorward-demo-").permissions(private).tempdir();
            let temporary = temporary.context("cannot make a temporary folder")?;
            Ok((temporary.path().to_owned(), Some(temporary)))
        }
    }
}

/// Says how to choose another port.
fn advise(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<StartError>() {
        Some(StartError::Listen(ListenError::Taken { address })) => {
            anyhow!(
                "{address} is taken: another process listens there; choose another: doorward demo --listen 127.0.0.1:0"
            )
        }
        _ => error,
    }
}
