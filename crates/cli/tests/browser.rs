//! A real browser: what scripts of our own page, of a listed origin and of strangers may do, and the pages for people.

mod kit;
mod peers;

#[path = "browser/account.rs"]
mod account;
#[path = "browser/fetching.rs"]
mod fetching;
#[path = "browser/forging.rs"]
mod forging;
#[path = "browser/looking.rs"]
mod looking;
#[path = "browser/site.rs"]
mod site;
