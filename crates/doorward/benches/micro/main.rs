//! How long each step of a decision takes, in process, and all of them together.

#![allow(missing_docs, reason = "the macros write public functions")]

mod cookie;
mod csrf;
mod judge;
mod path;
mod table;
#[path = "../world/mod.rs"]
mod world;

use criterion::{criterion_group, criterion_main};

criterion_group!(steps, path::bench, cookie::bench, csrf::bench, table::bench, judge::bench);
criterion_main!(steps);
