//! What pages show, and the words in which a session refuses.
//!
//! A page drives each kind of session in the same way ([`session::PageSession`]). The wasm crate only reads the
//! page's arguments, calls these functions, and answers.

#![expect(missing_docs, reason = "most members of what a page shows say by their names what they are")]

pub mod candidate;
pub mod error;
pub mod examiner;
pub mod receipt;
pub mod session;
