//! Sealing, and blind indexes: all that is done with the key.

use super::normal::{IndexKind, normal};
use super::rows::Founding;
use crate::installation::InstallationId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kaoping_record::digest::{keyed, length_prefixed};
use zeroize::Zeroizing;

/// The form of sealed bytes: this byte, 24 bytes of nonce, ciphertext with its tag.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Keys derived from the caller's key and the salt of one place, each by HMAC-SHA-256 under a label
/// of its own.
pub(crate) struct Cipher {
    seal: XChaCha20Poly1305,
    index: Zeroizing<[u8; 32]>,
    key_check: [u8; 32],
}

impl Cipher {
    pub(crate) fn new(key: &[u8; 32], salt: &[u8; 32]) -> Self {
        let derived = |label: &[u8]| *keyed(key, &[b"kaoping/identity", label, salt]).as_bytes();
        let seal = Zeroizing::new(derived(b"seal/1"));
        Self {
            seal: XChaCha20Poly1305::new(&Key::from(*seal)),
            index: Zeroizing::new(derived(b"index/1")),
            key_check: derived(b"check/1"),
        }
    }

    /// The value in a place by which the right key is recognised later.
    pub(crate) fn founding(&self, installation: InstallationId, salt: [u8; 32]) -> Founding {
        Founding { installation, salt, key_check: self.key_check }
    }

    pub(crate) fn fits(&self, founding: &Founding) -> bool {
        self.key_check == founding.key_check
    }

    /// Seals bytes for a pseudonym; `None` only when they are longer than the cipher allows (2^38
    /// bytes).
    pub(crate) fn seal(&self, pseudonym: &str, nonce: [u8; NONCE_BYTES], bytes: &[u8]) -> Option<Vec<u8>> {
        let bound = bound_to(pseudonym);
        let payload = Payload { msg: bytes, aad: &bound };
        let ciphertext = self.seal.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&[VERSION], nonce.as_slice(), &ciphertext].concat())
    }

    /// Opens sealed bytes; `None` when they were altered, or sealed for another pseudonym or under
    /// another key.
    pub(crate) fn open(&self, pseudonym: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&VERSION, rest) = sealed.split_first()? else { return None };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let bound = bound_to(pseudonym);
        let payload = Payload { msg: ciphertext, aad: &bound };
        self.seal.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// The digest under which a value is found.
    pub(crate) fn blind_index(&self, kind: IndexKind, value: &str) -> [u8; 32] {
        *keyed(&self.index, &[kind.name().as_bytes(), normal(value).as_bytes()]).as_bytes()
    }
}

/// The associated data: what the ciphertext belongs to.
fn bound_to(pseudonym: &str) -> Vec<u8> {
    length_prefixed(&[b"kaoping/identity", &[VERSION], pseudonym.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_its_own_pseudonym_and_key_alone() {
        let cipher = Cipher::new(&[1; 32], &[2; 32]);
        let sealed = cipher.seal("p1", [3; 24], "王𠮷".as_bytes()).expect("short");
        assert_eq!(sealed.len(), 1 + 24 + 7 + 16);
        assert_eq!(cipher.open("p1", &sealed).as_deref().map(Vec::as_slice), Some("王𠮷".as_bytes()));
        assert_eq!(cipher.open("p2", &sealed), None);
        assert_eq!(Cipher::new(&[9; 32], &[2; 32]).open("p1", &sealed), None, "another key");
        assert_eq!(Cipher::new(&[1; 32], &[9; 32]).open("p1", &sealed), None, "another salt");
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(cipher.open("p1", &altered), None, "byte {place}");
        }
        assert_eq!(cipher.open("p1", &[]), None);
    }

    #[test]
    fn an_index_value_belongs_to_key_and_kind() {
        let cipher = Cipher::new(&[1; 32], &[2; 32]);
        let number = cipher.blind_index(IndexKind::DocumentNumber, "10000019660908105x");
        assert_eq!(number, cipher.blind_index(IndexKind::DocumentNumber, " 10000019660908105X"));
        assert_ne!(number, cipher.blind_index(IndexKind::Phone, "10000019660908105X"));
        assert_ne!(
            number,
            Cipher::new(&[9; 32], &[2; 32]).blind_index(IndexKind::DocumentNumber, "10000019660908105X")
        );
        // Worked out with Python's hmac: index key = HMAC(01…01, parts "kaoping/identity",
        // "index/1", 02…02), value = HMAC(index key, parts "phone", "13800000000"); every part
        // after its length in 4 bytes.
        assert_eq!(
            kaoping_record::digest::to_hex(&cipher.blind_index(IndexKind::Phone, "138 0000 0000")),
            "c9d7a7df4312f0a485b660579d44191f20330b79946f94d820b21e9d9a3430a8"
        );
    }
}
