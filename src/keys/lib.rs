//! Signers and verifiers on a machine: encrypted key files.
