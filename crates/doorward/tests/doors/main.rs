//! The doors of the library, each test through a real socket: a service behind the layer, browsers and clients before it.

mod house;

mod audit;
mod basic;
mod body;
mod csrf;
mod details;
mod devices;
mod extractors;
mod hashing;
mod log_in;
mod log_out;
mod outage;
mod passwords;
mod peer;
mod realms;
mod revocation;
mod sessions;
mod sockets;
mod streams;
mod throttle;
mod upkeep;
