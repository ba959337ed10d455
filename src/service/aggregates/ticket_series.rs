//! Series of admission tickets: day, level and number, such as `261206501`. Each series is a stream
//! of its own, so that two batches cannot give the same tickets.

use crate::work::Aggregate;
use kaoping_record::id::BatchId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A series that is taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TicketSeriesState {
    /// Whose tickets begin so.
    pub batch: BatchId,
}

/// What happens to a series.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum TicketSeriesEvent {
    /// A batch took it.
    Taken { batch: BatchId },
}

impl Aggregate for TicketSeriesState {
    const FAMILY: &'static str = "ticket_series";
    const COLLECTION: Collection = Collection::Ticket;
    type Event = TicketSeriesEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let TicketSeriesEvent::Taken { batch } = event;
        Some(Self { batch })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let TicketSeriesEvent::Taken { batch } = event;
        self.batch = batch;
    }
}
