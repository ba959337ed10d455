//! Closing a batch: every sitting has its terminal leaf, every spare paper is accounted for.

use super::draw::publication::spares;
use super::{log, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::state::log::{KEY, LogState};
use crate::state::paper::{PaperEvent, PaperState, paper_key};
use crate::state::result::{ResultState, result_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::kinds::closing::{Closing, EndCounts, PaperCounts};
use kaoping_engine::kinds::paper_use::PaperUseRecord;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use serde::Serialize;
use utoipa::ToSchema;

/// What closing did.
#[derive(Serialize, ToSchema)]
pub struct CloseView {
    /// Terminal leaves.
    terminal: u32,
    /// Spare papers that late additions got.
    used: u32,
    /// Spare and reserve papers that nobody needed.
    unused: u32,
    /// Index of the closing leaf.
    log_index: u64,
}

/// Closes the batch: every sitting must have its terminal leaf.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/close", params(("batch" = String, Path)), responses((status = 200, body = CloseView)))]
pub async fn close(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<CloseView>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if !(Stage::Seated..=Stage::Dealt).contains(&state.stage) {
        return Err(ApiError::conflict(
            "not_at_this_stage",
            "batch",
            ("本批次现在不能关闭。", "this batch cannot be closed now"),
            ("发卷并完成评分后再关闭；已关闭的不必再关。", "close it once, after the draw and the scoring"),
        ));
    }
    let mut missing = Vec::new();
    let mut ends = EndCounts::default();
    for entry in roster::entries(&app, &state).await?.iter() {
        let result: ResultState = app.read(&result_key(&batch, &entry.pseudonym)).await?;
        match (&result.leaf, result.ended) {
            (Some(_), None) => ends.add(LeafKind::Result),
            (Some(_), Some(end)) => ends.add(end.leaf()),
            (None, _) => missing.push(Fault::new(
                "no_terminal_leaf",
                entry.seat.as_str(),
                Text::new("该考生还没有成绩，也没有记缺考。", "this candidate has neither a result nor an absence"),
                Text::new("先完成评分，或记缺考、作废、缓考。", "finish the scoring, or record how the exam ended"),
            )),
        }
    }
    if !missing.is_empty() {
        return Err(ApiError::conflict(
            "incomplete",
            "batch",
            ("还有考生没有结果，不能关闭批次。", "some candidates have no end yet; the batch cannot be closed"),
            ("按下面的列表逐个处理。", "deal with each on the list"),
        )
        .with_faults(missing));
    }
    let (mut used, mut unused) = (0, 0);
    for paper in spares(&app, &batch).await? {
        if paper.bound.is_some() {
            used += 1
        } else {
            unused += 1
        }
        let (Some(dealt), None) = (paper.dealt, paper.accounted) else { continue };
        transact!(app, &member.actor, |work| {
            let unused = PaperUseRecord {
                at_ms: work.now(),
                batch: batch.clone(),
                paper: dealt.paper.clone(),
                paper_digest: dealt.digest,
                used: None,
            };
            let record = log::record(&app, work, &batch, unused).await?;
            let key = paper_key(&batch, dealt.paper.as_str());
            work.append::<PaperState>(&key, PaperEvent::Unused { record }).await
        })?;
    }
    let log_index = transact!(app, &member.actor, |work| {
        let current: BatchState = work.load(batch.as_str()).await?;
        if current.stage != state.stage || current.candidates != state.candidates {
            return Err(changed());
        }
        // The size that this work sees: if anybody appends a leaf meanwhile, the commit fails and the work is done again.
        let size = work.load::<LogState>(KEY).await?.size;
        let root = app.log_tree().await?.root(size).map_err(ApiError::internal)?;
        let dealt = state.deal.as_ref().map_or(0, |deal| deal.count);
        let closing = Closing {
            at_ms: work.now(),
            batch: batch.clone(),
            candidates: state.candidates,
            ends,
            papers: PaperCounts { seat: dealt.saturating_sub(used + unused), spare_used: used, spare_unused: unused },
            root,
            roster: state.roster.ok_or_else(|| ApiError::not_found("roster"))?,
            size,
        };
        let record = log::record(&app, work, &batch, closing).await?;
        let index = record.leaf.index;
        work.append::<BatchState>(batch.as_str(), BatchEvent::Closed { record }).await?;
        Ok(index)
    })?;
    let terminal = u32::try_from(ends.sum()).unwrap_or(u32::MAX);
    Ok(Json(CloseView { terminal, used, unused, log_index }))
}

fn changed() -> ApiError {
    ApiError::conflict(
        "batch_changed",
        "batch",
        ("关闭期间批次有变动，没有关闭。", "the batch changed meanwhile and is not closed"),
        ("刷新页面核对后再关闭。", "reload the page, check, and close it then"),
    )
}
