//! The file by which a custodian sees that a manifest is fixed: the signed basis and manifest, and
//! the manifest's place in the log. Version 1.
//!
//! `{"basis", "kind": "manifest-bundle", "manifest", "proof", "v": 1}`. It holds no secret and can
//! be handed to anyone.

use super::bundle::{BundleError, LogProof, MAX_BUNDLE_BYTES};
use kaoping_record::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a bundle calls itself.
pub const MANIFEST_BUNDLE_KIND: &str = "manifest-bundle";
/// The version of the form.
pub const MANIFEST_BUNDLE_VERSION: u32 = 1;

/// A fixed manifest with what is needed to check it without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ManifestBundle {
    /// [`MANIFEST_BUNDLE_KIND`]; written first, so that the first kilobyte tells what the file is.
    pub kind: String,
    /// [`MANIFEST_BUNDLE_VERSION`].
    pub v: u32,
    /// The signed basis, whose digest the manifest names.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub basis: Value,
    /// The signed manifest.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub manifest: Value,
    /// The manifest's place in the log.
    #[serde(default)]
    pub proof: Option<LogProof>,
}

impl ManifestBundle {
    /// The bundle of a signed basis and manifest.
    #[must_use]
    pub fn new(basis: Value, manifest: Value, proof: LogProof) -> Self {
        let kind = MANIFEST_BUNDLE_KIND.to_owned();
        Self { kind, v: MANIFEST_BUNDLE_VERSION, basis, manifest, proof: Some(proof) }
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn read(text: &str) -> Result<Self, BundleError> {
        if text.len() > MAX_BUNDLE_BYTES {
            return Err(BundleError::Length(text.len()));
        }
        let bundle: Self = canonical::from_authored(text.trim_start_matches('\u{feff}').as_bytes())?;
        if bundle.kind != MANIFEST_BUNDLE_KIND || bundle.v != MANIFEST_BUNDLE_VERSION {
            return Err(BundleError::Kind { kind: bundle.kind, v: bundle.v });
        }
        Ok(bundle)
    }
}
