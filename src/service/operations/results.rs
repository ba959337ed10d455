//! Exams that end without a result, by a decision: void, annulled for misconduct, or deferred. The
//! reason is logged.

use super::doer::transact;
use super::member::Member;
use super::requests::{is_first, saying};
use super::{credentials, keys, log, roster};
use crate::aggregates::batch::BatchState;
use crate::aggregates::log::LoggedLeaf;
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{ResultEvent, ResultRefusal, ResultState, result_key};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::kinds::decision::{Decider, Reason};
use kaoping_engine::kinds::sitting_end::{SittingEnd, SittingEndKind, SittingEndReason};
use kaoping_engine::verify::file::bundle::{CERTIFICATE_BUNDLE_KIND, ResultBundle};
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::message::Proof;
use serde::Serialize;

/// The decision to end an exam without a result.
#[derive(Serialize)]
pub struct EndDecision {
    /// Void, annulled or deferred.
    pub end: SittingEndKind,
    /// The kind of reason.
    pub code: SittingEndReason,
    /// What happened, 1 to 500 characters.
    pub reason: String,
    /// The batch that the candidate is deferred to, where it is known.
    pub next_batch: Option<BatchId>,
}

/// Ends a candidate's exam without a result.
///
/// # Errors
/// `next_batch` where none may be named, `has_ended`, `not_at_this_stage` without a roster or after
/// the closing.
pub async fn end_without_result(
    app: &App,
    member: &Member,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    decision: &EndDecision,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let why = reason(&decision.reason)?;
    if decision.next_batch.as_ref().is_some_and(|next| decision.end != SittingEndKind::Deferred || next == batch) {
        return Err(Refusal::invalid(
            "next_batch",
            "next_batch",
            ("只有缓考可写下一批次，且不能是本批次。", "only a deferral names a next batch, and not this one"),
            ("改为缓考，或不写下一批次。", "choose deferred, or leave the next batch out"),
        ));
    }
    let key = result_key(batch, pseudonym);
    let said = saying(&format!("end/{key}"), decision)?;
    transact!(app, member, |work| {
        if !is_first(work, member, request, &said).await? {
            return Ok(());
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        state.not_closed()?;
        let entries = roster::entries(app, &state).await?;
        let entry = entries.iter().find(|entry| entry.pseudonym == *pseudonym);
        let entry = entry.ok_or_else(|| Refusal::not_found("pseudonym"))?;
        if work.load::<ResultState>(&key).await?.is_some() {
            return Err(ResultRefusal::HasEnded.into());
        }
        let ended = SittingEnd {
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by: vec![Decider { account: member.account.clone(), outside: false }],
            end: decision.end,
            next_batch: decision.next_batch.clone(),
            practical: entry.practical.clone(),
            pseudonym: pseudonym.clone(),
            reason: Reason { code: decision.code, text: why.clone() },
            theory: entry.theory.clone(),
        };
        let record = credentials::by_key(app, work).await?.record(work, batch, ended).await?;
        work.append::<ResultState>(&key, ResultEvent::Ended { end: decision.end.into(), record }).await
    })
}

/// The file of a result that people hand over.
///
/// # Errors
/// [`Refusal::not_found`] when the exam has no result.
pub async fn result_bundle(app: &App, state: ResultState) -> Result<ResultBundle, Refusal> {
    let logged = state.into_signed()?;
    let signed = logged.result;
    bundle_credential(app, signed.jws, signed.proofs, &logged.leaf, &signed.identity_salt).await
}

/// The file of a certificate that people hand over, with the certificate's number.
///
/// # Errors
/// [`Refusal::not_found`] when there is no certificate.
pub async fn certificate_bundle(app: &App, state: ResultState) -> Result<(String, ResultBundle), Refusal> {
    let logged = state.into_signed()?;
    let certified = logged.certified.ok_or_else(|| Refusal::not_found("certificate"))?;
    let salt = &logged.result.identity_salt;
    let bundle = bundle_credential(app, certified.jws, certified.proofs, &certified.leaf, salt).await?;
    Ok((certified.number, ResultBundle { kind: CERTIFICATE_BUNDLE_KIND.to_owned(), ..bundle }))
}

/// A credential with what is needed to check it without a network.
async fn bundle_credential(
    app: &App,
    jws: String,
    proofs: Vec<Proof>,
    logged: &LoggedLeaf,
    identity_salt: &str,
) -> Result<ResultBundle, Refusal> {
    let key = keys::by_name(app, jws::Unverified::parse(&jws)?.key_id()).await?;
    let proof = log::prove(app, logged).await?;
    let bundle = ResultBundle::new(jws, key, proof, log::salt(identity_salt)?);
    Ok(ResultBundle { proofs, ..bundle })
}
