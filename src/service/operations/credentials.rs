//! Signing credentials: ES256 in the JWS, and SM2 beside it where the organization has such a key.

use crate::app::App;
use crate::refusal::Refusal;
use kaoping_record::digest::Digest;
use kaoping_record::jws;
use kaoping_record::key::Algorithm;
use kaoping_record::message::Proof;
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
