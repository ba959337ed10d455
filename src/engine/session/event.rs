//! What happens at a seat.

use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::KeyId;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// Version of these bodies.
const VERSION: u32 = 1;

/// An event of a seat's stream; each has the name of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum SeatEvent {
    /// `seat.opened`: this PC shows this paper.
    Opened {
        /// Digest of the paper's canonical bytes.
        paper: Digest,
        /// Last event of the seat's stream before this one; `None` for the first.
        continues: Option<Digest>,
    },
    /// `seat.answered`: the choice for an item, which replaces an earlier one; no option takes it
    /// back.
    Answered {
        /// The item.
        item: ItemId,
        /// The chosen options, sorted.
        options: Vec<OptionId>,
    },
    /// `seat.flagged`: the candidate wants to look again, or no longer.
    Flagged {
        /// The item.
        item: ItemId,
        /// Whether it is flagged now.
        on: bool,
    },
    /// `seat.handed_in`: the last event of a sitting.
    HandedIn {
        /// How many items have an answer.
        answered: u32,
    },
}

impl SeatEvent {
    /// The kind in the envelope.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "seat.opened",
            Self::Answered { .. } => "seat.answered",
            Self::Flagged { .. } => "seat.flagged",
            Self::HandedIn { .. } => "seat.handed_in",
        }
    }

    /// The event as the next of a stream.
    ///
    /// # Errors
    /// [`EventError`] when a name lies outside the bounds.
    pub fn seal(&self, stream: &Stream, head: Head, at: Time, key: &KeyId) -> Result<Sealed, EventError> {
        Sealed::next(stream, head, at, &actor(key), self.kind(), VERSION, self)
    }

    /// Reads an event of a seat.
    ///
    /// # Errors
    /// [`EventError::Unknown`] for another kind or version, else what is wrong with the body.
    pub fn open(sealed: &Sealed) -> Result<Self, EventError> {
        let event = sealed.event();
        let unknown = || EventError::Unknown { kind: event.kind.clone(), v: event.v };
        if event.v != VERSION {
            return Err(unknown());
        }
        let body: Self = sealed.body()?;
        if body.kind() == event.kind { Ok(body) } else { Err(unknown()) }
    }
}

/// The actor of a seat's events: `seat:` and the key's name in hexadecimal.
#[must_use]
pub fn actor(key: &KeyId) -> String {
    format!("seat:{}", key.to_hex())
}

/// The stream of a sitting's `number`th PC, from 0.
///
/// # Errors
/// [`EventError::Stream`] when the sitting's name is too long.
pub fn seat_stream(sitting: &SittingId, number: u32) -> Result<Stream, EventError> {
    Stream::new(format!("seat/{sitting}/{number}"))
}
