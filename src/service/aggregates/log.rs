//! The log: its leaves in order, under the key [`KEY`].

use crate::work::{Aggregate, begin_empty};
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
    pub leaf: LoggedLeaf,
}

/// The log's size.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LogState {
    /// Number of leaves.
    pub size: u64,
    /// The newest checkpoint that an outside witness cosigned.
    pub cosigned: Option<Cosigned>,
    /// Each time that restored or moved data were bound to their folder again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopted: Vec<Adopted>,
}

/// That data were bound to a folder on purpose.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Adopted {
    /// Whose data they are.
    pub installation: String,
    /// Why.
    pub reason: String,
    /// The log's size then.
    pub size: u64,
    /// The largest checkpoint that the log was compared with.
    pub compared: Option<u64>,
}

/// A checkpoint with a witness's line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cosigned {
    /// Number of leaves that it covers.
    pub size: u64,
    /// The whole note.
    pub note: String,
    /// The witness's name.
    pub witness: String,
    /// The witness's verifier key.
    pub key: String,
    /// When the witness cosigned.
    pub at_ms: Time,
}

/// What happens to the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum LogEvent {
    /// A leaf was appended.
    Appended { leaf: Leaf },
    /// An outside witness cosigned a checkpoint.
    Cosigned { cosigned: Cosigned },
    /// Restored or moved data were bound to their folder again.
    Adopted { adopted: Adopted },
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

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            LogEvent::Appended { .. } => self.size += 1,
            LogEvent::Cosigned { cosigned } => self.cosigned = Some(cosigned),
            LogEvent::Adopted { adopted } => self.adopted.push(adopted),
        }
    }

    fn side_documents(before: Option<&Self>, event: &Self::Event) -> Vec<Change> {
        let LogEvent::Appended { leaf } = event else { return Vec::new() };
        // A leaf of identifiers and digests always has a canonical form.
        Document::of(leaf)
            .map(|document| Change::Put {
                collection: Collection::LogLeaf,
                key: leaf_key(before.map_or(0, |state| state.size)),
                lookup: Lookup::NONE,
                document,
            })
            .into_iter()
            .collect()
    }
}
