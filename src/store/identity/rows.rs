//! What a backend keeps of identities: ciphertext, blind indexes and a salt.

use crate::error::StoreError;
use crate::installation::InstallationId;
use async_trait::async_trait;

/// Made once for each place.
#[derive(Clone, Copy)]
pub(crate) struct Founding {
    pub(crate) installation: InstallationId,
    pub(crate) salt: [u8; 32],
    pub(crate) key_check: [u8; 32],
}

/// One identity as it is kept.
#[derive(Clone)]
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
    /// Whether it holds any identity.
    async fn is_empty(&self) -> Result<bool, StoreError>;
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
/// [`StoreError::Corrupt`] when a column has another length than it was written with.
pub(crate) fn stored_founding(
    place: &str,
    [installation, salt, key_check]: [&[u8]; 3],
) -> Result<Founding, StoreError> {
    let row = || {
        Some(Founding {
            installation: InstallationId(installation.try_into().ok()?),
            salt: salt.try_into().ok()?,
            key_check: key_check.try_into().ok()?,
        })
    };
    row().ok_or_else(|| StoreError::Corrupt {
        place: place.to_owned(),
        cause: "its founding row has other lengths than it was written with".to_owned(),
    })
}
