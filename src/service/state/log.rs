//! The log: its leaves in order, under the key [`KEY`].

use crate::work::Aggregate;
use kaoping_record::digest::Digest;
use kaoping_record::log::leaf::Leaf;
use kaoping_record::time::Time;
use kaoping_store::{Change, Collection, Document, Lookup};
use serde::{Deserialize, Serialize};

/// The key of the one log.
pub const KEY: &str = "main";

/// A leaf of the log with what opens it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoggedLeaf {
    /// Its index.
    pub index: u64,
    /// Its salt, hexadecimal.
    pub salt: String,
    /// Identity of the record that it commits to.
    pub record: Digest,
}

/// A signed record with its leaf.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// Blob of the signed message.
    pub message: Digest,
    /// Its leaf.
    pub leaf: LoggedLeaf,
}

/// The log's size.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LogState {
    /// Number of leaves.
    pub size: u64,
}

/// What happens to the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LogEvent {
    /// A leaf was appended.
    Appended {
        /// The leaf.
        leaf: Leaf,
    },
}

/// The document key of a leaf.
#[must_use]
pub fn leaf_key(index: u64) -> String {
    format!("{index:012}")
}

impl Aggregate for LogState {
    const FAMILY: &'static str = "log";
    const COLLECTION: Collection = Collection::Log;
    type Event = LogEvent;

    fn apply(&mut self, _event: Self::Event, _at: Time, _actor: &str) {
        self.size += 1;
    }

    fn further(event: &Self::Event, seq: u64) -> Vec<Change> {
        let LogEvent::Appended { leaf } = event;
        // A leaf of identifiers and digests always has a canonical form.
        Document::of(leaf)
            .map(|document| Change::Put {
                collection: Collection::LogLeaf,
                key: leaf_key(seq),
                lookup: Lookup::NONE,
                document,
            })
            .into_iter()
            .collect()
    }
}
