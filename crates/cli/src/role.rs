//! `doorward role`.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Args, Subcommand};
use doorward::Name;
use doorward::policy::{Limited, Policy, ResourceId, Role, RoleOrigin, Tree};
use doorward::store::StoredRole;
use serde_json::{Value, json};

use crate::config::Config;
use crate::console::Console;
use crate::failure::Usage;
use crate::output::{self, Table};

/// Show roles, and make and alter those that stand in no file.
#[derive(Args)]
pub struct Roles {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// List all roles: built in, of the files, and made here.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what a role allows and denies.
    Show {
        /// The role.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make a role. Resources that are declared later are not in it.
    Create {
        /// Its name.
        name: String,
        /// A resource that it allows, with all below it; several times for several.
        #[arg(long, value_name = "RESOURCE")]
        allow: Vec<String>,
        /// A resource that it denies, with all below it, whatever other roles of a user allow.
        #[arg(long, value_name = "RESOURCE")]
        deny: Vec<String>,
    },
    /// Remove a role, and take it from whoever has it.
    Remove {
        /// The role.
        name: String,
    },
    /// Let a role allow resources, and no longer deny them.
    Allow(Change),
    /// Let a role deny resources, whatever other roles of a user allow.
    Deny(Change),
}

#[derive(Args)]
struct Change {
    /// The role.
    name: String,
    /// Resources, each with all below it.
    #[arg(required = true, value_name = "RESOURCE")]
    resources: Vec<String>,
    /// Take it back instead: the role then says nothing about these.
    #[arg(long)]
    undo: bool,
}

impl Roles {
    pub async fn run(self, file: &Path) -> anyhow::Result<()> {
        let config = Config::load(file)?;
        let console = match self.verb {
            Verb::Create { .. } => Console::open(&config).await?,
            _ => Console::look_into(&config).await?,
        };
        match self.verb {
            Verb::List { json } => list(&console, json),
            Verb::Show { name, json } => show(&console, &name, json),
            Verb::Create { name, allow, deny } => {
                let name = Name::parse(&name).map_err(|wrong| Usage(format!("{name}: {wrong}")))?;
                for id in allow.iter().chain(&deny) {
                    console.resource(id)?;
                }
                save(&console, StoredRole { name, allow, deny }, true).await
            }
            Verb::Remove { name } => {
                let name = console.role(&name)?;
                console.engine.remove_role(&console.actor, &name).await.map_err(|refusal| console.refused(refusal))?;
                output::line(format_args!("The role {name} is gone, and nobody has it any more."))?;
                Ok(())
            }
            Verb::Allow(change) => change.run(&console, Side::Allow).await,
            Verb::Deny(change) => change.run(&console, Side::Deny).await,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Allow,
    Deny,
}

impl Change {
    async fn run(self, console: &Console, side: Side) -> anyhow::Result<()> {
        let name = console.role(&self.name)?;
        let policy = console.engine.policy();
        let Some(role) = policy.roles().get(&name) else { anyhow::bail!("there is no role {name}") };
        let tree = policy.resources();
        let mut named = BTreeSet::new();
        for id in &self.resources {
            named.extend(tree.subtree(console.resource(id)?));
        }
        let (mut allow, mut deny) = (set(&role.allow), set(&role.deny));
        match (side, self.undo) {
            (Side::Allow, false) => {
                deny = without(tree, deny, &named);
                allow.extend(&named);
            }
            (Side::Allow, true) => allow = without(tree, allow, &named),
            (Side::Deny, false) => deny.extend(&named),
            (Side::Deny, true) => deny = without(tree, deny, &named),
        }
        let names = |ids: BTreeSet<ResourceId>| ids.into_iter().map(|id| tree.name(id).to_owned()).collect();
        save(console, StoredRole { name, allow: names(allow), deny: names(deny) }, false).await
    }
}

fn set(ids: &[ResourceId]) -> BTreeSet<ResourceId> {
    ids.iter().copied().collect()
}

/// A set without these resources, and without those above them, which would stand for them.
fn without(tree: &Tree, ids: BTreeSet<ResourceId>, named: &BTreeSet<ResourceId>) -> BTreeSet<ResourceId> {
    ids.into_iter().filter(|id| !tree.subtree(*id).any(|below| named.contains(&below))).collect()
}

async fn save(console: &Console, role: StoredRole, is_new: bool) -> anyhow::Result<()> {
    let name = role.name.clone();
    let saved = console.engine.save_role(&console.actor, role, is_new).await;
    saved.map_err(|refusal| console.refused(refusal))?;
    let verb = if is_new { "made" } else { "changed" };
    output::line(format_args!("The role {name} is {verb}."))?;
    show(console, name.as_str(), false)
}

fn list(console: &Console, json: bool) -> anyhow::Result<()> {
    let policy = console.engine.policy();
    if json {
        let items: Vec<Value> = policy.roles().values().map(|role| as_json(&policy, role)).collect();
        return output::json(&json!({ "items": items, "next": null }));
    }
    let mut table = Table::new(&["ROLE", "TITLE", "FROM", "RESOURCES"]);
    for role in policy.roles().values() {
        let title = role.title.as_deref().unwrap_or_default().to_owned();
        table.row([role.name.to_string(), title, origin(role), role.grants().iter().count().to_string()]);
    }
    table.print()?;
    Ok(())
}

fn show(console: &Console, name: &str, json: bool) -> anyhow::Result<()> {
    let name = console.role(name)?;
    let policy = console.engine.policy();
    let Some(role) = policy.roles().get(&name) else { anyhow::bail!("there is no role {name}") };
    if json {
        return output::json(&as_json(&policy, role));
    }
    output::line(format_args!("role    {}", role.name))?;
    if let Some(title) = &role.title {
        output::line(format_args!("title   {title}"))?;
    }
    output::line(format_args!("from    {}", origin(role)))?;
    for (word, ids) in [("allows", &role.allow), ("only", &role.only), ("denies", &role.deny)] {
        let mut names = ids.iter().map(|id| policy.resources().name(*id)).peekable();
        if names.peek().is_none() && word != "only" && (word != "allows" || role.only.is_empty()) {
            output::line(format_args!("{word}  nothing"))?;
        }
        for (place, name) in names.enumerate() {
            output::line(format_args!("{:<6}  {name}", if place == 0 { word } else { "" }))?;
        }
    }
    for limited in &role.limited {
        for id in &limited.allow {
            let name = policy.resources().name(*id);
            output::line(format_args!("within  {name}, limited to {}", limited.describe()))?;
        }
    }
    Ok(())
}

fn origin(role: &Role) -> String {
    match &role.origin {
        RoleOrigin::BuiltIn => "built in".to_owned(),
        RoleOrigin::File(source) => format!("{}:{}", source.file(), source.line()),
        RoleOrigin::Stored => "the database".to_owned(),
    }
}

/// A role as `/admin/roles` shows one.
fn as_json(policy: &Policy, role: &Role) -> Value {
    let name = |id: ResourceId| policy.resources().name(id);
    let names = |ids: &[ResourceId]| ids.iter().map(|id| name(*id)).collect::<Vec<_>>();
    let (origin, source) = match &role.origin {
        RoleOrigin::BuiltIn => ("builtin", None),
        RoleOrigin::File(_) => ("file", Some(origin(role))),
        RoleOrigin::Stored => ("stored", None),
    };
    let within = |limited: &Limited| json!({ "allow": names(&limited.allow), "to": limited.values() });
    let mut shown = json!({
        "name": role.name,
        "title": role.title,
        "origin": origin,
        "source": source,
        "allow": names(&role.allow),
        "deny": names(&role.deny),
        "grants": role.grants().iter().map(name).collect::<Vec<_>>(),
        "version": role.version().to_string(),
    });
    if !role.only.is_empty() {
        shown["only"] = names(&role.only).into();
    }
    if !role.limited.is_empty() {
        shown["limited"] = role.limited.iter().map(within).collect();
    }
    shown
}
