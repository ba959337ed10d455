//! Exams that end without a result, by a decision: void, annulled for misconduct, or deferred. The reason is logged.

use super::{log, needed_reason, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use crate::state::result::{ResultEvent, ResultState, result_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::records::decision::{Decider, Reason};
use kaoping_engine::records::ending::{End, EndReason, SittingEnd};
use kaoping_record::id::{BatchId, PseudonymId};
use serde::Deserialize;
use utoipa::ToSchema;

/// The decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// `void`, `annulled` or `deferred`.
    end: End,
    /// `technical`, `panel_incomplete`, `impersonation`, `misconduct`, `illness`, `request`, `not_eligible` or `other`.
    code: EndReason,
    /// What happened, 1 to 500 characters.
    reason: String,
    /// The batch that the candidate is deferred to, where it is known.
    next_batch: Option<BatchId>,
}

/// Ends a candidate's exam without a result.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/results/{pseudonym}/end", request_body = EndRequest, params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn end(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
    Json(request): Json<EndRequest>,
) -> Result<StatusCode, ApiError> {
    let reason = needed_reason(&request.reason)?;
    if request.next_batch.as_ref().is_some_and(|next| request.end != End::Deferred || *next == batch) {
        return Err(ApiError::invalid(
            "next_batch",
            "next_batch",
            ("只有缓考可写下一批次，且不能是本批次。", "only a deferral names a next batch, and not this one"),
            ("改为缓考，或不写下一批次。", "choose deferred, or leave the next batch out"),
        ));
    }
    let key = result_key(&batch, &pseudonym);
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        if !(Stage::Seated..=Stage::Dealt).contains(&state.stage) {
            return Err(ApiError::conflict(
                "not_at_this_stage",
                "batch",
                ("批次还没有名册，或者已经关闭。", "the batch has no roster yet, or is closed"),
                ("关闭后要改，请走更正程序。", "after the closing, results are corrected"),
            ));
        }
        let entries = roster::entries(&app, &state).await?;
        let entry = entries.iter().find(|entry| entry.pseudonym == pseudonym);
        let entry = entry.ok_or_else(|| ApiError::not_found("pseudonym"))?;
        let known: ResultState = work.load(&key).await?;
        if known.leaf.is_some() {
            return Err(ApiError::conflict(
                "has_ended",
                "pseudonym",
                ("该考生已有结果并记入日志，不能再改。", "this exam has an end in the log, which cannot change"),
                ("成绩有误，请走更正程序。", "a wrong result is corrected, never overwritten"),
            ));
        }
        let ended = SittingEnd {
            at_ms: work.now(),
            batch: batch.clone(),
            decided_by: vec![Decider { account: member.account.clone(), outside: false }],
            end: request.end,
            next_batch: request.next_batch.clone(),
            practical: entry.practical.clone(),
            pseudonym: pseudonym.clone(),
            reason: Reason { code: request.code, text: reason.clone() },
            theory: entry.theory.clone(),
        };
        let record = log::record(&app, work, &batch, ended).await?;
        work.append::<ResultState>(&key, ResultEvent::Ended { end: request.end.into(), record }).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}
