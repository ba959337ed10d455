//! What an invigilator sees of a room.

use crate::aggregates::account::AccountState;
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::enrolment::EnrolmentRequest;
use crate::aggregates::room::{EndCounts, Happening, RoomState, room_key};
use crate::aggregates::seat;
use crate::aggregates::sitting::{EndedBy, TheorySitting, TheoryStage};
use crate::app::App;
use crate::http::path::RoomPath;
use crate::operations::member::Member;
use crate::operations::room_time::{self, RoomInTime};
use crate::operations::rooms::{RoomAt, locate, may_see};
use crate::operations::stored::{all, state_of, whole};
use crate::operations::{batches, room_ends, roster};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::roster::Candidate;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::event::seat_stream;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// How a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// Not open yet.
    Waiting,
    /// Open.
    Open,
    /// Open, but how much time has passed waits for a decision (时间待确认).
    Unconfirmed,
    /// Paused.
    Paused,
    /// Time is over.
    Ended,
    /// Two invigilators have ended the session.
    Closed,
}

/// How a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatStatus {
    /// Nobody has come.
    Expected,
    /// A PC waits to be bound.
    Waiting,
    /// Bound; the paper is not open or has no answer yet.
    Bound,
    /// Answers come in.
    Working,
    /// The paper is in.
    HandedIn,
    /// Marked absent.
    Absent,
    /// What is stored of it is damaged; the other seats are not.
    Damaged,
}

/// A room on the list.
#[derive(Serialize, ToSchema)]
pub struct RoomLine {
    batch: String,
    title: String,
    session: u32,
    room: String,
    name: String,
    starts_at_ms: i64,
    state: RoomStatus,
    seats: u32,
    handed_in: u32,
}

/// All rooms of the member.
#[derive(Serialize, ToSchema)]
pub struct RoomsView {
    rooms: Vec<RoomLine>,
}

/// A seat on the board.
#[derive(Serialize, ToSchema)]
pub struct SeatLine {
    number: u32,
    seat: String,
    sitting: String,
    ticket: String,
    name: String,
    id_masked: String,
    state: SeatStatus,
    /// Number of the PC, from 0.
    pc: Option<u32>,
    answered: u32,
    items: u32,
    last_ack_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    extra_minutes: i64,
    /// Who ended the sitting, once the paper is in.
    ended_by: Option<EndedBy>,
    ended_at_ms: Option<i64>,
    /// Whether this end may be undone: it was not the candidate's, and the session has not ended.
    can_reopen: bool,
    /// The request to undo the end.
    reopening: Option<ReopeningView>,
    /// How often the paper was given back.
    given_back: u32,
}

/// The request to undo the end of a sitting, which a second person must approve.
#[derive(Serialize, ToSchema)]
pub struct ReopeningView {
    /// Who asked.
    by: String,
    /// Whether it was the person who looks: then somebody else must approve.
    by_me: bool,
    at_ms: i64,
    /// Minutes in addition to what was left.
    minutes: u32,
    /// What was left when the paper was taken.
    left_ms: i64,
    reason: String,
}

/// Something in the room's journal.
#[derive(Serialize, ToSchema)]
pub struct JournalLine {
    at_ms: i64,
    /// The person's name; null for the service.
    by: Option<String>,
    #[serde(flatten)]
    what: Happening,
}

/// An interruption that waits for the decision whether it counts.
#[derive(Serialize, ToSchema)]
pub struct GapView {
    /// The wall clock before it.
    from_ms: i64,
    /// The wall clock after it.
    until_ms: i64,
    /// Its length; 0 when the wall clock went backwards, so that nobody knows.
    length_ms: i64,
    /// What is left of the room's time if it counts.
    left_if_counted_ms: i64,
    /// What is left of the room's time if it does not.
    left_if_not_ms: i64,
}

/// How far the end of the session has come.
#[derive(Serialize, ToSchema)]
pub struct EndView {
    counts: EndCounts,
    /// Who has confirmed these counts already.
    confirmed_by: Option<String>,
    /// Whether it was the person who looks: then another invigilator must confirm.
    confirmed_by_me: bool,
}

/// A PC that waits.
#[derive(Serialize, ToSchema)]
pub struct WaitingLine {
    enrolment: String,
    ticket: String,
    code: String,
    seat_number: Option<u32>,
    /// Whether another PC was bound to this sitting before, so that a reason is needed.
    replaces: bool,
    since_ms: i64,
}

/// The room's board.
#[derive(Serialize, ToSchema)]
pub struct RoomView {
    now_ms: i64,
    batch: String,
    title: String,
    room: String,
    name: String,
    session: u32,
    state: RoomStatus,
    minutes: u32,
    opened_at_ms: Option<i64>,
    ends_at_ms: Option<i64>,
    /// Whether a second device keeps a copy of each answer; without one the room is 单机.
    standby: bool,
    /// An interruption that waits for a decision.
    gap: Option<GapView>,
    /// By how much the wall clock was moved since the papers were opened, in sum; the room's time ignores it.
    clock_moved_ms: i64,
    journal: Vec<JournalLine>,
    end: EndView,
    seats: Vec<SeatLine>,
    /// PCs that wait, those that asked first.
    waiting: Vec<WaitingLine>,
    /// How many PCs wait in all.
    waiting_total: usize,
}

/// PCs that wait.
#[derive(Serialize, ToSchema)]
pub struct WaitingView {
    waiting: Vec<WaitingLine>,
}

/// What the PC that is looked for shows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeQuery {
    /// The four digits.
    code: String,
}

/// Most PCs that are listed. In an honest room each seat has one; strangers may ask for more.
const MOST_LISTED: usize = 200;

/// The member's rooms.
#[utoipa::path(get, path = "/api/v1/rooms", responses((status = 200, body = RoomsView)))]
pub async fn list_rooms(State(app): State<App>, member: Member) -> Result<Json<RoomsView>, Refusal> {
    let mut rooms = Vec::new();
    for row in all(&app, Collection::Batch, "").await? {
        let Some(batch) = whole(state_of::<BatchState>(&row))? else { continue };
        let plan = &batch.plan;
        if batch.stage() < Stage::Dealt || member.may_read(&batch).is_err() {
            continue;
        }
        let entries = roster::entries(&app, &batch).await?;
        for session in &plan.theory.sessions {
            for room in plan.theory.rooms.iter().filter(|room| may_see(&member, room)) {
                let here = entries.iter().filter(|entry| entry.session == session.number && entry.room == room.room);
                let (mut seats, mut handed_in) = (0, 0);
                for entry in here {
                    let sitting = whole(roster::theory_sitting(&app, &entry.theory).await)?;
                    seats += 1;
                    handed_in += u32::from(sitting.is_some_and(|sitting| sitting.is_handed_in()));
                }
                if seats == 0 {
                    continue;
                }
                let in_time = room_time::read(&app, &room_key(&plan.batch, session.number, &room.room)).await;
                let Some(in_time) = whole(in_time)? else { continue };
                rooms.push(RoomLine {
                    batch: plan.batch.to_string(),
                    title: plan.title.clone(),
                    session: session.number,
                    room: room.room.to_string(),
                    name: room.name.clone(),
                    starts_at_ms: session.starts_at_ms.millis(),
                    state: status(&in_time, plan),
                    seats,
                    handed_in,
                });
            }
        }
    }
    Ok(Json(RoomsView { rooms }))
}

/// The room's board.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}", params(RoomPath), responses((status = 200, body = RoomView)))]
pub async fn show_room(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
) -> Result<Json<RoomView>, Refusal> {
    let at = RoomAt::from(path);
    let (batch, room) = locate(&app, &member, &at).await?;
    let (plan, session) = (&batch.plan, at.session);
    let in_time = room_time::read(&app, &at.key()).await?;
    let state = &in_time.state;
    let mut names = Names::new(&app);
    let entries = roster::entries(&app, &batch).await?;
    let here = entries.iter().filter(|entry| entry.session == session && entry.room == room.room);
    let waiting = app.waiting.of_room(&at.key());
    let items = batches::items(plan)?;
    let (mut seats, mut sittings) = (Vec::new(), Vec::new());
    for entry in here {
        let person = roster::person(&app, &entry.pseudonym).await?;
        let Some(sitting) = whole(roster::theory_sitting(&app, &entry.theory).await)? else {
            seats.push(SeatLine::damaged(entry, &person, items));
            continue;
        };
        let pc = sitting.last_pc();
        let fold = match pc {
            Some(number) => whole(seat::read(&app.store, &seat_stream(&entry.theory, number)?).await)?,
            None => Some(None),
        };
        let is_damaged = fold.is_none();
        let fold = fold.flatten();
        let answered = match (sitting.end(), &fold) {
            (Some(ending), _) => ending.answered,
            (None, Some(fold)) => fold.state.answers.count(),
            (None, None) => 0,
        };
        let is_waiting = waiting.iter().any(|(_, request)| request.sitting == entry.theory);
        let deadline = in_time.deadline(plan, &sitting);
        let end = sitting.end();
        let reopening = match (&sitting.reopening, end) {
            (Some(asked), Some(end)) => Some(ReopeningView {
                by: names.of(asked.by.as_str()).await?,
                by_me: asked.by == member.account,
                at_ms: asked.at_ms.millis(),
                minutes: asked.minutes,
                left_ms: end.left_ms,
                reason: asked.reason.clone(),
            }),
            _ => None,
        };
        seats.push(SeatLine {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: sitting.place.ticket.clone(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: if is_damaged { SeatStatus::Damaged } else { seat_status(&sitting, is_waiting, answered) },
            pc,
            answered,
            items,
            last_ack_ms: fold.and_then(|fold| fold.state.last_at_ms).map(|at| at.millis()),
            ends_at_ms: ends_at(deadline),
            extra_minutes: sitting.extra_ms / 60_000,
            ended_by: end.map(|end| end.by),
            ended_at_ms: end.map(|end| end.at_ms.millis()),
            can_reopen: sitting.is_undoable() && !state.is_closed(),
            reopening,
            given_back: u32::try_from(sitting.undone.len()).unwrap_or(u32::MAX),
        });
        sittings.push(sitting);
    }
    seats.sort_by_key(|seat| seat.number);
    let mut journal = Vec::new();
    for entry in &state.journal {
        let by = match entry.actor.strip_prefix("account:") {
            Some(account) => Some(names.of(account).await?),
            None => None,
        };
        journal.push(JournalLine { at_ms: entry.at_ms.millis(), by, what: entry.what.clone() });
    }
    let counts = room_ends::count(&sittings);
    let first = state.ending.as_ref().filter(|ending| ending.counts == counts);
    let end = EndView {
        counts,
        confirmed_by: match first {
            Some(ending) => Some(names.of(ending.by.as_str()).await?),
            None => None,
        },
        confirmed_by_me: first.is_some_and(|ending| ending.by == member.account),
    };
    let waiting_total = waiting.len();
    Ok(Json(RoomView {
        now_ms: in_time.now.at.millis(),
        batch: plan.batch.to_string(),
        title: plan.title.clone(),
        room: room.room.to_string(),
        name: room.name.clone(),
        session,
        state: status(&in_time, plan),
        minutes: plan.theory.minutes,
        opened_at_ms: state.opened_at().map(|at| at.millis()),
        ends_at_ms: ends_at(state.deadline(plan.theory.minutes, 0, in_time.now)),
        standby: false,
        gap: gap(&in_time, plan),
        clock_moved_ms: clock_moved(state),
        journal,
        end,
        seats,
        waiting: waiting_lines(&app, waiting).await?,
        waiting_total,
    }))
}

/// The PCs that wait and show these digits, also when the board lists others.
#[utoipa::path(get, path = "/api/v1/rooms/{batch}/{session}/{room}/waiting", params(RoomPath, CodeQuery), responses((status = 200, body = WaitingView)))]
pub async fn find_waiting(
    State(app): State<App>,
    member: Member,
    Path(path): Path<RoomPath>,
    Query(CodeQuery { code }): Query<CodeQuery>,
) -> Result<Json<WaitingView>, Refusal> {
    let at = RoomAt::from(path);
    locate(&app, &member, &at).await?;
    let mut waiting = app.waiting.of_room(&at.key());
    waiting.retain(|(_, request)| request.code == code);
    Ok(Json(WaitingView { waiting: waiting_lines(&app, waiting).await? }))
}

async fn waiting_lines(app: &App, waiting: Vec<(String, EnrolmentRequest)>) -> Result<Vec<WaitingLine>, Refusal> {
    let mut lines = Vec::new();
    for (enrolment, request) in waiting.into_iter().take(MOST_LISTED) {
        let Some(sitting) = whole(roster::theory_sitting(app, &request.sitting).await)? else { continue };
        lines.push(WaitingLine {
            enrolment,
            ticket: request.ticket,
            code: request.code,
            seat_number: Some(sitting.place.number),
            replaces: !sitting.pcs.is_empty(),
            since_ms: request.since_ms.millis(),
        });
    }
    Ok(lines)
}

impl SeatLine {
    /// What the roster tells of a seat whose sitting cannot be read.
    fn damaged(entry: &RosterEntry, person: &Candidate, items: u32) -> Self {
        Self {
            number: entry.number,
            seat: entry.seat.to_string(),
            sitting: entry.theory.to_string(),
            ticket: String::new(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            state: SeatStatus::Damaged,
            pc: None,
            answered: 0,
            items,
            last_ack_ms: None,
            ends_at_ms: None,
            extra_minutes: 0,
            ended_by: None,
            ended_at_ms: None,
            can_reopen: false,
            reopening: None,
            given_back: 0,
        }
    }
}

fn status(room: &RoomInTime, plan: &Plan) -> RoomStatus {
    match room.state.deadline(plan.theory.minutes, 0, room.now) {
        _ if room.state.is_closed() => RoomStatus::Closed,
        Deadline::NotOpen {} => RoomStatus::Waiting,
        Deadline::Unconfirmed { .. } => RoomStatus::Unconfirmed,
        Deadline::Paused { .. } => RoomStatus::Paused,
        Deadline::Running { ends_at_ms } if ends_at_ms > room.now.at => RoomStatus::Open,
        Deadline::Running { .. } => RoomStatus::Ended,
    }
}

fn gap(room: &RoomInTime, plan: &Plan) -> Option<GapView> {
    let gap = room.state.gap()?;
    let left = room.state.deadline(plan.theory.minutes, 0, room.now).left_ms(room.now.at).unwrap_or(0);
    Some(GapView {
        from_ms: gap.from_ms.millis(),
        until_ms: gap.until_ms.millis(),
        length_ms: gap.length_ms,
        left_if_counted_ms: (left - gap.length_ms).max(0),
        left_if_not_ms: left,
    })
}

fn clock_moved(room: &RoomState) -> i64 {
    let steps = room.journal.iter().map(|entry| match entry.what {
        Happening::ClockStepped { step_ms } => step_ms,
        _ => 0,
    });
    steps.fold(0, i64::saturating_add)
}

/// Names of members of staff, each read once.
struct Names<'app> {
    app: &'app App,
    known: BTreeMap<String, String>,
}

impl<'app> Names<'app> {
    fn new(app: &'app App) -> Self {
        Self { app, known: BTreeMap::new() }
    }

    async fn of(&mut self, account: &str) -> Result<String, Refusal> {
        if let Some(name) = self.known.get(account) {
            return Ok(name.clone());
        }
        let state: Option<AccountState> = self.app.read(account).await?;
        let name = state.map_or_else(|| account.to_owned(), |state| state.name);
        self.known.insert(account.to_owned(), name.clone());
        Ok(name)
    }
}

fn seat_status(sitting: &TheorySitting, waiting: bool, answered: u32) -> SeatStatus {
    match sitting.stage {
        TheoryStage::HandedIn(_) | TheoryStage::Scored(..) => SeatStatus::HandedIn,
        TheoryStage::Bound if answered > 0 => SeatStatus::Working,
        TheoryStage::Bound => SeatStatus::Bound,
        // Whoever works is shown at work, even while another PC asks for the seat.
        TheoryStage::Expected | TheoryStage::Absent if waiting => SeatStatus::Waiting,
        TheoryStage::Absent => SeatStatus::Absent,
        TheoryStage::Expected => SeatStatus::Expected,
    }
}

fn ends_at(deadline: Deadline) -> Option<i64> {
    match deadline {
        Deadline::Running { ends_at_ms } => Some(ends_at_ms.millis()),
        _ => None,
    }
}
