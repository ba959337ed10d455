//! The candidate's paper, with what was answered so far: the first page of the sitting's events
//! comes with the paper, further ones one by one.

use super::sitting::{SeatPhase, phase};
use super::token::BoundSeat;
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::document::Document;
use crate::http::large_answer::large_answer;
use crate::operations::seat_events::not_open;
use crate::operations::seat_history::{HistoryPage, HistoryPlace, read_page};
use crate::operations::{papers, room_time};
use crate::refusal::Refusal;
use crate::shown_paper::{Section, ShownItem, ShownPaper, ShownPicture};
use axum::extract::{Query, State};
use axum::response::Response;
use kaoping_record::time::Time;
use serde::{Serialize, Serializer};
use std::sync::Arc;
use utoipa::ToSchema;

/// The paper as the page shows it, with the first page of what was answered so far.
#[derive(Serialize, ToSchema)]
pub struct PaperView {
    /// The paper's canonical JSON.
    paper: String,
    paper_digest: String,
    /// Items of which several options may be chosen.
    several: Vec<String>,
    sections: Vec<Section>,
    #[schema(value_type = Vec<ShownItem>)]
    items: ShownItems,
    /// The pictures that the items show, each once.
    pictures: Vec<ShownPicture>,
    /// When the papers were opened: no event is dated before that.
    opened_at_ms: i64,
    /// Events of the sitting's earlier PCs, stream after stream.
    before: Vec<String>,
    /// Events of this PC that the service holds.
    journal: Vec<String>,
    /// Where the next page of events begins; null when there is none.
    next: Option<HistoryPlace>,
}

/// The items of a paper.
struct ShownItems(Arc<ShownPaper>);

impl Serialize for ShownItems {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.items())
    }
}

/// A page of what was answered so far.
#[derive(Serialize, ToSchema)]
pub struct HistoryView {
    /// Events of the sitting's earlier PCs, stream after stream.
    before: Vec<String>,
    /// Events of this PC that the service holds.
    journal: Vec<String>,
    /// Where the next page of events begins; null when there is none.
    next: Option<HistoryPlace>,
}

/// The paper, once the room is open, and the first page of the sitting's events.
#[utoipa::path(get, path = "/api/v1/seat/paper", responses((status = 200, body = PaperView)))]
pub async fn show_paper(State(app): State<App>, seat: BoundSeat) -> Result<Response, Refusal> {
    let _turn = app.paper_turns.wait(seat.pc.sitting.as_str()).await;
    let _place = app.reading.enter().await?;
    let (batch, opened_at) = open_paper(&app, &seat).await?;
    let paper = papers::of_sitting(&app, &batch.state.plan, &seat.state.place).await?;
    let HistoryPage { before, journal, next } = read_page(&app, &seat.pc, HistoryPlace::default()).await?;
    let view = PaperView {
        paper: paper.text.clone(),
        paper_digest: paper.digest.to_hex(),
        several: paper.several.iter().map(ToString::to_string).collect(),
        sections: paper.sections.clone(),
        items: ShownItems(paper.clone()),
        pictures: papers::pictures(&app, &paper).await?,
        opened_at_ms: opened_at.millis(),
        before,
        journal,
        next,
    };
    large_answer(view).await
}

/// A further page of the sitting's events, at most 500.
#[utoipa::path(get, path = "/api/v1/seat/paper/history", params(HistoryPlace), responses((status = 200, body = HistoryView)))]
pub async fn show_history(
    State(app): State<App>,
    seat: BoundSeat,
    Query(place): Query<HistoryPlace>,
) -> Result<Response, Refusal> {
    let _turn = app.paper_turns.wait(seat.pc.sitting.as_str()).await;
    let _place = app.reading.enter().await?;
    open_paper(&app, &seat).await?;
    let HistoryPage { before, journal, next } = read_page(&app, &seat.pc, place).await?;
    large_answer(HistoryView { before, journal, next }).await
}

/// The batch of a seat whose paper is open now, and since when.
async fn open_paper(app: &App, seat: &BoundSeat) -> Result<(Arc<Document<BatchState>>, Time), Refusal> {
    let batch = app.share::<BatchState>(seat.state.place.batch.as_str()).await?;
    let batch = batch.ok_or_else(|| Refusal::not_found("batch"))?;
    let room = room_time::read_of(app, &seat.state).await?;
    match (phase(&seat.state, room.deadline(&batch.state.plan, &seat.state)), room.state.opened_at()) {
        (SeatPhase::Open, Some(opened_at)) => Ok((batch, opened_at)),
        _ => Err(not_open()),
    }
}
