//! The program `doorward`: one file a verb.

mod audit;
mod backup;
mod check;
mod command;
mod completions;
mod config;
mod console;
mod demo;
mod explain;
mod failure;
mod import;
mod init;
mod listing;
mod log;
mod man;
mod moment;
mod notify;
mod output;
mod progress;
mod reload;
mod restore;
mod role;
mod running;
mod schema;
mod secret;
mod serve;
mod session;
mod user;

use std::process::ExitCode;

use clap::Parser as _;

use command::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // With huge pages each thread's memory takes two megabytes at least, and a server that idles would hold a dozen of them.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    match Command::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
