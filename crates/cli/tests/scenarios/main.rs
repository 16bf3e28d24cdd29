//! The whole program: real processes, real sockets, real files.

#[path = "../kit/mod.rs"]
mod kit;

mod administering;
mod backup;
mod checking;
mod demo;
mod exits;
mod explaining;
mod first_steps;
mod importing;
mod keeping;
mod matrix;
mod passwords;
mod reloading;
mod seeds;
mod serving;
mod shell;
mod spoken;
mod streams;
#[cfg(feature = "otel")]
mod traces;

/// Rules for tests that need a server: one realm, an upstream, free ports.
fn rules(upstream: &str) -> String {
    format!(
        r#"
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
upstream = "{upstream}"

[basic]
enabled = true
allow_insecure = true

[[route]]
match = "* /open"
access = "anonymous"

[[route]]
match = "GET,POST /me"
access = "self"

[[route]]
match = "GET /slow"
access = "anonymous"

[[route]]
match = "GET /orders/:id"
access = "Shop::orders"

[[acl]]
id = "Shop::all"
children = [{{ id = "Shop::orders" }}, {{ id = "Shop::invoices" }}]

[role.clerk]
allow = ["Shop::orders"]
"#
    )
}
