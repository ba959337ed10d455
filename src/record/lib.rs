//! What can be proven: canonical bytes, identifiers, events, signed messages, the log and its
//! proofs.
//!
//! Everything here is pure: no clock, no randomness, no input or output. Times, seeds and keys come
//! in as arguments, so that the same bytes come out natively and in a browser.
//!
//! - [`canonical`]: the one byte form of a record (RFC 8785 in a narrow profile)
//! - [`digest`], [`bytes32`], [`id`], [`time`]: the values that records are made of
//! - [`coded`]: enumerations with codes and Chinese names
//! - [`event`]: the envelope shared by all streams, chained by hash
//! - [`key`], [`software`]: keys, the traits [`key::Signer`] and [`key::Verifier`], and their
//!   software form
//! - [`message`]: a signed message with a list of proofs; [`jws`]: the compact form of credentials,
//!   with detached signatures over the same bytes
//! - [`cose`], [`cbor`], [`base45`]: the signed form for a QR code
//! - `sm2`: SM2 with SM3 in software, under the feature of that name
//! - [`log`]: the Merkle tree of RFC 6962 with its checkpoints

#![warn(missing_docs)]

pub mod base45;
pub mod bytes32;
pub mod canonical;
pub mod cbor;
pub mod coded;
pub mod cose;
pub mod digest;
pub mod event;
pub mod id;
pub mod jws;
pub mod key;
pub mod log;
pub mod message;
mod shape;
#[cfg(feature = "sm2")]
pub mod sm2;
pub mod software;
pub mod time;
mod tree;
mod tree_reader;
mod tree_writer;
