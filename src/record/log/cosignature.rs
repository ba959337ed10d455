//! Cosignatures (C2SP tlog-cosignature, Ed25519): a witness says that at this time it saw the log at this size with this
//! root, and that the log had only grown since it last looked.
//!
//! A witness signs `cosignature/v1`, a line `time <seconds>`, and the note's whole text. Its line holds the time as eight
//! big-endian bytes and the signature of 64.

use super::note::{Note, NoteKey, NoteKeyKind, NoteSignature};
use crate::key::{KeyError, Signer};
use crate::software::verify_ed25519;
use crate::time::Time;

/// A witness that saw a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// Its name.
    pub witness: String,
    /// When, to the second.
    pub at: Time,
}

/// Why a cosignature cannot be made or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// The key is not a witness's.
    #[error("`{0}` is not a witness's key")]
    Kind(String),
    /// The time is before 1970 or beyond what is written.
    #[error("the cosignature's time is out of range")]
    Time,
    /// A known witness's line does not hold.
    #[error("cosignature by `{witness}`: {error}")]
    Signature {
        /// Name of the witness whose signature fails.
        witness: String,
        /// What is wrong.
        error: KeyError,
    },
}

/// A witness's line for a note. Whether the note deserves it is for [`super::witness`] to find.
///
/// # Errors
/// [`CosignatureError`] when the key is not a witness's, the time is before 1970 or the signer fails.
pub fn cosign(
    note: &Note,
    witness: &NoteKey,
    signer: &dyn Signer,
    at: Time,
) -> Result<NoteSignature, CosignatureError> {
    let failed = |error| CosignatureError::Signature { witness: witness.name().to_owned(), error };
    if witness.kind() != NoteKeyKind::Witness {
        return Err(CosignatureError::Kind(witness.name().to_owned()));
    }
    if signer.public_key() != witness.key() {
        return Err(failed(KeyError::Key("Ed25519")));
    }
    let seconds = u64::try_from(at.millis() / 1000).map_err(|_| CosignatureError::Time)?;
    let signature = signer.sign(&message(note, seconds)).map_err(failed)?;
    Ok(witness.line([seconds.to_be_bytes().as_slice(), &signature].concat()))
}

/// When a witness cosigned a note; `None` when it did not.
///
/// # Errors
/// [`CosignatureError`] when the key is not a witness's, or there is a line by it that does not hold.
pub fn cosigned(note: &Note, witness: &NoteKey) -> Result<Option<Cosigned>, CosignatureError> {
    if witness.kind() != NoteKeyKind::Witness {
        return Err(CosignatureError::Kind(witness.name().to_owned()));
    }
    let Some(line) = note.by(witness) else { return Ok(None) };
    let failed = |error| CosignatureError::Signature { witness: witness.name().to_owned(), error };
    let (seconds, signature) = line.signature.split_first_chunk().ok_or_else(|| failed(KeyError::Signature))?;
    let seconds = u64::from_be_bytes(*seconds);
    verify_ed25519(witness.key(), &message(note, seconds), signature).map_err(failed)?;
    let millis = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1000));
    let at = Time::from_millis(millis.ok_or(CosignatureError::Time)?);
    Ok(Some(Cosigned { witness: witness.name().to_owned(), at }))
}

/// Which of these witnesses cosigned a note. Lines by others say nothing and are passed over.
///
/// # Errors
/// [`CosignatureError`] when a line by one of them does not hold: such a note was tampered with.
pub fn witnesses(note: &Note, known: &[NoteKey]) -> Result<Vec<Cosigned>, CosignatureError> {
    known.iter().filter_map(|witness| cosigned(note, witness).transpose()).collect()
}

fn message(note: &Note, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{}", note.text()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software::Ed25519Signer;

    fn witness(seed: u8) -> (NoteKey, Ed25519Signer) {
        let signer = Ed25519Signer::from_seed(&[seed; 32]).expect("a key");
        let name = format!("witness.example/{seed}");
        (NoteKey::new(&name, NoteKeyKind::Witness, signer.public_key().clone()).expect("a name"), signer)
    }

    #[test]
    fn holds_and_breaks() {
        let (key, signer) = witness(2);
        let (stranger, _) = witness(3);
        let note = Note::new("log.example\n1\nroot\n".into()).expect("a text");
        let line = cosign(&note, &key, &signer, Time::from_millis(1_795_326_166_999)).expect("signed");
        let signed = note.with(line.clone());
        let seen = Cosigned { witness: "witness.example/2".into(), at: Time::from_millis(1_795_326_166_000) };
        assert_eq!(witnesses(&signed, &[stranger, key.clone()]), Ok(vec![seen]));

        let other = Note::new("log.example\n2\nroot\n".into()).expect("a text").with(line.clone());
        let broken = CosignatureError::Signature { witness: "witness.example/2".into(), error: KeyError::Signature };
        assert_eq!(witnesses(&other, std::slice::from_ref(&key)), Err(broken.clone()));
        for place in [0, 7, 8, 71] {
            let mut altered = line.clone();
            altered.signature[place] ^= 1;
            assert_eq!(cosigned(&signed.clone().with(altered), &key), Err(broken.clone()), "byte {place}");
        }
        let mut short = line;
        short.signature.truncate(7);
        assert_eq!(cosigned(&signed.with(short), &key), Err(broken));
    }

    #[test]
    fn a_log_s_key_is_no_witness() {
        let (key, signer) = witness(2);
        let log = NoteKey::new("log.example", NoteKeyKind::Log, key.key().clone()).expect("a name");
        let note = Note::new("log.example\n1\nroot\n".into()).expect("a text");
        let refused = CosignatureError::Kind("log.example".into());
        assert_eq!(cosign(&note, &log, &signer, Time::from_millis(0)), Err(refused.clone()));
        assert_eq!(cosigned(&note, &log), Err(refused));
        let (_, other) = witness(3);
        assert!(matches!(cosign(&note, &key, &other, Time::from_millis(0)), Err(CosignatureError::Signature { .. })));
        assert_eq!(cosign(&note, &key, &signer, Time::from_millis(-1000)), Err(CosignatureError::Time));
    }
}
