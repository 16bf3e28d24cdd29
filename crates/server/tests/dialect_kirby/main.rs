//! Kirby's clients, through real sockets: what they send as bytes, and what they depend on in the answers.

#[path = "../kit/mod.rs"]
mod kit;
mod site;

mod accounts;
mod basic;
mod content;
mod cors;
mod csrf;
mod envelope;
mod lists;
mod log_in;
mod pages;
mod permissions;
mod roles;
mod system;
mod users;
