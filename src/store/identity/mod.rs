//! Names and ID numbers, encrypted, in a place of their own.
//!
//! Everything else knows people by pseudonyms. Here each pseudonym has its identity, sealed with
//! XChaCha20-Poly1305 under the pseudonym, and blind indexes (HMAC-SHA-256 under another key) by
//! which it is found. A backend sees neither. It can only see how many identities there are,
//! how long each is, and which share an index value.

mod cipher;
mod memory;
mod normal;
mod postgres;
mod rows;
mod sqlite;
mod vault;

pub use memory::MemoryIdentities;
pub use normal::IndexKind;

use crate::error::StoreError;
use crate::founding::Expected;
use async_trait::async_trait;
use kaoping_record::id::PseudonymId;
use std::path::Path;
use std::sync::Arc;
use vault::Vault;
use zeroize::Zeroizing;

/// The longest identity, in bytes.
pub const MAX_IDENTITY_BYTES: usize = 64 * 1024;

/// What is kept for one pseudonym.
pub struct Identity {
    pub pseudonym: PseudonymId,
    /// Whatever the caller keeps of the person: name, ID number, salts of log leaves.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Values by which it is found.
    pub indexes: Vec<(IndexKind, Zeroizing<String>)>,
}

/// The encrypted identities of an installation.
#[async_trait]
pub trait IdentityStore: Send + Sync {
    /// Keeps identities, all or none of them, each in the place of what its pseudonym had. Durable
    /// when it returns.
    ///
    /// # Errors
    /// [`StoreError::Size`] for an identity longer than [`MAX_IDENTITY_BYTES`]; what the backend
    /// reports.
    async fn put(&self, identities: Vec<Identity>) -> Result<(), StoreError>;

    /// The identity of a pseudonym.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it was altered or belongs to another pseudonym.
    async fn get(&self, pseudonym: &PseudonymId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Pseudonyms that were put with this value, in order; one person has one for each batch.
    ///
    /// # Errors
    /// What the backend reports.
    async fn find_by_blind_index(&self, kind: IndexKind, value: &str) -> Result<Vec<PseudonymId>, StoreError>;

    /// Deletes an identity and its indexes for good; says whether there was one.
    ///
    /// # Errors
    /// What the backend reports.
    async fn delete(&self, pseudonym: &PseudonymId) -> Result<bool, StoreError>;
}

/// Identities in memory, for tests.
///
/// # Errors
/// [`StoreError::Founded`] or [`StoreError::WrongKey`] for a place that is not the expected one;
/// [`StoreError::Backend`] when the system gives no random bytes.
pub async fn memory(
    place: MemoryIdentities,
    key: &[u8; 32],
    expected: &Expected<'_>,
) -> Result<Arc<dyn IdentityStore>, StoreError> {
    Ok(Arc::new(Vault::open(place, key, expected).await?))
}

/// Identities in an SQLite file of their own. Links are another matter: one store of an
/// installation has them.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Founded`] or [`StoreError::OtherInstallation`] for a file
/// that is not the expected one, [`StoreError::WrongKey`] when it was made with another key; what
/// the backend reports.
pub async fn sqlite(
    path: impl AsRef<Path> + Send,
    key: &[u8; 32],
    expected: &Expected<'_>,
) -> Result<Arc<dyn IdentityStore>, StoreError> {
    let path = path.as_ref();
    if !matches!(expected, Expected::Empty(_)) && !path.exists() {
        return Err(StoreError::Missing { place: path.display().to_string() });
    }
    Ok(Arc::new(Vault::open(sqlite::SqliteRows::open(path)?, key, expected).await?))
}

/// Identities in a PostgreSQL schema of their own.
///
/// # Errors
/// As for [`sqlite`].
pub async fn postgres(
    url: &str,
    schema: &str,
    key: &[u8; 32],
    expected: &Expected<'_>,
) -> Result<Arc<dyn IdentityStore>, StoreError> {
    let rows = postgres::PostgresRows::open(url, schema).await?;
    Ok(Arc::new(Vault::open(rows, key, expected).await?))
}
