//! Revocations: a result or a certificate no longer counts.

use super::{approved, ask, nothing_requested};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{log, needed_reason};
use crate::state::result::{Change, ResultEvent, ResultState, Revoked, result_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::kinds::decision::Reason;
use kaoping_engine::kinds::revocation::{Revocation, RevocationReason, RevokedRecord};
use kaoping_record::id::{BatchId, PseudonymId};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevokedKind {
    /// The result that counts, and with it the certificate that rests on it.
    Result,
    /// The certificate alone.
    Certificate,
}

/// What an officer asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// `result` or `certificate`.
    what: RevokedKind,
    /// `fraud`, `error`, `authority`, `holder` or `other`.
    code: RevocationReason,
    /// What happened, 1 to 500 characters.
    reason: String,
}

/// One officer asks that a result or certificate no longer counts.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/revocation", request_body = RevocationRequest, params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn propose(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
    Json(request): Json<RevocationRequest>,
) -> Result<StatusCode, ApiError> {
    let text = needed_reason(&request.reason)?;
    let key = result_key(&batch, &pseudonym);
    transact!(app, &member.actor, |work| {
        let state: ResultState = work.load(&key).await?;
        let revoked = match request.what {
            RevokedKind::Result => {
                let leaf = state.signed.as_ref().and(state.leaf.as_ref());
                leaf.map(|leaf| RevokedRecord::Result { record: leaf.record })
            }
            RevokedKind::Certificate => {
                state.certified.as_ref().map(|known| RevokedRecord::Certificate { record: known.leaf.record })
            }
        };
        let revoked = revoked.ok_or_else(|| ApiError::not_found("what"))?;
        if state.is_revoked(&revoked.identity()) {
            return Err(ApiError::conflict(
                "already_revoked",
                "what",
                ("已经撤销过了。", "it is revoked already"),
                ("不用再次撤销。", "there is nothing to do"),
            ));
        }
        let reason = Reason { code: request.code, text: text.clone() };
        ask(work, &member, &key, Change::Revocation { reason, revoked }).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another officer approves: it is signed and logged, and counts from now on.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/revocation/approval", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn approve(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<StatusCode, ApiError> {
    let key = result_key(&batch, &pseudonym);
    transact!(app, &member.actor, |work| {
        let state: ResultState = work.load(&key).await?;
        let (change, decided_by) = approved(&state, &member)?;
        let Change::Revocation { reason, revoked } = change else { return Err(nothing_requested()) };
        let revocation = Revocation {
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by,
            effective_ms: work.now(),
            reason,
            revoked,
        };
        let record = log::record(&app, work, &batch, revocation).await?;
        let revoked = Revoked { what: revoked, record };
        work.append::<ResultState>(&key, ResultEvent::Revoked { revoked }).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}
