//! The accepted roster (考生名册) of a batch without names: who sits where, under a pseudonym.

use crate::draw::seating::{PaperUse, SEATING_VERSION, SeatedPaper, Seating};
use crate::plan::schedule::Plan;
use kaoping_record::id::{BatchId, IdError, ItemId, PaperId, PseudonymId, RoomId, SeatId, SittingId};
use serde::{Deserialize, Serialize};

/// The roster without names: names and ID numbers live in the identity store, under the pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The batch.
    pub batch: BatchId,
    /// One entry a candidate, in the order of the file.
    pub entries: Vec<RosterEntry>,
    /// Version of this form: 1.
    pub v: u32,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// The theory exam.
    pub theory: SittingId,
    /// The practical exam.
    pub practical: SittingId,
    /// Theory session, from 1.
    pub session: u32,
    /// Theory room.
    pub room: RoomId,
    /// Seat's number in the room, from 1.
    pub number: u32,
    /// The seat, whose paper the candidate gets.
    pub seat: SeatId,
    /// Items seen in an earlier attempt, which this paper avoids.
    pub avoid: Vec<ItemId>,
}

/// The seat of a number in a room and session: `s1-<room>-07`; spares are `s1-<room>-x2`.
///
/// # Errors
/// When the room's name is too long for an identifier.
pub fn seat_id(session: u32, room: &RoomId, number: u32) -> Result<SeatId, IdError> {
    SeatId::new(format!("s{session}-{room}-{number:02}"))
}

/// The paper of a seat: it has the seat's name.
///
/// # Errors
/// Never in practice; a seat's name can always name a paper.
pub fn paper_of(seat: &SeatId) -> Result<PaperId, IdError> {
    PaperId::new(seat.as_str())
}

/// The seating of a roster: sessions by time, rooms in plan order, seats by number, then the room's spares, last the reserve.
///
/// # Errors
/// When a room's name is too long for a seat's identifier.
pub fn seating(plan: &Plan, roster: &Roster) -> Result<Seating, IdError> {
    let mut papers = Vec::new();
    for session in &plan.theory.sessions {
        for room in &plan.theory.rooms {
            let mut seats: Vec<&RosterEntry> = roster
                .entries
                .iter()
                .filter(|entry| entry.session == session.number && entry.room == room.room)
                .collect();
            if seats.is_empty() {
                continue;
            }
            seats.sort_by_key(|entry| entry.number);
            let place = |paper, paper_use, avoid| SeatedPaper {
                paper,
                paper_use,
                session: Some(session.number),
                room: Some(room.room.clone()),
                avoid,
            };
            for entry in seats {
                papers.push(place(paper_of(&entry.seat)?, PaperUse::Seat, entry.avoid.clone()));
            }
            for spare in 1..=room.spares {
                let name = format!("s{}-{}-x{spare}", session.number, room.room);
                papers.push(place(PaperId::new(name)?, PaperUse::Spare, Vec::new()));
            }
        }
    }
    for reserve in 1..=plan.theory.reserve_papers {
        papers.push(SeatedPaper {
            paper: PaperId::new(format!("r-{reserve:03}"))?,
            paper_use: PaperUse::Reserve,
            session: None,
            room: None,
            avoid: Vec::new(),
        });
    }
    Ok(Seating { batch: roster.batch.clone(), v: SEATING_VERSION, papers })
}
