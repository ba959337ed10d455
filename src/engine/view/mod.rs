//! What pages call and show: each call takes JSON and answers with a type of its own, from which `cargo xtask generate`
//! writes the TypeScript type. The wasm crate only reads the page's arguments, calls these functions, and answers.
//!
//! A page drives each kind of session in the same way ([`session::PageSession`]).

#![expect(missing_docs, reason = "most members of what a page shows say by their names what they are")]

pub mod bundle;
pub mod candidate;
pub mod ceremony;
pub mod equivalence;
pub mod error;
pub mod examiner;
pub mod receipt;
pub mod session;
pub mod verify;
