//! The manifest: everything that the draw depends on, fixed and logged before a secret is opened.

use super::{custodian_id, seating_of};
use crate::aggregates::attempt::FixedManifest;
use crate::aggregates::batch::{BatchEvent, BatchState, Seated};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::{banks, batches, credentials, log};
use crate::refusal::Refusal;
use crate::work::transact;
use kaoping_engine::draw::ALGORITHM;
use kaoping_engine::draw::entropy::check_source;
use kaoping_engine::draw::manifest::{BankEntry, CustodianEntry, MANIFEST_VERSION, Manifest, PublicEntropy, Replaced};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::schedule::PlanCustodian;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use kaoping_record::time::Time;

/// Public entropy lies at least this far ahead when the manifest is fixed.
const AHEAD_MS: i64 = 60_000;

/// Fixes the manifest and logs it. `public_entropy` names where entropy will come from that does not exist yet.
///
/// # Errors
/// `not_at_this_stage` before all custodians have committed, `not_covered` when the filing does not hold today, `faults`
/// when the manifest has defects.
pub async fn fix_manifest(
    app: &App,
    member: &Member,
    batch: &BatchId,
    public_entropy: Option<&PublicEntropy>,
) -> Result<(), Refusal> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let (seated, committed) = state.committed()?;
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let manifest = manifest(app, &state, seated, &committed, public_entropy.cloned()).await?;
        let mut faults = manifest.check();
        faults.extend(public_entropy.and_then(|named| entropy_fault(named, work.now())));
        if !faults.is_empty() {
            return Err(Refusal::faulty(("抽题清单", "the manifest"), faults));
        }
        let message = signing.sign(Signed::new(manifest))?;
        let digest = message.identity()?;
        let blob = work.blob(message.to_bytes()?);
        let leaf = log::append(app, work, batch, LeafKind::Manifest, digest).await?;
        let manifest = FixedManifest { digest, message: blob, leaf, entropy: public_entropy.is_some() };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Fixed { manifest }).await
    })
}

async fn manifest(
    app: &App,
    state: &BatchState,
    seated: &Seated,
    committed: &[(&PlanCustodian, Digest)],
    public_entropy: Option<PublicEntropy>,
) -> Result<Manifest, Refusal> {
    let plan = &state.plan;
    let custodians = committed.iter().map(|(custodian, commitment)| {
        let outside = custodian.outside;
        Ok(CustodianEntry { custodian: custodian_id(&custodian.account)?, outside, commitment: *commitment })
    });
    let banks = banks::indexes(app, plan).await?.into_iter().map(|(index, digest)| BankEntry {
        bank: index.bank.clone(),
        kind: index.kind,
        index: digest,
        answer_keys: index.answer_keys(),
        approval: None,
    });
    Ok(Manifest {
        v: MANIFEST_VERSION,
        algorithm: ALGORITHM.to_owned(),
        profile: plan.profile,
        batch: plan.batch.clone(),
        attempt: state.attempt,
        replaces: state
            .voided
            .last()
            .map(|ended| Replaced { manifest: ended.manifest.digest, void: ended.void.leaf.record }),
        level: plan.level,
        banks: banks.collect(),
        blueprint: batches::blueprint(plan)?.digest()?,
        seating: seating_of(app, seated).await?.digest()?,
        roster: seated.roster,
        practical: Some(Digest::of(&canonical::to_bytes(&plan.practical)?)),
        custodians: custodians.collect::<Result<_, Refusal>>()?,
        public_entropy,
    })
}

/// Nobody may know the entropy yet, and its source must leave nothing to choose.
fn entropy_fault(named: &PublicEntropy, now: Time) -> Option<Fault> {
    if named.not_before_ms < now.plus_millis(AHEAD_MS) {
        return Some(Fault::new(
            "entropy_too_soon",
            "/public_entropy/not_before_ms",
            Text::new("公开随机数的产生时间不在一分钟以后", "the public entropy is not at least a minute ahead"),
            Text::new("选一个还没有产生的期次或轮次", "choose an issue or round that does not exist yet"),
        ));
    }
    check_source(named).err().map(|fault| *fault)
}
