//! A commit: events, documents and blobs that are written together or not at all.

use crate::collection::Collection;
use crate::document::{Document, MAX_DOCUMENT_BYTES};
use crate::error::StoreError;
use crate::range::{self, MAX_LOOKUP_BYTES};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};
use std::collections::BTreeMap;

/// The longest blob, in bytes.
pub const MAX_BLOB_BYTES: usize = 64 * 1024 * 1024;

/// One unit of writing.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Events to append; taken in this order, which is also their order in the store.
    pub appends: Vec<Append>,
    /// Documents to put or remove, in this order.
    pub projections: Vec<Change>,
    /// Immutable bytes; a blob that is stored already is no error.
    pub blobs: Vec<Blob>,
}

/// Events for the end of one stream. Without events it only asserts where the stream ends.
#[derive(Clone, Debug)]
pub struct Append {
    pub stream: Stream,
    /// Where the caller saw the stream end; the commit fails when it has moved since.
    pub expected: Head,
    /// Events that continue `expected` one after another.
    pub events: Vec<Sealed>,
}

/// A change of one document.
#[derive(Clone, Debug)]
pub enum Change {
    /// Puts a document in the place of what the key held.
    Put {
        collection: Collection,
        /// Unique in the collection; printable ASCII without spaces, 1 to 200 bytes; pages are in
        /// its byte order.
        key: String,
        /// Values by which [`crate::Store::find`] finds the document.
        lookup: Lookup,
        document: Document,
    },
    /// Removes a document; removing what is not there is no error.
    Remove { collection: Collection, key: String },
}

/// Up to two values by which a document is found; any text of 1 to [`MAX_LOOKUP_BYTES`] bytes
/// without NUL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    pub(crate) first: Option<String>,
    pub(crate) second: Option<String>,
}

/// Bytes named by their digest: papers, parts of banks, media.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob {
    digest: Digest,
    bytes: Vec<u8>,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Where each stream of [`Commit::appends`] ends now, in the order of the appends.
    pub heads: Vec<(Stream, Head)>,
    /// Position of the last event that it appended; `None` when it appended none.
    pub last_position: Option<u64>,
}

impl Commit {
    /// Checks all that can be checked without looking at what is stored.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.projections.iter().try_for_each(Change::check)?;
        match self.blobs.iter().find(|blob| blob.bytes.len() > MAX_BLOB_BYTES) {
            Some(blob) => Err(StoreError::Size {
                what: format!("blob {}", blob.digest),
                bytes: blob.bytes.len(),
                most: MAX_BLOB_BYTES,
            }),
            None => Ok(()),
        }
    }

    /// Where each append's stream ends afterwards, when every append fits `found`; a stream may
    /// come more than once.
    pub(crate) fn heads(&self, mut found: BTreeMap<Stream, Head>) -> Result<Vec<(Stream, Head)>, StoreError> {
        let mut heads = Vec::with_capacity(self.appends.len());
        for append in &self.appends {
            let head = append.check(found.get(&append.stream).copied().unwrap_or(Head::EMPTY))?;
            found.insert(append.stream.clone(), head);
            heads.push((append.stream.clone(), head));
        }
        Ok(heads)
    }

    /// How many bytes it writes, roughly.
    pub(crate) fn weight(&self) -> usize {
        let events = self.appends.iter().flat_map(|append| &append.events).map(|event| event.bytes().len());
        let blobs = self.blobs.iter().map(|blob| blob.bytes.len());
        let documents = self.projections.iter().map(|change| match change {
            Change::Put { document, .. } => document.bytes().len(),
            Change::Remove { .. } => 0,
        });
        events.chain(blobs).chain(documents).sum()
    }
}

impl Append {
    /// Checks the events against where the stream ends; returns where it ends with them.
    pub(crate) fn check(&self, found: Head) -> Result<Head, StoreError> {
        if found != self.expected {
            return Err(StoreError::Conflict { stream: self.stream.clone(), expected: self.expected, found });
        }
        self.events.iter().try_fold(found, |head, event| {
            event
                .continues(&self.stream, head)
                .map_err(|source| StoreError::Event { stream: self.stream.clone(), source })?;
            Ok(event.head())
        })
    }
}

impl Change {
    /// The collection that it changes.
    #[must_use]
    pub const fn collection(&self) -> Collection {
        match self {
            Self::Put { collection, .. } | Self::Remove { collection, .. } => *collection,
        }
    }

    /// The key of the document that it changes.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Remove { key, .. } => key,
        }
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Put { collection, key, lookup, document } => {
                range::check_key(key)?;
                if document.bytes().len() > MAX_DOCUMENT_BYTES {
                    return Err(StoreError::Size {
                        what: format!("document {}/{key}", collection.name()),
                        bytes: document.bytes().len(),
                        most: MAX_DOCUMENT_BYTES,
                    });
                }
                [&lookup.first, &lookup.second].into_iter().flatten().try_for_each(|value| check_lookup(value))
            }
            Self::Remove { key, .. } => range::check_key(key),
        }
    }
}

impl Lookup {
    /// Found by its key alone.
    pub const NONE: Self = Self { first: None, second: None };

    /// Found by one value.
    #[must_use]
    pub fn by(value: impl Into<String>) -> Self {
        Self { first: Some(value.into()), second: None }
    }

    /// Found by a further value; a third takes the place of the second.
    #[must_use]
    pub fn and(self, value: impl Into<String>) -> Self {
        Self { second: Some(value.into()), ..self }
    }

    pub(crate) fn has(&self, value: &str) -> bool {
        self.first.as_deref() == Some(value) || self.second.as_deref() == Some(value)
    }
}

impl From<Option<String>> for Lookup {
    fn from(first: Option<String>) -> Self {
        Self { first, second: None }
    }
}

impl Blob {
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { digest: Digest::of(&bytes), bytes }
    }

    /// SHA-256 of the bytes: the name under which it is read again.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Blob({}, {} bytes)", self.digest, self.bytes.len())
    }
}

/// Checks a lookup value.
pub(crate) fn check_lookup(value: &str) -> Result<(), StoreError> {
    if (1..=MAX_LOOKUP_BYTES).contains(&value.len()) && !value.contains('\0') {
        Ok(())
    } else {
        Err(StoreError::Lookup(value.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, lookup: Lookup) -> Result<(), StoreError> {
        let document = Document::of(&1).expect("in profile");
        Change::Put { collection: Collection::Seat, key: key.into(), lookup, document }.check()
    }

    #[test]
    fn what_backends_would_treat_differently_is_refused() {
        assert_eq!(put("a/1", Lookup::by("张三").and("x y")), Ok(()));
        for key in ["", "a b", "座位", "a\0", &"a".repeat(201)] {
            assert!(matches!(put(key, Lookup::NONE), Err(StoreError::Key(_))), "{key}");
        }
        for value in ["", "a\0b", &"a".repeat(201)] {
            assert!(matches!(put("a", Lookup::by(value)), Err(StoreError::Lookup(_))));
            assert!(matches!(put("a", Lookup::by("a").and(value)), Err(StoreError::Lookup(_))));
        }
    }
}
