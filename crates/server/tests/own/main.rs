//! Doorward's own resources, through real sockets.

#[allow(dead_code, reason = "another test has use for it")]
#[path = "../kit/answer.rs"]
mod answer;
mod form;
mod house;
#[path = "../kit/mmdb.rs"]
mod mmdb;

mod account_page;
mod admin_audit;
mod admin_figures;
mod admin_last;
mod admin_power;
mod admin_previews;
mod admin_reach;
mod admin_roles;
mod admin_rules;
mod admin_sessions;
mod admin_user_lists;
mod admin_users;
mod description;
mod health;
mod languages;
mod login_page;
mod look;
mod markup;
mod outage;
mod places;
mod protection;
mod realms;
mod told;
