//! The organization's signature: the one door to its key, but for the key's own changes
//! (`operations/keys.rs`).
//!
//! Nothing gets a signature that no verifier would accept, since a leaf of the log is there for
//! ever. What leads to a result or certificate, from the roster on, must lie within the filing.
//! What ends something (an absence, a decision without a result, a void, the closing, a revocation)
//! needs a key in use alone, as verifiers ask for it: a filing that lapsed must not keep a wrong
//! certificate valid.
//!
//! Credentials get ES256 in the JWS, and SM2 beside it where the organization has such a key.

use super::{log, organization};
use crate::aggregates::log::Recorded;
use crate::aggregates::organization::{KEY, OrganizationState};
use crate::aggregates::result::SignedCode;
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kaoping_engine::bank::Level;
use kaoping_engine::fault::Text;
use kaoping_engine::kinds::Record;
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::result::certificate_code::{CertificateCode, CodeSalt};
use kaoping_engine::verify::file::trust::TrustedIssuer;
use kaoping_record::cose;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::jws;
use kaoping_record::key::{Algorithm, KeyId};
use kaoping_record::message::{Message, Proof, Signed};
use kaoping_record::time::Time;
use serde::Serialize;

/// A signed credential.
pub struct Issued {
    /// The compact form.
    pub jws: String,
    /// Signatures beside it.
    pub proofs: Vec<Proof>,
    pub identity: Digest,
}

/// The organization, whose signature verifiers accept now for what it was asked for.
pub struct Signing {
    app: App,
    organization: Organization,
}

/// The signature for what a filing must cover at this level. The work rests on the filing and on
/// the key.
///
/// # Errors
/// `not_covered` with what verifiers would say, `key_not_in_use`, `organization_missing`.
pub async fn under_filing(app: &App, work: &mut Work, level: Level) -> Result<Signing, Refusal> {
    let state = work.load(KEY).await?.unwrap_or_default();
    open(app, state, Some(level), work.now())
}

/// The signature for what ends something. The work rests on the key.
///
/// # Errors
/// `not_covered` with what verifiers would say, `key_not_in_use`, `organization_missing`.
pub async fn by_key(app: &App, work: &mut Work) -> Result<Signing, Refusal> {
    let state = work.load(KEY).await?.unwrap_or_default();
    open(app, state, None, work.now())
}

/// [`under_filing`] outside a work, to refuse before anything is begun.
///
/// # Errors
/// As [`under_filing`].
pub async fn is_covered(app: &App, level: Level) -> Result<(), Refusal> {
    open(app, organization::state(app).await?, Some(level), app.now()).map(drop)
}

/// The signature with the present key, where the service holds it; to vouch for what was signed
/// before.
#[must_use]
pub fn present(app: &App, state: &OrganizationState) -> Option<Signing> {
    open(app, state.clone(), None, app.now()).ok()
}

/// The check that verifiers make themselves, before anything is signed.
fn open(app: &App, state: OrganizationState, level: Option<Level>, at: Time) -> Result<Signing, Refusal> {
    let present = state.present_key().filter(|present| present.key == *app.keys.organization.public_key());
    let present = present.ok_or_else(key_not_in_use).map(|present| (present.key.clone(), present.since_ms));
    let organization = organization::entered(state)?;
    let (key, since) = present?;
    let line = TrustedIssuer::of(&organization, key, since);
    let accepted = match level {
        Some(level) => line.may_sign(level, &organization.province, at),
        None => line.may_record(at),
    };
    accepted.map_err(|text| not_covered(&text))?;
    Ok(Signing { app: app.clone(), organization })
}

impl Signing {
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.organization
    }

    /// The name of the key that signs.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.app.keys.organization.public_key().id()
    }

    /// Signs a message.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the key fails.
    pub fn sign<T: Message>(&self, message: Signed<T>) -> Result<Signed<T>, Refusal> {
        Ok(message.sign(&*self.app.keys.organization)?)
    }

    /// Signs a record, keeps it and appends its leaf.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the record contradicts itself, has no leaf, or the store fails.
    pub async fn record<T: Record>(&self, work: &mut Work, batch: &BatchId, record: T) -> Result<Recorded, Refusal> {
        let message = self.sign(Signed::new(record))?;
        log::keep(&self.app, work, batch, message).await
    }

    /// Signs the code of a printed certificate.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the key fails.
    pub fn sign_code(&self, code: &CertificateCode, salt: CodeSalt) -> Result<SignedCode, Refusal> {
        let signed =
            cose::Unverified::sign(code.to_bytes(), &*self.app.keys.organization).map_err(Refusal::internal)?;
        let value = URL_SAFE_NO_PAD.encode(signed.signature());
        Ok(SignedCode { salt, proof: Proof { alg: Algorithm::Es256, key: self.key(), value } })
    }

    /// Signs a credential with all keys that [`required`] names.
    ///
    /// # Errors
    /// [`Refusal::internal`] when a key fails.
    pub fn issue(&self, credential: &impl Serialize) -> Result<Issued, Refusal> {
        let jws = jws::sign(credential, &*self.app.keys.organization)?;
        let proofs = match &self.app.keys.beside {
            Some(signer) => vec![jws::sign_beside(&jws, &**signer)?],
            None => Vec::new(),
        };
        let identity = jws::Unverified::parse(&jws)?.identity();
        Ok(Issued { jws, proofs, identity })
    }
}

/// The signatures that credentials name as required.
#[must_use]
pub fn required(app: &App) -> Vec<Algorithm> {
    let beside = app.keys.beside.as_ref().map(|signer| signer.public_key().algorithm());
    std::iter::once(Algorithm::Es256).chain(beside).collect()
}

fn not_covered(said: &Text) -> Refusal {
    Refusal::conflict(
        "not_covered",
        "filing",
        (
            &format!("现在签发，核验时不会被承认：{}", said.zh),
            &format!("no verifier would accept what is signed now: {}", said.en),
        ),
        (
            "先办理备案，在“机构与备案”页更新备案信息，再做这一步。",
            "have the filing renewed and enter it on the organization page, then do this",
        ),
    )
}

fn key_not_in_use() -> Refusal {
    Refusal::conflict(
        "key_not_in_use",
        "key",
        (
            "服务手里的机构密钥已经停用或作废，签发的文件不会被承认。",
            "the service holds a key of the organization that was given up; no verifier would accept its signatures",
        ),
        ("请管理员用现在的密钥重新启动服务。", "have the service started with the present key"),
    )
}
