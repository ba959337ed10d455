//! Documents: the read models, kept as canonical JSON.

use kaoping_record::canonical::{self, CanonicalError};
use serde::{Serialize, de::DeserializeOwned};

/// The longest document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// A value as canonical JSON (RFC 8785 in the profile of [`canonical`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Document(Vec<u8>);

impl Document {
    /// The document of a value.
    ///
    /// # Errors
    /// [`CanonicalError`] when the value lies outside the profile.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, CanonicalError> {
        canonical::to_bytes(value).map(Self)
    }

    /// A document from bytes that must already be canonical.
    ///
    /// # Errors
    /// [`CanonicalError`] when they are not.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, CanonicalError> {
        canonical::from_bytes::<serde_json::Value>(&bytes)?;
        Ok(Self(bytes))
    }

    /// The value.
    ///
    /// # Errors
    /// [`CanonicalError::Json`] when the document is not a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, CanonicalError> {
        serde_json::from_slice(&self.0).map_err(|error| CanonicalError::Json(error.to_string()))
    }

    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes that a backend stored earlier, and checked then.
    pub(crate) fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Document({})", String::from_utf8_lossy(&self.0))
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
}
