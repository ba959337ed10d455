//! Ending a session in a room: two invigilators confirm how its sittings ended, and then nothing of
//! it changes.

use super::doer::transact;
use super::member::Member;
use super::requests::is_first;
use super::room_time;
use super::rooms::{RoomAt, locate};
use super::roster;
use super::stored::whole;
use crate::aggregates::batch::BatchState;
use crate::aggregates::request::RequestKey;
use crate::aggregates::room::{EndCounts, RoomEvent, RoomState};
use crate::aggregates::sitting::{EndedBy, SittingEvent, SittingState, TheorySitting, TheoryStage};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_record::id::SittingId;

/// What is noted of a candidate whom nobody marked absent before the session ended.
const NEVER_CAME: &str = "本场结束时未到";

/// How the sittings of a room stand.
#[must_use]
pub fn count<'a>(sittings: impl IntoIterator<Item = &'a TheorySitting>) -> EndCounts {
    let mut counts = EndCounts::default();
    for sitting in sittings {
        let counted = match (&sitting.stage, sitting.end().map(|end| end.by)) {
            (_, Some(EndedBy::Candidate)) => &mut counts.handed_in,
            (_, Some(EndedBy::Time)) => &mut counts.by_time,
            (_, Some(EndedBy::Invigilator)) => &mut counts.by_invigilator,
            (TheoryStage::Absent, None) => &mut counts.absent,
            (TheoryStage::Expected, None) => &mut counts.never_came,
            (TheoryStage::Bound | TheoryStage::HandedIn(_) | TheoryStage::Scored(..), None) => &mut counts.at_work,
        };
        *counted += 1;
    }
    counts
}

/// Confirms that the session has ended, with the counts that the invigilator saw; the second of two
/// confirmations ends it, and marks absent who never came.
///
/// # Errors
/// [`RoomRefusal`](crate::aggregates::room_refusal::RoomRefusal); [`Refusal::forbidden`] for
/// anybody but an invigilator of this room.
pub async fn confirm_end(
    app: &App,
    member: &Member,
    at: &RoomAt,
    shown: EndCounts,
    request: &RequestKey,
) -> Result<(), Refusal> {
    let (_, room) = locate(app, member, at).await?;
    if !room.invigilators.contains(&member.account) {
        return Err(Refusal::forbidden());
    }
    let key = at.key();
    transact!(app, member, |work| {
        if !is_first(work, member, request, &format!("end/{key}")).await? {
            return Ok(());
        }
        let state = room_time::load(app, work, &key).await?.state;
        // Late additions append to the batch: nobody comes onto the room's list between count and
        // commit.
        let batch: BatchState = work.need(at.batch.as_str(), "batch").await?;
        let mut theory = Vec::new();
        for sitting in sittings_of(app, &batch, at).await? {
            // A damaged sitting spoils only itself, as on the board whose counts are confirmed.
            let Some(state) = whole(work.need::<SittingState>(sitting.as_str(), "sitting").await)? else { continue };
            theory.push((sitting, state.theory()?.clone()));
        }
        let counts = count(theory.iter().map(|(_, sitting)| sitting));
        let event = state.confirm_end(&member.account, shown, counts)?;
        if matches!(event, RoomEvent::Closed { .. }) {
            for (sitting, _) in theory.iter().filter(|(_, theory)| matches!(theory.stage, TheoryStage::Expected)) {
                let absent = SittingEvent::Absent { reason: NEVER_CAME.to_owned() };
                work.append::<SittingState>(sitting.as_str(), absent).await?;
            }
        }
        work.append::<RoomState>(&key, event).await
    })
}

async fn sittings_of(app: &App, batch: &BatchState, at: &RoomAt) -> Result<Vec<SittingId>, Refusal> {
    let entries = roster::entries(app, batch).await?;
    let here = entries.iter().filter(|entry| entry.session == at.session && entry.room == at.room);
    Ok(here.map(|entry| entry.theory.clone()).collect())
}
