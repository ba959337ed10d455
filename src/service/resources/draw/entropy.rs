//! Public entropy: somebody brings the outcome of the event that the manifest names.

use super::{DrawView, read};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::needed_blob;
use crate::state::attempt::Entropy;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::draw::Manifest;
use kaoping_engine::draw::entropy::EntropyOutcome;
use kaoping_engine::draw::manifest::PublicEntropy;
use kaoping_record::canonical;
use kaoping_record::digest::to_hex;
use kaoping_record::id::BatchId;
use kaoping_record::message::Signed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Public entropy on the ceremony's page.
#[derive(Serialize, ToSchema)]
pub struct EntropyView {
    source: String,
    rule: String,
    not_before_ms: i64,
    /// The outcome, once it is in.
    #[schema(value_type = Option<Outcome>)]
    outcome: Option<Value>,
    /// Whether all secrets were open before it came in.
    after_opening: Option<bool>,
}

/// An outcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntropyRequest {
    /// By the manifest's rule: a lottery's numbers, or a beacon's signature.
    #[schema(value_type = Outcome)]
    outcome: Value,
}

/// Takes the outcome of the event that the manifest names. It is checked by the manifest's rule and cannot be changed.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/entropy", request_body = EntropyRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn give(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<EntropyRequest>,
) -> Result<Json<DrawView>, ApiError> {
    let bytes = canonical::to_bytes(&request.outcome).map_err(|error| {
        ApiError::invalid("outcome", "outcome", ("录入的内容格式不对。", &error.to_string()), CHECK)
    })?;
    let outcome = EntropyOutcome::parse(&bytes).map_err(refused)?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        let named = named(&app, &state).await?.filter(|_| matches!(state.stage, Stage::Fixed | Stage::Opened));
        let Some(named) = named else {
            return Err(ApiError::conflict(
                "no_entropy_wanted",
                "entropy",
                ("这次抽题现在不需要录入公开随机数。", "this draw wants no public entropy now"),
                ("刷新页面查看。", "reload the page"),
            ));
        };
        if state.entropy.is_some() {
            return Err(ApiError::conflict(
                "entropy_given",
                "entropy",
                ("公开随机数已经录入，不能更换。", "the public entropy is in and cannot be changed"),
                ("刷新页面查看。", "reload the page"),
            ));
        }
        if work.now() < named.not_before_ms {
            return Err(ApiError::conflict(
                "entropy_early",
                "entropy",
                ("还没有到清单所定的时间。", "the time that the manifest sets has not come"),
                ("等它公布后再录入。", "enter it once it is published"),
            ));
        }
        let entropy = Entropy {
            bytes: to_hex(&outcome.bytes_for(&named).map_err(refused)?),
            outcome: request.outcome.clone(),
            by: member.account.clone(),
            at_ms: work.now(),
            after_opening: state.stage == Stage::Opened,
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::EntropyGiven { entropy }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// What the page shows; nothing when the manifest names none.
pub(super) async fn view(app: &App, state: &BatchState) -> Result<Option<EntropyView>, ApiError> {
    Ok(named(app, state).await?.map(|named| EntropyView {
        source: named.source,
        rule: named.rule,
        not_before_ms: named.not_before_ms.millis(),
        outcome: state.entropy.as_ref().map(|entropy| entropy.outcome.clone()),
        after_opening: state.entropy.as_ref().map(|entropy| entropy.after_opening),
    }))
}

/// The public entropy that the manifest names.
pub(super) async fn named(app: &App, state: &BatchState) -> Result<Option<PublicEntropy>, ApiError> {
    let Some(fixed) = &state.manifest else { return Ok(None) };
    let message: Signed<Manifest> = Signed::parse(&needed_blob(app, &fixed.message).await?)?;
    Ok(message.payload.public_entropy)
}

const CHECK: (&str, &str) = ("请按公布的内容核对。", "compare it with what was published");

#[expect(clippy::boxed_local, reason = "as the engine gives it")]
fn refused(fault: Box<kaoping_engine::fault::Fault>) -> ApiError {
    ApiError::faulty(("公开随机数", "the public entropy"), vec![*fault])
}
