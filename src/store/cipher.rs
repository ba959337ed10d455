//! Everything that a store holds is sealed before it reaches a driver: bodies of events, documents,
//! blobs.
//!
//! XChaCha20-Poly1305 under keys derived from the installation's data key and the salt of the
//! place, with a random nonce for each value. What a value belongs to (stream and number,
//! collection and key, digest) is associated data, so that no row can be shown in another's place.
//! A blob's name in the database is keyed, so that nobody without the key can ask whether the place
//! holds a text that he knows.

use crate::collection::Collection;
use crate::error::StoreError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kaoping_record::digest::{Digest, keyed, length_prefixed};
use zeroize::Zeroizing;

/// The form of sealed bytes: this byte, 24 bytes of nonce, ciphertext with its tag.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The place to which sealed bytes belong.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'a> {
    Event { stream: &'a str, seq: i64 },
    Document { collection: Collection, key: &'a str },
    Blob(&'a Digest),
}

/// The keys of one place.
pub(crate) struct Cipher {
    seal: XChaCha20Poly1305,
    names: Zeroizing<[u8; 32]>,
    key_check: [u8; 32],
}

impl Cipher {
    pub(crate) fn new(key: &[u8; 32], salt: &[u8; 32]) -> Self {
        let derived = |label: &[u8]| Zeroizing::new(*keyed(key, &[b"kaoping/store", label, salt]).as_bytes());
        Self {
            seal: XChaCha20Poly1305::new(&Key::from(*derived(b"seal/1"))),
            names: derived(b"names/1"),
            key_check: *derived(b"check/1"),
        }
    }

    /// The value in a place by which the right key is recognised later.
    pub(crate) fn key_check(&self) -> [u8; 32] {
        self.key_check
    }

    /// The name under which a blob is stored.
    pub(crate) fn blob_name(&self, digest: &Digest) -> Digest {
        keyed(&self.names, &[digest.as_bytes()])
    }

    /// Seals bytes for what they belong to.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the system gives no random bytes.
    pub(crate) fn seal(&self, place: &str, owner: Owner<'_>, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE_BYTES] = random(place)?;
        let bound = owner.bound();
        let sealed = self.seal.encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: &bound });
        // It fails for more than 2^38 bytes alone, and sizes are checked long before.
        let sealed = sealed.map_err(|error| failed(place, error.to_string()))?;
        Ok([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Opens sealed bytes; `None` when they were altered, or belong elsewhere, or are under another
    /// key.
    pub(crate) fn open(&self, owner: Owner<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (&VERSION, rest) = sealed.split_first()? else { return None };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        self.seal.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &owner.bound() }).ok()
    }
}

impl Owner<'_> {
    /// The associated data.
    fn bound(self) -> Vec<u8> {
        match self {
            Self::Event { stream, seq } => length_prefixed(&[b"event", stream.as_bytes(), &seq.to_be_bytes()]),
            Self::Document { collection, key } => {
                length_prefixed(&[b"document", collection.name().as_bytes(), key.as_bytes()])
            }
            Self::Blob(digest) => length_prefixed(&[b"blob", digest.as_bytes()]),
        }
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>(place: &str) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| failed(place, format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

fn failed(place: &str, cause: String) -> StoreError {
    StoreError::Backend { place: place.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_its_own_owner_and_key_alone() {
        let cipher = Cipher::new(&[1; 32], &[2; 32]);
        let digest = Digest::of(b"x");
        let owners = [
            Owner::Event { stream: "seat/a", seq: 1 },
            Owner::Event { stream: "seat/a", seq: 2 },
            Owner::Event { stream: "seat/b", seq: 1 },
            Owner::Document { collection: Collection::Seat, key: "seat/a" },
            Owner::Document { collection: Collection::Room, key: "seat/a" },
            Owner::Blob(&digest),
        ];
        for (place, owner) in owners.into_iter().enumerate() {
            let sealed = cipher.seal("here", owner, "答案".as_bytes()).expect("sealed");
            assert!(!sealed.windows(6).any(|window| window == "答案".as_bytes()));
            for (other, opener) in owners.into_iter().enumerate() {
                assert_eq!(cipher.open(opener, &sealed).is_some(), place == other, "{place} as {other}");
            }
            for (key, salt) in [([9; 32], [2; 32]), ([1; 32], [9; 32])] {
                assert_eq!(Cipher::new(&key, &salt).open(owner, &sealed), None);
            }
            for byte in 0..sealed.len() {
                let mut altered = sealed.clone();
                altered[byte] ^= 1;
                assert_eq!(cipher.open(owner, &altered), None, "byte {byte}");
            }
        }
        assert_eq!(cipher.open(Owner::Blob(&digest), &[]), None);
        assert_ne!(cipher.blob_name(&digest), digest);
    }

    // The same bytes twice must not look the same: otherwise a changed answer could be
    // distinguished from an unchanged one.
    #[test]
    fn equal_bytes_are_sealed_differently() {
        let cipher = Cipher::new(&[1; 32], &[2; 32]);
        let seal = || cipher.seal("here", Owner::Event { stream: "seat/a", seq: 1 }, b"same").expect("sealed");
        assert_ne!(seal(), seal());
    }
}
