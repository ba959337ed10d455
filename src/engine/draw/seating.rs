//! The seating: which papers are dealt, in which order. A person never changes to another paper
//! afterwards.

use crate::fault::{Fault, Text};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, PaperId, RoomId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the seating's form.
pub const SEATING_VERSION: u32 = 1;
/// The most papers of one draw.
pub const MAX_PAPERS: usize = 200_000;

/// The papers of a batch in dealing order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seating {
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// [`SEATING_VERSION`].
    pub v: u32,
    /// Sessions by time; in each the rooms; in each room its seats, then its spares; last the
    /// reserve set.
    pub papers: Vec<SeatedPaper>,
}

/// A paper before it is dealt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatedPaper {
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// For a seat, as a spare, or in reserve.
    #[serde(rename = "use")]
    pub paper_use: PaperUse,
    /// The session's number; null for the reserve set.
    #[serde(deserialize_with = "Option::deserialize")]
    pub session: Option<u32>,
    /// The room; null for the reserve set.
    #[serde(deserialize_with = "Option::deserialize")]
    pub room: Option<RoomId>,
    /// Items that the person has seen in an earlier attempt.
    pub avoid: Vec<ItemId>,
}

/// Who may get a paper, which decides where it lies in the dealing order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperUse {
    /// The candidate who is bound to the seat.
    Seat,
    /// A late addition, bound to it on the record.
    Spare,
    /// Print, sealed, for when power fails for good.
    Reserve,
}

/// How many spare papers a room needs: 5 % of its seats, at least 2.
#[must_use]
pub const fn spares(seats: u32) -> u32 {
    let share = seats.div_ceil(20);
    if share > 2 { share } else { 2 }
}

impl Seating {
    /// The digest by which a manifest names this seating.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        let mut bytes = br#"{"batch":"#.to_vec();
        bytes.extend_from_slice(&canonical::to_bytes(&self.batch)?);
        bytes.extend_from_slice(br#","papers":"#);
        canonical::append_list(&mut bytes, &self.papers)?;
        bytes.extend_from_slice(br#","v":"#);
        bytes.extend_from_slice(&canonical::to_bytes(&self.v)?);
        bytes.push(b'}');
        Ok(Digest::of(&bytes))
    }

    /// Every fault of the seating. Places are JSON pointers (RFC 6901).
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.v != SEATING_VERSION || self.papers.is_empty() || self.papers.len() > MAX_PAPERS {
            faults.push(Fault::new(
                "seating_size",
                "/papers",
                Text::new(
                    format!("座位表版本 {}，共 {} 份试卷", self.v, self.papers.len()),
                    format!("seating of version {} has {} papers", self.v, self.papers.len()),
                ),
                Text::new("版本为 1，试卷 1 到 200000 份", "version 1 with 1 to 200000 papers"),
            ));
        }
        let mut order = Order::default();
        for (place, paper) in self.papers.iter().enumerate() {
            if !order.ids.insert(&paper.paper) {
                faults.push(Fault::new(
                    "seating_paper_twice",
                    format!("/papers/{place}/paper"),
                    Text::new(
                        format!("试卷 {} 出现两次", paper.paper),
                        format!("paper `{}` stands twice", paper.paper),
                    ),
                    Text::new("每份试卷用不同的编号", "give each paper an id of its own"),
                ));
            }
            if !order.follows(paper) {
                faults.push(Fault::new(
                    "seating_order",
                    format!("/papers/{place}"),
                    Text::new(
                        format!("试卷 {} 的场次、考场或用途不合次序", paper.paper),
                        format!("session, room or use of paper `{}` is out of order", paper.paper),
                    ),
                    Text::new(
                        "按场次先后、考场、座位、备用卷的次序排列；密封卷排在最后，不写场次和考场",
                        "sort by session, room, seats, spares; the reserve set last, without session and room",
                    ),
                ));
            }
        }
        faults
    }
}

/// What has passed, while papers are read in order.
#[derive(Default)]
struct Order<'a> {
    ids: BTreeSet<&'a PaperId>,
    rooms: BTreeSet<(u32, &'a RoomId)>,
    last: Option<(PaperUse, Option<(u32, &'a RoomId)>)>,
}

impl<'a> Order<'a> {
    /// Whether the paper may come after those before it.
    fn follows(&mut self, paper: &'a SeatedPaper) -> bool {
        let here = paper.session.zip(paper.room.as_ref());
        let before = self.last.replace((paper.paper_use, here));
        let Some(here) = here else {
            return paper.paper_use == PaperUse::Reserve && paper.session.is_none() && paper.room.is_none();
        };
        if paper.paper_use == PaperUse::Reserve {
            return false;
        }
        let fresh = self.rooms.insert(here);
        match before {
            None => true,
            Some((_, None)) => false,
            Some((before_use, Some(there))) if there == here => before_use <= paper.paper_use,
            Some((_, Some((session, _)))) => fresh && session <= here.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    type Line = (&'static str, PaperUse, Option<(u32, &'static str)>);

    fn seating(papers: &[Line]) -> Result<Seating, Box<dyn Error>> {
        let papers = papers.iter().map(|(paper, paper_use, place)| {
            Ok::<_, Box<dyn Error>>(SeatedPaper {
                paper: PaperId::new(*paper)?,
                paper_use: *paper_use,
                session: place.map(|(session, _)| session),
                room: place.map(|(_, room)| RoomId::new(room)).transpose()?,
                avoid: Vec::new(),
            })
        });
        Ok(Seating { batch: BatchId::new("b")?, v: 1, papers: papers.collect::<Result<_, _>>()? })
    }

    fn codes(seating: &Seating) -> Vec<String> {
        seating.check().into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
    }

    #[test]
    fn sessions_rooms_seats_spares_reserve() -> Result<(), Box<dyn Error>> {
        use PaperUse::{Reserve, Seat, Spare};
        let good = seating(&[
            ("a", Seat, Some((1, "r2"))),
            ("b", Spare, Some((1, "r2"))),
            ("c", Seat, Some((1, "r1"))),
            ("d", Seat, Some((2, "r2"))),
            ("e", Reserve, None),
        ])?;
        assert_eq!(codes(&good), Vec::<String>::new());
        let bad = seating(&[
            ("a", Spare, Some((2, "r1"))),
            ("b", Seat, Some((2, "r1"))),
            ("b", Seat, Some((1, "r1"))),
            ("c", Seat, Some((2, "r1"))),
            ("d", Reserve, Some((2, "r1"))),
            ("e", Seat, None),
        ])?;
        assert_eq!(
            codes(&bad),
            [
                "seating_order /papers/1",
                "seating_paper_twice /papers/2/paper",
                "seating_order /papers/2",
                "seating_order /papers/3",
                "seating_order /papers/4",
                "seating_order /papers/5",
            ]
        );
        assert_eq!(codes(&seating(&[])?), ["seating_size /papers"]);
        Ok(())
    }

    #[test]
    fn rooms_have_five_percent_spares_and_two_at_least() {
        assert_eq!([1, 40, 41, 60, 61].map(spares), [2, 2, 3, 3, 4]);
    }
}
