//! Corrections of whose result it is: a name or a number that was registered wrongly. Marks follow from answers and sheets, and are
//! never entered by hand.
//!
//! Both officers enter the right name and number, each from the person's document; the change is made only when both wrote the same.
//! Between the two, no name is kept but a salted commitment.

use super::{approved, ask, nothing_requested};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{certificates, credentials, log, needed_reason, organization, roster};
use crate::state::result::{Change, ResultEvent, ResultState, SignedResult, result_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::kinds::correction::{Correction, CorrectionReason};
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::result::credential::{Issuer, ResultCredential, Supersedes, identity_commitment};
use kaoping_engine::roster::{Candidate, IdDocument, PersonName};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use serde::Deserialize;
use utoipa::ToSchema;

/// The right person, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// The name, as the document has it.
    name: String,
    /// The number of the document, of the kind that is registered.
    id_number: String,
    /// What was wrong, 1 to 500 characters.
    reason: String,
}

/// The right person, entered a second time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionApproval {
    /// The name, as the document has it.
    name: String,
    /// The number of the document.
    id_number: String,
}

/// One officer asks for a correction of name or number.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/correction", request_body = CorrectionRequest, params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn propose(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
    Json(request): Json<CorrectionRequest>,
) -> Result<StatusCode, ApiError> {
    let text = needed_reason(&request.reason)?;
    let known = roster::person(&app, &pseudonym).await?;
    let right = entered(&known, &request.name, &request.id_number)?;
    if right == known {
        return Err(ApiError::conflict(
            "nothing_to_correct",
            "name",
            ("填写的与登记的相同，没有要更正的。", "this is what is registered"),
            ("核对证件后重新填写。", "look at the document and enter it again"),
        ));
    }
    let salt = Bytes32::new(app.random()?);
    let key = result_key(&batch, &pseudonym);
    transact!(app, &member.actor, |work| {
        let state: ResultState = work.load(&key).await?;
        counts(&state)?;
        let reason = Reason { code: CorrectionReason::Identity, text: text.clone() };
        let what = Change::Correction { reason, identity: commitment(&salt, &right), salt: salt.to_hex() };
        ask(work, &member, &key, what).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another officer enters the same and approves: a corrected result is signed and logged, and replaces the one before.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/correction/approval", request_body = CorrectionApproval, params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn approve(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
    Json(request): Json<CorrectionApproval>,
) -> Result<StatusCode, ApiError> {
    let known = roster::person(&app, &pseudonym).await?;
    let right = entered(&known, &request.name, &request.id_number)?;
    let key = result_key(&batch, &pseudonym);
    let organization = organization::needed(&app).await?;
    let before: ResultState = app.read(&key).await?;
    let (Change::Correction { identity, salt, .. }, _) = approved(&before, &member)? else {
        return Err(nothing_requested());
    };
    if commitment(&log::proof::salt(&salt)?, &right) != identity {
        return Err(ApiError::conflict(
            "entries_differ",
            "name",
            ("两人填写的不一样，没有更正。", "the two entries differ; nothing was changed"),
            (
                "两人各自核对证件：填错的一方重新填写，或撤回申请。",
                "both look at the document again; enter it anew, or take the request back",
            ),
        ));
    }
    // Names first: if the change fails now, approving again mends it.
    roster::keep_person(&app, &pseudonym, &right).await?;
    transact!(app, &member.actor, |work| {
        let state: ResultState = work.load(&key).await?;
        let (signed, leaf) = counts(&state)?;
        let (change, decided_by) = approved(&state, &member)?;
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
            supersedes: leaf.record,
        };
        let correction = Signed::new(correction).sign(&*app.keys.organization)?;
        let mut credential: ResultCredential = jws::Unverified::parse(&signed.jws)?.claimed()?;
        credential.credential_subject.evidence.identity = identity;
        credential.issuer = Issuer::of(&organization);
        credential.required_signatures = credentials::required(&app);
        credential.valid_from = work.now().to_rfc3339();
        credential.supersedes = Some(Supersedes { correction: correction.identity()?, result: leaf.record });
        let issued = credentials::issue(&app, &credential)?;
        let result = SignedResult { jws: issued.jws, proofs: issued.proofs, identity_salt: salt, ..signed.clone() };
        let leaf = log::append(&app, work, &batch, LeafKind::Correction, issued.identity).await?;
        let correction = work.blob(correction.to_bytes()?);
        work.append::<ResultState>(&key, ResultEvent::Corrected { result, leaf, correction }).await?;
        certificates::renew(&app, work, &organization, &batch, &pseudonym).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// The registered person with another name and number, as an officer enters them.
fn entered(known: &Candidate, name: &str, number: &str) -> Result<Candidate, ApiError> {
    let name = PersonName::read(name).map_err(|error| {
        ApiError::invalid(
            "name",
            "name",
            ("姓名不合要求。", &format!("the name is not accepted: {error}")),
            ("按证件填写姓名。", "enter the name as the document has it"),
        )
    })?;
    let document = IdDocument::read(known.document.kind(), number).map_err(|error| {
        ApiError::invalid(
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

fn commitment(salt: &Bytes32, person: &Candidate) -> Digest {
    let document = &person.document;
    identity_commitment(salt, person.name.as_str(), document.kind().chinese(), document.number())
}

/// The result that counts, which is not revoked.
fn counts(state: &ResultState) -> Result<(&SignedResult, &crate::state::log::LoggedLeaf), ApiError> {
    let signed = state.signed.as_ref().zip(state.leaf.as_ref()).ok_or_else(|| ApiError::not_found("result"))?;
    if state.is_revoked(&signed.1.record) {
        return Err(ApiError::conflict(
            "already_revoked",
            "result",
            ("成绩已被撤销，不能更正。", "the result is revoked and cannot be corrected"),
            ("撤销是最后的决定。", "a revocation is final"),
        ));
    }
    Ok(signed)
}
