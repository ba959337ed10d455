//! The events of a sitting's PCs, page by page: first those of the PCs before, then a PC's own.

use super::seat_events::BoundPc;
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::session::event::seat_stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Events of one page.
pub const PAGE: u32 = 500;

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HistoryPlace {
    /// Number of the PC in the sitting, from 0.
    pub pc: u32,
    /// The first event of that PC's stream on the page.
    pub seq: u64,
}

/// A page of events, as canonical texts in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// Events of the sitting's earlier PCs, stream after stream.
    pub before: Vec<String>,
    /// Events of the PC that asks.
    pub journal: Vec<String>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<HistoryPlace>,
}

/// The page that begins at a place. Each stream is read by its range, so that a page costs the same
/// wherever it begins.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn read_page(app: &App, pc: &BoundPc, mut place: HistoryPlace) -> Result<HistoryPage, Refusal> {
    let mut page = HistoryPage::default();
    let mut room = PAGE;
    while place.pc <= pc.number {
        let stream = seat_stream(&pc.sitting, place.pc)?;
        let events = app.store.events(&stream, place.seq, room).await?;
        let texts = if place.pc == pc.number { &mut page.journal } else { &mut page.before };
        texts.extend(events.iter().map(|event| String::from_utf8_lossy(event.bytes()).into_owned()));
        let read = u32::try_from(events.len()).unwrap_or(room);
        room = room.saturating_sub(read);
        if room == 0 {
            page.next = Some(HistoryPlace { pc: place.pc, seq: place.seq.saturating_add(u64::from(read)) });
            break;
        }
        place = HistoryPlace { pc: place.pc.saturating_add(1), seq: 0 };
    }
    Ok(page)
}
