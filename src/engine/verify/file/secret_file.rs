//! The file in which a custodian keeps a secret until the draw is opened. Version 1.
//!
//! `{"attempt", "basis", "batch", "custodian", "kind": "draw-secret", "secret", "trust", "v": 1}`.
//! `trust` is the trust list that the custodian had when the secret was made. It pins the log, its
//! key and the witnesses, so that whoever serves the page later cannot choose them.

use super::trust::{TrustError, TrustList};
use crate::draw::commitment;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, CustodianId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a file calls itself.
pub const SECRET_KIND: &str = "draw-secret";
/// The version of the form.
pub const SECRET_VERSION: u32 = 1;

/// A custodian's secret, with what it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    /// The attempt of the draw, from 1.
    pub attempt: u32,
    /// Digest of the basis that it was made for.
    pub basis: Digest,
    /// The batch (批次) that is drawn.
    pub batch: BatchId,
    /// Who keeps it.
    pub custodian: CustodianId,
    /// [`SECRET_KIND`].
    pub kind: String,
    /// The secret itself.
    pub secret: Bytes32,
    /// Which log and which witnesses count when it is opened.
    pub trust: TrustList,
    /// [`SECRET_VERSION`].
    pub v: u32,
}

/// Why text is no secret's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretFileError {
    /// Not JSON of the form.
    #[error("not a secret's file: {0}")]
    Form(#[from] CanonicalError),
    /// Another kind or version.
    #[error("file is of kind `{kind}` version {v}")]
    Kind {
        /// The kind that the document gives itself.
        kind: String,
        /// The version that the document gives itself.
        v: u32,
    },
    /// The trust list in it cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl SecretFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SecretFileError`].
    pub fn read(text: &str) -> Result<Self, SecretFileError> {
        let value: Value = canonical::from_authored(text.trim_start_matches('\u{feff}').as_bytes())?;
        Self::of(&value)
    }

    /// The same of a document that was read before.
    ///
    /// # Errors
    /// [`SecretFileError`].
    pub fn of(document: &Value) -> Result<Self, SecretFileError> {
        let mut file: Self = canonical::from_value(document)?;
        if file.kind != SECRET_KIND || file.v != SECRET_VERSION {
            return Err(SecretFileError::Kind { kind: file.kind, v: file.v });
        }
        file.trust = file.trust.checked()?;
        Ok(file)
    }

    /// The commitment to the secret, which the manifest must name.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        commitment(&self.basis, &self.custodian, &self.secret)
    }
}
