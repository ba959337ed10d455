//! The theory paper as the candidate's page drives and shows it.

use super::error::BoundaryError;
use super::session::{PageSession, bytes, signer};
use crate::draw::paper::Paper;
use crate::session::answers::AnswerError;
use crate::session::candidate::{CandidateSession, Seat, SessionError, Touch};
use crate::session::clock::{Deadline, Notice};
use crate::session::event::SeatEvent;
use crate::session::journal::{Journaled, Rejoined};
use crate::session::progress::StreamError;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::Signer as _;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a candidate's session starts from.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
    /// Events of this PC that the service has.
    pub service: Vec<String>,
    /// Events that this PC has stored.
    pub device: Vec<String>,
    /// When the paper was given back after its end was undone, by the room's time. A hand-in that
    /// this PC wrote before that time, and that never arrived, counts no longer.
    pub reopened_ms: Option<Time>,
    /// The time as stated by the room.
    pub deadline: Deadline,
    /// When the papers were opened.
    pub opened_at_ms: Time,
}

/// What the candidate's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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

    /// Joins all events of the sitting, takes the deadline, and writes that this PC shows this
    /// paper, unless that is written already or the paper is handed in.
    fn begin(now: Time, start: CandidateStart) -> Result<(Self, Rejoined), BoundaryError> {
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
        let device = bytes(&start.device);
        let counting = until_undone_hand_in(&device, start.reopened_ms);
        let mut joined = session.rejoin(counting, &bytes(&start.service)).map_err(refused)?;
        joined.aside += device.len() - counting.len();
        session.set_deadline(now, start.deadline);
        session.wake(now).map_err(refused)?;
        if !session.answers().is_handed_in() {
            session.open(now, start.opened_at_ms).map_err(refused)?;
        }
        Ok((session, joined))
    }

    fn touch(&mut self, now: Time, touch: Touch) -> Result<(), BoundaryError> {
        self.handle(now, touch).map_err(refused)
    }

    /// Hands in by itself when time is over.
    fn tick(&mut self, now: Time) -> Result<(), BoundaryError> {
        self.wake(now).map_err(refused)
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

/// The stored events up to a hand-in that was written before the paper was given back.
fn until_undone_hand_in<'events, 'bytes>(
    device: &'events [&'bytes [u8]],
    reopened: Option<Time>,
) -> &'events [&'bytes [u8]] {
    let undone = |bytes: &&[u8]| {
        let Some((sealed, reopened)) = Sealed::parse(bytes).ok().zip(reopened) else { return false };
        let hands_in = matches!(SeatEvent::open(&sealed), Ok(SeatEvent::HandedIn { .. }));
        hands_in && sealed.event().at_ms < reopened
    };
    let end = device.iter().position(undone).unwrap_or(device.len());
    device.get(..end).unwrap_or_default()
}

fn refused(error: SessionError) -> BoundaryError {
    match error {
        SessionError::NotOpen => BoundaryError::new("not_open", "现在不能作答。", "the paper is not open now", error),
        SessionError::Answer(AnswerError::HandedIn) => {
            BoundaryError::new("handed_in", "试卷已经交了，不能再改。", "the paper is handed in", error)
        }
        SessionError::Stream(StreamError::TooMany) => BoundaryError::new(
            "too_many_events",
            "作答和修改的次数已经到上限，不能再改；已经保存的都算数，可以交卷。",
            "this paper was changed as often as is possible; what is saved counts, and it can be handed in",
            error,
        ),
        SessionError::Answer(_) | SessionError::Journal(_) | SessionError::Stream(_) => BoundaryError::input(error),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::session::{Turn, unsent};
    use super::*;
    use crate::draw::paper::{PAPER_VERSION, PaperItem};
    use kaoping_record::id::{BatchId, PaperId};
    use serde_json::json;

    pub(in super::super) type Tested<T = ()> = Result<T, Box<dyn std::error::Error>>;

    const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const END: i64 = 5_400_000;

    /// Two items of one choice and one of several, `c`.
    fn paper() -> Tested<Paper> {
        let items = ["a", "b", "c"].map(|item| {
            let options = ["1", "2", "3"].map(|option| OptionId::new(format!("{item}{option}")));
            Ok(PaperItem { item: ItemId::new(item)?, options: options.into_iter().collect::<Result<_, _>>()? })
        });
        Ok(Paper {
            attempt: 1,
            batch: BatchId::new("b1")?,
            items: items.into_iter().collect::<Tested<_>>()?,
            manifest: Digest::of(b"manifest"),
            paper: PaperId::new("p1")?,
            v: PAPER_VERSION,
        })
    }

    fn from(service: &[String], device: &[String]) -> Tested<CandidateStart> {
        let paper = paper()?;
        Ok(CandidateStart {
            paper_digest: paper.digest(),
            paper: String::from_utf8(paper.to_bytes())?,
            several: [ItemId::new("c")?].into(),
            sitting: SittingId::new("s1")?,
            number: 0,
            seed: SEED.into(),
            before: Vec::new(),
            service: service.to_vec(),
            device: device.to_vec(),
            reopened_ms: None,
            deadline: Deadline::Running { ends_at_ms: Time::from_millis(END) },
            opened_at_ms: Time::from_millis(500),
        })
    }

    /// A session whose first event is stored.
    pub(in super::super) fn opened() -> Tested<(CandidateSession, Vec<String>)> {
        let (mut session, joined) = start(from(&[], &[])?)?;
        assert_eq!((joined.kept, joined.aside), (0, 0));
        let stored = turn(&mut session, 1_000)?.persist;
        assert_eq!(stored.len(), 1);
        Ok((session, stored))
    }

    fn start(start: CandidateStart) -> Tested<(CandidateSession, Rejoined)> {
        CandidateSession::begin(Time::from_millis(1_000), start).map_err(|error| error.detail.into())
    }

    fn turn(session: &mut CandidateSession, at: i64) -> Tested<Turn<CandidateView>> {
        session.turn(Time::from_millis(at)).map_err(|error| error.detail.into())
    }

    /// Hands over a touch as the page writes it; answers what is to be stored.
    fn touch(session: &mut CandidateSession, at: i64, touch: serde_json::Value) -> Tested<Vec<String>> {
        let touched = session.touch(Time::from_millis(at), serde_json::from_value(touch)?);
        touched.map_err(|error| error.code)?;
        Ok(turn(session, at)?.persist)
    }

    fn answer(item: &str, options: &[&str]) -> serde_json::Value {
        json!({ "touch": "answer", "item": item, "options": options })
    }

    fn refused(session: &mut CandidateSession, at: i64, wanted: serde_json::Value) -> String {
        touch(session, at, wanted).map_or_else(|error| error.to_string(), |_| "done".into())
    }

    fn waiting(session: &CandidateSession) -> Vec<String> {
        unsent(session).into_iter().map(|entry| entry.event).collect()
    }

    // Catches choices that a reload loses or doubles.
    #[test]
    fn a_reload_leads_to_the_same_view() -> Tested {
        let (mut session, mut stored) = opened()?;
        for (item, options) in [("a", &["a2"][..]), ("c", &["c3", "c1"]), ("a", &["a1"]), ("b", &["b1"]), ("b", &[])] {
            stored.extend(touch(&mut session, 2_000, answer(item, options))?);
        }
        stored.extend(touch(&mut session, 3_000, json!({ "touch": "flag", "item": "b", "on": true }))?);
        let view = turn(&mut session, 3_000)?.view;
        let shown = serde_json::to_value(&view)?;
        let expected = json!({
            "answers": { "a": ["a1"], "c": ["c1", "c3"] }, "flagged": ["b"], "not_done": ["b"], "answered": 2, "items": 3,
            "handed_in": false, "unconfirmed": 7, "left_ms": END - 3_000, "notice": { "notice": "plenty" },
        });
        assert_eq!(shown, expected);

        // The service has four of the seven events.
        let (mut again, joined) = start(from(stored.get(..4).ok_or("four")?, &stored)?)?;
        let shown = turn(&mut again, 3_000)?;
        assert_eq!((joined.kept, joined.aside, shown.persist.len()), (7, 0, 0));
        assert_eq!(shown.view, CandidateView { unconfirmed: 3, ..view });
        assert_eq!(Some(waiting(&again).as_slice()), stored.get(4..), "only what the service lacks is sent");
        Ok(())
    }

    // Catches a restore card that wipes the PC: the service's events must come back and be stored
    // again.
    #[test]
    fn a_pc_that_lost_its_storage_goes_on_from_the_service() -> Tested {
        let (mut session, mut stored) = opened()?;
        stored.extend(touch(&mut session, 2_000, answer("a", &["a2"]))?);
        let (mut again, _) = start(from(&stored, &[])?)?;
        let shown = turn(&mut again, 3_000)?;
        assert_eq!(shown.persist, stored);
        assert_eq!(shown.view.answers, session.view(Time::from_millis(3_000)).map_err(|error| error.code)?.answers);
        let next = touch(&mut again, 3_000, answer("b", &["b1"]))?;
        let last = Digest::of(stored.last().ok_or("an event")?.as_bytes());
        assert!(next.iter().all(|event| event.contains(&format!(r#""prev":"{last}""#))), "the chain goes on");
        Ok(())
    }

    // Catches two windows whose events would be mixed into one stream, and a PC that is locked out
    // by its own storage.
    #[test]
    fn events_that_do_not_count_are_set_aside() -> Tested {
        let (mut one, mut first) = opened()?;
        let mut second = first.clone();
        let (mut other, _) = opened()?;
        first.extend(touch(&mut one, 2_000, answer("a", &["a1"]))?);
        second.extend(touch(&mut other, 2_000, answer("a", &["a2"]))?);
        let (mut session, joined) = start(from(&first, &second)?)?;
        assert_eq!((joined.kept, joined.aside), (1, 1));
        let shown = turn(&mut session, 3_000)?;
        assert_eq!(Some(shown.persist.as_slice()), first.get(1..));
        assert_eq!(serde_json::to_value(&shown.view.answers)?, json!({ "a": ["a1"] }));

        first.push("not an event".into());
        let (session, joined) = start(from(first.get(..1).ok_or("one")?, &first)?)?;
        assert_eq!((joined.kept, joined.aside, waiting(&session).len()), (2, 1, 1));
        assert!(start(from(&first, &[])?).is_err(), "what the service holds must be read");
        Ok(())
    }

    // Catches a paper that hands itself in again as soon as it was given back, because the PC still
    // held that event.
    #[test]
    fn a_hand_in_from_before_the_paper_was_given_back_is_set_aside() -> Tested {
        let (mut session, mut stored) = opened()?;
        stored.extend(touch(&mut session, 2_000, answer("a", &["a1"]))?);
        let service = stored.clone();
        stored.extend(touch(&mut session, 3_000, answer("b", &["b1"]))?);
        stored.extend(touch(&mut session, 4_000, json!({ "touch": "hand_in" }))?);
        let given_back = |at: i64| -> Tested<CandidateStart> {
            Ok(CandidateStart { reopened_ms: Some(Time::from_millis(at)), ..from(&service, &stored)? })
        };
        let (session, joined) = start(given_back(5_000)?)?;
        assert_eq!((joined.kept, joined.aside, session.answers().is_handed_in()), (3, 1, false));
        assert_eq!(session.answers().count(), 2, "what was answered and not yet sent still counts");
        let (session, joined) = start(given_back(4_000)?)?;
        assert_eq!((joined.aside, session.answers().is_handed_in()), (0, true), "a hand-in from afterwards counts");
        Ok(())
    }

    // Catches a paper that stays open when its time is over, and answers after the hand-in.
    #[test]
    fn hands_in_by_itself_when_time_is_over() -> Tested {
        let (mut session, _) = opened()?;
        touch(&mut session, 2_000, answer("a", &["a1"]))?;
        let mut wake = |at: i64| -> Tested<Turn<CandidateView>> {
            session.tick(Time::from_millis(at)).map_err(|error| error.code)?;
            turn(&mut session, at)
        };
        let calm = wake(END - 1)?.view;
        assert_eq!((calm.handed_in, calm.notice), (false, Notice::Minutes { minutes: 1 }));
        let over = wake(END)?;
        assert!(over.view.handed_in && over.persist.iter().all(|event| event.contains("seat.handed_in")));
        assert_eq!((over.persist.len(), wake(END + 1)?.persist.len()), (1, 0), "handed in once");
        assert_eq!(refused(&mut session, END + 2, answer("b", &["b1"])), "handed_in");
        Ok(())
    }

    #[test]
    fn a_refusal_changes_nothing() -> Tested {
        let mut other = from(&[], &[])?;
        other.paper_digest = Digest::of(b"another paper");
        let error = CandidateSession::begin(Time::from_millis(0), other).err().ok_or("started")?;
        assert_eq!(error.code, "other_paper");
        let (mut session, _) = opened()?;
        for (item, options) in [("a", &["a1", "a2"][..]), ("a", &["b1"]), ("x", &["a1"])] {
            assert_eq!(refused(&mut session, 2_000, answer(item, options)), "input", "{item} {options:?}");
        }
        session.set_deadline(Time::from_millis(2_000), Deadline::Paused { left_ms: 1_000 });
        assert_eq!(refused(&mut session, 2_000, answer("a", &["a1"])), "not_open");
        session.tick(Time::from_millis(9_000_000_000)).map_err(|error| error.code)?;
        assert_eq!(turn(&mut session, 9_000_000_000)?.view.answered, 0);
        Ok(())
    }
}
