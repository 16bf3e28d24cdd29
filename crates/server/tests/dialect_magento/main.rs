//! Magento's clients, through real sockets: what they send as bytes, and what they depend on in the answers.

#[path = "../kit/mod.rs"]
mod kit;
mod shop;

mod ajax;
mod bodies;
mod contexts;
mod exact;
mod lockouts;
mod pipeline;
mod precedence;
mod resolution;
mod section;
mod secure;
mod sessions;
mod stores;
mod tokens;
