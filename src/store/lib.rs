//! Streams and queries behind one async trait, on memory, SQLite and PostgreSQL.
//!
//! `README.md` beside this file tells how streams, positions, collections and a commit work together.
//!
//! - [`store`]: the trait [`Store`], all that a service may ask
//! - [`commit`]: what is written at once; [`document`] and [`collection`]: the read models in it
//! - [`projector`]: how read models are made again from the events
//! - [`memory`]: the backend for tests

pub mod collection;
pub mod commit;
pub mod document;
pub mod error;
pub mod memory;
pub mod projector;
pub mod range;
pub mod store;

pub use collection::Collection;
pub use commit::{Append, Blob, Change, Commit, Committed, Lookup};
pub use document::{Document, Entry};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use projector::{Projector, Rebuilt};
pub use store::{Placed, Store};
