//! The score sheet as the tablet's page drives and shows it.

use super::error::BoundaryError;
use super::session::{PageSession, bytes};
use crate::marks::HalfMarks;
use crate::practical::code::{AwardCode, NoteCode, VetoCode};
use crate::practical::scoring::{MarkedVeto, ScoringError};
use crate::practical::session::{Assignment, SheetError, SheetSession};
use crate::practical::sheet::{ItemKind, Sheet};
use crate::practical::sheet_event::{SheetEvent, Timer};
use crate::session::journal::{Journaled, Rejoined};
use kaoping_record::id::SheetItemId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a sheet's session starts from.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct SheetStart {
    pub sheet: Sheet,
    pub assignment: Assignment,
    /// Events that the service holds.
    pub service: Vec<String>,
    /// Events that the tablet has stored.
    pub device: Vec<String>,
}

/// What the examiner does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "touch", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum SheetTouch {
    /// Opens the sheet: its first event.
    Begin {},
    /// Gives an item an award.
    Score {
        item: SheetItemId,
        award: AwardCode,
    },
    /// Takes an item's award back.
    Clear {
        item: SheetItemId,
    },
    /// Undoes the last award or veto that was not undone yet, if there is one.
    Undo {},
    /// Marks a veto with a note.
    MarkVeto {
        veto: VetoCode,
        note: NoteCode,
    },
    /// Takes a veto back.
    WithdrawVeto {
        veto: VetoCode,
    },
    StartTimer {
        timer: Timer,
    },
    StopTimer {
        timer: Timer,
    },
    /// Gives every unscored item its last award, which earns nothing: for a task that ended early.
    NotDone {},
    /// Hands in with the total that the examiner saw.
    HandIn {
        total_half_marks: HalfMarks,
    },
}

/// What the examiner's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SheetView {
    pub started: bool,
    /// When the sheet was handed in.
    pub handed_in: Option<Time>,
    pub awards: BTreeMap<SheetItemId, AwardCode>,
    pub vetoes: BTreeMap<VetoCode, MarkedVeto>,
    /// Items without an award, in the sheet's order.
    pub unscored: Vec<SheetItemId>,
    pub items: usize,
    /// The sum of the awards so far, before any veto.
    pub total_half_marks: HalfMarks,
    /// Whether there is something to undo.
    pub undo: bool,
    pub unconfirmed: usize,
    /// The awards that timers of timed items speak for.
    pub suggested: BTreeMap<SheetItemId, AwardCode>,
    pub timers: Vec<TimerView>,
}

/// A timer of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TimerView {
    pub timer: Timer,
    pub used_ms: i64,
    /// To the next limit; null beyond the last.
    pub left_ms: Option<i64>,
    pub running: bool,
}

impl PageSession for SheetSession {
    type Start = SheetStart;
    type Touch = SheetTouch;
    type View = SheetView;

    fn begin(now: Time, start: SheetStart) -> Result<(Self, Rejoined), BoundaryError> {
        let sheet = start.sheet.check().map_err(unusable)?;
        let mut session = Self::new(sheet, start.assignment);
        let joined = session.rejoin(&bytes(&start.device), &bytes(&start.service)).map_err(unusable)?;
        session.wake(now);
        Ok((session, joined))
    }

    fn touch(&mut self, now: Time, touch: SheetTouch) -> Result<(), BoundaryError> {
        for event in events(self, touch) {
            self.handle(now, &event).map_err(refused)?;
        }
        Ok(())
    }

    fn tick(&mut self, now: Time) -> Result<(), BoundaryError> {
        self.wake(now);
        Ok(())
    }

    fn view(&self, now: Time) -> Result<SheetView, BoundaryError> {
        let (scoring, sheet) = (self.scoring(), self.sheet());
        let timed = sheet.sheet().items().filter(|(_, item)| matches!(item.kind, ItemKind::Timed { .. }));
        let timed: Vec<&SheetItemId> = timed.map(|(_, item)| &item.id).collect();
        let suggested =
            |item: &&SheetItemId| Some(((*item).clone(), scoring.suggested(sheet, item, now)?.code.clone()));
        let items = timed.iter().map(|item| Timer::Item { item: (*item).clone() });
        let timers = [Timer::Prepare {}, Timer::Task {}].into_iter().chain(items).map(|timer| TimerView {
            used_ms: scoring.used_ms(&timer, now),
            left_ms: self.left_ms(&timer, now),
            running: scoring.running().any(|running| *running == timer),
            timer,
        });
        Ok(SheetView {
            started: scoring.started().is_some(),
            handed_in: scoring.handed_in(),
            awards: scoring.scores().clone(),
            vetoes: scoring.vetoes().clone(),
            unscored: scoring.unscored(sheet),
            items: sheet.sheet().items().count(),
            total_half_marks: scoring.total(sheet).map_err(unusable)?,
            undo: scoring.can_undo(),
            unconfirmed: self.journal().unconfirmed().len(),
            suggested: timed.iter().filter_map(suggested).collect(),
            timers: timers.collect(),
        })
    }
}

/// The events that a touch creates.
fn events(session: &SheetSession, touch: SheetTouch) -> Vec<SheetEvent> {
    vec![match touch {
        SheetTouch::Begin {} => session.start(),
        SheetTouch::Score { item, award } => SheetEvent::Scored { item, award },
        SheetTouch::Clear { item } => SheetEvent::Cleared { item },
        SheetTouch::Undo {} if session.scoring().can_undo() => SheetEvent::Undone {},
        SheetTouch::Undo {} => return Vec::new(),
        SheetTouch::MarkVeto { veto, note } => SheetEvent::VetoMarked { veto, note },
        SheetTouch::WithdrawVeto { veto } => SheetEvent::VetoWithdrawn { veto },
        SheetTouch::StartTimer { timer } => SheetEvent::TimerStarted { timer },
        SheetTouch::StopTimer { timer } => SheetEvent::TimerStopped { timer },
        SheetTouch::NotDone {} => return session.not_done(),
        SheetTouch::HandIn { total_half_marks } => SheetEvent::HandedIn { total: total_half_marks },
    }]
}

fn unusable(error: impl ToString) -> BoundaryError {
    let (zh, en) = (
        "评分表打不开，请换一台平板或改用纸质评分表，并告诉考评组长。",
        "the sheet cannot be used; tell the lead examiner",
    );
    BoundaryError::new("unusable", zh, en, error)
}

fn refused(error: SheetError) -> BoundaryError {
    let (code, zh, en) = match &error {
        SheetError::Scoring(ScoringError::Unscored(_)) => {
            ("unscored", "还有项目没有评分。", "some items are not scored yet")
        }
        SheetError::Scoring(ScoringError::HandedIn) => {
            ("handed_in", "这张评分表已经提交，不能再改。", "the sheet is handed in")
        }
        SheetError::Scoring(ScoringError::Total { .. }) => {
            ("total", "总分与各项得分之和不符，请重新核对。", "the total is not the sum of the awards")
        }
        _ => ("refused", "这一步没有生效，请再试一次。", "that did not happen; try again"),
    };
    BoundaryError::new(code, zh, en, error)
}

#[cfg(test)]
mod tests {
    use super::super::candidate::tests::Tested;
    use super::super::session::{DeviceKey, Turn, signed_checkpoint};
    use super::*;
    use crate::session::checkpoint::TabletCheckpoint;
    use kaoping_record::digest::Digest;
    use kaoping_record::message::Signed;
    use kaoping_record::software::SoftwareVerifier;
    use serde_json::{Value, json};

    const FEEDING: &str = include_str!("../../../question-bank/sheets/5/s5-feeding-in-bed.json");
    const CHOKING: &str = include_str!("../../../question-bank/sheets/5/s5-choking-recognition.json");

    fn start(sheet: &str, service: &[String], device: &[String]) -> Tested<(SheetSession, Rejoined)> {
        let start = json!({
            "sheet": serde_json::from_str::<Value>(sheet)?, "service": service, "device": device,
            "assignment": { "id": "a1", "examiner": "e1", "stream": "tablet/a1" },
        });
        let started = SheetSession::begin(Time::from_millis(0), serde_json::from_value(start)?);
        started.map_err(|error| error.code.into())
    }

    fn turn(session: &mut SheetSession, at: i64) -> Tested<Turn<SheetView>> {
        session.turn(Time::from_millis(at)).map_err(|error| error.code.into())
    }

    /// Hands over a touch as the page writes it.
    fn touch(session: &mut SheetSession, at: i64, touch: Value) -> Tested<Turn<SheetView>> {
        let touched = session.touch(Time::from_millis(at), serde_json::from_value(touch)?);
        touched.map_err(|error| error.code)?;
        turn(session, at)
    }

    fn refused(session: &mut SheetSession, at: i64, wanted: Value) -> String {
        touch(session, at, wanted).map_or_else(|error| error.to_string(), |_| "done".into())
    }

    fn score(item: &str, award: &str) -> Value {
        json!({ "touch": "score", "item": item, "award": award })
    }

    /// A sheet with two awards and a veto, and what the tablet has stored.
    fn scored() -> Tested<(SheetSession, Vec<String>)> {
        let (mut session, _) = start(FEEDING, &[], &[])?;
        let veto = session.sheet().sheet().vetoes.first().ok_or("a veto")?;
        let note = &veto.notes.first().ok_or("a note")?.code;
        let mark = json!({ "touch": "mark_veto", "veto": veto.id.as_str(), "note": note.as_str() });
        let mut stored = Vec::new();
        for (at, step) in
            (1_000..).step_by(1_000).zip([json!({ "touch": "begin" }), score("1.1", "2"), score("1.2", "b"), mark])
        {
            stored.extend(touch(&mut session, at, step)?.persist);
        }
        assert_eq!(stored.len(), 4);
        Ok((session, stored))
    }

    #[test]
    fn a_reload_gives_the_same_view() -> Tested {
        let (mut session, stored) = scored()?;
        let view = turn(&mut session, 5_000)?.view;
        // 1.1 both done 3 marks, 1.2 one step missing 2 marks: 5 marks.
        assert_eq!((view.total_half_marks, view.unconfirmed), (HalfMarks::new(10), 4));
        let (mut again, joined) = start(FEEDING, &[], &stored)?;
        assert_eq!((joined.kept, joined.aside), (4, 0));
        assert_eq!(turn(&mut again, 5_000)?, Turn { persist: Vec::new(), view });
        // A tablet without its storage continues from the events that the service has stored.
        let (mut restored, joined) = start(FEEDING, stored.get(..2).ok_or("two")?, &[])?;
        let shown = turn(&mut restored, 5_000)?;
        assert_eq!((joined.kept, shown.persist.as_slice()), (0, stored.get(..2).ok_or("two")?));
        assert_eq!(shown.view.unconfirmed, 0);
        Ok(())
    }

    #[test]
    fn undo_goes_back_step_by_step_after_a_reload_too() -> Tested {
        let (mut session, mut stored) = scored()?;
        let undo = json!({ "touch": "undo" });
        let once = touch(&mut session, 5_000, undo.clone())?;
        assert_eq!((once.view.vetoes.len(), once.view.total_half_marks), (0, HalfMarks::new(10)));
        stored.extend(once.persist);
        let (mut again, _) = start(FEEDING, &[], &stored)?;
        let twice = touch(&mut again, 6_000, undo.clone())?.view;
        assert_eq!((twice.total_half_marks, twice.undo), (HalfMarks::new(6), true));
        let thrice = touch(&mut again, 7_000, undo.clone())?.view;
        assert_eq!((thrice.total_half_marks, thrice.undo), (HalfMarks::new(0), false));
        assert_eq!(touch(&mut again, 8_000, undo)?.persist, Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn another_tablets_events_count_and_nothing_is_mixed() -> Tested {
        let (_, stored) = scored()?;
        let common = stored.get(..1).ok_or("one")?;
        let (mut other, _) = start(FEEDING, common, common)?;
        let mut service = common.to_vec();
        service.extend(touch(&mut other, 9_000, score("1.1", "0"))?.persist);
        let (mut session, joined) = start(FEEDING, &service, &stored)?;
        assert_eq!((joined.kept, joined.aside, joined.unreadable), (1, 3, 0));
        let shown = turn(&mut session, 9_000)?;
        assert_eq!(Some(shown.persist.as_slice()), service.get(1..));
        assert_eq!(serde_json::to_value(&shown.view.awards)?, json!({ "1.1": "0" }));
        Ok(())
    }

    // Catches a tablet that blames another one for events that its own storage has spoilt.
    #[test]
    fn own_events_that_cannot_be_read_are_told_from_anothers() -> Tested {
        let (_, mut stored) = scored()?;
        let held = stored.get(..1).ok_or("one")?.to_vec();
        *stored.get_mut(2).ok_or("three")? = "{".into();
        let (session, joined) = start(FEEDING, &held, &stored)?;
        assert_eq!((joined.kept, joined.aside, joined.unreadable), (2, 2, 2));
        assert_eq!(session.journal().unconfirmed().len(), 1);
        Ok(())
    }

    #[test]
    fn nothing_is_handed_in_unscored_or_with_another_sum() -> Tested {
        let (mut session, stored) = scored()?;
        let hand_in = |total: u32| json!({ "touch": "hand_in", "total_half_marks": total });
        assert_eq!(refused(&mut session, 5_000, hand_in(10)), "unscored");
        let filled = touch(&mut session, 5_000, json!({ "touch": "not_done" }))?;
        assert_eq!((filled.view.unscored.len(), filled.view.total_half_marks), (0, HalfMarks::new(10)));
        assert_eq!(refused(&mut session, 6_000, hand_in(12)), "total");
        let handed_in = touch(&mut session, 6_000, hand_in(10))?;
        assert_eq!(handed_in.view.handed_in, Some(Time::from_millis(6_000)));
        assert_eq!(refused(&mut session, 7_000, score("1.1", "0")), "handed_in");

        let key = DeviceKey::from_seed(&[3; 32]).map_err(|error| error.code)?;
        let signed = signed_checkpoint(&session, &key.seed).map_err(|error| error.code)?;
        let signed: Signed<TabletCheckpoint> = Signed::parse(signed.as_bytes())?;
        signed.verify(&SoftwareVerifier, &key.key)?;
        let last = handed_in.persist.last().ok_or("an event")?;
        assert_eq!(signed.payload.events, u64::try_from(stored.len() + filled.persist.len() + 1)?);
        assert_eq!(signed.payload.last, Digest::of(last.as_bytes()));
        Ok(())
    }

    #[test]
    fn timers_count_on_and_suggest_an_award() -> Tested {
        let (mut session, _) = start(CHOKING, &[], &[])?;
        let items = session.sheet().sheet().items();
        let timed = items.filter_map(|(_, item)| match &item.kind {
            ItemKind::Timed { limits_s } => Some((item.clone(), limits_s.first().copied()?)),
            _ => None,
        });
        let (item, limit_s) = timed.last().ok_or("a timed item")?;
        let timer = json!({ "type": "item", "item": item.id.as_str() });
        touch(&mut session, 0, json!({ "touch": "begin" }))?;
        touch(&mut session, 1_000, json!({ "touch": "start_timer", "timer": timer }))?;
        let end = 1_000 + i64::from(limit_s) * 1_000;
        let award = |view: &SheetView| view.suggested.get(&item.id).cloned();
        let in_time = turn(&mut session, end)?.view;
        assert_eq!(award(&in_time), item.awards.first().map(|award| award.code.clone()));
        let late = touch(&mut session, end + 1, json!({ "touch": "stop_timer", "timer": timer }))?.view;
        assert_eq!(award(&late), item.awards.get(1).map(|award| award.code.clone()));
        let shown = late.timers.last().ok_or("a timer")?;
        assert_eq!((shown.used_ms, shown.running), (i64::from(limit_s) * 1_000 + 1, false));
        Ok(())
    }
}
