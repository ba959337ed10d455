//! The accepted roster (考生名册) of a batch without names: who sits where, under a pseudonym.

use crate::plan::schedule::Plan;
use kaoping_record::id::{ItemId, PseudonymId, RoomId, SeatId, SittingId};
use kaoping_record::id::BatchId;
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

/// What a paper is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperUse {
    /// A candidate's seat.
    Seat,
    /// For a late addition in that room.
    Spare,
    /// Sealed, for print.
    Reserve,
}

/// The seating, in dealing order (draw specification, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seating {
    /// The batch.
    pub batch: BatchId,
    /// Papers in dealing order.
    pub papers: Vec<SeatingPaper>,
    /// Version of this form: 1.
    pub v: u32,
}

/// One paper that will be dealt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatingPaper {
    /// Items that it avoids.
    pub avoid: Vec<ItemId>,
    /// The paper's name: the seat, spare or reserve number.
    pub paper: SeatId,
    /// The room; for reserve papers `reserve`.
    pub room: RoomId,
    /// The session, from 1; 0 for reserve papers.
    pub session: u32,
    /// What it is for.
    #[serde(rename = "use")]
    pub paper_use: PaperUse,
}

/// The seat of a number in a room and session: `s1-<room>-07`; spares are `s1-<room>-x2`.
///
/// # Errors
/// When the room's name is too long for an identifier.
pub fn seat_id(session: u32, room: &RoomId, number: u32) -> Result<SeatId, kaoping_record::id::IdError> {
    SeatId::new(format!("s{session}-{room}-{number:02}"))
}

/// The seating of a roster: sessions by time, rooms in plan order, seats by number, then the room's spares, last the reserve.
///
/// # Errors
/// When a room's name is too long for a seat's identifier.
pub fn seating(plan: &Plan, roster: &Roster) -> Result<Seating, kaoping_record::id::IdError> {
    let mut papers = Vec::new();
    for session in &plan.theory.sessions {
        for room in &plan.theory.rooms {
            let mut seats: Vec<&RosterEntry> = roster
                .entries
                .iter()
                .filter(|entry| entry.session == session.number && entry.room == room.room)
                .collect();
            seats.sort_by_key(|entry| entry.number);
            papers.extend(seats.iter().map(|entry| SeatingPaper {
                avoid: entry.avoid.clone(),
                paper: entry.seat.clone(),
                room: room.room.clone(),
                session: session.number,
                paper_use: PaperUse::Seat,
            }));
            let used = !seats.is_empty();
            for spare in (1..=room.spares).filter(|_| used) {
                papers.push(SeatingPaper {
                    avoid: Vec::new(),
                    paper: SeatId::new(format!("s{}-{}-x{spare}", session.number, room.room))?,
                    room: room.room.clone(),
                    session: session.number,
                    paper_use: PaperUse::Spare,
                });
            }
        }
    }
    for reserve in 1..=plan.theory.reserve_papers {
        papers.push(SeatingPaper {
            avoid: Vec::new(),
            paper: SeatId::new(format!("r-{reserve:03}"))?,
            room: RoomId::new("reserve")?,
            session: 0,
            paper_use: PaperUse::Reserve,
        });
    }
    Ok(Seating { batch: roster.batch.clone(), papers, v: 1 })
}
