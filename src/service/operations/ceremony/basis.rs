//! The basis: everything that the draw depends on but the secrets, checked, fixed and logged before anybody commits.

use super::super::doer::transact;
use super::{custodian_id, seating_of};
use crate::aggregates::attempt::{FixedBasis, Returned};
use crate::aggregates::batch::{BatchEvent, BatchState, Seated};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::practical::lots;
use crate::operations::{banks, batches, credentials};
use crate::refusal::Refusal;
use kaoping_engine::bank::Index;
use kaoping_engine::draw::basis::{BASIS_VERSION, BankEntry, Basis, BasisCustodian, PublicEntropy, Replaced};
use kaoping_engine::draw::entropy::check_source;
use kaoping_engine::draw::{ALGORITHM, BasisInput, prepare};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::schedule::FixedPractical;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::time::Time;

/// Public entropy lies at least this far ahead when the basis is fixed.
const AHEAD_MS: i64 = 60_000;

/// Fixes the basis and logs it. `public_entropy` names where entropy will come from that does not exist yet. A basis that was
/// fixed before in this attempt is given up, with the commitments to it.
///
/// # Errors
/// `not_at_this_stage` without a roster or after the manifest, `not_covered` when the filing does not hold today,
/// `conflict_of_interest` when no panel may examine a candidate, `faults` when the draw would be refused whatever the secrets
/// are.
pub async fn fix_basis(
    app: &App,
    member: &Member,
    batch: &BatchId,
    public_entropy: Option<&PublicEntropy>,
) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let seated = state.takes_basis()?;
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let indexes = banks::indexes(app, &state.plan).await?;
        let practical = batches::fixed_practical(&state.plan, lots::conflicts(app, &state).await?)?;
        let basis = basis(app, &state, seated, (&indexes, &practical), public_entropy.cloned()).await?;
        let faults: Vec<Fault> =
            public_entropy.and_then(|named| entropy_fault(named, &basis, work.now())).into_iter().collect();
        if !faults.is_empty() {
            return Err(Refusal::faulty(("抽题依据", "the basis"), faults));
        }
        let (basis, returned) = check(app, &state, seated, indexes, basis).await?;
        // The deal and the audit read it by the digest that the basis names.
        work.blob(canonical::to_bytes(&practical)?);
        let record = signing.record(work, batch, basis).await?;
        let fixed = FixedBasis { record, not_before_ms: public_entropy.map(|named| named.not_before_ms), returned };
        work.append::<BatchState>(batch.as_str(), BatchEvent::BasisFixed { basis: fixed }).await
    })
}

async fn basis(
    app: &App,
    state: &BatchState,
    seated: &Seated,
    (indexes, practical): (&[(Index, Digest)], &FixedPractical),
    public_entropy: Option<PublicEntropy>,
) -> Result<Basis, Refusal> {
    let plan = &state.plan;
    let custodians = state.custodians.iter().map(|custodian| {
        Ok(BasisCustodian { custodian: custodian_id(&custodian.account)?, outside: custodian.outside })
    });
    let banks = indexes.iter().map(|(index, digest)| BankEntry {
        bank: index.bank.clone(),
        kind: index.kind,
        index: *digest,
        answer_keys: index.answer_keys(),
        approval: None,
    });
    Ok(Basis {
        algorithm: ALGORITHM.to_owned(),
        attempt: state.attempt,
        banks: banks.collect(),
        batch: plan.batch.clone(),
        blueprint: batches::blueprint(plan)?.digest()?,
        custodians: custodians.collect::<Result<_, Refusal>>()?,
        level: plan.level,
        plan: Digest::of(&canonical::to_bytes(plan)?),
        practical: Some(practical.digest()?),
        profile: plan.profile,
        public_entropy,
        replaces: state
            .voided
            .last()
            .map(|ended| Replaced { manifest: ended.manifest.digest, void: ended.void.leaf.record }),
        roster: seated.roster,
        seating: seating_of(app, seated).await?.digest()?,
        v: BASIS_VERSION,
    })
}

/// Checks the draw as far as it needs no secret, and gives the basis back, with the papers for which seen items return.
async fn check(
    app: &App,
    state: &BatchState,
    seated: &Seated,
    indexes: Vec<(Index, Digest)>,
    basis: Basis,
) -> Result<(Basis, Vec<Returned>), Refusal> {
    let blueprint = batches::blueprint(&state.plan)?;
    let seating = seating_of(app, seated).await?;
    tokio::task::spawn_blocking(move || {
        let indexes: Vec<Index> = indexes.into_iter().map(|(index, _)| index).collect();
        let input = BasisInput { basis: &basis, indexes: &indexes, blueprint: &blueprint, seating: &seating };
        let feasible = prepare(&input).map_err(|error| Refusal::faulty(("抽题", "the draw"), error.faults()))?;
        let returned = feasible.returned().map(|(paper, items)| Returned {
            paper: paper.clone(),
            items: u32::try_from(items.len()).unwrap_or(u32::MAX),
        });
        let returned = returned.collect();
        Ok((basis, returned))
    })
    .await
    .map_err(Refusal::internal)?
}

/// Nobody may know the entropy yet, and its source must leave nothing to choose.
fn entropy_fault(named: &PublicEntropy, basis: &Basis, now: Time) -> Option<Fault> {
    if named.not_before_ms < now.plus_millis(AHEAD_MS) {
        return Some(Fault::new(
            "entropy_too_soon",
            "/public_entropy/not_before_ms",
            Text::new("公开随机数的产生时间不在一分钟以后", "the public entropy is not at least a minute ahead"),
            Text::new(
                "选一个还没有产生的期次或轮次，并给保管人留出封存和开启的时间",
                "choose an issue or round that does not exist yet, and leave custodians the time to commit and open",
            ),
        ));
    }
    check_source(named, basis.profile).err().map(|fault| *fault)
}
