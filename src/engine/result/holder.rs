//! The holder: salted commitments to a person, so that the record itself names nobody.

use crate::roster::{IdDocument, PersonName};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use serde::{Deserialize, Serialize};

/// Commitments to the person whom a result or a certificate is about. Both have the salt that the
/// bundle carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HolderCommitment {
    /// SHA-256 of the parts `kaoping/identity/1`, salt, the name's comparison form, kind of
    /// document in Chinese, number.
    pub person: Digest,
    /// SHA-256 of the parts `kaoping/shown-name/1`, salt, the name exactly as it is shown and
    /// printed.
    pub shown_name: Digest,
}

impl HolderCommitment {
    /// Commits to a person of this name and document.
    #[must_use]
    pub fn new(salt: &Bytes32, name: &PersonName, document: &IdDocument) -> Self {
        let person = Digest::of_parts(&[
            b"kaoping/identity/1",
            salt.as_bytes(),
            name.comparison_form().as_bytes(),
            document.kind().chinese().as_bytes(),
            document.number().as_bytes(),
        ]);
        let shown_name = Digest::of_parts(&[b"kaoping/shown-name/1", salt.as_bytes(), name.as_str().as_bytes()]);
        Self { person, shown_name }
    }
}
