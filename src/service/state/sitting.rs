//! A sitting: one person's theory or practical exam in a batch, from the seat to its end.

use crate::work::Aggregate;
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::{AccountId, BatchId, PanelId, PseudonymId, RoomId, SeatId};
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// Where and as whom somebody sits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The batch.
    pub batch: BatchId,
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// Admission ticket (准考证号).
    pub ticket: String,
    /// Session, from 1.
    pub session: u32,
    /// Room.
    pub room: RoomId,
    /// Number of the seat in the room.
    pub number: u32,
    /// The seat, whose paper it is.
    pub seat: SeatId,
}

/// A PC that was bound to the sitting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pc {
    /// The enrolment, whose secret is the PC's token.
    pub enrolment: String,
    /// The PC's key.
    pub key: PublicKey,
}

/// How a sitting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// The candidate handed in.
    Candidate,
    /// Time was over.
    Time,
    /// An invigilator took the paper.
    Invigilator,
}

/// The end of a sitting: what counts is what stood in the streams then.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ending {
    /// By whom.
    pub by: EndedBy,
    /// When.
    pub at_ms: Time,
    /// The streams' heads.
    pub heads: Vec<(Stream, Head)>,
    /// How many items had an answer.
    pub answered: u32,
    /// The receipt's text.
    pub receipt: String,
    /// Salt of the journal's digest, hexadecimal.
    pub salt: String,
    /// The journal's digest.
    pub journal: Digest,
}

/// The theory score.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TheoryMark {
    /// The sum.
    pub half_marks: HalfMarks,
    /// Blob of the signed score.
    pub score: Digest,
    /// Digest of the score's payload.
    pub identity: Digest,
}

/// The practical mark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalMark {
    /// The exact total.
    pub total: Exact,
    /// Whether it was terminated.
    pub terminated: bool,
    /// Digest and blob of the panels' marks.
    pub panels: Digest,
}

/// Tasks and panel of a practical sitting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalPlace {
    /// The panel.
    pub panel: PanelId,
    /// The drawn number under which examiners see the candidate.
    pub number: u32,
    /// Keys of the panel's marks, one a sheet.
    pub panels: Vec<String>,
}

/// A sitting.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SittingState {
    /// Where and as whom; `None` for a practical sitting.
    pub place: Option<Place>,
    /// Tasks and panel of a practical sitting.
    pub practical: Option<PracticalPlace>,
    /// PCs in the order in which they were bound; the last counts.
    pub pcs: Vec<Pc>,
    /// Extra time in milliseconds.
    pub extra_ms: i64,
    /// Whether the candidate was marked absent.
    pub absent: bool,
    /// How it ended.
    pub ending: Option<Ending>,
    /// The theory score.
    pub theory: Option<TheoryMark>,
    /// The practical mark.
    pub practical_mark: Option<PracticalMark>,
}

/// What happens to a sitting.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum SittingEvent {
    /// A seat was assigned.
    Seated {
        /// Where and as whom.
        place: Place,
    },
    /// Tasks and panel were drawn.
    Assigned {
        /// They.
        practical: PracticalPlace,
    },
    /// An invigilator compared ticket, photo and ID and bound a PC.
    Bound {
        /// The PC.
        pc: Pc,
        /// Why, when another PC was bound before.
        reason: Option<String>,
    },
    /// Extra time was given.
    Extended {
        /// Minutes.
        minutes: u32,
        /// Why.
        reason: String,
        /// Who approved it.
        by: AccountId,
    },
    /// The candidate did not come.
    Absent {
        /// What the invigilator or the lead examiner notes.
        reason: String,
    },
    /// The candidate came to the practical exam after all.
    Came {},
    /// The sitting ended.
    Ended {
        /// How.
        ending: Ending,
        /// Why, when an invigilator ended it.
        reason: Option<String>,
    },
    /// The theory paper was scored.
    TheoryScored {
        /// The mark.
        mark: TheoryMark,
    },
    /// The practical mark was formed.
    PracticalScored {
        /// The mark.
        mark: PracticalMark,
    },
}

impl SittingState {
    /// Where and as whom.
    ///
    /// # Errors
    /// 404 when there is no such sitting.
    pub fn place(&self) -> Result<&Place, crate::error::ApiError> {
        self.place.as_ref().ok_or_else(|| crate::error::ApiError::not_found("sitting"))
    }
}

impl Aggregate for SittingState {
    const FAMILY: &'static str = "sitting";
    const COLLECTION: Collection = Collection::Sitting;
    type Event = SittingEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            SittingEvent::Seated { place } => self.place = Some(place),
            SittingEvent::Assigned { practical } => self.practical = Some(practical),
            SittingEvent::Bound { pc, .. } => {
                self.pcs.push(pc);
                self.absent = false;
            }
            SittingEvent::Extended { minutes, .. } => self.extra_ms += i64::from(minutes) * 60_000,
            SittingEvent::Absent { .. } => self.absent = true,
            SittingEvent::Came {} => self.absent = false,
            SittingEvent::Ended { ending, .. } => self.ending = self.ending.take().or(Some(ending)),
            SittingEvent::TheoryScored { mark } => self.theory = Some(mark),
            SittingEvent::PracticalScored { mark } => self.practical_mark = Some(mark),
        }
    }

    fn lookup(&self) -> Option<String> {
        self.place.as_ref().map(|place| place.ticket.clone())
    }
}
