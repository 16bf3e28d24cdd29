//! The Panel in a real browser.

mod kit;
mod peers;

#[path = "panel/changes.rs"]
mod changes;
#[path = "panel/codes.rs"]
mod codes;
#[path = "panel/foretold.rs"]
mod foretold;
#[path = "panel/lost.rs"]
mod lost;
#[path = "panel/office.rs"]
mod office;
#[path = "panel/pages.rs"]
mod pages;
#[path = "panel/slips.rs"]
mod slips;
