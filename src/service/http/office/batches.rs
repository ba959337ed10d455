//! Batches: the plan, and how far they have come.

use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::request::RequestKey;
use crate::aggregates::result::{ResultState, result_key};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::batches::plan_batch;
use crate::operations::member::Member;
use crate::operations::roster;
use crate::operations::stored::{all, state_of, whole};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::result::outcome::Outcome;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A batch on the list.
#[derive(Serialize, ToSchema)]
pub struct BatchLine {
    batch: String,
    title: String,
    level: u8,
    exam_day: String,
    stage: Stage,
    candidates: u32,
}

/// All batches.
#[derive(Serialize, ToSchema)]
pub struct BatchesView {
    batches: Vec<BatchLine>,
}

/// A new batch's identifier.
#[derive(Serialize, ToSchema)]
pub struct CreatedBatch {
    batch: String,
}

/// Counts of a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// On the roster.
    pub candidates: u32,
    /// Bound to a PC.
    pub bound: u32,
    /// Theory papers that are in.
    pub handed_in: u32,
    /// Marked absent from theory.
    pub absent: u32,
    /// Theory papers that are scored.
    pub theory_scored: u32,
    /// Practical marks that are formed.
    pub practical_complete: u32,
    /// Results that are signed.
    pub signed: u32,
    /// Terminal leaves in the log.
    pub logged: u32,
    /// Passed.
    pub passed: u32,
}

/// A batch.
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    plan: Plan,
    stage: Stage,
    attempt: u32,
    counts: Counts,
}

/// Lists batches: all for the office, those that name the member for everybody else.
#[utoipa::path(get, path = "/api/v1/batches", responses((status = 200, body = BatchesView)))]
pub async fn list_batches(State(app): State<App>, member: Member) -> Result<Json<BatchesView>, Refusal> {
    let mut batches = Vec::new();
    for row in all(&app, Collection::Batch, "").await? {
        let Some(state) = whole(state_of::<BatchState>(&row))? else { continue };
        if member.may_read(&state).is_err() {
            continue;
        }
        let (stage, candidates, plan) = (state.stage(), state.candidates(), state.plan);
        batches.push(BatchLine {
            batch: plan.batch.to_string(),
            title: plan.title,
            level: plan.level.number(),
            exam_day: plan.exam_day.to_string(),
            stage,
            candidates,
        });
    }
    batches.sort_by(|a, b| b.exam_day.cmp(&a.exam_day).then(a.title.cmp(&b.title)));
    Ok(Json(BatchesView { batches }))
}

/// A batch to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// The plan, without `batch`: the service names it.
    #[schema(value_type = Object)]
    plan: serde_json::Value,
    request: RequestKey,
}

/// Makes a batch from a plan.
#[utoipa::path(post, path = "/api/v1/batches", request_body = NewBatch, responses((status = 200, body = CreatedBatch)))]
pub async fn create_batch(
    State(app): State<App>,
    member: Member,
    Json(NewBatch { plan, request }): Json<NewBatch>,
) -> Result<Json<CreatedBatch>, Refusal> {
    let batch = plan_batch(&app, &member, plan, &request).await?;
    Ok(Json(CreatedBatch { batch: batch.to_string() }))
}

/// A batch with its counts.
#[utoipa::path(get, path = "/api/v1/batches/{batch}", params(BatchPath), responses((status = 200, body = BatchView)))]
pub async fn show_batch(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<BatchView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let counts = counts(&app, &state).await?;
    Ok(Json(BatchView { stage: state.stage(), attempt: state.attempt, plan: state.plan, counts }))
}

async fn counts(app: &App, state: &BatchState) -> Result<Counts, Refusal> {
    let mut counts = Counts { candidates: state.candidates(), ..Counts::default() };
    for entry in roster::entries(app, state).await?.iter() {
        let theory = roster::theory_sitting(app, &entry.theory).await?;
        let practical = roster::practical_sitting(app, &entry.practical).await?;
        let result: Option<ResultState> = app.read(&result_key(&state.plan.batch, &entry.pseudonym)).await?;
        counts.bound += u32::from(!theory.pcs.is_empty());
        counts.handed_in += u32::from(theory.is_handed_in());
        counts.absent += u32::from(theory.is_absent());
        counts.theory_scored += u32::from(theory.mark().is_some());
        counts.practical_complete += u32::from(practical.is_some_and(|sitting| sitting.mark().is_some()));
        let Some(result) = result else { continue };
        counts.logged += 1;
        if let Some(logged) = result.signed() {
            counts.signed += 1;
            counts.passed += u32::from(logged.result.outcome == Outcome::Passed);
        }
    }
    Ok(counts)
}
