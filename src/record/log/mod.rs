//! The log: an append-only Merkle tree (RFC 6962, section 2), its tiles, its proofs, its signed checkpoints and their witnesses.
//!
//! Leaves are salted commitments under 1 KB (see [`leaf`]); the tree says nothing about their content.
//!
//! - [`tree`]: the definition, from all leaves, and the checks of proofs
//! - [`node`], [`tile`], [`entries`], [`growing_tree`]: the same roots and proofs from stored tiles, for a log of any length
//! - [`note`], [`checkpoint`], [`inclusion`]: what the log signs, and a record's place in it as a text
//! - [`add_checkpoint`], [`witness`], [`cosignature`]: what an outside body is asked, when it agrees, and what it signs

pub mod add_checkpoint;
pub mod checkpoint;
pub mod cosignature;
pub mod entries;
pub mod growing_tree;
pub mod inclusion;
pub mod leaf;
pub mod node;
pub mod note;
pub mod tile;
pub mod tree;
pub mod witness;
