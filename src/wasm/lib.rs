//! The engine in a browser: one face for each user.
//!
//! Bytes and strings go in, a tagged result comes out as JSON: `{"ok": …}` or `{"error": …}`; [`boundary`] holds
//! all types of the boundary. A face has no rules of its own, fetches nothing and stores nothing.

#[cfg(feature = "audit")]
pub mod audit;
pub mod boundary;
#[cfg(feature = "candidate")]
pub mod candidate;
#[cfg(feature = "ceremony")]
pub mod ceremony;
#[cfg(feature = "examiner")]
pub mod examiner;
#[cfg(feature = "verify")]
pub mod verify;
