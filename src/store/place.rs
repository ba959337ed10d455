//! An open place: its name for messages, and the cipher of what it holds.

use crate::cipher::{Cipher, Owner};
use crate::collection::Collection;
use crate::commit::Blob;
use crate::document::{Document, Entry};
use crate::error::StoreError;
use crate::installation::Link;
use crate::stored;
use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;

/// Seals what goes to a driver and opens what comes back.
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) cipher: Cipher,
    /// The link that each commit must still find there, when this program alone may write.
    pub(crate) link: Option<Link>,
}

impl Place {
    pub(crate) fn seal_event(&self, event: &Sealed) -> Result<Vec<u8>, StoreError> {
        let owner = Owner::Event { stream: event.event().stream.as_str(), seq: stored::integer(event.event().seq) };
        self.cipher.seal(&self.name, owner, event.bytes())
    }

    pub(crate) fn seal_document(
        &self,
        collection: Collection,
        key: &str,
        document: &Document,
    ) -> Result<Vec<u8>, StoreError> {
        self.cipher.seal(&self.name, Owner::Document { collection, key }, document.bytes())
    }

    /// A blob's stored name and bytes.
    pub(crate) fn seal_blob(&self, blob: &Blob) -> Result<(Digest, Vec<u8>), StoreError> {
        let digest = blob.digest();
        let sealed = self.cipher.seal(&self.name, Owner::Blob(&digest), blob.bytes())?;
        Ok((self.cipher.blob_name(&digest), sealed))
    }

    /// The event of a stored row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming stream and number.
    pub(crate) fn event(&self, stream: &str, seq: i64, identity: &[u8], sealed: &[u8]) -> Result<Sealed, StoreError> {
        let bytes = self.cipher.open(Owner::Event { stream, seq }, sealed).ok_or_else(|| StoreError::Corrupt {
            place: format!("{}, event {seq} of stream `{stream}`", self.name),
            cause: "it does not open: altered, or another one's".to_owned(),
        })?;
        stored::event(&self.name, stream, seq, identity, &bytes)
    }

    /// The document of a stored row; one that does not open is damaged, and says so when it is read.
    pub(crate) fn document(&self, collection: Collection, key: &str, sealed: &[u8]) -> Document {
        Document::stored(collection, key, self.cipher.open(Owner::Document { collection, key }, sealed))
    }

    pub(crate) fn entry(&self, collection: Collection, key: String, sealed: &[u8]) -> Entry {
        let document = self.document(collection, &key, sealed);
        Entry { key, document }
    }

    /// The bytes of a stored blob.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming its digest.
    pub(crate) fn blob(&self, digest: &Digest, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let bytes = self.cipher.open(Owner::Blob(digest), sealed).filter(|bytes| Digest::of(bytes) == *digest);
        bytes.ok_or_else(|| StoreError::Corrupt {
            place: format!("{}, blob {digest}", self.name),
            cause: "it does not open: altered, or another one's".to_owned(),
        })
    }
}
