//! Documents: the read models, kept as canonical JSON.

use crate::collection::Collection;
use crate::error::StoreError;
use crate::kept::Value;
use kaoping_record::canonical::{self, CanonicalError};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// The longest document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// A value as canonical JSON (RFC 8785 in the profile of [`canonical`]).
#[derive(Clone)]
pub struct Document {
    bytes: Vec<u8>,
    /// Where it was stored; `None` for one that was just made.
    origin: Option<Box<Origin>>,
    /// The value that it was made of, where it is to be kept in memory.
    value: Option<Value>,
}

/// Where a document was stored.
#[derive(Clone)]
struct Origin {
    collection: Collection,
    key: String,
    /// Whether its stored bytes did not open.
    sealed: bool,
}

impl Document {
    /// The document of a value.
    ///
    /// # Errors
    /// [`CanonicalError`] when the value lies outside the profile.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, CanonicalError> {
        canonical::to_bytes(value).map(|bytes| Self { bytes, origin: None, value: None })
    }

    /// The document of a value, which the store keeps in memory once the document is durable.
    ///
    /// # Errors
    /// As for [`Document::of`].
    pub fn keeping<T: Serialize + Send + Sync + 'static>(value: Arc<T>) -> Result<Self, CanonicalError> {
        Ok(Self { value: Some(value.clone()), ..Self::of(&*value)? })
    }

    /// A document from bytes that must already be canonical.
    ///
    /// # Errors
    /// [`CanonicalError`] when they are not.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, CanonicalError> {
        canonical::from_bytes::<serde_json::Value>(&bytes)?;
        Ok(Self { bytes, origin: None, value: None })
    }

    /// The value.
    ///
    /// # Errors
    /// [`StoreError::Document`] naming collection and key when the document is not a `T`, or was altered.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        if self.origin.as_ref().is_some_and(|origin| origin.sealed) {
            return Err(self.damaged("it does not open: altered, or another one's"));
        }
        serde_json::from_slice(&self.bytes).map_err(|error| self.damaged(&error.to_string()))
    }

    fn damaged(&self, cause: &str) -> StoreError {
        let cause = cause.to_owned();
        match &self.origin {
            Some(origin) => StoreError::Document { collection: origin.collection, key: origin.key.clone(), cause },
            None => StoreError::Corrupt { place: "a new document".to_owned(), cause },
        }
    }

    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value to keep.
    pub(crate) fn value(&self) -> Option<Value> {
        self.value.clone()
    }

    /// Bytes that a backend stored earlier, and checked then; `None` when they do not open any more.
    pub(crate) fn stored(collection: Collection, key: &str, bytes: Option<Vec<u8>>) -> Self {
        let origin = Origin { collection, key: key.to_owned(), sealed: bytes.is_none() };
        Self { bytes: bytes.unwrap_or_default(), origin: Some(Box::new(origin)), value: None }
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Document {}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Document({})", String::from_utf8_lossy(&self.bytes))
    }
}

/// A document with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, unique in the collection.
    pub key: String,
    pub document: Document,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_another_form_are_refused() {
        assert_eq!(Document::from_bytes(b"{\"a\": 1}".to_vec()), Err(CanonicalError::Form));
        let document = Document::of(&vec![1, 2]).expect("in profile");
        assert_eq!(document.bytes(), b"[1,2]");
        assert_eq!(document.read::<Vec<u8>>(), Ok(vec![1, 2]));
        assert!(document.read::<String>().is_err());
    }

    // Catches a message such as "expected struct Head at line 1 column 7", from which nobody can find the row.
    #[test]
    fn a_damaged_document_is_named_by_collection_and_key() {
        for bytes in [None, Some(b"[1,2]".to_vec())] {
            let document = Document::stored(Collection::Seat, "seat/S1/0", bytes);
            let Err(error) = document.read::<String>() else { panic!("not a text") };
            let message = error.to_string();
            assert!(message.contains("`seat/S1/0` of `seat`") && message.contains("doctor"), "{message}");
        }
    }
}
