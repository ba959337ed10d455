//! The custodian's page: a secret is made, committed to, and opened once its manifest is fixed.

use super::error::BoundaryError;
use super::verify::trust_list;
use crate::bank::Profile;
use crate::verify::file::report::{CheckName, Report, Verdict};
use crate::verify::file::secret_file::{SECRET_KIND, SECRET_VERSION, SecretFile};
use crate::verify::file::{Beside, Verification};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, CustodianId};
use kaoping_record::software::SoftwareVerifier;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// What a secret is made for.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SecretPlace {
    pub batch: BatchId,
    pub attempt: u32,
    /// Digest of the basis.
    pub basis: Digest,
    pub custodian: CustodianId,
    pub profile: Profile,
}

/// A new secret, which is kept until its manifest is fixed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NewSecret {
    /// The text of its file.
    pub file: String,
    /// What the custodian commits to.
    pub commitment: Digest,
}

/// Whether a secret may be opened.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CheckedOpening {
    /// What was checked of the manifest.
    pub report: Report,
    /// The secret to send; `None` while it must stay closed.
    pub secret: Option<Bytes32>,
}

/// Makes the file of a secret from 32 random bytes. It pins the log and the witnesses of the trust
/// list.
///
/// # Errors
/// `input` when the place cannot be read, `trust_list` when the list cannot, `trust_witness` for
/// certification by a list without a witness, which no opening would satisfy.
pub fn new_secret(place: &str, trust: &str, random: [u8; 32]) -> Result<NewSecret, BoundaryError> {
    let place: SecretPlace = serde_json::from_str(place).map_err(BoundaryError::input)?;
    let trust = trust_list(trust)?;
    if place.profile == Profile::Formal && trust.witnesses.is_empty() {
        let (zh, en) = (
            "正式认定要求外部见证，这份信任清单却没有写明见证方。请向主管部门取得写明见证方的信任清单，并在这里选择它。",
            "certification requires an outside witness, and this trust list names none: choose a list of the authority that names one",
        );
        return Err(BoundaryError::new("trust_witness", zh, en, "no witness"));
    }
    let file = SecretFile {
        attempt: place.attempt,
        basis: place.basis,
        batch: place.batch,
        custodian: place.custodian,
        kind: SECRET_KIND.to_owned(),
        secret: Bytes32::new(random),
        trust,
        v: SECRET_VERSION,
    };
    let bytes = canonical::to_bytes(&file).map_err(BoundaryError::input)?;
    Ok(NewSecret { commitment: file.commitment(), file: String::from_utf8_lossy(&bytes).into_owned() })
}

/// What a secret's file commits to.
///
/// # Errors
/// `secret` when it is none.
pub fn commitment(file: &str) -> Result<Digest, BoundaryError> {
    Ok(secret_file(file)?.commitment())
}

/// Checks a manifest by the log and the witnesses that a secret's file pins, and gives the secret
/// when every check holds.
///
/// # Errors
/// `secret` when the file cannot be read; a defect of the manifest is in the report.
pub fn check_opening(file: &str, manifest: &str, now: Time) -> Result<CheckedOpening, BoundaryError> {
    let own = secret_file(file)?;
    let against =
        Verification { trust: &own.trust, status: None, person: None, now: Some(now), verifier: &SoftwareVerifier };
    let report = against.check_with(manifest, Beside { secret: Some(file), ..Beside::default() });
    let opens = report.verdict == Verdict::Valid && report.holds(CheckName::Commitment);
    Ok(CheckedOpening { report, secret: opens.then_some(own.secret) })
}

fn secret_file(text: &str) -> Result<SecretFile, BoundaryError> {
    SecretFile::read(text).map_err(|error| {
        let (zh, en) = ("这不是秘密数文件，或者文件已损坏。", "this is no secret’s file, or it is damaged");
        BoundaryError::new("secret", zh, en, error)
    })
}
