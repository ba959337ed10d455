//! Signers and verifiers on a machine: encrypted key files, the ring of keys that one organization uses, and fast verification.

pub mod file;
pub mod native;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod private;
pub mod ring;
