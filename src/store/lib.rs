//! Streams and queries behind one set of verbs, on memory, SQLite and PostgreSQL.
//!
//! `README.md` beside this file explains how streams, positions, collections and a commit work
//! together.
//!
//! - [`Store`]: all that a service may ask
//! - [`commit`]: what is written at once; [`document`] and [`collection`]: the read models in it
//! - [`projector`]: how read models are made again from the events
//! - [`installation`], [`founding`]: which installation a place belongs to; `cipher`, `place`: all
//!   that is stored is sealed before it leaves
//! - `kept`: documents that are kept in memory as values
//! - `backend`: what a place must do; `memory`, `sqlite`, `postgres`: the places, each with its own
//!   SQL
//! - [`identity`]: names and ID numbers, encrypted, in a place of their own

mod backend;
mod cipher;
pub mod collection;
pub mod commit;
pub mod document;
pub mod error;
pub mod founding;
pub mod identity;
pub mod installation;
mod kept;
mod memory;
mod place;
mod placed;
mod postgres;
pub mod projector;
mod queue;
pub mod range;
mod sqlite;
pub mod store;
mod stored;

pub use collection::Collection;
pub use commit::{Append, Blob, Change, Commit, Committed, Lookup};
pub use document::{Document, Entry};
pub use error::StoreError;
pub use founding::{Expected, Opening};
pub use identity::IdentityStore;
pub use installation::{InstallationId, Link};
pub use memory::Memory;
pub use placed::Placed;
pub use projector::{Projector, Rebuilt};
pub use store::Store;

#[cfg(test)]
mod contract;
