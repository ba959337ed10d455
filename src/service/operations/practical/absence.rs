//! Candidates who do not come to the practical exam: the lead examiner of their panel records it.

use super::super::doer::transact;
use crate::aggregates::assignment::AssignmentState;
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::panel::PanelState;
use crate::aggregates::reason::reason;
use crate::aggregates::request::RequestKey;
use crate::aggregates::sitting::{PracticalSitting, SittingEvent, SittingState};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::requests::is_first;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_record::id::SittingId;

/// Marks a candidate absent from the practical exam.
///
/// # Errors
/// `has_come` when a sheet of the candidate is in, [`Refusal::forbidden`] for another panel's lead.
pub async fn mark_absent(
    app: &App,
    member: &Member,
    sitting: &SittingId,
    why: &str,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let why = reason(why)?;
    transact!(app, member, |work| {
        let state = led(work, member, sitting).await?;
        if !is_first(work, member, request, &format!("practical-absent/{sitting}")).await? {
            return Ok(());
        }
        if state.is_absent() {
            return Ok(());
        }
        if has_sheet(work, &state).await? {
            return Err(Refusal::conflict(
                "has_come",
                "sitting",
                (
                    "该考生已有交上来的评分表，不能记缺考。",
                    "a sheet of this candidate is in; no absence can be recorded",
                ),
                ("请核对抽签号。", "check the number"),
            ));
        }
        work.append::<SittingState>(sitting.as_str(), SittingEvent::Absent { reason: why.clone() }).await
    })
}

/// Takes the absence back: the candidate came after all.
///
/// # Errors
/// As [`mark_absent`].
pub async fn withdraw_absence(app: &App, member: &Member, sitting: &SittingId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        if !led(work, member, sitting).await?.is_absent() {
            return Ok(());
        }
        work.append::<SittingState>(sitting.as_str(), SittingEvent::Came {}).await
    })
}

/// The practical sitting, which must be of this lead's panel and of a batch that is still open.
async fn led(work: &mut Work, member: &Member, sitting: &SittingId) -> Result<PracticalSitting, Refusal> {
    let state: SittingState = work.need(sitting.as_str(), "sitting").await?;
    let practical = state.practical()?.clone();
    let key = practical.place.panels.first().ok_or_else(|| Refusal::not_found("sitting"))?;
    let panel: PanelState = work.need(key, "sitting").await?;
    panel.led_by(&member.account)?;
    let batch: BatchState = work.need(panel.subject.batch.as_str(), "batch").await?;
    if batch.stage() == Stage::Dealt {
        return Ok(practical);
    }
    Err(Refusal::conflict(
        "not_at_this_stage",
        "batch",
        ("批次已经关闭，不能再改缺考记录。", "the batch is closed; absences cannot change"),
        ("如有错误，请联系评价机构。", "if this is wrong, ask the organization"),
    ))
}

async fn has_sheet(work: &mut Work, state: &PracticalSitting) -> Result<bool, Refusal> {
    for key in &state.place.panels {
        let panel: PanelState = work.need(key, "panel").await?;
        for assignment in &panel.subject.assignments {
            let state: AssignmentState = work.need(assignment.as_str(), "assignment").await?;
            if state.handed_in().is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
