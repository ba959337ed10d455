//! Canonical bytes, the log and signatures against the vectors of other software.

mod jcs;
mod log;
mod merkle;
#[cfg(feature = "sm2")]
mod sm2;
