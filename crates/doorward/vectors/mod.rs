//! The shared table of vectors: requests, as whom they are made, and what must become of them at every door.
//!
//! The data stand in `*.toml` beside this file, the rules that they are judged by and the users in `rules/`. A door's test
//! includes this file with `#[path]`, and for each [`Table`] it
//!
//! 1. serves the table's rules, with the table's cast as users, in front of a service that echoes (below);
//! 2. for each [`Vector`] logs in whom [`Vector::sessions`] names, afresh, by `POST /user/sessions`;
//! 3. sends [`Vector::request`], and hands status, headers, body and what the service saw to [`Vector::complaints`].
//!
//! The peer of every request is 127.0.0.1, over TLS where `secure` says so (it does unless it is `false`).
//!
//! **The service that echoes** answers every request with 200. For each line of a header `X-Answer: Name: value` it adds that header
//! to its answer. What it saw (method, target, headers, body) must get to the test: in memory, or as the JSON that [`Seen`]
//! reads, in the body of its answer.

#![allow(dead_code, reason = "each door uses a part of it")]

mod member;
mod send;
mod vector;

pub use member::Member;
pub use send::{Sent, Token, Tokens};
pub use vector::{Answered, Seen, Vector};

use std::path::Path;

use serde::Deserialize;

/// One file of vectors, with what it is judged by.
#[derive(Debug)]
pub struct Table {
    /// The file's name without its ending.
    pub name: String,
    /// The name of the rules.
    pub rules_file: String,
    /// The text of the rules: a `doorward.toml` without listeners, store and upstream.
    pub rules: String,
    /// The users, those whose realm the rules have. Where the rules have one realm, its name is `realm`.
    pub cast: Vec<Member>,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: String,
    /// Where it is not as in the cast: the realm of all users.
    realm: Option<String>,
    #[serde(rename = "vector")]
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cast {
    #[serde(rename = "member")]
    members: Vec<Member>,
}

/// All tables in the folder of this file.
pub fn tables(folder: &Path) -> Vec<Table> {
    let cast: Cast = read(&folder.join("rules/cast.toml"));
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of vectors is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths.iter().map(|path| table(folder, path, &cast.members)).collect()
}

fn table(folder: &Path, path: &Path, cast: &[Member]) -> Table {
    let File { rules: rules_file, realm, vectors } = read(path);
    let rules = std::fs::read_to_string(folder.join("rules").join(&rules_file)).expect("the rules are there");
    let mut cast = cast.to_vec();
    if let Some(realm) = &realm {
        // Where there is one realm it has customers only.
        cast.retain(|member| member.realm == "customer");
        cast.iter_mut().for_each(|member| member.realm.clone_from(realm));
    }
    // Roles that the rules do not have cannot be given.
    cast.iter_mut().for_each(|member| member.roles.retain(|role| knows_role(&rules, role)));
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Table { name, rules_file, rules, cast, vectors }
}

fn knows_role(rules: &str, role: &str) -> bool {
    role == "administrator" || rules.contains(&format!("[role.{role}]"))
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Table {
    /// The user of this name.
    pub fn member(&self, name: &str) -> &Member {
        self.cast.iter().find(|member| member.name == name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }
}
