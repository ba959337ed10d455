//! Signers and verifiers on a machine: encrypted key files, and the ring of keys that one organization uses.

pub mod file;
pub mod ring;
