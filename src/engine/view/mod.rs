//! What pages call and show: each call takes JSON and answers with a type of its own, from which `cargo xtask generate`
//! writes the TypeScript type.

pub mod bundle;
pub mod equivalence;
pub mod error;
pub mod verify;
