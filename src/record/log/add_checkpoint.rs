//! What a log asks a witness (C2SP tlog-witness, `add-checkpoint`).
//!
//! ```text
//! old <size that the witness saw last, 0 for none>
//! <hash of the consistency proof in base64>
//! …
//!
//! <signed checkpoint>
//! ```

use super::note::{MAX_NOTE_BYTES, Note};
use crate::digest::Digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

/// Most hashes of a consistency proof.
pub const MAX_PROOF_HASHES: usize = 63;

/// A request for a cosignature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size that the witness saw last; 0 for none.
    pub old_size: u64,
    /// The proof that the checkpoint's tree begins with the tree of that size; empty for none.
    pub proof: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// Text that is not such a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request with an old size, a consistency proof and a signed checkpoint")]
pub struct AddCheckpointError;

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// [`AddCheckpointError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, AddCheckpointError> {
        if text.len() > 2 * MAX_NOTE_BYTES {
            return Err(AddCheckpointError);
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(AddCheckpointError)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(AddCheckpointError)?;
        let proof: Vec<_> = lines.map(hash).collect::<Option<_>>().ok_or(AddCheckpointError)?;
        if proof.len() > MAX_PROOF_HASHES {
            return Err(AddCheckpointError);
        }
        let checkpoint = Note::parse(checkpoint).map_err(|_| AddCheckpointError)?;
        Ok(Self { old_size: decimal(old).ok_or(AddCheckpointError)?, proof, checkpoint })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "old {}", self.old_size)?;
        for hash in &self.proof {
            writeln!(formatter, "{}", STANDARD.encode(hash.as_bytes()))?;
        }
        write!(formatter, "\n{}", self.checkpoint)
    }
}

/// A number in decimal without leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in base64.
pub(super) fn hash(text: &str) -> Option<Digest> {
    Some(Digest::from_bytes(STANDARD.decode(text).ok()?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    const EXAMPLE: &str = "\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
";

    #[test]
    fn the_specification_s_example() {
        let request = AddCheckpoint::parse(EXAMPLE).expect("a request");
        assert_eq!((request.old_size, request.proof.len()), (20_852_014, 4));
        assert_eq!(request.checkpoint.signatures().len(), 2);
        assert_eq!(request.to_string(), EXAMPLE);
        let first = EXAMPLE.replace("old 20852014", "old 0");
        assert_eq!(AddCheckpoint::parse(&first).map(|request| request.old_size), Ok(0));
    }

    #[test]
    fn other_texts_are_refused() {
        let head = "old 20852014\n";
        let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
        for text in [
            String::new(),
            EXAMPLE.replace("old 2", "new 2"),
            EXAMPLE.replace("old 2", "old 02"),
            EXAMPLE.replace("old 2", "old +2"),
            EXAMPLE.replace("old 2", "old -2"),
            EXAMPLE.replace("old 20852014", "old 18446744073709551616"),
            EXAMPLE.replace("PlRN", "Pl N"),
            EXAMPLE.replace("PlRN", "AAAAPlRN"),
            EXAMPLE.replace("— ", "- "),
            EXAMPLE.replace(head, &format!("{head}{}", hash.repeat(60))),
        ] {
            assert_eq!(AddCheckpoint::parse(&text), Err(AddCheckpointError), "{text:.60}");
        }
        assert!(AddCheckpoint::parse(&EXAMPLE.replace(head, &format!("{head}{}", hash.repeat(59)))).is_ok());
    }
}
