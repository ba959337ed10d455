//! The roster: candidates get pseudonyms, sittings and seats; their names are kept apart from
//! everything else.

use super::doer::transact;
use super::member::Member;
use super::requests::{is_done, is_first};
use super::stored::{all, needed_blob, state_of};
use super::{credentials, papers};
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::request::RequestKey;
use crate::aggregates::sitting::{Place, PracticalSitting, SittingEvent, SittingState, TheorySitting};
use crate::aggregates::ticket_series::{TicketSeriesEvent, TicketSeriesState};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::kinds::roster::RosterCommitment;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::{Roster, RosterEntry, seat_id, seating};
use kaoping_engine::roster::{AdmissionRules, ApplyConditions, Candidate};
use kaoping_files::roster::{RosterFile, read_roster};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, PseudonymId, RoomId, SittingId};
use kaoping_store::Collection;
use kaoping_store::identity::{Identity, IndexKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What reading a roster file led to.
pub struct RosterRead {
    /// How many candidates were taken.
    pub candidates: u32,
    /// What a clerk should look at again.
    pub warnings: Vec<Fault>,
}

/// Takes the roster of a batch from a clerk's file (.xlsx, .xls or CSV). One faulty row, and
/// nothing is taken.
///
/// # Errors
/// `faults` with every faulty row, `roster_fixed` when the batch has a roster, `not_covered` when
/// the filing does not hold today.
pub async fn take_roster(
    app: &App,
    member: &Member,
    batch: &BatchId,
    bytes: Vec<u8>,
    request: &RequestKey,
) -> Result<RosterRead, Refusal> {
    let decision = format!("roster/{batch}/{}", Digest::of(&bytes).to_hex());
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let is_done = is_done(app, member, request, &decision).await?;
    if !is_done {
        state.takes_roster()?;
    }
    let plan = state.plan;
    let (candidates, warnings) = read_candidates(bytes, &plan).await?;
    let count = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
    let read = RosterRead { candidates: count, warnings };
    if is_done {
        return Ok(read);
    }
    let faults = plan.faults_for(candidates.len());
    if !faults.is_empty() {
        return Err(Refusal::faulty(("名册", "the roster"), faults));
    }
    let entries = assign(app, &plan, &candidates).await?;
    let roster = Roster { batch: plan.batch.clone(), entries, v: 1 };
    let identities = identities(&roster, &candidates)?;
    let (own, member, request) = (app.clone(), member.clone(), request.clone());
    let work = async move { seat(&own, &member, &plan, &roster, (&request, &decision)).await };
    with_identities(app, batch, identities, work).await?;
    Ok(read)
}

/// Gives everybody of a roster a seat and a ticket, and logs the commitment to the roster.
async fn seat(
    app: &App,
    member: &Member,
    plan: &Plan,
    roster: &Roster,
    (request, decision): (&RequestKey, &str),
) -> Result<bool, Refusal> {
    let batch = &plan.batch;
    let seats = seating(plan, roster)?;
    let count = u32::try_from(roster.entries.len()).unwrap_or(u32::MAX);
    transact!(app, member, |work| {
        if !is_first(work, member, request, decision).await? {
            return Ok(false);
        }
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        state.takes_roster()?;
        let signing = credentials::under_filing(app, work, plan.level).await?;
        let series = take_ticket_series(work, plan).await?;
        for (serial, entry) in (1_u32..).zip(&roster.entries) {
            let place = place(batch, entry, format!("{series}{serial:04}"));
            work.append::<SittingState>(entry.theory.as_str(), SittingEvent::Seated { place }).await?;
        }
        let digest = work.blob(canonical::to_bytes(roster)?);
        let commitment = RosterCommitment {
            at_ms: work.now(),
            batch: batch.clone(),
            candidates: count,
            level: plan.level,
            roster: digest,
        };
        let event = BatchEvent::Seated {
            candidates: count,
            roster: digest,
            record: signing.record(work, batch, commitment).await?,
            seating: work.blob(canonical::to_bytes(&seats)?),
        };
        work.append::<BatchState>(batch.as_str(), event).await.map(|()| true)
    })
}

/// Where a candidate of the roster sits.
#[must_use]
pub fn place(batch: &BatchId, entry: &RosterEntry, ticket: String) -> Place {
    Place {
        batch: batch.clone(),
        pseudonym: entry.pseudonym.clone(),
        ticket,
        session: entry.session,
        room: entry.room.clone(),
        number: entry.number,
        seat: entry.seat.clone(),
    }
}

/// A theory sitting.
///
/// # Errors
/// [`Refusal::not_found`] when there is none of that identifier.
pub async fn theory_sitting(app: &App, sitting: &SittingId) -> Result<TheorySitting, Refusal> {
    let state: SittingState = app.need(sitting.as_str(), "sitting").await?;
    state.theory().cloned()
}

/// A practical sitting; `None` before the lots are drawn.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn practical_sitting(app: &App, sitting: &SittingId) -> Result<Option<PracticalSitting>, Refusal> {
    let state: Option<SittingState> = app.read(sitting.as_str()).await?;
    state.map(|state| state.practical().cloned()).transpose()
}

/// Candidates of a roster file with the warnings about it.
///
/// # Errors
/// `faults` with every faulty row, or when there is none.
pub async fn read_candidates(bytes: Vec<u8>, plan: &Plan) -> Result<(Vec<Candidate>, Vec<Fault>), Refusal> {
    let file = read_file(bytes, plan).await?;
    let warnings = file.warnings.clone();
    Ok((file.into_candidates(), warnings))
}

/// A roster file that has no fault for this plan.
///
/// # Errors
/// As [`read_candidates`].
pub(super) async fn read_file(bytes: Vec<u8>, plan: &Plan) -> Result<RosterFile, Refusal> {
    let conditions = ApplyConditions::standard();
    let level = plan.level;
    let exam_day = plan.exam_day;
    let file = tokio::task::spawn_blocking(move || {
        let rules = AdmissionRules { exam_day, levels: &[level], conditions: &conditions };
        read_roster(&bytes, &rules)
    });
    let file = file.await.map_err(Refusal::internal)?;
    let refused = |faults| Refusal::faulty(("名册", "the roster"), faults);
    let file = file.map_err(refused)?;
    if file.rows.is_empty() { Err(refused(vec![no_candidates()])) } else { Ok(file) }
}

/// Whether somebody with the same document is on a batch's roster.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn is_on(app: &App, state: &BatchState, candidate: &Candidate) -> Result<bool, Refusal> {
    let known = earlier(app, candidate).await?;
    Ok(entries(app, state).await?.iter().any(|entry| known.contains(&entry.pseudonym)))
}

/// The items of all papers that a person has sat before in a theory exam that was opened for them.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn seen_items(app: &App, candidate: &Candidate) -> Result<BTreeSet<ItemId>, Refusal> {
    let known = earlier(app, candidate).await?;
    let mut seen = BTreeSet::new();
    if known.is_empty() {
        return Ok(seen);
    }
    for row in all(app, Collection::Batch, "").await? {
        let batch: BatchState = state_of(&row)?;
        for entry in entries(app, &batch).await?.iter().filter(|entry| known.contains(&entry.pseudonym)) {
            let sitting = theory_sitting(app, &entry.theory).await?;
            if sitting.pcs.is_empty() {
                continue;
            }
            let shown = papers::of_sitting(app, &batch.plan, &sitting.place).await?;
            seen.extend(shown.paper.items.iter().map(|item| item.item.clone()));
        }
    }
    Ok(seen)
}

/// The pseudonyms that a person has in any batch, found by the document's number.
async fn earlier(app: &App, candidate: &Candidate) -> Result<BTreeSet<PseudonymId>, Refusal> {
    let number = candidate.document.number();
    let known = app.identity.find_by_blind_index(IndexKind::DocumentNumber, number).await?;
    Ok(known.into_iter().collect())
}

/// The ticket of the next late addition of a batch.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn ticket_serial(app: &App, state: &BatchState) -> Result<String, Refusal> {
    let first = entries(app, state).await?.first().map(|entry| entry.theory.clone());
    let first = first.ok_or_else(|| Refusal::not_found("roster"))?;
    let ticket = theory_sitting(app, &first).await?.place.ticket;
    let prefix = ticket.get(..ticket.len().saturating_sub(4)).unwrap_or_default();
    Ok(format!("{prefix}{:04}", state.candidates() + 1))
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
/// [`Refusal::internal`] when the store fails.
pub async fn entries(app: &App, state: &BatchState) -> Result<Entries, Refusal> {
    let Some(seated) = &state.seated else { return Ok(Entries(None)) };
    // A work that is not committed may have late additions of its own, whose pseudonyms nobody else
    // has.
    let last = seated.late.last().map_or("", |entry| entry.pseudonym.as_str());
    let key = format!("{}+{}+{last}", seated.roster, seated.late.len());
    let read = async || {
        let mut roster: Roster = canonical::from_bytes(&needed_blob(app, &seated.roster).await?)?;
        roster.entries.extend(seated.late.iter().cloned());
        Ok::<_, Refusal>(roster)
    };
    Ok(Entries(Some(app.rosters.get_or_make(&key, read).await?)))
}

/// Who a pseudonym is.
///
/// # Errors
/// [`Refusal::not_found`] when the person's data were deleted.
pub async fn person(app: &App, pseudonym: &PseudonymId) -> Result<Candidate, Refusal> {
    let bytes = app.identity.get(pseudonym).await?;
    let bytes = bytes.ok_or_else(|| Refusal::not_found("person"))?;
    serde_json::from_slice(&bytes).map_err(Refusal::internal)
}

/// Who the pseudonyms of a roster are.
///
/// # Errors
/// [`Refusal::internal`] when a person cannot be written.
pub fn identities(roster: &Roster, candidates: &[Candidate]) -> Result<Vec<Identity>, Refusal> {
    let people = roster.entries.iter().zip(candidates);
    people.map(|(entry, candidate)| identity(&entry.pseudonym, candidate)).collect()
}

/// Keeps the identities of people who come onto a batch's roster, and then does `work`, which puts
/// them there and says whether it did. Otherwise the identities are deleted again: nobody's name
/// stays without a purpose.
///
/// Both happen in a task of their own, so that a client that breaks off leaves nothing half done.
/// When the store fails, nobody knows whether the commit went through; the identities stay then.
///
/// # Errors
/// What `work` refuses; [`Refusal::internal`] when a store fails.
pub async fn with_identities(
    app: &App,
    batch: &BatchId,
    identities: Vec<Identity>,
    work: impl Future<Output = Result<bool, Refusal>> + Send + 'static,
) -> Result<(), Refusal> {
    let (app, batch) = (app.clone(), batch.clone());
    let pseudonyms: Vec<PseudonymId> = identities.iter().map(|identity| identity.pseudonym.clone()).collect();
    let task = tokio::spawn(async move {
        app.identity.put(identities).await?;
        let done = work.await;
        let may_remain = match &done {
            Ok(true) => false,
            Err(refusal) if refusal.outcome_is_unknown() => true,
            Ok(false) | Err(_) => forget(&app, &batch, &pseudonyms).await.is_err(),
        };
        if may_remain {
            tracing::warn!(%batch, people = pseudonyms.len(), "a roster failed; names of people on no roster may remain");
        }
        done.map(drop)
    });
    task.await.map_err(Refusal::internal)?
}

/// Deletes the identities of those who are not on the batch's roster.
async fn forget(app: &App, batch: &BatchId, pseudonyms: &[PseudonymId]) -> Result<(), Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let entries = entries(app, &state).await?;
    let seated: BTreeSet<&PseudonymId> = entries.iter().map(|entry| &entry.pseudonym).collect();
    for pseudonym in pseudonyms.iter().filter(|pseudonym| !seated.contains(pseudonym)) {
        app.identity.delete(pseudonym).await?;
    }
    Ok(())
}

/// Keeps who a pseudonym is, in the place of what was known.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn keep_person(app: &App, pseudonym: &PseudonymId, candidate: &Candidate) -> Result<(), Refusal> {
    Ok(app.identity.put(vec![identity(pseudonym, candidate)?]).await?)
}

fn identity(pseudonym: &PseudonymId, candidate: &Candidate) -> Result<Identity, Refusal> {
    Ok(Identity {
        pseudonym: pseudonym.clone(),
        bytes: serde_json::to_vec(candidate).map_err(Refusal::internal)?.into(),
        indexes: vec![(IndexKind::DocumentNumber, candidate.document.number().to_owned().into())],
    })
}

/// Session, room and number of the seats that so many candidates take: one room after another.
pub(super) fn places(plan: &Plan, candidates: usize) -> Vec<(u32, RoomId, u32)> {
    let mut places = Vec::new();
    for session in &plan.theory.sessions {
        for room in &plan.theory.rooms {
            places.extend((1..=room.seats).map(|number| (session.number, room.room.clone(), number)));
        }
    }
    places.truncate(candidates);
    places
}

/// Pseudonyms, sittings and seats. Who sits where is shuffled, so that people of one school do not
/// sit together.
async fn assign(app: &App, plan: &Plan, candidates: &[Candidate]) -> Result<Vec<RosterEntry>, Refusal> {
    let places = places(plan, candidates.len());
    let mut shuffled = Vec::new();
    for place in places {
        shuffled.push((app.random::<16>()?, place));
    }
    shuffled.sort();
    let mut entries = Vec::new();
    for ((_, (session, room, number)), candidate) in shuffled.into_iter().zip(candidates) {
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
    }
    Ok(entries)
}

/// Takes the next series of tickets for a batch: day, level and the batch's number on that day,
/// `2612065` `01`.
async fn take_ticket_series(work: &mut Work, plan: &Plan) -> Result<String, Refusal> {
    let day = plan.exam_day;
    for number in 1..=99 {
        let series =
            format!("{:02}{:02}{:02}{}{number:02}", day.year() % 100, day.month(), day.day(), plan.level.number());
        if work.load::<TicketSeriesState>(&series).await?.is_none() {
            let taken = TicketSeriesEvent::Taken { batch: plan.batch.clone() };
            work.append::<TicketSeriesState>(&series, taken).await?;
            return Ok(series);
        }
    }
    Err(Refusal::internal("more than 99 batches on one day"))
}

fn no_candidates() -> Fault {
    Fault::new(
        "roster_empty",
        "",
        Text::new("名册里没有考生。", "the roster holds no candidate"),
        Text::new("填写考生信息后重新上传。", "enter the candidates and upload it again"),
    )
}
