//! What a backend keeps of identities: ciphertext, blind indexes and a salt.

use crate::error::StoreError;
use async_trait::async_trait;

/// Made once for each place.
#[derive(Clone, Copy)]
pub(crate) struct Founding {
    pub(crate) salt: [u8; 32],
    pub(crate) key_check: [u8; 32],
}

/// One identity as it is kept.
pub(crate) struct SealedRow {
    pub(crate) pseudonym: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) indexes: Vec<[u8; 32]>,
}

/// A backend of identities.
#[async_trait]
pub(crate) trait Rows: Send + Sync {
    /// File or server, for messages.
    fn place(&self) -> &str;
    /// What the place was founded with, if it was.
    async fn founding(&self) -> Result<Option<Founding>, StoreError>;
    /// Founds the place, unless somebody else was faster; returns what it was founded with.
    async fn found(&self, founding: Founding) -> Result<Founding, StoreError>;
    /// Keeps rows, all or none.
    async fn put(&self, rows: Vec<SealedRow>) -> Result<(), StoreError>;
    async fn get(&self, pseudonym: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Pseudonyms with an index value, in order.
    async fn find(&self, index: [u8; 32]) -> Result<Vec<String>, StoreError>;
    async fn delete(&self, pseudonym: &str) -> Result<bool, StoreError>;
}

/// A founding from stored columns.
///
/// # Errors
/// [`StoreError::Corrupt`] unless both have 32 bytes.
pub(crate) fn stored_founding(place: &str, salt: &[u8], key_check: &[u8]) -> Result<Founding, StoreError> {
    match (salt.try_into(), key_check.try_into()) {
        (Ok(salt), Ok(key_check)) => Ok(Founding { salt, key_check }),
        _ => Err(StoreError::Corrupt { place: place.to_owned(), cause: "the salt does not have 32 bytes".to_owned() }),
    }
}
