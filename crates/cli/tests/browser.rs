//! A real browser: what scripts of our own page, of a listed origin and of strangers may do, and the pages for people.

#[allow(dead_code, unused_imports, reason = "other tests use the rest")]
mod kit;
#[allow(dead_code, unused_imports, reason = "other tests use the rest")]
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
