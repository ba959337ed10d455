//! Signed notes (C2SP signed-note): a text, and lines of signatures to which others add theirs.
//!
//! ```text
//! <text, which ends with a newline>
//!
//! — <key name> <base64 of 4-byte key id and signature>
//! — <another key name> …
//! ```

use crate::digest::to_hex;
use crate::key::{Algorithm, KeyError, PublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The longest note that is read, in bytes.
pub const MAX_NOTE_BYTES: usize = 64 * 1024;
/// Most signatures of a note that is read.
pub const MAX_NOTE_SIGNATURES: usize = 64;

/// A text and its signatures, of which none is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One line of a note. It says who claims to have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// First four bytes of a hash over name, algorithm and key (C2SP signed-note).
    pub key_id: [u8; 4],
    /// The text in the normal form of the key's kind.
    pub signature: Vec<u8>,
}

/// What a key signs. The byte of its kind goes into its id, so that a key of one kind is never
/// taken for one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKeyKind {
    /// Type 1: Ed25519 over the text, as a log signs its checkpoints.
    Log,
    /// Type 4: Ed25519 over a time and the text, as a witness does (C2SP tlog-cosignature).
    Witness,
}

/// A key of notes with its name. Its text is the verifier key that other tools take:
/// `<name>+<id>+<base64 of type and key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    kind: NoteKeyKind,
    key: PublicKey,
    id: [u8; 4],
}

/// Why text is no note or no verifier key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a text, an empty line and lines of signatures, within the bounds.
    #[error("not a signed note")]
    Form,
    /// A name that is empty or has a space or a plus sign.
    #[error("`{0}` cannot be the name of a key")]
    Name(String),
    /// Not a verifier key, or one whose id does not fit.
    #[error("not a verifier key")]
    VerifierKey,
    /// Not an Ed25519 key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Note {
    /// A note without a signature yet.
    ///
    /// # Errors
    /// [`NoteError::Form`] unless the text ends with a newline and has no other control characters,
    /// DEL and C1 among them.
    pub fn new(text: String) -> Result<Self, NoteError> {
        let fits = text.ends_with('\n') && !text.chars().any(|c| c.is_control() && c != '\n');
        if fits { Ok(Self { text, signatures: Vec::new() }) } else { Err(NoteError::Form) }
    }

    /// Reads a note without judging its signatures.
    ///
    /// # Errors
    /// [`NoteError::Form`] for anything else.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Form);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let mut parsed = Self::new(format!("{text}\n"))?;
        for line in lines.strip_suffix('\n').ok_or(NoteError::Form)?.split('\n') {
            parsed.signatures.push(NoteSignature::parse(line)?);
        }
        if parsed.signatures.len() > MAX_NOTE_SIGNATURES { Err(NoteError::Form) } else { Ok(parsed) }
    }

    /// The text that is signed, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, in their order.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The first signature that claims to be by this key.
    #[must_use]
    pub fn by(&self, key: &NoteKey) -> Option<&NoteSignature> {
        self.signatures.iter().find(|line| line.name == key.name && line.key_id == key.id)
    }

    /// Adds a signature; one by the same key makes way for it.
    #[must_use]
    pub fn with(mut self, signature: NoteSignature) -> Self {
        self.signatures.retain(|line| (&line.name, line.key_id) != (&signature.name, signature.key_id));
        self.signatures.push(signature);
        self
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| write!(formatter, "{line}"))
    }
}

impl NoteSignature {
    /// Reads a line, without its newline.
    ///
    /// # Errors
    /// [`NoteError`] unless it has the form.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, value) = line.strip_prefix("— ").and_then(|line| line.split_once(' ')).ok_or(NoteError::Form)?;
        checked_name(name)?;
        let value = STANDARD.decode(value).map_err(|_| NoteError::Form)?;
        let (key_id, signature) = value.split_first_chunk().ok_or(NoteError::Form)?;
        if signature.is_empty() {
            return Err(NoteError::Form);
        }
        Ok(Self { name: name.to_owned(), key_id: *key_id, signature: signature.to_vec() })
    }
}

impl fmt::Display for NoteSignature {
    /// The line with its newline.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = [self.key_id.as_slice(), &self.signature].concat();
        writeln!(formatter, "— {} {}", self.name, STANDARD.encode(value))
    }
}

impl NoteKeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Witness => 4,
        }
    }
}

impl NoteKey {
    /// A key with its name.
    ///
    /// # Errors
    /// [`NoteError`] when the name cannot be one, or the key is not for Ed25519.
    pub fn new(name: &str, kind: NoteKeyKind, key: PublicKey) -> Result<Self, NoteError> {
        checked_name(name)?;
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(KeyError::Key(Algorithm::Ed25519.name()).into());
        }
        let hash =
            Sha256::new().chain_update(name).chain_update([b'\n', kind.byte()]).chain_update(key.raw()).finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
        Ok(Self { name: name.to_owned(), kind, key, id: [a, b, c, d] })
    }

    /// Reads a verifier key.
    ///
    /// # Errors
    /// [`NoteError::VerifierKey`] for other text, an unknown type, or an id that does not fit.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(NoteError::VerifierKey);
        let (name, id, value) = (part()?, part()?, part()?);
        let value = STANDARD.decode(value).map_err(|_| NoteError::VerifierKey)?;
        let (kind, raw) = match value.split_first() {
            Some((1, raw)) => (NoteKeyKind::Log, raw),
            Some((4, raw)) => (NoteKeyKind::Witness, raw),
            _ => return Err(NoteError::VerifierKey),
        };
        let raw = PublicKey::from_raw(Algorithm::Ed25519, raw).map_err(|_| NoteError::VerifierKey)?;
        let key = Self::new(name, kind, raw)?;
        if to_hex(&key.id) == id { Ok(key) } else { Err(NoteError::VerifierKey) }
    }

    /// The name by which others know the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs.
    #[must_use]
    pub const fn kind(&self) -> NoteKeyKind {
        self.kind
    }

    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// A line with a signature by this key.
    #[must_use]
    pub fn line(&self, signature: Vec<u8>) -> NoteSignature {
        NoteSignature { name: self.name.clone(), key_id: self.id, signature }
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = STANDARD.encode([&[self.kind.byte()], self.key.raw()].concat());
        write!(formatter, "{}+{}+{value}", self.name, to_hex(&self.id))
    }
}

fn checked_name(name: &str) -> Result<(), NoteError> {
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(NoteError::Name(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of golang.org/x/mod/sumdb/note.
    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn verifier_keys_of_another_program() {
        let key = NoteKey::parse(NEUMANN).expect("a key");
        assert_eq!((key.name(), key.kind(), key.to_string().as_str()), ("PeterNeumann", NoteKeyKind::Log, NEUMANN));
        for wrong in [
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNewmann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=",
            "PeterNeumann+c74f20a3",
            "",
        ] {
            assert_eq!(NoteKey::parse(wrong), Err(NoteError::VerifierKey), "{wrong}");
        }
        assert!(matches!(NoteKey::new("a b", NoteKeyKind::Log, key.key().clone()), Err(NoteError::Name(_))));
    }

    #[test]
    fn a_note_of_another_program() {
        let text =
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let note = format!("{text}\n{line}\n");
        let parsed = Note::parse(&note).expect("a note");
        assert_eq!((parsed.text(), parsed.to_string().as_str()), (text, note.as_str()));
        let key = NoteKey::parse(NEUMANN).expect("a key");
        let line = parsed.by(&key).expect("signed");
        assert_eq!(crate::software::verify_ed25519(key.key(), text.as_bytes(), &line.signature), Ok(()));
    }

    #[test]
    fn a_text_may_have_empty_lines() {
        // The example of the specification.
        let text = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n";
        let line = "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=";
        let parsed = Note::parse(&format!("{text}\n{line}\n")).expect("a note");
        assert_eq!((parsed.text(), parsed.signatures().len()), (text, 1));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let line = "— a AAAAAAA=\n";
        for note in [
            String::new(),
            "text\n".into(),
            "text\n\n".into(),
            format!("text\n{line}"),
            "text\n\n— a AAAAAAA=".into(),
            "text\n\n- a AAAAAAA=\n".into(),
            "text\n\n— a AAAA\n".into(),
            "text\n\n— a AAAAAA==\n".into(),
            "text\n\n— a\n".into(),
            "te\tt\n\n— a AAAAAAA=\n".into(),
            "te\u{7f}t\n\n— a AAAAAAA=\n".into(),
            "te\u{9b}t\n\n— a AAAAAAA=\n".into(),
            format!("text\n\n{}", line.repeat(65)),
            format!("{}\n\n{line}", "x".repeat(MAX_NOTE_BYTES)),
        ] {
            assert!(Note::parse(&note).is_err(), "{:.40}", note);
        }
        assert!(Note::parse(&format!("text\n\n{}", line.repeat(64))).is_ok());
        assert!(matches!(Note::parse("text\n\n—  AAAAAAA=\n"), Err(NoteError::Name(_))));
        assert!(matches!(Note::parse("text\n\n— a+b AAAAAAA=\n"), Err(NoteError::Name(_))));
    }

    #[test]
    fn a_newer_signature_takes_the_older_s_place() {
        let key = NoteKey::parse(NEUMANN).expect("a key");
        let note = Note::new("text\n".into()).expect("a text").with(key.line(vec![1])).with(key.line(vec![2]));
        assert_eq!(note.signatures().len(), 1);
        assert_eq!(note.by(&key).map(|line| line.signature.as_slice()), Some([2].as_slice()));
    }
}
