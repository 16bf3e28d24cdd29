//! eZ Platform's clients, through real sockets: what they send as bytes, and what they depend on in the answers.

#[path = "../kit/mod.rs"]
mod kit;
mod site;

mod basic;
mod csrf;
mod guests;
mod javascript;
mod limitations;
mod log_in;
mod origins;
mod representations;
mod secrecy;
mod session;
mod siteaccess;
mod verbs;
