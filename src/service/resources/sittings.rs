//! What an invigilator does to one sitting, and how a sitting ends.

use super::rooms;
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use crate::state::room::{RoomState, room_key};
use crate::state::seat;
use crate::state::sitting::{EndedBy, Ending, SittingEvent, SittingState};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_engine::session::hand_in::{Receipt, journal_digest};
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::Deserialize;
use utoipa::ToSchema;

/// A receipt promises that the sitting is in the log within this time.
const LOGGED_WITHIN_MS: i64 = 7 * 24 * 3_600_000;
/// After the end, and what is on its way, a paper is taken by the service.
const TAKEN_AFTER_MS: i64 = 60_000;

/// Extra time.
#[derive(Deserialize, ToSchema)]
pub struct ExtendRequest {
    /// 1 to 120.
    minutes: u32,
    reason: String,
}

/// The end of a sitting.
pub struct End {
    /// By whom.
    pub by: EndedBy,
    /// How many items have an answer.
    pub answered: u32,
    /// Where its streams end.
    pub heads: Vec<(Stream, Head)>,
    /// Why, when an invigilator ended it.
    pub reason: Option<String>,
}

/// Gives extra time.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/extend", request_body = ExtendRequest, params(("sitting" = String, Path)), responses((status = 204)))]
pub async fn extend(
    State(app): State<App>,
    member: Member,
    Path(sitting): Path<SittingId>,
    Json(request): Json<ExtendRequest>,
) -> Result<axum::http::StatusCode, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    if !(1..=120).contains(&request.minutes) {
        return Err(ApiError::invalid(
            "minutes",
            "minutes",
            ("延长须为 1 至 120 分钟。", "1 to 120 minutes may be added"),
            ("请改正分钟数。", "correct the minutes"),
        ));
    }
    own(&app, &member, &sitting).await?;
    transact!(app, &member.actor, |work| {
        let state: SittingState = work.load(sitting.as_str()).await?;
        if state.ending.is_some() {
            return Err(super::seat::already_handed_in());
        }
        let event =
            SittingEvent::Extended { minutes: request.minutes, reason: reason.clone(), by: member.account.clone() };
        work.append::<SittingState>(sitting.as_str(), event).await
    })?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Marks a candidate absent.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/absent", request_body = rooms::ReasonRequest, params(("sitting" = String, Path)), responses((status = 204)))]
pub async fn absent(
    State(app): State<App>,
    member: Member,
    Path(sitting): Path<SittingId>,
    Json(request): Json<rooms::ReasonRequest>,
) -> Result<axum::http::StatusCode, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    own(&app, &member, &sitting).await?;
    transact!(app, &member.actor, |work| {
        let state: SittingState = work.load(sitting.as_str()).await?;
        if !state.pcs.is_empty() || state.ending.is_some() {
            return Err(ApiError::conflict(
                "has_come",
                "sitting",
                ("该考生已经到考，不能记缺考。", "this candidate has come and cannot be marked absent"),
                ("请核对座位号。", "check the seat"),
            ));
        }
        work.append::<SittingState>(sitting.as_str(), SittingEvent::Absent { reason: reason.clone() }).await
    })?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Takes a paper; what was acknowledged last counts.
#[utoipa::path(post, path = "/api/v1/sittings/{sitting}/hand-in", request_body = rooms::ReasonRequest, params(("sitting" = String, Path)), responses((status = 204)))]
pub async fn hand_in(
    State(app): State<App>,
    member: Member,
    Path(sitting): Path<SittingId>,
    Json(request): Json<rooms::ReasonRequest>,
) -> Result<axum::http::StatusCode, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    own(&app, &member, &sitting).await?;
    close(&app, &member.actor, &sitting, EndedBy::Invigilator, Some(reason)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// When a sitting's paper ends.
///
/// # Errors
/// 500 when the store fails.
pub async fn deadline(app: &App, plan: &Plan, state: &SittingState) -> Result<Deadline, ApiError> {
    let place = state.place()?;
    let room: RoomState = app.read(&room_key(&plan.batch, place.session, &place.room)).await?;
    Ok(room.deadline(plan.theory.minutes, state.extra_ms))
}

/// Where the streams of a sitting's PCs end. `last` stands for the last one, when it is being written just now.
///
/// # Errors
/// 500 when the store fails.
pub async fn heads(
    app: &App,
    sitting: &SittingId,
    number: u32,
    last: Option<Head>,
) -> Result<Vec<(Stream, Head)>, ApiError> {
    let mut heads = Vec::new();
    for pc in 0..=number {
        let stream = seat_stream(sitting, pc)?;
        let head = match last {
            Some(head) if pc == number => head,
            _ => app.store.head(&stream).await?,
        };
        heads.push((stream, head));
    }
    Ok(heads)
}

/// Ends a sitting in a work, with its receipt.
///
/// # Errors
/// 409 when it has ended already.
pub async fn end(app: &App, work: &mut Work, sitting: &SittingId, plan: &Plan, end: End) -> Result<(), ApiError> {
    let state: SittingState = work.load(sitting.as_str()).await?;
    if state.ending.is_some() {
        return Err(super::seat::already_handed_in());
    }
    let salt: [u8; 32] = app.random()?;
    let lasts: Vec<Digest> = end.heads.iter().map(|(_, head)| head.last).collect();
    let journal = journal_digest(&salt, &lasts);
    let at_ms = work.now();
    let receipt = Signed::new(Receipt {
        at_ms,
        answered: end.answered,
        batch: plan.batch.clone(),
        items: super::batches::items(app, plan).await?,
        journal,
        logged_by_ms: at_ms.plus_millis(LOGGED_WITHIN_MS),
        sitting: sitting.clone(),
    })
    .sign(&app.keys.room)?;
    let ending = Ending {
        by: end.by,
        at_ms,
        heads: end.heads,
        answered: end.answered,
        receipt: String::from_utf8_lossy(&receipt.to_bytes()?).into_owned(),
        salt: to_hex(&salt),
        journal,
    };
    work.append::<SittingState>(sitting.as_str(), SittingEvent::Ended { ending, reason: end.reason }).await
}

/// Takes the papers whose time is over and that were not handed in: a PC that is off loses nothing that was acknowledged.
///
/// # Errors
/// 500 when the store fails.
pub async fn sweep(app: &App) -> Result<u32, ApiError> {
    let mut taken = 0;
    for row in super::all(app, Collection::Batch, "").await? {
        let batch: BatchState = super::state_of(&row)?;
        let (Stage::Dealt, Some(plan)) = (batch.stage, &batch.plan) else { continue };
        for entry in super::roster::entries(app, &batch).await?.iter() {
            let state: SittingState = app.read(entry.theory.as_str()).await?;
            if state.ending.is_some() || state.pcs.is_empty() {
                continue;
            }
            let Deadline::Running { ends_at_ms } = deadline(app, plan, &state).await? else { continue };
            if app.now() > ends_at_ms.plus_millis(TAKEN_AFTER_MS) {
                close(app, "service", &entry.theory, EndedBy::Time, None).await?;
                taken += 1;
            }
        }
    }
    Ok(taken)
}

async fn close(
    app: &App,
    actor: &str,
    sitting: &SittingId,
    by: EndedBy,
    reason: Option<String>,
) -> Result<(), ApiError> {
    transact!(app, actor, |work| {
        let state: SittingState = work.load(sitting.as_str()).await?;
        let batch: BatchState = app.need(state.place()?.batch.as_str(), "batch").await?;
        let Some(number) = u32::try_from(state.pcs.len()).ok().and_then(|count| count.checked_sub(1)) else {
            return Err(ApiError::conflict(
                "never_bound",
                "sitting",
                ("该考生没有上机，没有可收的试卷。", "this candidate never sat down; there is no paper to take"),
                ("未到考的请记缺考。", "mark the candidate absent"),
            ));
        };
        let heads = heads(app, sitting, number, None).await?;
        let mut answered = 0;
        for (stream, _) in heads.iter().rev() {
            if let Some(fold) = seat::read(app, stream).await? {
                answered = fold.state.answers.count();
                break;
            }
        }
        end(app, work, sitting, batch.plan()?, End { by, answered, heads, reason: reason.clone() }).await
    })
}

/// The sitting must be in a room of this invigilator.
async fn own(app: &App, member: &Member, sitting: &SittingId) -> Result<(), ApiError> {
    let state: SittingState = app.need(sitting.as_str(), "sitting").await?;
    let place = state.place()?;
    let path = (place.batch.clone(), place.session, place.room.clone());
    rooms::located(app, member, &path).await.map(|_| ())
}
