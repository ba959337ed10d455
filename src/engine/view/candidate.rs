//! The theory paper as the candidate's page drives and shows it.

use super::error::BoundaryError;
use super::session::{PageSession, bytes, signer};
use crate::draw::paper::Paper;
use crate::session::answers::AnswerError;
use crate::session::candidate::{CandidateSession, Seat, SessionError, Touch};
use crate::session::clock::{Deadline, Notice};
use crate::session::journal::{Journaled, Rejoined};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::Signer as _;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a candidate's session starts from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateStart {
    /// The paper's canonical text.
    pub paper: String,
    /// The paper's digest as the service states it.
    pub paper_digest: Digest,
    /// Items that take several options.
    pub several: BTreeSet<ItemId>,
    pub sitting: SittingId,
    /// The PC's number, from 0.
    pub number: u32,
    /// The seed of the PC's key, in hexadecimal.
    pub seed: String,
    /// Events of the sitting's earlier PCs.
    pub before: Vec<String>,
    /// The last event of the PC before this one.
    pub continues: Option<Digest>,
    /// Events of this PC that the service has.
    pub service: Vec<String>,
    /// Events that this PC has stored.
    pub device: Vec<String>,
    /// The room's word on the time.
    pub deadline: Deadline,
}

/// What the candidate's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CandidateView {
    /// Chosen options by item.
    pub answers: BTreeMap<ItemId, Vec<OptionId>>,
    pub flagged: Vec<ItemId>,
    /// Items without an answer, in paper order.
    pub not_done: Vec<ItemId>,
    pub answered: u32,
    pub items: usize,
    pub handed_in: bool,
    pub unconfirmed: usize,
    pub left_ms: Option<i64>,
    pub notice: Notice,
}

impl PageSession for CandidateSession {
    type Start = CandidateStart;
    type Touch = Touch;
    type View = CandidateView;

    /// Joins all events of the sitting, takes the deadline, and writes that this PC shows this paper, unless that
    /// is written already or the paper is handed in.
    fn start(now: Time, start: CandidateStart) -> Result<(Self, Rejoined), BoundaryError> {
        let paper: Paper = canonical::from_bytes(start.paper.as_bytes()).map_err(BoundaryError::input)?;
        if start.paper_digest != paper.digest() {
            return Err(BoundaryError::new(
                "other_paper",
                "收到的试卷不完整，请举手告诉监考员。",
                "the paper did not arrive whole; please tell the invigilator",
                "the paper has another digest than the service states",
            ));
        }
        let seat = Seat { sitting: start.sitting, number: start.number, key: signer(&start.seed)?.public_key().id() };
        let mut session = Self::new(paper, start.several, seat, bytes(&start.before)).map_err(refused)?;
        let joined = session.rejoin(&bytes(&start.device), &bytes(&start.service)).map_err(refused)?;
        session.set_deadline(now, start.deadline);
        CandidateSession::wake(&mut session, now).map_err(refused)?;
        if !session.answers().is_handed_in() {
            session.open(now, start.paper_digest, start.continues).map_err(refused)?;
        }
        Ok((session, joined))
    }

    fn touch(&mut self, now: Time, touch: Touch) -> Result<(), BoundaryError> {
        self.handle(now, touch).map_err(refused)
    }

    /// Hands in by itself when time is over.
    fn wake(&mut self, now: Time) -> Result<(), BoundaryError> {
        CandidateSession::wake(self, now).map_err(refused)
    }

    fn view(&self, now: Time) -> Result<CandidateView, BoundaryError> {
        let answers = self.answers();
        let items = &self.paper().items;
        let those = |wanted: &dyn Fn(&ItemId) -> bool| {
            items.iter().map(|entry| &entry.item).filter(|item| wanted(item)).cloned().collect()
        };
        Ok(CandidateView {
            answers: answers.iter().map(|(item, options)| (item.clone(), options.to_vec())).collect(),
            flagged: those(&|item| answers.is_flagged(item)),
            not_done: those(&|item| answers.of(item).is_empty()),
            answered: answers.count(),
            items: items.len(),
            handed_in: answers.is_handed_in(),
            unconfirmed: self.journal().unconfirmed().len(),
            left_ms: self.deadline().left_ms(now),
            notice: self.deadline().notice(now),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn refused(error: SessionError) -> BoundaryError {
    match error {
        SessionError::NotOpen => BoundaryError::new("not_open", "现在不能作答。", "the paper is not open now", error),
        SessionError::Answer(AnswerError::HandedIn) => {
            BoundaryError::new("handed_in", "试卷已经交了，不能再改。", "the paper is handed in", error)
        }
        SessionError::Answer(_) | SessionError::Journal(_) => BoundaryError::input(error),
    }
}
