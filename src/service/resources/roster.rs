//! The roster: read from the clerk's file, names apart from everything else.

use super::{log, organization};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::state::sitting::{Place, SittingEvent, SittingState};
use crate::work::transact;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use kaoping_engine::fault::Fault;
use kaoping_engine::kinds::roster::RosterCommitment;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::{Roster, RosterEntry, seat_id, seating};
use kaoping_engine::roster::{AdmissionRules, ApplyConditions, Candidate};
use kaoping_files::roster::read_roster;
use kaoping_record::canonical;
use kaoping_record::id::{BatchId, ItemId, PseudonymId, RoomId, SittingId};
use kaoping_store::Collection;
use kaoping_store::identity::{Identity, IndexKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// What was read.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RosterAccepted {
    pub(super) candidates: u32,
    pub(super) warnings: Vec<Fault>,
}

/// A candidate on the office's list.
#[derive(Serialize, ToSchema)]
pub struct RosterLine {
    ticket: String,
    name: String,
    id_masked: String,
    session: u32,
    room: String,
    number: u32,
    seat: String,
    pseudonym: String,
    theory: String,
    practical: String,
}

/// All candidates.
#[derive(Serialize, ToSchema)]
pub struct RosterView {
    entries: Vec<RosterLine>,
}

/// Reads the roster from .xlsx, .xls or CSV. One faulty row, and nothing is taken.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/roster", request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(("batch" = String, Path)), responses((status = 200, body = RosterAccepted)))]
pub async fn upload(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    bytes: Bytes,
) -> Result<Json<RosterAccepted>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = state.plan()?.clone();
    if state.stage != Stage::Planned {
        return Err(ApiError::conflict(
            "roster_fixed",
            "batch",
            ("本批次的名册已经导入，不能更换。", "the roster of this batch is in and cannot be replaced"),
            (
                "需要增加考生时，使用备用卷补录，或另建批次。",
                "use spare papers for late additions, or make another batch",
            ),
        ));
    }
    let (candidates, warnings) = read_candidates(bytes, &plan).await?;
    let faults = plan.faults_for(candidates.len());
    if !faults.is_empty() {
        return Err(ApiError::faulty(("名册", "the roster"), faults));
    }
    organization::needed(&app).await?;
    let (roster, tickets) = assign(&app, &plan, &candidates).await?;
    keep_people(&app, &roster, &candidates).await?;
    let seats = seating(&plan, &roster)?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        if state.stage != Stage::Planned {
            return Err(ApiError::conflict(
                "race",
                "batch",
                ("别人刚刚导入了名册。", "somebody else has just read a roster"),
                ("刷新页面查看。", "reload the page"),
            ));
        }
        for (entry, ticket) in roster.entries.iter().zip(&tickets) {
            let place = Place {
                batch: batch.clone(),
                pseudonym: entry.pseudonym.clone(),
                ticket: ticket.clone(),
                session: entry.session,
                room: entry.room.clone(),
                number: entry.number,
                seat: entry.seat.clone(),
            };
            work.append::<SittingState>(entry.theory.as_str(), SittingEvent::Seated { place }).await?;
        }
        let candidates = u32::try_from(roster.entries.len()).unwrap_or(u32::MAX);
        let digest = work.blob(canonical::to_bytes(&roster)?);
        let commitment =
            RosterCommitment { at_ms: work.now(), batch: batch.clone(), candidates, level: plan.level, roster: digest };
        let event = BatchEvent::Seated {
            candidates,
            roster: digest,
            record: log::record(&app, work, &batch, commitment).await?,
            seating: work.blob(canonical::to_bytes(&seats)?),
        };
        work.append::<BatchState>(batch.as_str(), event).await
    })?;
    let candidates = u32::try_from(roster.entries.len()).unwrap_or(u32::MAX);
    Ok(Json(RosterAccepted { candidates, warnings }))
}

/// The roster with names, for the office.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/roster", params(("batch" = String, Path)), responses((status = 200, body = RosterView)))]
pub async fn read(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Json<RosterView>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let mut lines = Vec::new();
    for entry in entries(&app, &state).await?.iter() {
        let sitting: SittingState = app.read(entry.theory.as_str()).await?;
        let person = person(&app, &entry.pseudonym).await?;
        lines.push(RosterLine {
            ticket: sitting.place()?.ticket.clone(),
            name: person.name.as_str().to_owned(),
            id_masked: person.document.masked(),
            session: entry.session,
            room: entry.room.to_string(),
            number: entry.number,
            seat: entry.seat.to_string(),
            pseudonym: entry.pseudonym.to_string(),
            theory: entry.theory.to_string(),
            practical: entry.practical.to_string(),
        });
    }
    lines.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    Ok(Json(RosterView { entries: lines }))
}

/// Candidates of a roster file with the warnings about it.
///
/// # Errors
/// 422 with every faulty row, or when there is none.
pub async fn read_candidates(bytes: Bytes, plan: &Plan) -> Result<(Vec<Candidate>, Vec<Fault>), ApiError> {
    let conditions = ApplyConditions::standard();
    let level = plan.level;
    let exam_day = plan.exam_day;
    let file = tokio::task::spawn_blocking(move || {
        let rules = AdmissionRules { exam_day, levels: &[level], conditions: &conditions };
        read_roster(&bytes, &rules)
    });
    let file = file.await.map_err(ApiError::internal)?;
    let refused = |faults| ApiError::faulty(("名册", "the roster"), faults);
    let file = file.map_err(refused)?;
    let warnings = file.warnings.clone();
    let candidates = file.into_candidates();
    if candidates.is_empty() { Err(refused(vec![no_candidates()])) } else { Ok((candidates, warnings)) }
}

/// Whether somebody with the same document is on a batch's roster.
///
/// # Errors
/// 500 when the store fails.
pub async fn is_on(app: &App, state: &BatchState, candidate: &Candidate) -> Result<bool, ApiError> {
    let known = earlier(app, candidate).await?;
    Ok(entries(app, state).await?.iter().any(|entry| known.contains(&entry.pseudonym)))
}

/// The items of all papers that a person has sat before in a theory exam that was opened for them.
///
/// # Errors
/// 500 when the store fails.
pub async fn seen_items(app: &App, candidate: &Candidate) -> Result<BTreeSet<ItemId>, ApiError> {
    let known = earlier(app, candidate).await?;
    let mut seen = BTreeSet::new();
    if known.is_empty() {
        return Ok(seen);
    }
    for row in super::all(app, Collection::Batch, "").await? {
        let batch: BatchState = super::state_of(&row)?;
        for entry in entries(app, &batch).await?.iter().filter(|entry| known.contains(&entry.pseudonym)) {
            let sitting: SittingState = app.read(entry.theory.as_str()).await?;
            if sitting.pcs.is_empty() {
                continue;
            }
            let shown = super::papers::of_sitting(app, &batch, sitting.place()?).await?;
            seen.extend(shown.paper.items.iter().map(|item| item.item.clone()));
        }
    }
    Ok(seen)
}

/// The pseudonyms that a person has in any batch, found by the document's number.
async fn earlier(app: &App, candidate: &Candidate) -> Result<BTreeSet<PseudonymId>, ApiError> {
    let number = candidate.document.number();
    let known = app.identity.find_by_blind_index(IndexKind::DocumentNumber, number).await?;
    Ok(known.into_iter().collect())
}

/// The ticket of the next late addition of a batch.
///
/// # Errors
/// 500 when the store fails.
pub async fn ticket_serial(app: &App, state: &BatchState) -> Result<String, ApiError> {
    let first = entries(app, state).await?.first().map(|entry| entry.theory.clone());
    let first = first.ok_or_else(|| ApiError::not_found("roster"))?;
    let sitting: SittingState = app.read(first.as_str()).await?;
    let ticket = &sitting.place()?.ticket;
    let prefix = ticket.get(..ticket.len().saturating_sub(4)).unwrap_or_default();
    Ok(format!("{prefix}{:04}", state.candidates + 1))
}

/// A roster's entries, late additions last; none before it is in.
pub struct Entries(Option<Arc<Roster>>);

impl std::ops::Deref for Entries {
    type Target = [RosterEntry];
    fn deref(&self) -> &[RosterEntry] {
        self.0.as_ref().map_or(&[], |roster| &roster.entries)
    }
}

/// The entries of a batch's roster.
///
/// # Errors
/// 500 when the store fails.
pub async fn entries(app: &App, state: &BatchState) -> Result<Entries, ApiError> {
    let Some(digest) = state.roster else { return Ok(Entries(None)) };
    let key = format!("{digest}+{}", state.late.len());
    if let Some(roster) = app.rosters.get(&key) {
        return Ok(Entries(Some(roster)));
    }
    let mut roster: Roster = canonical::from_bytes(&super::needed_blob(app, &digest).await?)?;
    roster.entries.extend(state.late.iter().cloned());
    let roster = Arc::new(roster);
    app.rosters.put(key, roster.clone());
    Ok(Entries(Some(roster)))
}

/// Who a pseudonym is.
///
/// # Errors
/// 404 when the person's data were deleted.
pub async fn person(app: &App, pseudonym: &PseudonymId) -> Result<Candidate, ApiError> {
    let bytes = app.identity.get(pseudonym).await?;
    let bytes = bytes.ok_or_else(|| ApiError::not_found("person"))?;
    serde_json::from_slice(&bytes).map_err(ApiError::internal)
}

pub(super) async fn keep_people(app: &App, roster: &Roster, candidates: &[Candidate]) -> Result<(), ApiError> {
    let people = roster.entries.iter().zip(candidates);
    let identities = people.map(|(entry, candidate)| identity(&entry.pseudonym, candidate));
    Ok(app.identity.put(identities.collect::<Result<_, _>>()?).await?)
}

/// Keeps who a pseudonym is, in the place of what was known.
///
/// # Errors
/// 500 when the store fails.
pub async fn keep_person(app: &App, pseudonym: &PseudonymId, candidate: &Candidate) -> Result<(), ApiError> {
    Ok(app.identity.put(vec![identity(pseudonym, candidate)?]).await?)
}

fn identity(pseudonym: &PseudonymId, candidate: &Candidate) -> Result<Identity, ApiError> {
    Ok(Identity {
        pseudonym: pseudonym.clone(),
        bytes: serde_json::to_vec(candidate).map_err(ApiError::internal)?.into(),
        indexes: vec![(IndexKind::DocumentNumber, candidate.document.number().to_owned().into())],
    })
}

/// Pseudonyms, sittings, seats and tickets. Who sits where is shuffled, so that people of one school do not sit together.
async fn assign(app: &App, plan: &Plan, candidates: &[Candidate]) -> Result<(Roster, Vec<String>), ApiError> {
    let mut places: Vec<(u32, RoomId, u32)> = Vec::new();
    for session in &plan.theory.sessions {
        for room in &plan.theory.rooms {
            places.extend((1..=room.seats).map(|number| (session.number, room.room.clone(), number)));
        }
    }
    places.truncate(candidates.len());
    let mut shuffled = Vec::new();
    for place in places {
        shuffled.push((app.random::<16>()?, place));
    }
    shuffled.sort();
    let prefix = ticket_prefix(app, plan).await?;
    let mut entries = Vec::new();
    let mut tickets = Vec::new();
    for ((serial, (_, (session, room, number))), candidate) in (1_u32..).zip(shuffled).zip(candidates) {
        entries.push(RosterEntry {
            pseudonym: PseudonymId::random(app.id_seed()?),
            theory: SittingId::random(app.id_seed()?),
            practical: SittingId::random(app.id_seed()?),
            session,
            seat: seat_id(session, &room, number)?,
            room,
            number,
            avoid: seen_items(app, candidate).await?.into_iter().collect(),
        });
        tickets.push(format!("{prefix}{serial:04}"));
    }
    Ok((Roster { batch: plan.batch.clone(), entries, v: 1 }, tickets))
}

/// Day, level and the batch's number on that day: `2612065` `01`.
async fn ticket_prefix(app: &App, plan: &Plan) -> Result<String, ApiError> {
    let day = plan.exam_day;
    for number in 1..=99 {
        let prefix =
            format!("{:02}{:02}{:02}{}{number:02}", day.year() % 100, day.month(), day.day(), plan.level.number());
        let first = format!("{prefix}0001");
        if app.store.find(Collection::Sitting, &first, None, 1).await?.is_empty() {
            return Ok(prefix);
        }
    }
    Err(ApiError::internal("more than 99 batches on one day"))
}

fn no_candidates() -> Fault {
    use kaoping_engine::fault::Text;
    Fault::new(
        "roster_empty",
        "",
        Text::new("名册里没有考生。", "the roster holds no candidate"),
        Text::new("填写考生信息后重新上传。", "enter the candidates and upload it again"),
    )
}
