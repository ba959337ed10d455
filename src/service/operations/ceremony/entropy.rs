//! Public entropy: somebody brings the outcome of the event that the basis names.

use super::super::doer::transact;
use super::basis_of;
use crate::aggregates::attempt::Entropy;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::batch_refusal::BatchRefusal;
use crate::app::App;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use kaoping_engine::draw::entropy::EntropyOutcome;
use kaoping_engine::fault::Fault;
use kaoping_record::canonical;
use kaoping_record::digest::to_hex;
use kaoping_record::id::BatchId;
use serde_json::Value;

/// Enters the outcome of the event that the basis names. It is checked by the basis's rule and cannot be changed.
///
/// # Errors
/// `outcome` when it is malformed, `entropy_early` before its time, `no_entropy_wanted` or `entropy_given` where none is
/// due; `openings_unseen` when in certification no witness has seen the openings in time.
pub async fn enter_outcome(app: &App, member: &Member, batch: &BatchId, outcome: &Value) -> Result<(), Refusal> {
    let bytes = canonical::to_bytes(outcome)
        .map_err(|error| Refusal::invalid("outcome", "outcome", ("录入的内容格式不对。", &error.to_string()), CHECK))?;
    let parsed = EntropyOutcome::parse(&bytes).map_err(refused)?;
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let fixed = state.takes_entropy()?;
        let basis = basis_of(app, &fixed.basis).await?;
        let named = basis.public_entropy.ok_or(BatchRefusal::NoEntropyWanted)?;
        if work.now() < named.not_before_ms {
            return Err(Refusal::conflict(
                "entropy_early",
                "entropy",
                ("还没有到依据所定的时间。", "the time that the basis sets has not come"),
                ("等它公布后再录入。", "enter it once it is published"),
            ));
        }
        let entropy = Entropy {
            bytes: to_hex(&parsed.bytes_for(&named, basis.profile).map_err(refused)?),
            outcome: outcome.clone(),
            by: member.account.clone(),
            at_ms: work.now(),
            after_opening: fixed.all_open(),
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::EntropyGiven { entropy }).await
    })
}

const CHECK: (&str, &str) = ("请按公布的内容核对。", "compare it with what was published");

#[expect(clippy::boxed_local, reason = "as the engine gives it")]
fn refused(fault: Box<Fault>) -> Refusal {
    Refusal::faulty(("公开随机数", "the public entropy"), vec![*fault])
}
