//! Signing credentials: ES256 in the JWS, and SM2 beside it where the organization has such a key.

use super::organization;
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::bank::Level;
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::result::verify::trust::TrustedIssuer;
use kaoping_record::digest::Digest;
use kaoping_record::jws;
use kaoping_record::key::Algorithm;
use kaoping_record::message::Proof;
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

/// The signatures that credentials name as required.
#[must_use]
pub fn required(app: &App) -> Vec<Algorithm> {
    let beside = app.keys.beside.as_ref().map(|signer| signer.public_key().algorithm());
    std::iter::once(Algorithm::Es256).chain(beside).collect()
}

/// The organization, when verifiers accept what it signs for this level at this time: its filing covers both, and its key
/// is the one in use. What they refuse is refused before it is signed, since a leaf of the log is there for ever.
///
/// # Errors
/// `not_covered` with what verifiers would say, `key_not_in_use`, `organization_missing`.
pub async fn signing(app: &App, level: Level, at: Time) -> Result<Organization, Refusal> {
    let organization = organization::needed(app).await?;
    let state = organization::state(app).await?;
    let present = state.present_key().filter(|present| present.key == *app.keys.organization.public_key());
    let present = present.ok_or_else(key_not_in_use)?;
    let line = TrustedIssuer::of(&organization, present.key.clone(), present.since_ms);
    line.may_sign(level, &organization.province, at).map_err(|text| {
        Refusal::conflict(
            "not_covered",
            "filing",
            (
                &format!("现在签发，核验时不会被承认：{}", text.zh),
                &format!("no verifier would accept what is signed now: {}", text.en),
            ),
            (
                "先办理备案，在“机构”页更新备案信息，再做这一步。",
                "have the filing renewed and enter it on the organization page, then do this",
            ),
        )
    })?;
    Ok(organization)
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

/// Signs a credential with all keys that [`required`] names.
///
/// # Errors
/// [`Refusal::internal`] when a key fails.
pub fn issue(app: &App, credential: &impl Serialize) -> Result<Issued, Refusal> {
    let jws = jws::sign(credential, &*app.keys.organization)?;
    let proofs = match &app.keys.beside {
        Some(signer) => vec![jws::sign_beside(&jws, &**signer)?],
        None => Vec::new(),
    };
    let identity = jws::Unverified::parse(&jws)?.identity();
    Ok(Issued { jws, proofs, identity })
}
