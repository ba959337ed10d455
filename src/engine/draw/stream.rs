//! The only source of chance: a raw ChaCha20 keystream (RFC 8439), read as words (section 1 of the specification).
//!
//! Rejection and shuffle are written out here, because those of libraries change between releases and machines.

use kaoping_record::digest::Digest;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::num::NonZeroU32;

/// A keystream under one key, nonce and counter from zero.
pub struct Stream(ChaCha20Rng);

impl Stream {
    /// The key is what `keyed` makes of seed, purpose and parts.
    #[must_use]
    pub fn new(key: Digest) -> Self {
        // `from_seed` takes the seed as the key; stream number (nonce) and counter are zero.
        Self(ChaCha20Rng::from_seed(*key.as_bytes()))
    }

    /// The next 32 bits of the keystream, little-endian.
    pub fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// A number from 0 to n − 1, each as likely as the others.
    pub fn below(&mut self, n: NonZeroU32) -> u32 {
        let n = n.get();
        loop {
            let product = u64::from(self.word()) * u64::from(n);
            // The lower half, and 2^32 mod n, which is below n: most words need no division.
            let low = u32::try_from(product & 0xffff_ffff).unwrap_or(u32::MAX);
            if low >= n || low >= n.wrapping_neg() % n {
                // The product is below 2^32 · n, so its upper half is below n.
                return u32::try_from(product >> 32).unwrap_or(u32::MAX);
            }
        }
    }

    /// Shuffles a list (Fisher–Yates from the last element down).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let Some(n) = u32::try_from(last + 1).ok().and_then(NonZeroU32::new) else { continue };
            list.swap(last, self.below(n) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(byte: u8) -> Stream {
        Stream::new(Digest::from_bytes([byte; 32]))
    }

    fn number(n: u32) -> NonZeroU32 {
        NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
    }

    // head -c 144 /dev/zero | openssl enc -chacha20 -K 0707…07 -iv 00000000000000000000000000000000 | sha256sum, and | od -An -tu4
    // Three blocks, so that the counter moves.
    #[test]
    fn words_are_those_of_openssl() {
        let mut stream = stream(7);
        let words: Vec<u32> = (0..36).map(|_| stream.word()).collect();
        assert_eq!(words[..4], [2_022_834_420, 1_106_684_503, 3_126_981_908, 1_887_024_044]);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let expected = "54f6bf87c92feb8cb5922f20cb614d0c0f55bef8bc107b2aaba2f692bae941e5";
        assert_eq!(Digest::of(&bytes).to_hex(), expected);
    }

    // By hand from those words: 2022834420 · 10 = 4 · 2^32 + 3048475016.
    // For n = 3 · 2^30 a word is dropped when its last two bits are zero, as the first word's are; then
    // 1106684503 · 3 / 4 = 830013377.25.
    #[test]
    fn below_drops_words_that_would_favour_small_numbers() {
        assert_eq!(stream(7).below(number(10)), 4);
        assert_eq!(stream(7).below(number(3 << 30)), 830_013_377);
        let mut stream = stream(7);
        assert_eq!(stream.below(number(1)), 0);
        assert_eq!(stream.word(), 1_106_684_503, "below(1) takes a word too");
    }

    // By hand: below(4) = 1, below(3) = 0, below(2) = 1 make [0,3,2,1], [2,3,0,1], [2,3,0,1].
    #[test]
    fn shuffle_goes_from_the_last_element_down() {
        let mut list = [0, 1, 2, 3];
        stream(7).shuffle(&mut list);
        assert_eq!(list, [2, 3, 0, 1]);
        let mut stream = stream(7);
        stream.shuffle(&mut [0]);
        assert_eq!(stream.word(), 2_022_834_420, "a list of one takes no word");
    }
}
