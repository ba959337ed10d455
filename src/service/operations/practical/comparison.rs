//! The sheets of a panel side by side, for the lead examiner who decides on them.

use super::sheets::assignment;
use crate::aggregates::assignment::AssignmentState;
use crate::aggregates::panel::PanelState;
use crate::app::App;
use crate::operations::batches::sheet;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use kaoping_engine::practical::session::{HandedInSheet, SheetSession};
use kaoping_engine::practical::sheet::{SheetItem, ValidSheet};
use kaoping_engine::practical::sheet_event::Timer;
use kaoping_record::event::Sealed;
use kaoping_record::time::Time;

/// A sheet that was handed in, with the times of its scoring.
pub struct ComparedSheet {
    pub sheet: HandedInSheet,
    pub started_at_ms: Option<Time>,
    /// What the clock of the task has counted.
    pub task_used_ms: i64,
}

/// The panel's sheets of this round. Their order is that of their identifiers, which are random: it
/// names no examiner.
///
/// # Errors
/// `sheets_out` while one is missing, [`Refusal::forbidden`] for another lead.
pub async fn compared_sheets(app: &App, member: &Member, key: &str) -> Result<Vec<ComparedSheet>, Refusal> {
    let panel: PanelState = app.need(key, "panel").await?;
    let mut assignments = panel.sheets_for(&member.account)?.to_vec();
    assignments.sort();
    let form = sheet(&panel.subject.sheet)?;
    let mut compared = Vec::new();
    for id in assignments {
        let state: AssignmentState = app.need(id.as_str(), "assignment").await?;
        let Some(hand_in) = state.hand_in else { continue };
        let task = assignment(&id, &state.task)?;
        let events = app.store.history(&task.stream).await?;
        let session = SheetSession::replay(form.clone(), task, events.iter().map(Sealed::bytes));
        let session = session.map_err(Refusal::internal)?;
        let scoring = session.scoring();
        compared.push(ComparedSheet {
            started_at_ms: scoring.started(),
            task_used_ms: scoring.used_ms(&Timer::Task {}, hand_in.sheet.at_ms),
            sheet: hand_in.sheet,
        });
    }
    Ok(compared)
}

/// How far the sheets lie apart on an item, in half-marks.
#[must_use]
pub fn spread(item: &SheetItem, sheets: &[ComparedSheet]) -> u32 {
    let marks = sheets.iter().filter_map(|compared| compared.sheet.scores.get(&item.id));
    let marks = marks.filter_map(|award| item.award(award)).map(|award| award.half_marks.get());
    let (low, high) = marks.fold((u32::MAX, 0), |(low, high), marks| (low.min(marks), high.max(marks)));
    high.saturating_sub(low)
}

/// The sheet's items: first those on which the examiners differ, by how much; then the others, in
/// the sheet's order.
#[must_use]
pub fn by_difference<'sheet>(form: &'sheet ValidSheet, sheets: &[ComparedSheet]) -> Vec<(&'sheet SheetItem, u32)> {
    let items = form.sheet().items().map(|(_, item)| (item, spread(item, sheets)));
    let mut items: Vec<_> = items.collect();
    items.sort_by_key(|(_, spread)| std::cmp::Reverse(*spread));
    items
}
