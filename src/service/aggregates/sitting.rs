//! A sitting: one person's theory or practical exam in a batch, from the seat to its end.

use super::reason::reason;
use super::sitting_refusal::SittingRefusal;
use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::{AccountId, BatchId, PanelId, PseudonymId, RoomId, SeatId};
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most minutes that may be given at once.
const MAX_MINUTES: u32 = 120;

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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum SittingState {
    /// A theory exam.
    Theory(Box<TheorySitting>),
    /// A practical exam.
    Practical(PracticalSitting),
}

/// A theory exam of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TheorySitting {
    /// Where and as whom.
    pub place: Place,
    /// PCs in the order in which they were bound; the last counts.
    pub pcs: Vec<Pc>,
    /// Extra time in milliseconds.
    pub extra_ms: i64,
    /// Time that was added when the paper was given back, in milliseconds: how long the sitting stood still, and what an
    /// invigilator gave.
    pub given_back_ms: i64,
    /// The request to undo the end, while nobody has approved it.
    pub reopening: Option<Reopening>,
    /// The ends that were undone, in order.
    pub undone: Vec<UndoneEnd>,
    /// How far it has come.
    pub stage: TheoryStage,
}

/// How far a theory exam has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TheoryStage {
    /// Nobody has come yet.
    Expected,
    /// The candidate was marked absent.
    Absent,
    /// A PC is bound.
    Bound,
    /// The paper is in.
    HandedIn(SittingEnd),
    /// The paper is scored.
    Scored(SittingEnd, TheoryMark),
}

/// A practical exam of one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PracticalSitting {
    /// Panel, drawn number and tasks.
    pub place: PracticalPlace,
    /// How far it has come.
    pub stage: PracticalStage,
}

/// How far a practical exam has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PracticalStage {
    /// Panels are still scoring.
    Expected,
    /// The candidate was marked absent.
    Absent,
    /// The mark is formed.
    Marked(PracticalMark),
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

impl SittingState {
    /// The theory exam.
    ///
    /// # Errors
    /// [`Refusal::not_found`] for a practical sitting.
    pub fn theory(&self) -> Result<&TheorySitting, Refusal> {
        match self {
            Self::Theory(sitting) => Ok(sitting),
            Self::Practical(_) => Err(Refusal::not_found("sitting")),
        }
    }

    /// The practical exam.
    ///
    /// # Errors
    /// [`Refusal::not_found`] for a theory sitting.
    pub fn practical(&self) -> Result<&PracticalSitting, Refusal> {
        match self {
            Self::Practical(sitting) => Ok(sitting),
            Self::Theory(_) => Err(Refusal::not_found("sitting")),
        }
    }
}

impl TheorySitting {
    /// A sitting to which nobody has come.
    fn new(place: Place) -> Self {
        Self {
            place,
            pcs: Vec::new(),
            extra_ms: 0,
            given_back_ms: 0,
            reopening: None,
            undone: Vec::new(),
            stage: TheoryStage::Expected,
        }
    }

    /// How the sitting ended, once the paper is in.
    #[must_use]
    pub fn end(&self) -> Option<&SittingEnd> {
        match &self.stage {
            TheoryStage::HandedIn(end) | TheoryStage::Scored(end, _) => Some(end),
            TheoryStage::Expected | TheoryStage::Absent | TheoryStage::Bound => None,
        }
    }

    /// Whether the paper is in.
    #[must_use]
    pub fn is_handed_in(&self) -> bool {
        self.end().is_some()
    }

    /// Whether the candidate was marked absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.stage, TheoryStage::Absent)
    }

    /// The theory score, once there is one.
    #[must_use]
    pub fn mark(&self) -> Option<&TheoryMark> {
        match &self.stage {
            TheoryStage::Scored(_, mark) => Some(mark),
            _ => None,
        }
    }

    /// The number of the PC that counts, from 0; `None` while none is bound.
    #[must_use]
    pub fn last_pc(&self) -> Option<u32> {
        u32::try_from(self.pcs.len()).ok()?.checked_sub(1)
    }

    /// Binds a PC. From the second one on a reason is needed.
    ///
    /// # Errors
    /// [`SittingRefusal::HandedIn`], [`SittingRefusal::MoveWithoutReason`].
    pub fn bind(&self, pc: Pc, why: Option<&str>) -> Result<SittingEvent, Refusal> {
        if self.is_handed_in() {
            return Err(SittingRefusal::HandedIn.into());
        }
        if self.pcs.is_empty() {
            return Ok(SittingEvent::Bound { pc, reason: None });
        }
        let why = why.filter(|why| !why.trim().is_empty()).ok_or(SittingRefusal::MoveWithoutReason)?;
        Ok(SittingEvent::Bound { pc, reason: Some(reason(why)?) })
    }

    /// Gives 1 to 120 minutes of extra time.
    ///
    /// # Errors
    /// [`SittingRefusal::Minutes`], [`SittingRefusal::HandedIn`]; `reason` without one.
    pub fn extend(&self, minutes: u32, why: &str, by: AccountId) -> Result<SittingEvent, Refusal> {
        let why = reason(why)?;
        if !(1..=MAX_MINUTES).contains(&minutes) {
            return Err(SittingRefusal::Minutes.into());
        }
        if self.is_handed_in() {
            return Err(SittingRefusal::HandedIn.into());
        }
        Ok(SittingEvent::Extended { minutes, reason: why, by })
    }

    /// Records that the candidate did not come.
    ///
    /// # Errors
    /// [`SittingRefusal::HasCome`] once a PC was bound; `reason` without one.
    pub fn mark_absent(&self, why: &str) -> Result<SittingEvent, Refusal> {
        let why = reason(why)?;
        match self.stage {
            TheoryStage::Expected | TheoryStage::Absent => Ok(SittingEvent::Absent { reason: why }),
            _ => Err(SittingRefusal::HasCome.into()),
        }
    }

    /// Ends the sitting.
    ///
    /// # Errors
    /// [`SittingRefusal::HandedIn`] when it has ended, [`SittingRefusal::NeverBound`] when nobody sat down.
    pub fn hand_in(&self, ending: SittingEnd) -> Result<SittingEvent, SittingRefusal> {
        match self.stage {
            TheoryStage::Bound => Ok(SittingEvent::Ended { ending }),
            TheoryStage::Expected | TheoryStage::Absent => Err(SittingRefusal::NeverBound),
            TheoryStage::HandedIn(_) | TheoryStage::Scored(..) => Err(SittingRefusal::HandedIn),
        }
    }
}

impl TheorySitting {
    /// Time added to the paper's minutes, in milliseconds.
    #[must_use]
    pub fn added_ms(&self) -> i64 {
        self.extra_ms.saturating_add(self.given_back_ms)
    }

    /// Whether the sitting has an end that may be undone.
    #[must_use]
    pub fn is_undoable(&self) -> bool {
        self.undoable().is_ok()
    }

    /// The end that may be undone: not the candidate's own hand-in, and not a paper that is scored.
    fn undoable(&self) -> Result<&SittingEnd, SittingRefusal> {
        match &self.stage {
            TheoryStage::HandedIn(end) if end.by != EndedBy::Candidate => Ok(end),
            _ => Err(SittingRefusal::NotUndoable),
        }
    }

    /// Asks to undo the end; `minutes`, 0 to 120, are given in addition to what was left. A new request replaces one that
    /// nobody has approved.
    ///
    /// # Errors
    /// [`SittingRefusal::NotUndoable`], [`SittingRefusal::Minutes`], [`SittingRefusal::NoTimeLeft`]; `reason` without one.
    pub fn ask_reopening(&self, minutes: u32, why: &str, by: AccountId) -> Result<SittingEvent, Refusal> {
        let end = self.undoable()?;
        if minutes > MAX_MINUTES {
            return Err(SittingRefusal::Minutes.into());
        }
        if end.left_ms == 0 && minutes == 0 {
            return Err(SittingRefusal::NoTimeLeft.into());
        }
        Ok(SittingEvent::ReopeningAsked { by, minutes, reason: reason(why)? })
    }

    /// Approves the request to undo the end. `lacking` tells by how much the paper's end must move so that so many
    /// milliseconds are left; `receipt` is the identity of the end's receipt.
    ///
    /// # Errors
    /// [`SittingRefusal::NotUndoable`], [`SittingRefusal::NotAsked`], [`SittingRefusal::SecondNeeded`] for who asked,
    /// [`SittingRefusal::NotUndoable`] while the room has no time.
    pub fn approve_reopening(
        &self,
        by: &AccountId,
        receipt: Digest,
        lacking: impl FnOnce(i64) -> Option<i64>,
    ) -> Result<SittingEvent, SittingRefusal> {
        let end = self.undoable()?;
        let asked = self.reopening.as_ref().ok_or(SittingRefusal::NotAsked)?;
        if asked.by == *by {
            return Err(SittingRefusal::SecondNeeded);
        }
        let left = end.left_ms.saturating_add(i64::from(asked.minutes) * 60_000);
        Ok(SittingEvent::Reopened {
            asked_by: asked.by.clone(),
            approved_by: by.clone(),
            reason: asked.reason.clone(),
            left_ms: end.left_ms,
            minutes: asked.minutes,
            added_ms: lacking(left).ok_or(SittingRefusal::NotUndoable)?,
            receipt,
        })
    }
}

impl PracticalSitting {
    /// Whether the candidate was marked absent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.stage, PracticalStage::Absent)
    }

    /// The practical mark, once it is formed.
    #[must_use]
    pub fn mark(&self) -> Option<&PracticalMark> {
        match &self.stage {
            PracticalStage::Marked(mark) => Some(mark),
            PracticalStage::Expected | PracticalStage::Absent => None,
        }
    }
}

impl TheorySitting {
    fn apply(&mut self, event: SittingEvent, at: Time) {
        match event {
            SittingEvent::Bound { pc, .. } => {
                self.pcs.push(pc);
                if !self.is_handed_in() {
                    self.stage = TheoryStage::Bound;
                }
            }
            SittingEvent::Extended { minutes, .. } => self.extra_ms += i64::from(minutes) * 60_000,
            SittingEvent::Absent { .. } => self.stage = TheoryStage::Absent,
            SittingEvent::Ended { ending } if !self.is_handed_in() => self.stage = TheoryStage::HandedIn(ending),
            SittingEvent::ReopeningAsked { by, minutes, reason } => {
                self.reopening = Some(Reopening { by, at_ms: at, minutes, reason });
            }
            SittingEvent::Reopened { added_ms, receipt, .. } if self.undoable().is_ok() => {
                self.stage = TheoryStage::Bound;
                self.reopening = None;
                self.given_back_ms = self.given_back_ms.saturating_add(added_ms);
                self.undone.push(UndoneEnd { receipt, reopened_ms: at });
            }
            SittingEvent::TheoryScored { mark } => {
                if let Some(end) = self.end().cloned() {
                    self.stage = TheoryStage::Scored(end, mark);
                }
            }
            _ => {}
        }
    }
}

impl PracticalSitting {
    fn apply(&mut self, event: SittingEvent) {
        match event {
            SittingEvent::Absent { .. } => self.stage = PracticalStage::Absent,
            SittingEvent::Came {} => self.stage = PracticalStage::Expected,
            SittingEvent::PracticalScored { mark } => self.stage = PracticalStage::Marked(mark),
            _ => {}
        }
    }
}

impl Aggregate for SittingState {
    const FAMILY: &'static str = "sitting";
    const COLLECTION: Collection = Collection::Sitting;
    type Event = SittingEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            SittingEvent::Seated { place } => Some(Self::Theory(Box::new(TheorySitting::new(place)))),
            SittingEvent::Assigned { practical } => {
                Some(Self::Practical(PracticalSitting { place: practical, stage: PracticalStage::Expected }))
            }
            _ => None,
        }
    }

    fn apply(&mut self, event: Self::Event, at: Time, _actor: &str) {
        match self {
            Self::Theory(sitting) => sitting.apply(event, at),
            Self::Practical(sitting) => sitting.apply(event),
        }
    }

    /// A theory sitting is found by its admission ticket.
    fn lookup(&self) -> Option<String> {
        self.theory().ok().map(|sitting| sitting.place.ticket.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::key::{Algorithm, Signer as _};
    use kaoping_record::software::Ed25519Signer;

    fn sitting() -> TheorySitting {
        let place = Place {
            batch: BatchId::new("b1").expect("id"),
            pseudonym: PseudonymId::new("p1").expect("id"),
            ticket: "2611225010001".into(),
            session: 1,
            room: RoomId::new("r1").expect("id"),
            number: 1,
            seat: SeatId::new("s1-r1-01").expect("id"),
        };
        TheorySitting::new(place)
    }

    fn pc(enrolment: &str) -> Pc {
        let key = Ed25519Signer::from_seed(&[7; 32]).expect("seed").public_key().clone();
        assert_eq!(key.algorithm(), Algorithm::Ed25519);
        Pc { enrolment: enrolment.into(), key }
    }

    fn end() -> SittingEnd {
        SittingEnd {
            by: EndedBy::Candidate,
            reason: None,
            at_ms: Time::from_millis(1),
            heads: Vec::new(),
            answered: 0,
            receipt: String::new(),
            salt: String::new(),
            journal: Digest::of(b""),
            left_ms: 60_000,
        }
    }

    fn code<T>(refused: Result<T, impl Into<Refusal>>) -> String {
        refused.err().map(|refusal| refusal.into().code().to_owned()).unwrap_or_default()
    }

    // Catches a move without a reason, and a binding or an absence after the paper is in.
    #[test]
    fn a_seat_is_bound_moved_and_handed_in_once() {
        let mut sitting = sitting();
        assert_eq!(code(sitting.hand_in(end())), "never_bound");
        let bound = sitting.bind(pc("e1"), Some("not needed")).expect("first PC");
        assert!(matches!(&bound, SittingEvent::Bound { reason: None, .. }));
        sitting.apply(bound, Time::from_millis(0));
        assert_eq!(code(sitting.mark_absent("未到")), "has_come");
        assert_eq!(code(sitting.bind(pc("e2"), Some("  "))), "reason_missing");
        let moved = sitting.bind(pc("e2"), Some("死机")).expect("second PC");
        sitting.apply(moved, Time::from_millis(0));
        assert_eq!(sitting.last_pc(), Some(1));
        let ended = sitting.hand_in(end()).expect("hand-in");
        sitting.apply(ended, Time::from_millis(0));
        assert_eq!(code(sitting.hand_in(end())), "already_handed_in");
        assert_eq!(code(sitting.bind(pc("e3"), Some("死机"))), "already_handed_in");
        assert_eq!(code(sitting.extend(10, "停电", AccountId::new("a1").expect("id"))), "already_handed_in");
    }

    // Catches an end that one person undoes, an own hand-in that is undone, and a given-back paper without time.
    #[test]
    fn two_people_give_a_paper_back_with_what_was_left() {
        let account = |name: &str| AccountId::new(name).expect("id");
        let receipt = Digest::of(b"receipt");
        let at = Time::from_millis;
        let mut own = sitting();
        own.apply(own.bind(pc("e1"), None).expect("first PC"), at(0));
        assert_eq!(code(own.ask_reopening(5, "误收", account("a1"))), "not_undoable");
        let mut collected = own.clone();
        own.apply(own.hand_in(end()).expect("hand-in"), at(0));
        assert_eq!(code(own.ask_reopening(5, "误收", account("a1"))), "not_undoable");

        let taken = SittingEnd { by: EndedBy::Invigilator, reason: Some("误收".into()), ..end() };
        collected.apply(collected.hand_in(taken).expect("collected"), at(0));
        assert_eq!(code(collected.approve_reopening(&account("a2"), receipt, Some)), "reopening_not_asked");
        assert_eq!(code(collected.ask_reopening(121, "误收", account("a1"))), "minutes");
        assert_eq!(code(collected.ask_reopening(5, " ", account("a1"))), "reason");
        collected.apply(collected.ask_reopening(5, "误收", account("a1")).expect("asks"), at(0));
        assert_eq!(code(collected.approve_reopening(&account("a1"), receipt, Some)), "second_needed");
        let mut asked_for = 0;
        let lacking = |left| {
            asked_for = left;
            Some(left + 7)
        };
        let reopened = collected.approve_reopening(&account("a2"), receipt, lacking).expect("approves");
        assert_eq!(asked_for, 60_000 + 5 * 60_000, "what was left, and five minutes");
        collected.apply(reopened, at(9));
        assert!(matches!(collected.stage, TheoryStage::Bound) && collected.reopening.is_none());
        assert_eq!((collected.added_ms(), collected.extra_ms), (360_007, 0));
        assert_eq!(collected.undone, [UndoneEnd { receipt, reopened_ms: at(9) }]);
        assert_eq!(code(collected.approve_reopening(&account("a2"), receipt, Some)), "not_undoable");

        let over = SittingEnd { by: EndedBy::Time, left_ms: 0, ..end() };
        collected.apply(collected.hand_in(over).expect("time"), at(10));
        assert_eq!(code(collected.ask_reopening(0, "时钟拨快", account("a1"))), "no_time_left");
        assert!(collected.ask_reopening(1, "时钟拨快", account("a1")).is_ok());
    }

    // Catches extra time outside its bounds, and an absence that outlives the candidate's arrival.
    #[test]
    fn extra_time_is_bounded_and_who_comes_late_is_present() {
        let mut sitting = sitting();
        let by = AccountId::new("a1").expect("id");
        assert_eq!(code(sitting.extend(0, "停电", by.clone())), "minutes");
        assert_eq!(code(sitting.extend(121, "停电", by.clone())), "minutes");
        let extended = sitting.extend(10, "停电", by).expect("extra time");
        sitting.apply(extended, Time::from_millis(0));
        assert_eq!(sitting.extra_ms, 600_000);
        let absent = sitting.mark_absent("未到").expect("absence");
        sitting.apply(absent, Time::from_millis(0));
        assert!(sitting.is_absent());
        let bound = sitting.bind(pc("e1"), None).expect("late arrival");
        sitting.apply(bound, Time::from_millis(0));
        assert!(!sitting.is_absent());
    }
}
