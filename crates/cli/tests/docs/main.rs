//! The documentation as a product: its commands run, its rules are checked, its links lead somewhere, and what it lists is what
//! the code has.

#[path = "../kit/mod.rs"]
mod kit;

mod book;
mod claims;
mod commands;
mod dependencies;
mod elsewhere;
mod expected;
mod figures;
mod links;
mod lists;
mod reference;
mod sources;
mod stage;
