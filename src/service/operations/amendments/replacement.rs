//! A result that replaces another: whole, signed, and logged together with the decision that it
//! rests on.

use crate::aggregates::log::LoggedLeaf;
use crate::aggregates::result::{LoggedResult, SignedResult};
use crate::app::App;
use crate::operations::credentials::{self, Signing};
use crate::operations::log;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::kinds::correction::Correction;
use kaoping_engine::result::credential::{Issuer, ResultCredential, ResultSubject, Supersedes};
use kaoping_engine::result::outcome::decide;
use kaoping_record::digest::Digest;
use kaoping_record::jws;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;

/// A result in the place of another.
pub(crate) struct Replaced {
    pub(crate) result: SignedResult,
    pub(crate) leaf: LoggedLeaf,
    /// Blob of the decision.
    pub(crate) correction: Digest,
}

/// What the result that counts says.
///
/// # Errors
/// [`Refusal::internal`] when it cannot be read.
pub(crate) fn claimed(known: &LoggedResult) -> Result<ResultCredential, Refusal> {
    Ok(jws::Unverified::parse(&known.result.jws)?.claimed()?)
}

/// Signs and logs the result that replaces the one that counts; `change` changes what it says.
///
/// # Errors
/// [`Refusal::internal`] when a key or the store fails.
pub(crate) async fn replace(
    app: &App,
    work: &mut Work,
    signing: &Signing,
    known: &LoggedResult,
    decision: Correction,
    change: impl FnOnce(&mut ResultSubject),
) -> Result<Replaced, Refusal> {
    let mut credential = claimed(known)?;
    let batch = decision.batch.clone();
    let decision = signing.sign(Signed::new(decision))?;
    change(&mut credential.credential_subject);
    let subject = &mut credential.credential_subject;
    subject.outcome = decide(&subject.theory, &subject.practical);
    let (outcome, theory, practical) = (subject.outcome, subject.theory.shown.clone(), subject.practical.shown.clone());
    credential.issuer = Issuer::of(signing.organization());
    credential.required_signatures = credentials::required(app);
    credential.valid_from = work.now().to_rfc3339();
    credential.supersedes = Some(Supersedes { correction: decision.identity()?, result: known.leaf.record });
    let issued = signing.issue(&credential)?;
    let leaf = log::append(app, work, &batch, LeafKind::Correction, issued.identity).await?;
    let correction = work.blob(decision.to_bytes()?);
    let identity_salt = known.result.identity_salt.clone();
    let result = SignedResult { jws: issued.jws, proofs: issued.proofs, identity_salt, outcome, theory, practical };
    Ok(Replaced { result, leaf, correction })
}
