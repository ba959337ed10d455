//! The walk over the candidates of a batch whose key was corrected. Each person's score, result and
//! certificate change in one commit, which rests on the correction. Whose score is by the rules
//! already is passed over, so that a walk which broke off, or that two people began, changes nobody
//! twice.

use super::super::amendments::replacement::{Replaced, replace};
use super::super::credentials::Signing;
use super::super::doer::transact;
use super::super::member::Member;
use super::super::stored::needed_blob;
use super::super::{certificates, credentials, roster};
use super::rescoring::{Rescoring, rescore};
use super::under_way;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::key_correction::{KeyCorrected, KeyCorrectionRefusal};
use crate::aggregates::result::{LoggedResult, ResultEvent, ResultState, Revoked, result_key};
use crate::aggregates::sitting::{SittingEvent, SittingState, TheoryMark};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::kinds::correction::{Correction, CorrectionReason};
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::kinds::revocation::{Revocation, RevocationReason, RevokedRecord};
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::result::outcome::{Outcome, PartResult};
use kaoping_engine::theory::score::PreparedScoring;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::message::Signed;

/// How far a walk has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Candidates of the roster that are done.
    pub settled: u32,
    /// All of them.
    pub candidates: u32,
    /// Whether the correction is carried out to its end.
    pub is_complete: bool,
}

/// Settles the next candidates, at most so many. Any officer may go on with it.
///
/// # Errors
/// `not_under_way`; `not_covered` when the filing does not hold today.
pub async fn settle(app: &App, member: &Member, batch: &BatchId, at_most: usize) -> Result<Settled, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let corrections = state.key_corrections()?;
    let corrected = corrections.under_way().ok_or(KeyCorrectionRefusal::NotUnderWay)?;
    let entries = roster::entries(app, &state).await?;
    let rescoring = Rescoring::by(app, &state, corrections.rules()).await?;
    let scoring = rescoring.prepare();
    let begun = usize::try_from(corrected.settled).unwrap_or(usize::MAX);
    let next = entries.iter().skip(begun).take(at_most);
    let mut until = corrected.settled;
    for entry in next {
        settle_person(app, member, batch, &scoring, (entry, &corrected.record.leaf.record)).await?;
        until += 1;
    }
    let candidates = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    transact!(app, member, |work| {
        let (_, present) = under_way(work, batch).await?;
        // Somebody else went on with it meanwhile.
        let until = until.max(present.settled);
        let is_last = until == candidates;
        let completed_ms = is_last.then(|| work.now());
        let event = BatchEvent::KeyCorrectionSettled { until, completed_ms };
        work.append::<BatchState>(batch.as_str(), event).await?;
        Ok(Settled { settled: until, candidates, is_complete: is_last })
    })
}

/// Replaces a person's score and result, when the rules lead to another.
async fn settle_person(
    app: &App,
    member: &Member,
    batch: &BatchId,
    scoring: &PreparedScoring<'_>,
    (entry, correction): (&RosterEntry, &Digest),
) -> Result<(), Refusal> {
    let key = result_key(batch, &entry.pseudonym);
    transact!(app, member, |work| {
        let Some(ResultState::Signed(logged)) = work.load::<ResultState>(&key).await? else { return Ok(()) };
        let sitting: SittingState = work.need(entry.theory.as_str(), "sitting").await?;
        let rescored = rescore(app, scoring, sitting.theory()?).await?;
        let Some(score) = rescored.and_then(|rescored| rescored.after) else { return Ok(()) };
        let (state, corrected) = under_way(work, batch).await?;
        if corrected.record.leaf.record != *correction {
            return Err(KeyCorrectionRefusal::NotUnderWay.into());
        }
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let theory = PartResult::theory(score.half_marks);
        let half_marks = score.half_marks;
        let message = signing.sign(Signed::new(score))?;
        let identity = message.identity()?;
        let mark = TheoryMark { half_marks, score: work.blob(message.to_bytes()?), identity };
        work.append::<SittingState>(entry.theory.as_str(), SittingEvent::TheoryScored { mark }).await?;
        let decision = Correction {
            appeal: None,
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by: corrected.decided_by.clone(),
            pseudonym: entry.pseudonym.clone(),
            reason: Reason { code: CorrectionReason::Key, text: corrected.reason.clone() },
            supersedes: logged.leaf.record,
        };
        let Replaced { result, leaf, correction: decision } =
            replace(app, work, &signing, &logged, decision, |subject| {
                subject.theory = theory;
                subject.evidence.theory_score = identity;
            })
            .await?;
        let revocation = logged.revocation(&logged.leaf.record).map(|revoked| revoked.record.message);
        let (outcome, record) = (result.outcome, leaf.record);
        work.append::<ResultState>(&key, ResultEvent::Rescored { result, leaf, correction: decision }).await?;
        if let Some(former) = revocation {
            // A revocation is final: what replaces a revoked result does not count either, for the
            // reason that was given then.
            let former: Signed<Revocation> = Signed::parse(&needed_blob(app, &former).await?)?;
            let revoked = RevokedRecord::Result { record };
            return revoke(work, &signing, &key, &corrected, (batch, revoked, former.payload.reason), None).await;
        }
        settle_certificate(app, work, &signing, (batch, entry), &corrected, (&logged, outcome)).await
    })
}

/// The certificate of somebody whose result was replaced: it is renewed on the new result, or
/// revoked when that has failed.
async fn settle_certificate(
    app: &App,
    work: &mut Work,
    signing: &Signing,
    (batch, entry): (&BatchId, &RosterEntry),
    corrected: &KeyCorrected,
    (before, outcome): (&LoggedResult, Outcome),
) -> Result<(), Refusal> {
    match (outcome, before.valid_certificate()) {
        (Outcome::Passed, _) => certificates::renew(app, work, signing, batch, &entry.pseudonym).await,
        (Outcome::Failed, Some(certified)) => {
            let key = result_key(batch, &entry.pseudonym);
            let revoked = RevokedRecord::Certificate { record: certified.leaf.record };
            let reason = Reason { code: RevocationReason::Error, text: corrected.reason.clone() };
            let by = Some(corrected.record.leaf.record);
            revoke(work, signing, &key, corrected, (batch, revoked, reason), by).await
        }
        (Outcome::Failed, None) => Ok(()),
    }
}

async fn revoke(
    work: &mut Work,
    signing: &Signing,
    key: &str,
    corrected: &KeyCorrected,
    (batch, what, reason): (&BatchId, RevokedRecord, Reason<RevocationReason>),
    key_correction: Option<Digest>,
) -> Result<(), Refusal> {
    let revocation = Revocation {
        at_ms: work.now(),
        batch: batch.clone(),
        decided_by: corrected.decided_by.clone(),
        effective_ms: work.now(),
        reason,
        revoked: what,
    };
    let record = signing.record(work, batch, revocation).await?;
    let revoked = Revoked { what, record, key_correction };
    work.append::<ResultState>(key, ResultEvent::Revoked { revoked }).await
}
