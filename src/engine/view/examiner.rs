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
#[serde(tag = "touch", rename_all = "snake_case", deny_unknown_fields)]
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
    /// Undoes the last award or veto, if there is one.
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

    fn start(now: Time, start: SheetStart) -> Result<(Self, Rejoined), BoundaryError> {
        let sheet = start.sheet.check().map_err(unusable)?;
        let mut session = Self::new(sheet, start.assignment);
        let joined = session.rejoin(&bytes(&start.device), &bytes(&start.service)).map_err(unusable)?;
        SheetSession::wake(&mut session, now);
        Ok((session, joined))
    }

    fn touch(&mut self, now: Time, touch: SheetTouch) -> Result<(), BoundaryError> {
        for event in events(self, touch) {
            self.handle(now, &event).map_err(refused)?;
        }
        Ok(())
    }

    fn wake(&mut self, now: Time) -> Result<(), BoundaryError> {
        SheetSession::wake(self, now);
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
            undo: scoring.undo().is_some(),
            unconfirmed: self.journal().unconfirmed().len(),
            suggested: timed.iter().filter_map(suggested).collect(),
            timers: timers.collect(),
        })
    }
}

/// The events that a touch leads to.
fn events(session: &SheetSession, touch: SheetTouch) -> Vec<SheetEvent> {
    vec![match touch {
        SheetTouch::Begin {} => session.start(),
        SheetTouch::Score { item, award } => SheetEvent::Scored { item, award },
        SheetTouch::Clear { item } => SheetEvent::Cleared { item },
        SheetTouch::Undo {} => return session.scoring().undo().cloned().into_iter().collect(),
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
