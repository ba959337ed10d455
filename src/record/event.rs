//! The envelope that all streams share, chained by hash.
//!
//! An event is the canonical JSON object `{actor, at_ms, body, kind, prev, seq, stream, v}`. Its identity is
//! the SHA-256 of those bytes; `prev` is the identity of the event before it in the same stream, or zeros.

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::time::Time;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The longest event that is accepted, in bytes.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

/// The place that one writer appends to, such as `sitting/7q2k…`: parts of identifiers, joined by `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct Stream(String);

impl Stream {
    /// A stream from its name.
    ///
    /// # Errors
    /// [`EventError::Stream`] unless it is at most 160 bytes of two or more non-empty parts of a-z, 0-9, `-`, `.`, `_`.
    pub fn new(name: impl Into<String>) -> Result<Self, EventError> {
        let name = name.into();
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_'))
        };
        if name.len() <= 160 && name.contains('/') && name.split('/').all(part) {
            Ok(Self(name))
        } else {
            Err(EventError::Stream(name.chars().take(200).collect()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first part, which says what kind of stream it is (`sitting`, `seat`, `batch` …).
    #[must_use]
    pub fn family(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl TryFrom<String> for Stream {
    type Error = EventError;
    fn try_from(name: String) -> Result<Self, EventError> {
        Self::new(name)
    }
}

impl From<Stream> for String {
    fn from(stream: Stream) -> Self {
        stream.0
    }
}

/// Where a stream ends: the number of its events and the identity of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many events the stream holds; also the `seq` of the next.
    pub next_seq: u64,
    /// Identity of the last event; [`Digest::ZERO`] for an empty stream.
    pub last: Digest,
}

impl Head {
    /// The head of a stream that holds nothing.
    pub const EMPTY: Self = Self { next_seq: 0, last: Digest::ZERO };
}

/// What the envelope says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What happened: `family.verb`, such as `seat.answered`.
    pub kind: String,
    /// Version of the body's form, from 1.
    pub v: u32,
    /// The stream that it belongs to.
    pub stream: Stream,
    /// Place in the stream, from 0.
    pub seq: u64,
    /// Identity of the event before it; zeros for the first.
    pub prev: Digest,
    /// When the writer says it happened.
    pub at_ms: Time,
    /// Who caused it: `account:…`, `seat:…`, `tablet:…` or `service`.
    pub actor: String,
    /// What the kind needs.
    pub body: Value,
}

/// An event with its canonical bytes and identity, which can no longer disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    event: Event,
    bytes: Vec<u8>,
    identity: Digest,
}

/// Why bytes are not an event, or not the next event of a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The bytes are not canonical or do not fit the envelope.
    #[error("event is not valid: {0}")]
    Canonical(#[from] CanonicalError),
    /// Longer than [`MAX_EVENT_BYTES`].
    #[error("event of {0} bytes is longer than {MAX_EVENT_BYTES}")]
    Length(usize),
    /// Not a stream's name.
    #[error("`{0}` is not the name of a stream")]
    Stream(String),
    /// Kind or actor holds other characters than a-z, 0-9 and `-._:`, or is too long.
    #[error("`{0}` cannot name a kind or an actor")]
    Name(String),
    /// The event is of another stream.
    #[error("event is of stream `{found}`, not of `{expected}`")]
    OtherStream {
        /// The stream that was asked for.
        expected: String,
        /// The stream that the event names.
        found: String,
    },
    /// A number is missing, or comes twice.
    #[error("event has number {found}, but {expected} is next")]
    Sequence {
        /// The next number.
        expected: u64,
        /// The event's number.
        found: u64,
    },
    /// The event does not continue what is stored.
    #[error("event {seq} does not continue the stored chain")]
    Chain {
        /// The event's number.
        seq: u64,
    },
    /// Nobody here knows this kind or version.
    #[error("unknown event `{kind}` version {v}")]
    Unknown {
        /// The kind that the event gives itself.
        kind: String,
        /// The version.
        v: u32,
    },
}

impl Sealed {
    /// Makes the next event of a stream.
    ///
    /// # Errors
    /// [`EventError`] when a name or the body lies outside the bounds.
    pub fn next(
        stream: &Stream,
        head: Head,
        at: Time,
        actor: &str,
        kind: &str,
        v: u32,
        body: &impl Serialize,
    ) -> Result<Self, EventError> {
        let body = serde_json::to_value(body).map_err(|error| CanonicalError::Json(error.to_string()))?;
        let event = Event {
            kind: kind.to_owned(),
            v,
            stream: stream.clone(),
            seq: head.next_seq,
            prev: head.last,
            at_ms: at,
            actor: actor.to_owned(),
            body,
        };
        let bytes = canonical::to_bytes(&event)?;
        Self::checked(event, bytes)
    }

    /// Reads an event from its canonical bytes.
    ///
    /// # Errors
    /// [`EventError`] when they are too long, not canonical or not an event.
    pub fn parse(bytes: &[u8]) -> Result<Self, EventError> {
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(EventError::Length(bytes.len()));
        }
        let event = canonical::from_bytes(bytes)?;
        Self::checked(event, bytes.to_vec())
    }

    fn checked(event: Event, bytes: Vec<u8>) -> Result<Self, EventError> {
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(EventError::Length(bytes.len()));
        }
        let named = |name: &str| {
            (1..=96).contains(&name.len())
                && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':'))
        };
        if let Some(name) = [&event.kind, &event.actor].into_iter().find(|name| !named(name)) {
            return Err(EventError::Name(name.chars().take(100).collect()));
        }
        let identity = Digest::of(&bytes);
        Ok(Self { event, bytes, identity })
    }

    /// What the envelope says.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn identity(&self) -> Digest {
        self.identity
    }

    /// The stream's head once this event is in it.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { next_seq: self.event.seq + 1, last: self.identity }
    }

    /// Checks that this is the next event of `stream` after `head`.
    ///
    /// # Errors
    /// [`EventError`] naming the first difference.
    pub fn continues(&self, stream: &Stream, head: Head) -> Result<(), EventError> {
        if self.event.stream != *stream {
            return Err(EventError::OtherStream { expected: stream.0.clone(), found: self.event.stream.0.clone() });
        }
        if self.event.seq != head.next_seq {
            return Err(EventError::Sequence { expected: head.next_seq, found: self.event.seq });
        }
        if self.event.prev != head.last {
            return Err(EventError::Chain { seq: self.event.seq });
        }
        Ok(())
    }

    /// The body as the type that its kind has.
    ///
    /// # Errors
    /// [`EventError::Canonical`] when it does not fit.
    pub fn body<T: Serialize + DeserializeOwned>(&self) -> Result<T, EventError> {
        Ok(canonical::from_value(&self.event.body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn first() -> Sealed {
        let stream = Stream::new("seat/a/0").expect("a name");
        Sealed::next(&stream, Head::EMPTY, Time::from_millis(5), "seat:k", "seat.answered", 1, &json!({"q": 1}))
            .expect("an event")
    }

    #[test]
    fn bytes_are_stable() {
        let zeros = "0".repeat(64);
        assert_eq!(
            String::from_utf8_lossy(first().bytes()),
            format!(
                r#"{{"actor":"seat:k","at_ms":5,"body":{{"q":1}},"kind":"seat.answered","prev":"{zeros}","seq":0,"stream":"seat/a/0","v":1}}"#
            )
        );
        assert_eq!(Sealed::parse(first().bytes()), Ok(first()));
    }

    #[test]
    fn chain_defects_are_named() {
        let stream = Stream::new("seat/a/0").expect("a name");
        let other = Stream::new("seat/b/0").expect("a name");
        assert_eq!(first().continues(&stream, Head::EMPTY), Ok(()));
        assert!(matches!(first().continues(&other, Head::EMPTY), Err(EventError::OtherStream { .. })));
        assert_eq!(first().continues(&stream, first().head()), Err(EventError::Sequence { expected: 1, found: 0 }));
        let forked = Head { next_seq: 0, last: Digest::of(b"x") };
        assert_eq!(first().continues(&stream, forked), Err(EventError::Chain { seq: 0 }));
    }

    #[test]
    fn unknown_fields_and_bad_names_are_refused() {
        let text = String::from_utf8_lossy(first().bytes()).replace("\"at_ms\"", "\"at\":1,\"at_ms\"");
        assert!(matches!(Sealed::parse(text.as_bytes()), Err(EventError::Canonical(_))));
        for name in ["", "seat", "seat/", "Seat/a", "seat/../x y"] {
            assert!(Stream::new(name).is_err(), "{name}");
        }
    }
}
