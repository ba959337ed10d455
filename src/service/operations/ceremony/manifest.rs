//! The manifest: basis and commitments, fixed and logged before a secret is opened. Nothing in it is
//! left to choose.

use super::super::doer::transact;
use super::{basis_of, custodian_id};
use crate::aggregates::attempt::FixedManifest;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::stored::read_blob;
use crate::operations::{credentials, log};
use crate::refusal::Refusal;
use kaoping_engine::draw::manifest::{Commitment, MANIFEST_VERSION, Manifest};
use kaoping_engine::verify::file::manifest_bundle::ManifestBundle;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;

/// Fixes the manifest and logs it.
///
/// # Errors
/// `not_at_this_stage` before all custodians have committed, `not_covered` when the filing does not
/// hold today.
pub async fn fix_manifest(app: &App, member: &Member, batch: &BatchId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let (basis, committed) = state.committed()?;
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let commitments = committed.iter().map(|(custodian, commitment)| {
            Ok(Commitment { commitment: *commitment, custodian: custodian_id(&custodian.account)? })
        });
        let commitments = commitments.collect::<Result<_, Refusal>>()?;
        let manifest = Manifest { basis: basis.record.leaf.record, commitments, v: MANIFEST_VERSION };
        let faults = manifest.check(&basis_of(app, basis).await?);
        if !faults.is_empty() {
            return Err(Refusal::faulty(("抽题清单", "the manifest"), faults));
        }
        let message = signing.sign(Signed::new(manifest))?;
        let digest = message.identity()?;
        let blob = work.blob(message.to_bytes()?);
        let leaf = log::append(app, work, batch, LeafKind::Manifest, digest).await?;
        let manifest = FixedManifest { digest, message: blob, leaf };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Fixed { manifest }).await
    })
}

/// The file by which custodians see that the manifest is fixed: signed basis and manifest, and the
/// manifest's place in the log, under a witnessed checkpoint where there is one.
///
/// # Errors
/// [`Refusal::not_found`] before the manifest is fixed.
pub async fn manifest_bundle(app: &App, batch: &BatchId) -> Result<ManifestBundle, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let fixed = state.fixed().ok_or_else(|| Refusal::not_found("manifest"))?;
    let basis = read_blob(app, &fixed.basis.record.message).await?;
    let manifest = read_blob(app, &fixed.manifest.message).await?;
    Ok(ManifestBundle::new(basis, manifest, log::prove(app, &fixed.manifest.leaf).await?))
}
