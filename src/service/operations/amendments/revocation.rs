//! Revocations: a result or a certificate no longer counts.

use super::super::doer::transact;
use super::{approved, ask, logged, nothing_requested};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{Change, ResultEvent, ResultState, Revoked, result_key};
use crate::app::App;
use crate::operations::credentials;
use crate::operations::member::Member;
use crate::operations::requests::is_first;
use crate::refusal::Refusal;
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::kinds::revocation::{Revocation, RevocationReason, RevokedRecord};
use kaoping_record::id::{BatchId, PseudonymId};

/// What is to be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokedKind {
    /// The result that counts, and with it the certificate that rests on it.
    Result,
    /// The certificate alone.
    Certificate,
}

/// Why something is revoked.
pub struct Why {
    pub code: RevocationReason,
    /// What happened, 1 to 500 characters.
    pub text: String,
}

/// One officer asks that a result or certificate no longer counts.
///
/// # Errors
/// [`Refusal::not_found`] when there is none, `already_revoked`, `request_waits`.
pub async fn propose_revocation(
    app: &App,
    member: &Member,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    what: RevokedKind,
    why: &Why,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let text = reason(&why.text)?;
    let key = result_key(batch, pseudonym);
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("revocation/{what:?}/{key}")).await? {
            return Ok(());
        }
        let known = logged(work, &key, || Refusal::not_found("what")).await?;
        let revoked = match what {
            RevokedKind::Result => RevokedRecord::Result { record: known.leaf.record },
            RevokedKind::Certificate => {
                let certified = known.certified.as_ref().ok_or_else(|| Refusal::not_found("what"))?;
                RevokedRecord::Certificate { record: certified.leaf.record }
            }
        };
        if known.is_revoked(&revoked.identity()) {
            return Err(Refusal::conflict(
                "already_revoked",
                "what",
                ("已经撤销过了。", "it is revoked already"),
                ("不用再次撤销。", "there is nothing to do"),
            ));
        }
        let reason = Reason { code: why.code, text: text.clone() };
        ask(work, member, &key, Change::Revocation { reason, revoked }).await
    })
}

/// Another officer approves: the revocation is signed and logged, and counts from now on.
///
/// # Errors
/// `same_person`, `nothing_requested`.
pub async fn approve_revocation(
    app: &App,
    member: &Member,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    request: &RequestKey,
) -> Result<(), Refusal> {
    let key = result_key(batch, pseudonym);
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("revocation-approved/{key}")).await? {
            return Ok(());
        }
        let (change, decided_by) = approved(&logged(work, &key, nothing_requested).await?, member)?;
        let Change::Revocation { reason, revoked } = change else { return Err(nothing_requested()) };
        let revocation = Revocation {
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by,
            effective_ms: work.now(),
            reason,
            revoked,
        };
        let record = credentials::by_key(app, work).await?.record(work, batch, revocation).await?;
        let revoked = Revoked { what: revoked, record, key_correction: None };
        work.append::<ResultState>(&key, ResultEvent::Revoked { revoked }).await
    })
}
