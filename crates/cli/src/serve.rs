//! `doorward serve`.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use doorward::policy::{Access, Complaints, Door, Policy};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::failure::in_one_line;
use crate::log::Log;
use crate::notify;
use crate::reload::Note;
use crate::running::{Running, refuse_unserved};

/// Serve: the gateway in front of the upstreams, until SIGTERM or Ctrl-C. SIGHUP reads the files again.
#[derive(Args)]
pub struct Serve {}

impl Serve {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        // Before anybody can learn our number: a signal that nobody handles would end the process.
        let mut hangup = signal(SignalKind::hangup())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let config = Config::load(file)?;
        let log = Log::of_a_server(&config.settings)?;
        refuse_unserved(&config.policy(0)?)?;
        let mut running = Running::start(config).await?;
        let mut note = Note::begin(&running.config().database());
        introduce(&running).await?;
        notify::ready();
        loop {
            tokio::select! {
                _ = hangup.recv() => reload(&mut running, &mut note).await,
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
            }
        }
        notify::stopping();
        let deadline = running.config().settings.drain.deadline;
        tracing::info!("ending: requests under way have {deadline}; a second signal ends at once");
        drop(note);
        tokio::select! {
            cut = running.drain(Duration::from_secs(deadline.0.into())) => {
                match cut {
                    0 => tracing::info!("ended"),
                    cut => tracing::warn!("ended: {cut} connections were cut off at the deadline"),
                }
                log.finish().await;
                Ok(())
            }
            _ = terminate.recv() => bail!("ended at once: requests under way were cut off"),
            _ = interrupt.recv() => bail!("ended at once: requests under way were cut off"),
        }
    }
}

/// Says where it listens and what is in force, and what to do when that is nothing.
async fn introduce(running: &Running) -> anyhow::Result<()> {
    let policy = running.engine.policy();
    for doubt in policy.warnings() {
        tracing::warn!("{doubt}");
    }
    for place in running.places() {
        tracing::info!("listening on {place}");
    }
    for place in running.admin_places() {
        tracing::info!("administration on {place}");
    }
    for place in panels(running, &policy) {
        tracing::info!("the Panel is at {place}");
    }
    let file = &running.config().file;
    let flag = Config::flag(file);
    let routes = policy.declared_routes();
    let undecided = routes.iter().filter(|route| route.access == Access::Deny).count();
    tracing::info!("{}, {undecided} of them still access = \"deny\"", counted(routes.len()));
    if routes.is_empty() {
        let file = file.display();
        tracing::warn!(
            "there are no routes, so nothing gets through: write [[route]] into {file}, or run \
             `doorward import openapi FILE --out routes.toml{flag}`, and then `doorward reload{flag}`"
        );
    }
    if running.has_no_users().await? {
        let realm = match (policy.realms().len(), policy.admin_realm()) {
            (2.., Some(realm)) => format!(" --realm {realm}"),
            (2.., None) => " --realm REALM".to_owned(),
            _ => String::new(),
        };
        tracing::warn!(
            "there are no users, so nobody can log in: run `doorward user add LOGIN{realm} --role administrator{flag}`"
        );
    }
    Ok(())
}

/// Where the pages of administration are, for people with a browser.
fn panels(running: &Running, policy: &Policy) -> Vec<String> {
    let doors = [(Door::Admin, running.admin_places()), (Door::Public, running.places())];
    let served = doors.into_iter().filter_map(|(door, places)| Some((policy.panel(door)?, places)));
    let panels = served.flat_map(|(path, places)| places.into_iter().map(move |place| format!("{place}{path}")));
    panels.filter(|place| place.starts_with("http")).collect()
}

fn counted(routes: usize) -> String {
    format!("{routes} route{}", if routes == 1 { "" } else { "s" })
}

async fn reload(running: &mut Running, note: &mut Note) {
    note.reading();
    let had = running.engine.has_administrator().await;
    match running.reload().await {
        Ok(()) => {
            let generation = running.generation();
            if let (Ok(true), Ok(false)) = (had, running.engine.has_administrator().await) {
                tracing::warn!(
                    "with these rules nobody administers any more: no active user has a role that allows all of Doorward::all, \
                     and none that denies some of it; change the rules, or run `doorward user grant LOGIN administrator`"
                );
            }
            tracing::info!(generation, "reloaded: {}", counted(running.engine.policy().declared_routes().len()));
            note.done(generation);
        }
        Err(error) => {
            let text = match error.downcast_ref::<Complaints>() {
                Some(complaints) => complaints.to_string(),
                None => in_one_line(&error),
            };
            tracing::error!("not reloaded, the old rules stay:\n{text}");
            note.refused(running.generation(), &text);
        }
    }
}
