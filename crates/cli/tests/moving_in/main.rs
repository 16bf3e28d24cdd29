//! Users of other systems move in, with their passwords.

#[path = "../kit/mod.rs"]
mod kit;

mod ez;
mod kirby;
mod users;

/// Rules for one realm, with an upstream at this address.
fn rules(upstream: &str) -> String {
    format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\nupstream = \"{upstream}\"\n\n\
         [[route]]\nmatch = \"GET /me\"\naccess = \"self\"\n\n\
         [[acl]]\nid = \"Shop::orders\"\n\n[role.clerk]\nallow = [\"Shop::orders\"]\n\n[role.editor]\nallow = []\n"
    )
}
