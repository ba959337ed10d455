//! The file that people hand over: a result or a certificate with what shows that it stands in the
//! log. Version 1.
//!
//! `{"identity_salt", "issuer_key", "jws", "kind": "result-bundle", "proof", "proofs", "v": 1}`; a
//! certificate's calls itself `certificate-bundle`. It holds no name and no ID number: whoever
//! checks a person types both from the person's papers, and the salt shows whether they are the
//! ones.

use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::key::PublicKey;
use kaoping_record::log::leaf::Leaf;
use kaoping_record::message::Proof;
use serde::{Deserialize, Serialize};

/// The longest text that is read, in bytes.
pub const MAX_BUNDLE_BYTES: usize = 512 * 1024;
/// What a result's bundle calls itself.
pub const BUNDLE_KIND: &str = "result-bundle";
/// What a certificate's bundle calls itself.
pub const CERTIFICATE_BUNDLE_KIND: &str = "certificate-bundle";
/// The version of the form.
pub const BUNDLE_VERSION: u32 = 1;

/// A result with what is needed to check it without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResultBundle {
    /// [`BUNDLE_KIND`] or [`CERTIFICATE_BUNDLE_KIND`].
    pub kind: String,
    /// [`BUNDLE_VERSION`].
    pub v: u32,
    /// The signed credential, in compact form.
    pub jws: String,
    /// The issuer's key, so that a signature can be checked even where the issuer is unknown. It
    /// earns no trust.
    #[serde(default)]
    pub issuer_key: Option<PublicKey>,
    /// Further signatures over the JWS signing input, in the order in which they were made.
    #[serde(default)]
    pub proofs: Vec<Proof>,
    /// The result's place in the log.
    #[serde(default)]
    pub proof: Option<LogProof>,
    /// Salt of the commitment to name and ID number.
    #[serde(default)]
    pub identity_salt: Option<Bytes32>,
}

/// That a record stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogProof {
    /// The leaf's number, from 0.
    pub index: u64,
    /// Number of leaves of the checkpoint's tree.
    pub size: u64,
    /// Hashes that lead from the leaf to the root.
    pub path: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// What the log holds about the record.
    pub leaf: Leaf,
    /// Salt of the leaf's commitment.
    pub salt: Bytes32,
}

/// A person as the one who checks reads it from the ID document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As the document shows it, without titles.
    pub name: String,
    /// Kind of document, such as `居民身份证`.
    pub id_kind: String,
    /// Number of the document.
    pub id_number: String,
    /// The 16 characters that are printed beside a certificate's code.
    #[serde(default)]
    pub code_salt: Option<String>,
}

/// Why text is no bundle and no JWS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Longer than [`MAX_BUNDLE_BYTES`].
    #[error("text of {0} bytes is longer than {MAX_BUNDLE_BYTES}")]
    Length(usize),
    /// Nothing but blanks.
    #[error("text is empty")]
    Empty,
    /// JSON, but not a bundle.
    #[error("not a result bundle: {0}")]
    Form(#[from] CanonicalError),
    /// A bundle of another kind or version.
    #[error("file is of kind `{kind}` version {v}")]
    Kind {
        /// The kind that the document gives itself.
        kind: String,
        /// The version that the document gives itself.
        v: u32,
    },
}

impl ResultBundle {
    /// A bundle without further signatures.
    #[must_use]
    pub fn new(jws: String, issuer_key: PublicKey, proof: LogProof, identity_salt: Bytes32) -> Self {
        Self {
            kind: BUNDLE_KIND.into(),
            v: BUNDLE_VERSION,
            jws,
            issuer_key: Some(issuer_key),
            proofs: Vec::new(),
            proof: Some(proof),
            identity_salt: Some(identity_salt),
        }
    }

    /// Reads a bundle, or a bare JWS in compact form, as people paste it: with blanks and line
    /// breaks around and within.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn read(text: &str) -> Result<Self, BundleError> {
        if text.len() > MAX_BUNDLE_BYTES {
            return Err(BundleError::Length(text.len()));
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(BundleError::Empty);
        }
        if !text.starts_with('{') {
            return Ok(Self::bare(text.split_whitespace().collect()));
        }
        let bundle: Self = canonical::from_authored(text.as_bytes())?;
        let known = [BUNDLE_KIND, CERTIFICATE_BUNDLE_KIND].contains(&bundle.kind.as_str());
        if !known || bundle.v != BUNDLE_VERSION {
            return Err(BundleError::Kind { kind: bundle.kind, v: bundle.v });
        }
        Ok(bundle)
    }

    fn bare(jws: String) -> Self {
        Self {
            kind: BUNDLE_KIND.into(),
            v: BUNDLE_VERSION,
            jws,
            issuer_key: None,
            proofs: Vec::new(),
            proof: None,
            identity_salt: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_jws_may_be_broken_into_lines() -> Result<(), BundleError> {
        assert_eq!(ResultBundle::read("\u{feff}a.b\n  .c\r\n")?.jws, "a.b.c");
        Ok(())
    }

    #[test]
    fn other_files_are_named() {
        assert_eq!(ResultBundle::read(" \n"), Err(BundleError::Empty));
        let other = r#"{"kind":"trust-list","v":1,"jws":""}"#;
        assert_eq!(ResultBundle::read(other), Err(BundleError::Kind { kind: "trust-list".into(), v: 1 }));
        let later = r#"{"kind":"result-bundle","v":2,"jws":""}"#;
        assert_eq!(ResultBundle::read(later), Err(BundleError::Kind { kind: "result-bundle".into(), v: 2 }));
        assert!(matches!(
            ResultBundle::read(r#"{"jws":"","kind":"result-bundle","v":1,"x":1}"#),
            Err(BundleError::Form(_))
        ));
        let twice = r#"{"jws":"","jws":"","kind":"result-bundle","v":1}"#;
        assert_eq!(ResultBundle::read(twice), Err(BundleError::Form(CanonicalError::DuplicateKey("jws".into()))));
        assert_eq!(
            ResultBundle::read(&" ".repeat(MAX_BUNDLE_BYTES + 1)),
            Err(BundleError::Length(MAX_BUNDLE_BYTES + 1))
        );
    }
}
