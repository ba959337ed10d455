//! The engine in a browser: one entry point for each user.
//!
//! Bytes and strings go in, a tagged result comes out as JSON: `{"ok": …}` or `{"error": …}` ([`boundary`]). What
//! pages show is in `kaoping_engine::view`. An entry point has no rules of its own, fetches nothing and stores
//! nothing.

#[cfg(feature = "audit")]
pub mod audit;
pub mod boundary;
#[cfg(feature = "candidate")]
pub mod candidate;
#[cfg(feature = "ceremony")]
pub mod ceremony;
#[cfg(feature = "examiner")]
pub mod examiner;
#[cfg(any(feature = "candidate", feature = "examiner"))]
pub mod running;
#[cfg(feature = "verify")]
pub mod verify;
