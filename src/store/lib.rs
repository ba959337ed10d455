//! Streams and queries behind one async trait, on memory, SQLite and PostgreSQL.
//!
//! `README.md` beside this file tells how streams, positions, collections and a commit work together.
//!
//! - [`store`]: the trait [`Store`], all that a service may ask
//! - [`commit`]: what is written at once; [`document`] and [`collection`]: the read models in it
//! - [`projector`]: how read models are made again from the events
//! - [`memory`], [`sqlite`], [`postgres`]: the backends, each with its own SQL
//! - [`identity`]: names and ID numbers, encrypted, in a place of their own

pub mod collection;
pub mod commit;
pub mod document;
pub mod error;
pub mod identity;
pub mod memory;
pub mod postgres;
pub mod projector;
mod queue;
pub mod range;
pub mod sqlite;
pub mod store;
mod stored;

pub use collection::Collection;
pub use commit::{Append, Blob, Change, Commit, Committed, Lookup};
pub use document::{Document, Entry};
pub use error::StoreError;
pub use identity::IdentityStore;
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use projector::{Projector, Rebuilt};
pub use sqlite::SqliteStore;
pub use store::{Placed, Store};

#[cfg(test)]
mod contract;
