//! The accepted roster (考生名册) of a batch without names: who sits where, under a pseudonym.

use crate::draw::seating::{PaperUse, SEATING_VERSION, SeatedPaper, Seating};
use crate::plan::schedule::Plan;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, IdError, ItemId, PaperId, PseudonymId, RoomId, SeatId, SittingId};
use serde::{Deserialize, Serialize};

/// The roster without names: names and ID numbers live in the identity store, under the pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// One entry a candidate, in the order of the file.
    pub entries: Vec<RosterEntry>,
    /// Version of this form: 1.
    pub v: u32,
}

impl Roster {
    /// The digest by which a roster commitment and the basis of the draw name this roster.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        let mut bytes = br#"{"batch":"#.to_vec();
        bytes.extend_from_slice(&canonical::to_bytes(&self.batch)?);
        bytes.extend_from_slice(br#","entries":"#);
        canonical::append_list(&mut bytes, &self.entries)?;
        bytes.extend_from_slice(br#","v":"#);
        bytes.extend_from_slice(&canonical::to_bytes(&self.v)?);
        bytes.push(b'}');
        Ok(Digest::of(&bytes))
    }
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// The candidate's theory exam in the batch.
    pub theory: SittingId,
    /// The candidate's practical exam in the batch.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    // Catches a digest that is not that of the canonical bytes, by which other software names it.
    #[test]
    fn digests_are_those_of_the_canonical_bytes() -> Result<(), Box<dyn Error>> {
        let entry = |name: &str, avoid: &[&str]| {
            Ok::<_, Box<dyn Error>>(RosterEntry {
                pseudonym: PseudonymId::new(name)?,
                theory: SittingId::new(format!("t-{name}"))?,
                practical: SittingId::new(format!("p-{name}"))?,
                session: 1,
                room: RoomId::new("r1")?,
                number: 7,
                seat: SeatId::new("s1-r1-07")?,
                avoid: avoid.iter().map(|item| ItemId::new(*item)).collect::<Result<_, _>>()?,
            })
        };
        for entries in [vec![], vec![entry("a", &[])?], vec![entry("a", &["i1", "i2"])?, entry("b", &[])?]] {
            let roster = Roster { batch: BatchId::new("b-1")?, entries, v: 1 };
            assert_eq!(roster.digest()?, Digest::of(&canonical::to_bytes(&roster)?));
            let papers = roster.entries.iter().map(|entry| {
                Ok::<_, Box<dyn Error>>(SeatedPaper {
                    paper: PaperId::new(entry.pseudonym.as_str())?,
                    paper_use: PaperUse::Seat,
                    session: Some(1),
                    room: Some(entry.room.clone()),
                    avoid: entry.avoid.clone(),
                })
            });
            let papers = papers.collect::<Result<_, _>>()?;
            let seating = Seating { batch: roster.batch, v: SEATING_VERSION, papers };
            assert_eq!(seating.digest()?, Digest::of(&canonical::to_bytes(&seating)?));
        }
        Ok(())
    }
}
