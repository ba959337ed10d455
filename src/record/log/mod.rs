//! The log: an append-only Merkle tree (RFC 6962, section 2), its proofs and its signed checkpoints.
//!
//! Leaves are salted commitments under 1 KB (see [`leaf`]); the tree says nothing about their content.

pub mod checkpoint;
pub mod leaf;
pub mod tree;
