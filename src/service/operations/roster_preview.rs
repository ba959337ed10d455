//! What importing a roster would do. Nothing is kept: an import is final, so a clerk looks first.

use super::roster::{is_on, places, read_file};
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::fault::{Fault, Text};
use kaoping_files::roster::RosterRow;
use kaoping_record::id::{BatchId, RoomId};

/// What a roster file holds.
pub struct RosterPreview {
    /// How the file is written, as people call it.
    pub format: &'static str,
    /// The candidates with their rows, in the order of the file.
    pub rows: Vec<RosterRow>,
    /// What a clerk should look at again.
    pub warnings: Vec<Fault>,
    /// How many candidates each room gets, by session; none for late additions, whose room the
    /// clerk names.
    pub rooms: Vec<RoomCount>,
}

/// How many candidates sit in a room.
pub struct RoomCount {
    /// The session, from 1.
    pub session: u32,
    pub room: RoomId,
    pub candidates: u32,
}

/// Reads a roster file, or one of late additions once the papers are dealt, and keeps nothing.
///
/// # Errors
/// `faults` with every faulty row, `roster_fixed` when the batch takes neither.
pub async fn preview_roster(app: &App, batch: &BatchId, bytes: Vec<u8>) -> Result<RosterPreview, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let takes_late = state.takes_late_additions().is_ok();
    if !takes_late {
        state.takes_roster()?;
    }
    let file = read_file(bytes, &state.plan).await?;
    let mut faults = Vec::new();
    let mut rooms: Vec<RoomCount> = Vec::new();
    if takes_late {
        for row in &file.rows {
            if is_on(app, &state, &row.candidate).await? {
                faults.push(on_roster(row.row));
            }
        }
    } else {
        faults = state.plan.faults_for(file.rows.len());
        for (session, room, _) in places(&state.plan, file.rows.len()) {
            match rooms.last_mut().filter(|last| (last.session, &last.room) == (session, &room)) {
                Some(last) => last.candidates += 1,
                None => rooms.push(RoomCount { session, room, candidates: 1 }),
            }
        }
    }
    if !faults.is_empty() {
        return Err(Refusal::faulty(("名册", "the roster"), faults));
    }
    Ok(RosterPreview { format: file.format.chinese(), rows: file.rows, warnings: file.warnings, rooms })
}

fn on_roster(row: u32) -> Fault {
    Fault::new(
        "on_roster",
        format!("第 {row} 行"),
        Text::new("这名考生已在本批次名册中。", "the candidate is on the roster already"),
        Text::new("从补录文件中去掉该考生。", "leave this candidate out"),
    )
}
