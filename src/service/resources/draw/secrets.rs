//! Custodians commit to their secrets, and open them once the manifest is logged.

use super::{DrawView, at_stage, custodian_id, read};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::commitment;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId};
use serde::Deserialize;
use utoipa::ToSchema;

/// A commitment.
#[derive(Deserialize, ToSchema)]
pub struct CommitmentRequest {
    /// 64 hexadecimal digits.
    commitment: Digest,
}

/// An opened secret.
#[derive(Deserialize, ToSchema)]
pub struct OpeningRequest {
    /// 64 hexadecimal digits.
    secret: String,
}

/// A custodian commits.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/commitments", request_body = CommitmentRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn commit(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<CommitmentRequest>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        custodian_of(&state, &member.account)?;
        at_stage(
            &state,
            Stage::Seated,
            ("考生名册导入、座位排定之后才能封存。", "commit after the roster is in and seats are assigned"),
        )?;
        if state.commitments.contains_key(&member.account) {
            return Err(ApiError::conflict(
                "already_committed",
                "commitment",
                ("您已经封存过，不能更换。", "you have committed and cannot change it"),
                ("等待其他保管人封存。", "wait for the other custodians"),
            ));
        }
        let event = BatchEvent::Committed { custodian: member.account.clone(), commitment: request.commitment };
        work.append::<BatchState>(batch.as_str(), event).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// A custodian opens the secret.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/openings", request_body = OpeningRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn open(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<OpeningRequest>,
) -> Result<Json<DrawView>, ApiError> {
    let other = || {
        ApiError::invalid(
            "other_secret",
            "secret",
            ("这不是当初封存的密码。", "this is not the secret that was committed"),
            ("请用封存时保存的文件或同一台电脑打开。", "use the file that was saved then, or the same computer"),
        )
    };
    let secret = Bytes32::from_hex(&request.secret).map_err(|_| other())?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        custodian_of(&state, &member.account)?;
        at_stage(
            &state,
            Stage::Fixed,
            ("清单固定并记入日志之后才能开启。", "open after the manifest is fixed and logged"),
        )?;
        let custodian = custodian_id(&member.account)?;
        let expected = state.commitments.get(&member.account).copied();
        let found = commitment(&batch, state.attempt, &custodian, &secret);
        if expected != Some(found) {
            return Err(other());
        }
        if state.secrets.contains_key(&member.account) {
            return Ok(());
        }
        let event = BatchEvent::Opened { custodian: member.account.clone(), secret: request.secret.clone() };
        work.append::<BatchState>(batch.as_str(), event).await
    })?;
    read(State(app), member, Path(batch)).await
}

fn custodian_of(state: &BatchState, account: &AccountId) -> Result<(), ApiError> {
    if state.custodians.iter().any(|custodian| custodian.account == *account) {
        Ok(())
    } else {
        Err(ApiError::forbidden())
    }
}
