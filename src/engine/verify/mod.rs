//! Checking what others publish, without a network: the same for the program's commands and for
//! pages.
//!
//! - [`file`](mod@file): a single file (result, certificate, receipt, status list, proof)
//! - [`batch`]: whether a closed batch is whole
//! - [`scores`]: whether each score follows from the journals, sheets and keys
//! - [`joined`]: one verdict over the files of a batch
//! - [`draw`](mod@draw): whether the published papers follow from the draw's documents

pub mod batch;
pub mod draw;
pub mod file;
pub mod joined;
pub mod scores;
