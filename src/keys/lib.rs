//! Signers and verifiers on a machine: encrypted key files, the ring of keys that one organization uses, and fast verification.

pub mod file;
pub mod native;
pub mod ring;
