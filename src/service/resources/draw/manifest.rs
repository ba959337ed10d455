//! The manifest: everything that the draw depends on, fixed and logged before a secret is opened.

use super::{DrawView, at_stage, custodian_id, read};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{all, batches, log, needed_blob, state_of};
use crate::state::attempt::FixedManifest;
use crate::state::bank::BankState;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::bank::{BankKind, Index};
use kaoping_engine::draw::entropy::{DRAND_RULE, check_source, drand_source_at};
use kaoping_engine::draw::manifest::{BankEntry, CustodianEntry, MANIFEST_VERSION, Manifest, PublicEntropy, Replaced};
use kaoping_engine::draw::{ALGORITHM, Seating};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::schedule::Plan;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::Deserialize;
use utoipa::ToSchema;

/// What the office chooses when it fixes the manifest.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixRequest {
    /// Where public entropy will come from; nothing for none.
    public_entropy: Option<EntropyChoice>,
}

/// Public entropy that does not exist yet.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyChoice {
    /// `lottery-rfc3797`, `drand`, or another.
    rule: String,
    /// The lottery and issue, or the beacon's round; absent for the first round of drand at or after the time.
    source: Option<String>,
    /// It comes at this time or later.
    not_before_ms: Time,
}

impl From<EntropyChoice> for PublicEntropy {
    fn from(choice: EntropyChoice) -> Self {
        let EntropyChoice { rule, source, not_before_ms } = choice;
        let first = || if rule == DRAND_RULE { drand_source_at(not_before_ms) } else { String::new() };
        Self { source: source.unwrap_or_else(first), rule, not_before_ms }
    }
}

/// Public entropy lies at least this far ahead when the manifest is fixed.
const AHEAD_MS: i64 = 60_000;

/// Fixes the manifest and logs it.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/manifest", request_body = FixRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn fix(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<FixRequest>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        at_stage(
            &state,
            Stage::Committed,
            ("全部保管人封存之后才能固定清单。", "fix the manifest after all custodians have committed"),
        )?;
        let entropy = request.public_entropy.clone().map(PublicEntropy::from);
        let manifest = manifest(&app, &state, entropy).await?;
        let mut faults = manifest.check();
        faults.extend(manifest.public_entropy.as_ref().and_then(|named| entropy_fault(named, work.now())));
        if !faults.is_empty() {
            return Err(ApiError::faulty(("抽题清单", "the manifest"), faults));
        }
        let entropy = manifest.public_entropy.is_some();
        let message = Signed::new(manifest).sign(&*app.keys.organization)?;
        let digest = message.identity()?;
        let blob = work.blob(message.to_bytes()?);
        let leaf = log::append(&app, work, &batch, LeafKind::Manifest, digest).await?;
        let manifest = FixedManifest { digest, message: blob, leaf, entropy };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Fixed { manifest }).await
    })?;
    read(State(app), member, Path(batch)).await
}

async fn manifest(app: &App, state: &BatchState, public_entropy: Option<PublicEntropy>) -> Result<Manifest, ApiError> {
    let plan = state.plan()?;
    let blueprint = batches::blueprint(app, plan)?;
    let mut custodians = Vec::new();
    for custodian in &state.custodians {
        custodians.push(CustodianEntry {
            custodian: custodian_id(&custodian.account)?,
            outside: custodian.outside,
            commitment: state.commitments.get(&custodian.account).copied().unwrap_or(Digest::ZERO),
        });
    }
    let banks = indexes(app, plan).await?.into_iter().map(|(index, digest)| BankEntry {
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
        blueprint: blueprint.digest()?,
        seating: seating(app, state).await?.digest()?,
        roster: state.roster.unwrap_or(Digest::ZERO),
        practical: Some(Digest::of(&canonical::to_bytes(&plan.practical)?)),
        custodians,
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

/// The indexes of the plan's banks with their digests: the national bank of the level.
pub(super) async fn indexes(app: &App, plan: &Plan) -> Result<Vec<(Index, Digest)>, ApiError> {
    let mut indexes = Vec::new();
    for row in all(app, Collection::Bank, "").await? {
        let bank: BankState = state_of(&row)?;
        let Some(sealed) = bank.sealed else { continue };
        if sealed.level == plan.level && sealed.kind == BankKind::National {
            indexes.push((canonical::from_bytes(&needed_blob(app, &sealed.index).await?)?, sealed.index));
        }
    }
    Ok(indexes)
}

/// The seating of a batch.
pub(super) async fn seating(app: &App, state: &BatchState) -> Result<Seating, ApiError> {
    let digest = state.seating.ok_or_else(|| ApiError::not_found("seating"))?;
    Ok(canonical::from_bytes(&needed_blob(app, &digest).await?)?)
}
