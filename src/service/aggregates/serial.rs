//! Serial numbers of certificates: per organization, year and level, never reused.

use crate::work::{Aggregate, begin_empty};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// How many numbers are given.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SerialState {
    /// The last number given.
    pub last: u32,
}

/// What happens to a series.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum SerialEvent {
    /// Numbers were given.
    Given {
        /// How many.
        count: u32,
    },
}

impl Aggregate for SerialState {
    const FAMILY: &'static str = "serial";
    const COLLECTION: Collection = Collection::Certificate;
    type Event = SerialEvent;

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let SerialEvent::Given { count } = event;
        self.last += count;
    }
}
