//! The Panel in a real browser.

mod kit;
mod peers;

#[path = "panel/pages.rs"]
mod pages;
