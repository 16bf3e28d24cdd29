//! Where Doorward keeps what must last: users, sessions, roles and audit events, in one SQLite file.
//!
//! ```
//! use std::sync::Arc;
//! use doorward::Name;
//! use doorward::store::{Change, Store, StoredRole};
//! use doorward_store::Sqlite;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("doorward.db");
//! let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path)?);
//!
//! let role = StoredRole { name: Name::parse("support")?, allow: vec!["customers".into()], deny: vec![] };
//! store.commit(Change::CreateRole { role, guard: None }, vec![]).await?; // durable from here on
//! assert_eq!(store.roles().await?.len(), 1);
//!
//! doorward_store::backup::backup(&path, &folder.path().join("copy.db"), |_, _| {})?; // while the store is in use
//! # Ok(())
//! # }
//! ```
//!
//! A server holds [`Sqlite::lock_for_serving`] as long as it runs. Other programs, such as the command line, open the same
//! file beside it; what they change is announced to the server in the feed.

#![forbid(unsafe_code)]

pub mod backup;
mod error;
mod files;
mod sqlite;

pub use error::OpenError;
pub use sqlite::{ServingLock, Sqlite};
