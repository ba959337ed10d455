//! The log: an append-only Merkle tree (RFC 6962, section 2), its tiles, its proofs and its signed checkpoints.
//!
//! Leaves are salted commitments under 1 KB (see [`leaf`]); the tree says nothing about their content.
//!
//! - [`tree`]: the definition, from all leaves, and the checks of proofs
//! - [`node`], [`tile`], [`entries`], [`growth`]: the same roots and proofs from stored tiles, for a log of any length

pub mod checkpoint;
pub mod entries;
pub mod growth;
pub mod leaf;
pub mod node;
pub mod note;
pub mod tile;
pub mod tree;
