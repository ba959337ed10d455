//! The verbs on identities over any backend: whatever reaches the backend is sealed here.

use super::cipher::Cipher;
use super::normal::IndexKind;
use super::rows::{Rows, SealedRow};
use super::{Identity, IdentityStore, MAX_IDENTITY_BYTES};
use crate::cipher::random;
use crate::error::StoreError;
use crate::founding::Expected;
use async_trait::async_trait;
use kaoping_record::id::PseudonymId;
use zeroize::Zeroizing;

/// Identities in the rows of a backend.
pub(crate) struct Vault<R> {
    rows: R,
    cipher: Cipher,
}

impl<R: Rows> Vault<R> {
    /// Opens the identities of a place, which is founded when it is new.
    pub(crate) async fn open(rows: R, key: &[u8; 32], expected: &Expected<'_>) -> Result<Self, StoreError> {
        let place = || rows.place().to_owned();
        let founding = match (rows.founding().await?, expected) {
            (Some(founding), _) => founding,
            (None, Expected::Empty(installation)) => {
                let salt = random(rows.place())?;
                rows.found(Cipher::new(key, &salt).founding(*installation, salt)).await?
            }
            (None, Expected::Bound { .. } | Expected::Founded) => return Err(StoreError::Missing { place: place() }),
        };
        let found = founding.installation;
        match *expected {
            Expected::Empty(installation) if installation != found || !rows.is_empty().await? => {
                return Err(StoreError::Founded { place: place(), installation: found });
            }
            Expected::Bound { installation, .. } if installation != found => {
                return Err(StoreError::OtherInstallation { place: place(), found, installation });
            }
            _ => {}
        }
        let cipher = Cipher::new(key, &founding.salt);
        if cipher.fits(&founding) {
            Ok(Self { rows, cipher })
        } else {
            Err(StoreError::WrongKey { place: rows.place().to_owned() })
        }
    }

    fn sealed(&self, identity: &Identity) -> Result<SealedRow, StoreError> {
        let pseudonym = identity.pseudonym.as_str();
        let too_long = || StoreError::Size {
            what: format!("identity {pseudonym}"),
            bytes: identity.bytes.len(),
            most: MAX_IDENTITY_BYTES,
        };
        if identity.bytes.len() > MAX_IDENTITY_BYTES {
            return Err(too_long());
        }
        let nonce = random(self.rows.place())?;
        let mut indexes: Vec<_> =
            identity.indexes.iter().map(|(kind, value)| self.cipher.blind_index(*kind, value)).collect();
        indexes.sort_unstable();
        indexes.dedup();
        Ok(SealedRow {
            pseudonym: pseudonym.to_owned(),
            sealed: self.cipher.seal(pseudonym, nonce, &identity.bytes).ok_or_else(too_long)?,
            indexes,
        })
    }

    fn corrupt(&self, pseudonym: &str, cause: &str) -> StoreError {
        let place = format!("{}, identity {pseudonym}", self.rows.place());
        StoreError::Corrupt { place, cause: cause.to_owned() }
    }
}

#[async_trait]
impl<R: Rows> IdentityStore for Vault<R> {
    async fn put(&self, identities: Vec<Identity>) -> Result<(), StoreError> {
        let rows = identities.iter().map(|identity| self.sealed(identity)).collect::<Result<_, _>>()?;
        drop(identities);
        self.rows.put(rows).await
    }

    async fn get(&self, pseudonym: &PseudonymId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let pseudonym = pseudonym.as_str();
        let Some(sealed) = self.rows.get(pseudonym).await? else { return Ok(None) };
        let opened = self.cipher.open(pseudonym, &sealed);
        opened.map(Some).ok_or_else(|| self.corrupt(pseudonym, "it does not open: altered, or another one's"))
    }

    async fn find_by_blind_index(&self, kind: IndexKind, value: &str) -> Result<Vec<PseudonymId>, StoreError> {
        let found = self.rows.find(self.cipher.blind_index(kind, value)).await?;
        found
            .into_iter()
            .map(|name| PseudonymId::new(name.clone()).map_err(|error| self.corrupt(&name, &error.to_string())))
            .collect()
    }

    async fn delete(&self, pseudonym: &PseudonymId) -> Result<bool, StoreError> {
        self.rows.delete(pseudonym.as_str()).await
    }
}
