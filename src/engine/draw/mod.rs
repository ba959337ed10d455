//! The draw.
pub mod paper;
