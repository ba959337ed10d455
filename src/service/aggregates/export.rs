//! Exports of personal data: who took what, and why (个人信息保护法). The key is the batch.

use crate::work::{Aggregate, begin_empty};
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// How often data were exported.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ExportState {
    pub exports: Vec<Export>,
}

/// One export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Export {
    /// What was exported.
    pub what: String,
    pub reason: String,
    /// How many rows.
    pub rows: u32,
    pub actor: String,
    pub at_ms: Time,
}

/// What happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum ExportEvent {
    /// Data were exported.
    Taken {
        what: String,
        reason: String,
        /// How many rows.
        rows: u32,
    },
}

impl Aggregate for ExportState {
    const FAMILY: &'static str = "export";
    const COLLECTION: Collection = Collection::Export;
    type Event = ExportEvent;

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, at: Time, actor: &str) {
        let ExportEvent::Taken { what, reason, rows } = event;
        self.exports.push(Export { what, reason, rows, actor: actor.to_owned(), at_ms: at });
    }
}
