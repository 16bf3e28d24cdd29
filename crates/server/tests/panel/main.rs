//! The Panel, through real sockets.

#[allow(dead_code, reason = "another test has use for it")]
#[path = "../kit/answer.rs"]
mod answer;
#[allow(dead_code, reason = "another test has use for it")]
#[path = "../own/house.rs"]
mod house;
mod page;

mod audit;
mod entrance;
mod overview;
mod roles;
mod sessions;
mod users;
