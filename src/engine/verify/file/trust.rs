//! The trust list: whose results are accepted, for what, and the log that they must stand in.
//! Version 1.

use super::checks::{self, Covered};
use crate::bank::Level;
use crate::date::Date;
use crate::fault::Text;
use crate::plan::organization::{Filing, OCCUPATION_CODE, Organization};
use crate::result::credential::organization_id;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::key::{KeyId, PublicKey};
use kaoping_record::log::checkpoint::{CheckpointError, verifier_key};
use kaoping_record::log::note::{NoteKey, NoteKeyKind};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The longest list that is read, in bytes.
pub const MAX_TRUST_BYTES: usize = 1024 * 1024;
/// What a list calls itself.
pub const TRUST_KIND: &str = "trust-list";
/// The version of the form.
pub const TRUST_VERSION: u32 = 1;

/// Whose results are accepted. Who uses it must have it from a source of trust: the organization
/// itself, or its authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrustList {
    /// [`TRUST_KIND`].
    pub kind: String,
    /// [`TRUST_VERSION`].
    pub v: u32,
    /// Accepted issuers; one with a new key or filing has a line for each.
    pub issuers: Vec<TrustedIssuer>,
    /// The log whose checkpoints count.
    pub log: TrustedLog,
    /// The service that signs candidates' receipts.
    pub receipts: ReceiptKey,
    /// Outside witnesses that cosign the log's checkpoints, as verifier keys (C2SP
    /// tlog-cosignature).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<String>,
    /// How many of these witnesses must have cosigned; left out, one must, where any is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<u32>,
}

/// An issuer, one of its keys, and what it may certify with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuer {
    /// The organization's name as it is registered.
    pub name: String,
    /// The credential's `issuer.id`: `urn:kaoping:organization:` and the unified social credit
    /// code.
    pub organization_id: String,
    /// With which the organization signs.
    pub key: PublicKey,
    /// Levels, period and number of the filing (备案).
    pub filing: Filing,
    /// From when the key counts.
    pub valid_from_ms: Time,
    /// When the key was given up, `None` while it counts.
    pub revoked: Option<Revocation>,
    /// Until when the key was used, when another took over in good order. Nobody else had it, so
    /// the time that a result claims is believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_ms: Option<Time>,
    /// First day of the filing; without one it held before the key came into use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_from: Option<Date>,
    /// Provinces that the filing is for, two digits of GB/T 2260 each; empty for the whole country.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    /// Keys of further signatures that stand beside its credentials, such as SM2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<PublicKey>,
}

/// A key that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = KeyRevocation))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "KeyRevocation"))]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Results from this leaf of the log on don't count, whatever time they claim.
    pub from_index: u64,
    /// Why the key is revoked, in the words of the list.
    pub reason: String,
}

/// A log by its name and the key of its checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrustedLog {
    /// Its name.
    pub origin: String,
    /// Its Ed25519 key.
    pub key: PublicKey,
    /// The same, as other people's tools take it.
    pub verifier_key: String,
}

/// The key that signs receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiptKey {
    /// With which the room service signs receipts.
    pub key: PublicKey,
}

/// Why text is no trust list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Longer than [`MAX_TRUST_BYTES`].
    #[error("trust list of {0} bytes is longer than {MAX_TRUST_BYTES}")]
    Length(usize),
    /// Not JSON of the form.
    #[error("not a trust list: {0}")]
    Form(#[from] CanonicalError),
    /// Another kind or version.
    #[error("file is of kind `{kind}` version {v}")]
    Kind {
        /// The kind that the document gives itself.
        kind: String,
        /// The version that the document gives itself.
        v: u32,
    },
    /// The log's two writings of its key disagree, or it is no Ed25519 key.
    #[error("the log's verifier key does not fit its key")]
    LogKey,
    /// More witnesses are asked for than are named, or none.
    #[error("a quorum of {0} witnesses cannot be met")]
    Quorum(u32),
    /// Not a witness's verifier key.
    #[error("`{0}` is not the verifier key of a witness")]
    Witness(String),
}

impl TrustedIssuer {
    /// An organization with a key that counts from a time on, for its own province.
    #[must_use]
    pub fn of(organization: &Organization, key: PublicKey, valid_from_ms: Time) -> Self {
        Self {
            name: organization.name.clone(),
            organization_id: organization_id(organization),
            key,
            filing: organization.filing.clone(),
            valid_from_ms,
            revoked: None,
            retired_ms: None,
            filed_from: None,
            provinces: vec![organization.province.clone()],
            beside: Vec::new(),
        }
    }

    /// Whether verifiers who trust this line accept what is signed under it for a level and a
    /// province at a time: the check that they make themselves, for the issuer before signing.
    ///
    /// # Errors
    /// What they would say.
    pub fn may_sign(&self, level: Level, province: &str, at: Time) -> Result<(), Text> {
        let signed_at = at.to_rfc3339();
        let signed =
            Covered { occupation_code: OCCUPATION_CODE, level, province: Some(province), signed_at: &signed_at };
        checks::covered(&signed, self).map(drop).map_err(|(_, text)| text)
    }

    /// Whether verifiers who trust this line accept a record that no filing must cover, such as a
    /// revocation or a closing: its key must be in use when it is signed.
    ///
    /// # Errors
    /// What they would say.
    pub fn may_record(&self, at: Time) -> Result<(), Text> {
        checks::key_time(self, at).map_err(|(_, text)| text)
    }
}

impl TrustList {
    /// A list.
    ///
    /// # Errors
    /// [`CheckpointError::Key`] when the log's key is not for Ed25519.
    pub fn new(
        issuers: Vec<TrustedIssuer>,
        origin: &str,
        log_key: PublicKey,
        receipt_key: PublicKey,
    ) -> Result<Self, CheckpointError> {
        let verifier_key = verifier_key(origin, &log_key)?;
        let log = TrustedLog { origin: origin.to_owned(), key: log_key, verifier_key };
        Ok(Self {
            kind: TRUST_KIND.into(),
            v: TRUST_VERSION,
            issuers,
            log,
            receipts: ReceiptKey { key: receipt_key },
            witnesses: Vec::new(),
            quorum: None,
        })
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn read(text: &str) -> Result<Self, TrustError> {
        if text.len() > MAX_TRUST_BYTES {
            return Err(TrustError::Length(text.len()));
        }
        let list: Self = canonical::from_authored(text.trim_start_matches('\u{feff}').as_bytes())?;
        list.checked()
    }

    /// The list once its kind, its log's key, its witnesses and its quorum are found to be usable.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn checked(self) -> Result<Self, TrustError> {
        let list = self;
        if list.kind != TRUST_KIND || list.v != TRUST_VERSION {
            return Err(TrustError::Kind { kind: list.kind, v: list.v });
        }
        let expected = verifier_key(&list.log.origin, &list.log.key).map_err(|_| TrustError::LogKey)?;
        if expected != list.log.verifier_key {
            return Err(TrustError::LogKey);
        }
        let mut keys = vec![list.log.key.clone()];
        for text in &list.witnesses {
            // The log is no witness of its own, and nobody counts twice.
            match witness_key(text).filter(|key| !keys.contains(key.key())) {
                Some(key) => keys.push(key.key().clone()),
                None => return Err(TrustError::Witness(text.chars().take(200).collect())),
            }
        }
        match list.quorum {
            Some(quorum) if quorum == 0 || quorum as usize > list.witnesses.len() => Err(TrustError::Quorum(quorum)),
            _ => Ok(list),
        }
    }

    /// How many outside witnesses must have seen the log.
    #[must_use]
    pub fn quorum(&self) -> usize {
        let least = u32::from(!self.witnesses.is_empty());
        self.quorum.unwrap_or(least) as usize
    }

    /// The keys of the witnesses.
    #[must_use]
    pub fn witness_keys(&self) -> Vec<NoteKey> {
        self.witnesses.iter().filter_map(|key| witness_key(key)).collect()
    }

    /// The lines of the issuer that has this key.
    pub fn issuers_of<'a>(&'a self, key: &'a KeyId) -> impl Iterator<Item = &'a TrustedIssuer> + use<'a> {
        self.issuers.iter().filter(move |issuer| issuer.key.id() == *key)
    }
}

fn witness_key(text: &str) -> Option<NoteKey> {
    NoteKey::parse(text).ok().filter(|key| key.kind() == NoteKeyKind::Witness)
}
