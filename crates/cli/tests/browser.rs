//! A real browser: what scripts of our own page, of a listed origin and of strangers may do, the pages for people, and
//! clients of other systems.

mod kit;
mod peers;

#[path = "browser/accessible.rs"]
mod accessible;
#[path = "browser/account.rs"]
mod account;
#[path = "browser/codes.rs"]
mod codes;
#[path = "browser/dialects.rs"]
mod dialects;
#[path = "browser/fetching.rs"]
mod fetching;
#[path = "browser/forging.rs"]
mod forging;
#[path = "browser/keyboard.rs"]
mod keyboard;
#[path = "browser/languages.rs"]
mod languages;
#[path = "browser/looking.rs"]
mod looking;
#[path = "browser/markup.rs"]
mod markup;
#[path = "browser/site.rs"]
mod site;
