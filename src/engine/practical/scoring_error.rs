//! Why something cannot happen on an examiner's sheet.

use super::code::{AwardCode, NoteCode, VetoCode};
use crate::marks::{HalfMarks, MarksError};
use kaoping_record::id::{AssignmentId, SheetId, SheetItemId};

/// Why an event cannot happen on a sheet. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoringError {
    /// The sheet was not opened yet.
    #[error("sheet is not started")]
    NotStarted,
    /// The sheet is open already.
    #[error("sheet is started already")]
    StartedTwice,
    /// The sheet was handed in; a correction is a record of its own.
    #[error("sheet is handed in already")]
    HandedIn,
    /// The event opens another sheet, or another text of it.
    #[error("event opens sheet `{found}`, or another text of it, not `{expected}`")]
    OtherSheet {
        /// The sheet that is open.
        expected: SheetId,
        /// The event's.
        found: SheetId,
    },
    /// The event opens the sheet for another task.
    #[error("event is of assignment `{found}`, not of `{expected}`")]
    OtherAssignment {
        /// This task.
        expected: AssignmentId,
        /// The event's.
        found: AssignmentId,
    },
    /// The sheet has no such item.
    #[error("sheet has no item `{0}`")]
    UnknownItem(SheetItemId),
    /// The item has no such award.
    #[error("item `{item}` has no award `{award}`")]
    UnknownAward {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
        /// Code of the award that the item does not have.
        award: AwardCode,
    },
    /// The item has no award that could be taken back.
    #[error("item `{0}` is not scored")]
    NotScored(SheetItemId),
    /// The sheet has no such veto.
    #[error("sheet has no veto `{0}`")]
    UnknownVeto(VetoCode),
    /// The veto has no such note.
    #[error("veto `{veto}` has no note `{note}`")]
    UnknownNote {
        /// Code of the veto (否定项) on the sheet.
        veto: VetoCode,
        /// Code of the note that the veto does not have.
        note: NoteCode,
    },
    /// The veto is marked already.
    #[error("veto `{0}` is marked already")]
    VetoMarkedTwice(VetoCode),
    /// The veto is not marked.
    #[error("veto `{0}` is not marked")]
    VetoNotMarked(VetoCode),
    /// No award or veto is left that could be undone.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The item is not timed.
    #[error("item `{0}` is not timed")]
    NotTimed(SheetItemId),
    /// The timer runs already.
    #[error("timer runs already")]
    TimerRuns,
    /// The timer does not run.
    #[error("timer does not run")]
    TimerStands,
    /// Items without an award; all of them.
    #[error("{} items are not scored yet", .0.len())]
    Unscored(Vec<SheetItemId>),
    /// The submitted total differs from the sum of the awards.
    #[error("handed in with {claimed} marks, but the awards add up to {sum}")]
    Total {
        /// The sum that the examiner saw.
        claimed: HalfMarks,
        /// The awards' sum.
        sum: HalfMarks,
    },
    /// An event that is older than the one before it.
    #[error("event is older than the one before it")]
    Time,
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}
