//! Late additions: candidates who come onto the roster after the draw get spare papers, on the record.

use super::draw::dealing;
use super::draw::publication::spares;
use super::roster::{RosterAccepted, keep_people, read_candidates, seen_items, ticket_serial};
use super::{log, needed_reason, panels, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::state::paper::{PaperEvent, PaperState, paper_key};
use crate::state::sitting::{Place, SittingEvent, SittingState};
use crate::work::transact;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use kaoping_engine::draw::Paper;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_engine::kinds::paper_use::{PaperUseRecord, UsedBy};
use kaoping_engine::plan::seating::{Roster, RosterEntry};
use kaoping_record::canonical;
use kaoping_record::id::{BatchId, ItemId, PseudonymId, RoomId, SeatId, SittingId};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// Where the late additions sit, and why they are late.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LateQuery {
    /// The session, from 1.
    session: u32,
    /// The room.
    room: RoomId,
    /// Why, 1 to 500 characters.
    reason: String,
}

/// Takes late additions from a roster file: each gets the next spare paper of the room. One faulty row, and nothing is taken.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/roster/late", request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(("batch" = String, Path), LateQuery), responses((status = 200, body = RosterAccepted)))]
pub async fn add(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Query(query): Query<LateQuery>,
    bytes: Bytes,
) -> Result<Json<RosterAccepted>, ApiError> {
    let reason = needed_reason(&query.reason)?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    at_dealt(&state)?;
    let plan = state.plan()?.clone();
    let (candidates, warnings) = read_candidates(bytes, &plan).await?;
    let mut taken = BTreeSet::new();
    let mut entries = Vec::new();
    for candidate in &candidates {
        if roster::is_on(&app, &state, candidate).await? {
            return Err(on_roster(candidate.document.masked().as_str()));
        }
        let seen = seen_items(&app, candidate).await?;
        let spare = next_spare(&app, &state, &query, &taken, &seen).await?;
        taken.insert(spare.clone());
        let spares = u32::try_from(taken.len() + state.late.len()).unwrap_or(u32::MAX);
        let seats = plan.theory.rooms.iter().find(|room| room.room == query.room).map_or(0, |room| room.seats);
        entries.push(RosterEntry {
            pseudonym: PseudonymId::random(app.id_seed()?),
            theory: SittingId::random(app.id_seed()?),
            practical: SittingId::random(app.id_seed()?),
            session: query.session,
            room: query.room.clone(),
            number: seats + spares,
            seat: SeatId::new(spare)?,
            avoid: seen.into_iter().collect(),
        });
    }
    let roster = Roster { batch: batch.clone(), entries, v: 1 };
    keep_people(&app, &roster, &candidates).await?;
    let seed = dealing::seed(&app, &state).await?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        at_dealt(&state)?;
        for (entry, candidate) in roster.entries.iter().zip(&candidates) {
            let state: BatchState = work.load(batch.as_str()).await?;
            let place = Place {
                batch: batch.clone(),
                pseudonym: entry.pseudonym.clone(),
                ticket: ticket_serial(&app, &state).await?,
                session: entry.session,
                room: entry.room.clone(),
                number: entry.number,
                seat: entry.seat.clone(),
            };
            work.append::<SittingState>(entry.theory.as_str(), SittingEvent::Seated { place }).await?;
            let key = paper_key(&batch, entry.seat.as_str());
            let paper: PaperState = work.load(&key).await?;
            let dealt = paper.dealt.filter(|_| paper.bound.is_none()).ok_or_else(|| no_spare(&query))?;
            let used = PaperUseRecord {
                at_ms: work.now(),
                batch: batch.clone(),
                paper: dealt.paper,
                paper_digest: dealt.digest,
                used: Some(UsedBy {
                    bound_by: member.account.clone(),
                    pseudonym: entry.pseudonym.clone(),
                    practical: entry.practical.clone(),
                    reason: reason.clone(),
                    theory: entry.theory.clone(),
                }),
            };
            let record = log::record(&app, work, &batch, used).await?;
            let bound = PaperEvent::Bound { pseudonym: entry.pseudonym.clone(), record };
            work.append::<PaperState>(&key, bound).await?;
            panels::lots::add(&app, work, &state, &seed, entry, candidate).await?;
            let added = BatchEvent::Added { entry: entry.clone(), reason: reason.clone() };
            work.append::<BatchState>(batch.as_str(), added).await?;
        }
        Ok(())
    })?;
    let candidates = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
    Ok(Json(RosterAccepted { candidates, warnings }))
}

/// The first spare paper of the room that nobody has and that holds no item the person has seen.
async fn next_spare(
    app: &App,
    state: &BatchState,
    query: &LateQuery,
    taken: &BTreeSet<String>,
    seen: &BTreeSet<ItemId>,
) -> Result<String, ApiError> {
    let batch = &state.plan()?.batch;
    for paper in spares(app, batch).await? {
        let Some(dealt) = paper.dealt.filter(|_| paper.bound.is_none()) else { continue };
        let here = dealt.session == Some(query.session) && dealt.room.as_ref() == Some(&query.room);
        if dealt.paper_use != PaperUse::Spare || !here || taken.contains(dealt.paper.as_str()) {
            continue;
        }
        let items: Paper = canonical::from_bytes(&super::needed_blob(app, &dealt.digest).await?)?;
        if items.items.iter().all(|entry| !seen.contains(&entry.item)) {
            return Ok(dealt.paper.to_string());
        }
    }
    Err(no_spare(query))
}

fn at_dealt(state: &BatchState) -> Result<(), ApiError> {
    if state.stage == Stage::Dealt {
        return Ok(());
    }
    Err(ApiError::conflict(
        "not_at_this_stage",
        "batch",
        ("只有发卷之后、批次关闭之前才能补录。", "late additions come between the deal and the closing"),
        ("发卷之前请在名册里增加考生。", "before the draw, put them on the roster"),
    ))
}

fn no_spare(query: &LateQuery) -> ApiError {
    ApiError::conflict(
        "no_spare",
        "room",
        (
            &format!("第 {} 场 {} 考场没有可用的备用卷。", query.session, query.room),
            &format!("session {} has no spare paper left in room {}", query.session, query.room),
        ),
        ("换一个考场，或安排到下一批次。", "choose another room, or the next batch"),
    )
}

fn on_roster(masked: &str) -> ApiError {
    ApiError::conflict(
        "on_roster",
        "roster",
        (
            &format!("证件号为 {masked} 的考生已在本批次名册中。"),
            &format!("the candidate with the document {masked} is on the roster already"),
        ),
        ("从补录文件中去掉该考生。", "leave this candidate out"),
    )
}
