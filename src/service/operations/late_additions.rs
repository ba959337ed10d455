//! Late additions: candidates who come onto the roster after the draw get spare papers, on the
//! record.

use super::ceremony::dealing;
use super::ceremony::publication::spares;
use super::credentials;
use super::doer::transact;
use super::member::Member;
use super::practical::lots;
use super::requests::{is_done, is_first};
use super::roster::{
    RosterRead, identities, is_on, place, read_candidates, seen_items, ticket_serial, with_identities,
};
use super::stored::read_blob;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::paper::{PaperEvent, PaperState, paper_key};
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::room::{RoomState, room_key};
use crate::aggregates::sitting::{SittingEvent, SittingState};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::draw::Paper;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_engine::kinds::paper_use::{PaperUseRecord, UsedBy};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::{Roster, RosterEntry};
use kaoping_engine::roster::Candidate;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, PseudonymId, RoomId, SeatId, SittingId};
use std::collections::BTreeSet;

/// Where late additions sit, and why they are late.
#[derive(Clone)]
pub struct Lateness {
    /// The session, from 1.
    pub session: u32,
    pub room: RoomId,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Takes late additions from a roster file: each gets the next spare paper of the room. One faulty
/// row, and nothing is taken.
///
/// # Errors
/// `faults` with every faulty row, `room_closed`, `no_spare` when the room's spare papers do not
/// suffice, `on_roster` for somebody who is on the roster already.
pub async fn add_late(
    app: &App,
    member: &Member,
    batch: &BatchId,
    lateness: &Lateness,
    bytes: Vec<u8>,
    request: &RequestKey,
) -> Result<RosterRead, Refusal> {
    let why = reason(&lateness.reason)?;
    let decision =
        format!("late/{}/{}", room_key(batch, lateness.session, &lateness.room), Digest::of(&bytes).to_hex());
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let (candidates, warnings) = read_candidates(bytes, &state.plan).await?;
    let count = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
    let read = RosterRead { candidates: count, warnings };
    if is_done(app, member, request, &decision).await? {
        return Ok(read);
    }
    let seated = state.takes_late_additions()?;
    let plan = &state.plan;
    let mut taken = BTreeSet::new();
    let mut entries = Vec::new();
    for candidate in &candidates {
        if is_on(app, &state, candidate).await? {
            return Err(on_roster(candidate.document.masked().as_str()));
        }
        let seen = seen_items(app, candidate).await?;
        let spare = next_spare(app, plan, lateness, &taken, &seen).await?;
        taken.insert(spare.clone());
        let spares = u32::try_from(taken.len() + seated.late.len()).unwrap_or(u32::MAX);
        let seats = plan.theory.rooms.iter().find(|room| room.room == lateness.room).map_or(0, |room| room.seats);
        entries.push(RosterEntry {
            pseudonym: PseudonymId::random(app.id_seed()?),
            theory: SittingId::random(app.id_seed()?),
            practical: SittingId::random(app.id_seed()?),
            session: lateness.session,
            room: lateness.room.clone(),
            number: seats + spares,
            seat: SeatId::new(spare)?,
            avoid: seen.into_iter().collect(),
        });
    }
    let roster = Roster { batch: batch.clone(), entries, v: 1 };
    let identities = identities(&roster, &candidates)?;
    let (own, member, request) = (app.clone(), member.clone(), request.clone());
    let lateness = Lateness { reason: why, ..lateness.clone() };
    let work = async move { seat(&own, &member, (&roster, &candidates), &lateness, (&request, &decision)).await };
    with_identities(app, batch, identities, work).await?;
    Ok(read)
}

/// Gives each late addition a spare paper, a ticket, tasks and a panel.
async fn seat(
    app: &App,
    member: &Member,
    (roster, candidates): (&Roster, &[Candidate]),
    lateness: &Lateness,
    (request, decision): (&RequestKey, &str),
) -> Result<bool, Refusal> {
    let batch = &roster.batch;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let seed = dealing::seed(app, &state).await?;
    let room = room_key(batch, lateness.session, &lateness.room);
    transact!(app, member, |work| {
        if !is_first(work, member, request, decision).await? {
            return Ok(false);
        }
        work.load::<RoomState>(&room).await?.unwrap_or_default().not_closed()?;
        for (entry, candidate) in roster.entries.iter().zip(candidates) {
            let state: BatchState = work.need(batch.as_str(), "batch").await?;
            state.takes_late_additions()?;
            let signing = credentials::under_filing(app, work, state.plan.level).await?;
            // Once more here, so that two uploads at once do not seat somebody twice.
            if is_on(app, &state, candidate).await? {
                return Err(on_roster(candidate.document.masked().as_str()));
            }
            let place = place(batch, entry, ticket_serial(app, &state).await?);
            work.append::<SittingState>(entry.theory.as_str(), SittingEvent::Seated { place }).await?;
            let key = paper_key(batch, entry.seat.as_str());
            let paper: PaperState = work.need(&key, "paper").await?;
            if paper.bound_to().is_some() {
                return Err(no_spare(&state.plan, lateness));
            }
            let used = PaperUseRecord {
                at_ms: work.now(),
                batch: batch.clone(),
                paper: paper.dealt.paper,
                paper_digest: paper.dealt.digest,
                used: Some(UsedBy {
                    bound_by: member.account.clone(),
                    pseudonym: entry.pseudonym.clone(),
                    practical: entry.practical.clone(),
                    reason: lateness.reason.clone(),
                    theory: entry.theory.clone(),
                }),
            };
            let record = signing.record(work, batch, used).await?;
            let bound = PaperEvent::Bound { pseudonym: entry.pseudonym.clone(), record };
            work.append::<PaperState>(&key, bound).await?;
            lots::add(app, work, &state, &seed, entry, candidate).await?;
            let added = BatchEvent::Added { entry: entry.clone(), reason: lateness.reason.clone() };
            work.append::<BatchState>(batch.as_str(), added).await?;
        }
        Ok(true)
    })
}

/// The first spare paper of the room that nobody has and that holds no item the person has seen.
async fn next_spare(
    app: &App,
    plan: &Plan,
    lateness: &Lateness,
    taken: &BTreeSet<String>,
    seen: &BTreeSet<ItemId>,
) -> Result<String, Refusal> {
    for spare in spares(app, &plan.batch).await? {
        let dealt = &spare.dealt;
        let here = dealt.session == Some(lateness.session) && dealt.room.as_ref() == Some(&lateness.room);
        let free = spare.bound_to().is_none() && !taken.contains(dealt.paper.as_str());
        if dealt.paper_use != PaperUse::Spare || !here || !free {
            continue;
        }
        let paper: Paper = read_blob(app, &dealt.digest).await?;
        if paper.items.iter().all(|entry| !seen.contains(&entry.item)) {
            return Ok(dealt.paper.to_string());
        }
    }
    Err(no_spare(plan, lateness))
}

fn no_spare(plan: &Plan, lateness: &Lateness) -> Refusal {
    let room = plan.theory.room_name(&lateness.room);
    Refusal::conflict(
        "no_spare",
        "room",
        (
            &format!("第 {} 场{room}没有可用的备用卷。", lateness.session),
            &format!("session {} has no spare paper left in {room}", lateness.session),
        ),
        ("换一个考场，或安排到下一批次。", "choose another room, or the next batch"),
    )
}

fn on_roster(masked: &str) -> Refusal {
    Refusal::conflict(
        "on_roster",
        "roster",
        (
            &format!("证件号为 {masked} 的考生已在本批次名册中。"),
            &format!("the candidate with the document {masked} is on the roster already"),
        ),
        ("从补录文件中去掉该考生。", "leave this candidate out"),
    )
}
