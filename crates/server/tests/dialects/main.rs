//! What holds wherever another system's wire format is spoken.

#[path = "../kit/mod.rs"]
mod kit;

mod bearers;
mod beside;
mod explained;
mod methods;
mod odd;
mod planted;
