//! Canonical bytes, the log and signatures against the vectors of other software.

mod ed25519;
mod es256;
mod jcs;
mod log;
mod merkle;
#[cfg(feature = "sm2")]
mod sm2;
