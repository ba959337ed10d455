//! The manifest: the basis and what the custodians committed to, fixed and logged before any secret
//! is opened.

use super::basis::Basis;
use crate::fault::{Fault, Text};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::CustodianId;
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};

/// The version of the manifest's form.
pub const MANIFEST_VERSION: u32 = 1;

/// A draw's manifest. The digest of its canonical bytes goes into the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Digest of the basis.
    pub basis: Digest,
    /// A commitment of each custodian, in the basis's order.
    pub commitments: Vec<Commitment>,
    /// [`MANIFEST_VERSION`].
    pub v: u32,
}

impl Message for Manifest {
    const KIND: &'static str = "draw-manifest";
    const VERSION: u32 = 1;
}

/// What a custodian committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ManifestCommitment))]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// The commitment ([`super::seed::commitment`]).
    pub commitment: Digest,
    /// Id of the custodian, as in the basis.
    pub custodian: CustodianId,
}

impl Manifest {
    /// The digest of its canonical bytes.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }

    /// What is wrong with the manifest of a basis, whatever basis it names.
    #[must_use]
    pub fn check(&self, basis: &Basis) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.v != MANIFEST_VERSION {
            faults.push(Fault::new(
                "manifest_version",
                "/v",
                Text::new(format!("清单的版本是 {}", self.v), format!("the manifest is of version {}", self.v)),
                Text::new("用支持该版本的程序", "use a program that knows it"),
            ));
        }
        let named = basis.custodians.iter().map(|entry| &entry.custodian);
        if !self.commitments.iter().map(|entry| &entry.custodian).eq(named) {
            faults.push(Fault::new(
                "manifest_custodians",
                "/commitments",
                Text::new(
                    "清单中的保管人与依据所列的不同，或次序不同",
                    "its custodians are not those of the basis in the same order",
                ),
                Text::new("按依据所列的次序写明每名保管人的封存值", "list a commitment of each, in the basis's order"),
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Sample, Shape, TestResult};

    #[test]
    fn custodians_are_those_of_the_basis_in_the_same_order() -> TestResult {
        let Sample { basis, manifest, .. } = Sample::new(&Shape::SMALL)?;
        assert_eq!(manifest.check(&basis), []);
        let mut other = manifest.clone();
        other.commitments.reverse();
        let codes: Vec<String> = other.check(&basis).into_iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["manifest_custodians"]);
        other.commitments.pop();
        assert_eq!(other.check(&basis).len(), 1);
        other = manifest;
        other.v = 2;
        assert_eq!(other.check(&basis).len(), 1);
        Ok(())
    }
}
