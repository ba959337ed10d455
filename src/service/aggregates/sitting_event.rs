//! What happens to a sitting, and what its events carry.

use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::{AccountId, BatchId, PanelId, PseudonymId, RoomId, SeatId};
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where and as whom somebody sits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    pub batch: BatchId,
    /// The person in this batch.
    pub pseudonym: PseudonymId,
    /// Admission ticket (准考证号).
    pub ticket: String,
    /// Session, from 1.
    pub session: u32,
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
    pub key: PublicKey,
}

/// How a sitting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
pub struct SittingEnd {
    /// By whom.
    pub by: EndedBy,
    /// Why, when an invigilator ended it.
    pub reason: Option<String>,
    pub at_ms: Time,
    pub heads: Vec<(Stream, Head)>,
    /// How many items had an answer.
    pub answered: u32,
    /// The receipt's text.
    pub receipt: String,
    /// Salt of the journal's digest, hexadecimal.
    pub salt: String,
    pub journal: Digest,
    /// How much of the paper's time was left, in milliseconds.
    pub left_ms: i64,
}

/// The request to undo the end of a sitting, which a second person must approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopening {
    /// Who asked.
    pub by: AccountId,
    pub at_ms: Time,
    /// Minutes that are given in addition to what was left at the end.
    pub minutes: u32,
    pub reason: String,
}

/// An end that was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoneEnd {
    /// Identity of the receipt that promises nothing any more.
    pub receipt: Digest,
    /// When the paper was given back, by the room's time.
    pub reopened_ms: Time,
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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalMark {
    pub total: Exact,
    /// Whether it was terminated.
    pub terminated: bool,
    /// Digest and blob of the panels' marks.
    pub panels: Digest,
}

/// Tasks and panel of a practical sitting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalPlace {
    pub panel: PanelId,
    /// The drawn number under which examiners see the candidate.
    pub number: u32,
    /// Keys of the panel's marks, one a sheet.
    pub panels: Vec<String>,
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
        practical: PracticalPlace,
    },
    /// An invigilator compared ticket, photo and ID and bound a PC.
    Bound {
        pc: Pc,
        /// Why, when another PC was bound before.
        reason: Option<String>,
    },
    /// Extra time was given.
    Extended {
        minutes: u32,
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
    Ended {
        ending: SittingEnd,
    },
    /// Somebody asked to undo the end, which was not the candidate's own.
    ReopeningAsked {
        by: AccountId,
        minutes: u32,
        reason: String,
    },
    /// A second person approved: the paper is open again.
    Reopened {
        asked_by: AccountId,
        approved_by: AccountId,
        reason: String,
        /// What was left when the sitting ended, in milliseconds.
        left_ms: i64,
        /// Minutes in addition.
        minutes: u32,
        /// By how much the paper's end moves so that both are left, in milliseconds.
        added_ms: i64,
        /// Identity of the receipt that promises nothing any more.
        receipt: Digest,
    },
    /// The theory paper was scored.
    TheoryScored {
        mark: TheoryMark,
    },
    /// The practical mark was formed.
    PracticalScored {
        mark: PracticalMark,
    },
}
