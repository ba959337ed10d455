//! Corrections of whose result it is: a name or a number that was registered wrongly. Marks follow
//! from answers and sheets, and are never entered by hand.
//!
//! Both officers enter the right name and number, each from the person's document; the change is
//! made only when both wrote the same. Between the two, no name is kept but a salted commitment.

use super::super::doer::transact;
use super::replacement::{self, Replaced, replace};
use super::{approved, ask, logged, no_result, nothing_requested};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{Change, LoggedResult, ResultEvent, ResultState, SignedResult, result_key};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::requests::{is_done, is_first};
use crate::operations::{certificates, credentials, log, roster};
use crate::refusal::Refusal;
use kaoping_engine::kinds::correction::{Correction, CorrectionReason};
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::roster::{Candidate, IdDocument, PersonName};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::id::{BatchId, PseudonymId};

/// One officer asks for a correction of name or number, as the person's document has them.
///
/// # Errors
/// `name` or `id_number` when they are not accepted, `nothing_to_correct`, `already_revoked`,
/// `request_waits`.
pub async fn propose_correction(
    app: &App,
    member: &Member,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    (name, id_number): (&str, &str),
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let text = reason(why)?;
    let key = result_key(batch, pseudonym);
    let decision = format!("correction/{key}");
    if is_done(app, member, request, &decision).await? {
        return Ok(());
    }
    let known = roster::person(app, pseudonym).await?;
    let right = entered(&known, name, id_number)?;
    if right == known {
        return Err(Refusal::conflict(
            "nothing_to_correct",
            "name",
            ("填写的与登记的相同，没有要更正的。", "this is what is registered"),
            ("核对证件后重新填写。", "look at the document and enter it again"),
        ));
    }
    let salt = Bytes32::new(app.random()?);
    transact!(app, member, |work| {
        if !is_first(work, member, request, &decision).await? {
            return Ok(());
        }
        not_revoked(&logged(work, &key, no_result).await?)?;
        let reason = Reason { code: CorrectionReason::Identity, text: text.clone() };
        let what = Change::Correction { reason, identity: commitment(&salt, &right), salt: salt.to_hex() };
        ask(work, member, &key, what).await
    })
}

/// Another officer enters the same and approves: a corrected result is signed and logged, and
/// replaces the one before.
///
/// # Errors
/// `entries_differ`, `same_person`, `nothing_requested`, `already_revoked`.
pub async fn approve_correction(
    app: &App,
    member: &Member,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    (name, id_number): (&str, &str),
    request: &RequestKey,
) -> Result<(), Refusal> {
    let key = result_key(batch, pseudonym);
    let decision = format!("correction-approved/{key}");
    if is_done(app, member, request, &decision).await? {
        return Ok(());
    }
    let known = roster::person(app, pseudonym).await?;
    let right = entered(&known, name, id_number)?;
    let before = app.read::<ResultState>(&key).await?.ok_or_else(nothing_requested)?;
    let before = before.signed().ok_or_else(nothing_requested)?;
    let (Change::Correction { identity, salt, .. }, _) = approved(before, member)? else {
        return Err(nothing_requested());
    };
    if commitment(&log::salt(&salt)?, &right) != identity {
        return Err(Refusal::conflict(
            "entries_differ",
            "name",
            ("两人填写的不一样，没有更正。", "the two entries differ; nothing was changed"),
            (
                "两人各自核对证件：填错的一方重新填写，或撤回申请。",
                "both look at the document again; enter it anew, or take the request back",
            ),
        ));
    }
    // Names first: if the service stops between the two, approving again mends it.
    roster::keep_person(app, pseudonym, &right).await?;
    let corrected = transact!(app, member, |work| {
        if !is_first(work, member, request, &decision).await? {
            return Ok(());
        }
        let known = logged(work, &key, nothing_requested).await?;
        not_revoked(&known)?;
        let (change, decided_by) = approved(&known, member)?;
        let Change::Correction { reason, identity: asked, salt } = change else { return Err(nothing_requested()) };
        if asked != identity {
            return Err(nothing_requested());
        }
        let correction = Correction {
            appeal: None,
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by,
            pseudonym: pseudonym.clone(),
            reason,
            supersedes: known.leaf.record,
        };
        let claimed = replacement::claimed(&known)?;
        // The certificate that is renewed with it has the same level.
        let signing = credentials::under_filing(app, work, claimed.credential_subject.level).await?;
        let Replaced { result, leaf, correction } = replace(app, work, &signing, &known, correction, |subject| {
            subject.evidence.identity = identity;
        })
        .await?;
        let result = SignedResult { identity_salt: salt, ..result };
        work.append::<ResultState>(&key, ResultEvent::Corrected { result, leaf, correction }).await?;
        certificates::renew(app, work, &signing, batch, pseudonym).await
    });
    if let Err(refusal) = &corrected
        && !refusal.outcome_is_unknown()
        && still_requested(app, &key, &identity).await?
    {
        roster::keep_person(app, pseudonym, &known).await?;
    }
    corrected
}

/// Whether the request for this identity still waits, so that the name registered before is the
/// right one.
async fn still_requested(app: &App, key: &str, identity: &HolderCommitment) -> Result<bool, Refusal> {
    let state: Option<ResultState> = app.read(key).await?;
    let requested = state.as_ref().and_then(ResultState::signed).and_then(|logged| logged.requested.as_ref());
    let what = requested.map(|requested| &requested.what);
    Ok(matches!(what, Some(Change::Correction { identity: asked, .. }) if asked == identity))
}

/// The registered person with another name and number, as an officer enters them.
fn entered(known: &Candidate, name: &str, number: &str) -> Result<Candidate, Refusal> {
    let name = PersonName::read(name).map_err(|error| {
        Refusal::invalid(
            "name",
            "name",
            ("姓名不合要求。", &format!("the name is not accepted: {error}")),
            ("按证件填写姓名。", "enter the name as the document has it"),
        )
    })?;
    let document = IdDocument::read(known.document.kind(), number).map_err(|error| {
        Refusal::invalid(
            "id_number",
            "id_number",
            ("证件号码不合要求。", &format!("the number is not accepted: {error}")),
            ("按证件逐位核对号码。", "compare the number with the document, character by character"),
        )
    })?;
    let mut right = known.clone();
    right.birth_date = document.birth_date().unwrap_or(right.birth_date);
    right.sex = document.sex().unwrap_or(right.sex);
    right.name = name;
    right.document = document;
    Ok(right)
}

fn commitment(salt: &Bytes32, person: &Candidate) -> HolderCommitment {
    HolderCommitment::new(salt, &person.name, &person.document)
}

/// That the result counts.
fn not_revoked(logged: &LoggedResult) -> Result<(), Refusal> {
    if !logged.is_revoked(&logged.leaf.record) {
        return Ok(());
    }
    Err(Refusal::conflict(
        "already_revoked",
        "result",
        ("成绩已被撤销，不能更正。", "the result is revoked and cannot be corrected"),
        ("撤销是最后的决定。", "a revocation is final"),
    ))
}
