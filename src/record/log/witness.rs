//! A witness (C2SP tlog-witness): it remembers the last checkpoint of each log that it cosigned,
//! and cosigns a newer one only when the log has merely grown. So a log cannot show one history to
//! some and another to others.
//!
//! Its memory is a small file, canonical JSON:
//! `{kind: "witness-state", logs: [{origin, root, size}], v: 1}`.

use super::add_checkpoint::{AddCheckpoint, AddCheckpointError};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::cosignature::{CosignatureError, cosign};
use super::note::{NoteKey, NoteKeyKind, NoteSignature};
use super::tree::{ProofError, verify_consistency};
use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::key::Signer;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// The kind of a witness's state.
pub const WITNESS_STATE_KIND: &str = "witness-state";
/// The version of the form.
pub const WITNESS_STATE_VERSION: u32 = 1;
/// The longest memory that is read, in bytes.
pub const MAX_WITNESS_STATE_BYTES: usize = 1024 * 1024;

/// What a witness remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessState {
    kind: String,
    v: u32,
    logs: Vec<Seen>,
}

/// The last checkpoint of a log that was cosigned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The log's name.
    pub origin: String,
    /// Root of its tree.
    pub root: Digest,
    /// Number of its leaves.
    pub size: u64,
}

/// A witness's name and key.
#[derive(Clone, Copy)]
pub struct Witness<'a> {
    /// The key with its name, of the kind [`NoteKeyKind::Witness`].
    pub key: &'a NoteKey,
    /// Signs with it.
    pub signer: &'a dyn Signer,
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is not of the form.
    #[error(transparent)]
    Form(#[from] AddCheckpointError),
    /// The checkpoint is of a log that the witness does not watch.
    #[error("log `{0}` is not among those that are watched")]
    UnknownLog(String),
    /// The checkpoint's text is none, or the log's signature is missing or does not hold.
    #[error("the log's signature: {0}")]
    LogSignature(CheckpointError),
    /// The checkpoint is smaller than the size that the request starts from.
    #[error("a checkpoint of {size} leaves cannot follow one of {old_size}")]
    Shrunk {
        /// Size that the request starts from.
        old_size: u64,
        /// Size of the checkpoint.
        size: u64,
    },
    /// The request does not start from what the witness saw last. The proof must be made from that
    /// size.
    #[error("the request starts from {old_size} leaves, the last checkpoint seen has {seen}")]
    OldSize {
        /// Size that the request starts from.
        old_size: u64,
        /// Size that was cosigned last; 0 for none.
        seen: u64,
    },
    /// Two checkpoints of one size with different roots: the log has two histories.
    #[error("split view: at {size} leaves the root was {seen}, now it is {shown}", seen = seen.to_hex(), shown = shown.to_hex())]
    SplitView {
        /// Number of leaves.
        size: u64,
        /// The root that was cosigned.
        seen: Digest,
        /// The root that is shown now.
        shown: Digest,
    },
    /// The proof does not lead from what was seen to the checkpoint: it is wrong, or the log's past
    /// was altered.
    #[error("consistency proof from {old_size} to {size} leaves: {error}")]
    Proof {
        /// Size that was cosigned last.
        old_size: u64,
        /// Size of the checkpoint.
        size: u64,
        /// What does not fit.
        error: ProofError,
    },
    /// The witness's own key failed.
    #[error(transparent)]
    Key(#[from] CosignatureError),
}

/// Why bytes are no witness's memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessStateError {
    /// Not canonical JSON of the form.
    #[error("not a witness's state: {0}")]
    Form(#[from] CanonicalError),
    /// Another kind or version, too long, or a log twice.
    #[error("not a witness's state of version {WITNESS_STATE_VERSION}")]
    Kind,
}

impl Default for WitnessState {
    fn default() -> Self {
        Self { kind: WITNESS_STATE_KIND.into(), v: WITNESS_STATE_VERSION, logs: Vec::new() }
    }
}

impl WitnessState {
    /// Reads a memory.
    ///
    /// # Errors
    /// [`WitnessStateError`] naming what does not fit.
    pub fn parse(bytes: &[u8]) -> Result<Self, WitnessStateError> {
        if bytes.len() > MAX_WITNESS_STATE_BYTES {
            return Err(WitnessStateError::Kind);
        }
        let state: Self = canonical::from_bytes(bytes)?;
        let sorted = state.logs.is_sorted_by(|one, next| one.origin < next.origin);
        if state.kind != WITNESS_STATE_KIND || state.v != WITNESS_STATE_VERSION || !sorted {
            return Err(WitnessStateError::Kind);
        }
        Ok(state)
    }

    /// The bytes of a memory.
    ///
    /// # Errors
    /// [`CanonicalError`] when a log has more than 2^53 leaves.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(self)
    }

    /// The last checkpoint of a log that was cosigned.
    #[must_use]
    pub fn seen(&self, origin: &str) -> Option<&Seen> {
        self.logs.iter().find(|seen| seen.origin == origin)
    }

    /// Cosigns a checkpoint, or says why not. What is remembered changes only when it is cosigned,
    /// and must be on disk before the line is given away; two requests must not run at once on one
    /// memory.
    ///
    /// # Errors
    /// [`Refusal`] naming what does not fit.
    pub fn cosign(
        &mut self,
        request: &AddCheckpoint,
        logs: &[NoteKey],
        witness: Witness<'_>,
        now: Time,
    ) -> Result<NoteSignature, Refusal> {
        let checkpoint = self.judge(request, logs)?;
        let line = cosign(&request.checkpoint, witness.key, witness.signer, now)?;
        let Checkpoint { origin, size, root } = checkpoint;
        match self.logs.binary_search_by(|seen| seen.origin.cmp(&origin)) {
            Ok(place) => self.logs.get_mut(place).into_iter().for_each(|seen| (seen.size, seen.root) = (size, root)),
            Err(place) => self.logs.insert(place, Seen { origin, root, size }),
        }
        Ok(line)
    }

    /// The checks of tlog-witness in their order.
    fn judge(&self, request: &AddCheckpoint, logs: &[NoteKey]) -> Result<Checkpoint, Refusal> {
        let claimed = Checkpoint::parse(request.checkpoint.text()).map_err(Refusal::LogSignature)?;
        let log = logs.iter().find(|log| log.kind() == NoteKeyKind::Log && log.name() == claimed.origin);
        let log = log.ok_or_else(|| Refusal::UnknownLog(claimed.origin.clone()))?;
        let checkpoint = Checkpoint::verify_note(&request.checkpoint, log).map_err(Refusal::LogSignature)?;
        let (old_size, size) = (request.old_size, checkpoint.size);
        if old_size > size {
            return Err(Refusal::Shrunk { old_size, size });
        }
        let seen = self.seen(&checkpoint.origin);
        let seen_size = seen.map_or(0, |seen| seen.size);
        if old_size != seen_size {
            return Err(Refusal::OldSize { old_size, seen: seen_size });
        }
        // Before the first leaf there is one tree alone, with which every tree begins.
        let seen_root = seen.map_or_else(|| Digest::of(&[]), |seen| seen.root);
        if old_size == size && seen_root != checkpoint.root {
            return Err(Refusal::SplitView { size, seen: seen_root, shown: checkpoint.root });
        }
        let consistent = match old_size {
            0 if request.proof.is_empty() => Ok(()),
            0 => Err(ProofError::Length),
            _ => verify_consistency(old_size, size, &request.proof, &seen_root, &checkpoint.root),
        };
        consistent.map_err(|error| Refusal::Proof { old_size, size, error })?;
        Ok(checkpoint)
    }
}

impl Refusal {
    /// The status of tlog-witness with which a service answers.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Form(_) | Self::Shrunk { .. } => 400,
            Self::LogSignature(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::OldSize { .. } | Self::SplitView { .. } => 409,
            Self::Proof { .. } => 422,
            Self::Key(_) => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::PublicKey;
    use crate::log::cosignature::witnesses;
    use crate::log::note::Note;
    use crate::log::tree::{consistency_proof, leaf_hash, root};
    use crate::software::Ed25519Signer;

    const ORIGIN: &str = "log.example/a";

    struct Scene {
        log: Ed25519Signer,
        witness: Ed25519Signer,
        state: WitnessState,
    }

    fn key(name: &str, kind: NoteKeyKind, key: &PublicKey) -> NoteKey {
        NoteKey::new(name, kind, key.clone()).expect("a key")
    }

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|n| leaf_hash(&[n])).collect()
    }

    impl Scene {
        fn new() -> Self {
            let signer = |seed| Ed25519Signer::from_seed(&[seed; 32]).expect("a key");
            Self { log: signer(1), witness: signer(2), state: WitnessState::default() }
        }

        fn request(&self, old: u8, leaves: &[Digest]) -> AddCheckpoint {
            let checkpoint = Checkpoint { origin: ORIGIN.into(), size: leaves.len() as u64, root: root(leaves) };
            let note = checkpoint.sign(&self.log).expect("signed");
            AddCheckpoint {
                old_size: old.into(),
                proof: consistency_proof(leaves, old.into()).unwrap_or_default(),
                checkpoint: Note::parse(&note).expect("a note"),
            }
        }

        fn ask(&mut self, request: &AddCheckpoint) -> Result<NoteSignature, Refusal> {
            let logs = [key(ORIGIN, NoteKeyKind::Log, self.log.public_key())];
            let own = key("witness.example", NoteKeyKind::Witness, self.witness.public_key());
            let before = self.state.clone();
            let outcome = self.state.cosign(
                request,
                &logs,
                Witness { key: &own, signer: &self.witness },
                Time::from_millis(5000),
            );
            if let Ok(line) = &outcome {
                let signed = request.checkpoint.clone().with(line.clone());
                assert_eq!(witnesses(&signed, &[own]).expect("holds").len(), 1);
            } else {
                assert_eq!(self.state, before, "a refusal leaves the memory as it was");
            }
            outcome
        }
    }

    #[test]
    fn follows_a_log_that_grows() {
        let mut scene = Scene::new();
        for (old, size) in [(0, 3), (3, 3), (3, 8), (8, 20), (20, 21)] {
            let request = scene.request(old, &leaves(size));
            assert!(scene.ask(&request).is_ok(), "{old} to {size}");
            let seen = scene.state.seen(ORIGIN).expect("remembered");
            assert_eq!((seen.size, seen.root), (size.into(), root(&leaves(size))));
            let bytes = scene.state.to_bytes().expect("canonical");
            assert_eq!(WitnessState::parse(&bytes).as_ref(), Ok(&scene.state));
        }
    }

    #[test]
    fn refuses_what_it_did_not_see_grow() {
        let mut scene = Scene::new();
        let first = scene.request(0, &leaves(5));
        scene.ask(&first).expect("cosigned");

        let behind = scene.request(3, &leaves(7));
        assert_eq!(scene.ask(&behind), Err(Refusal::OldSize { old_size: 3, seen: 5 }));
        let anew = scene.request(0, &leaves(7));
        assert_eq!(scene.ask(&anew), Err(Refusal::OldSize { old_size: 0, seen: 5 }));
        let mut shrunk = scene.request(5, &leaves(4));
        assert_eq!(scene.ask(&shrunk), Err(Refusal::Shrunk { old_size: 5, size: 4 }));
        shrunk.old_size = 4;
        assert_eq!(scene.ask(&shrunk), Err(Refusal::OldSize { old_size: 4, seen: 5 }));

        let mut other = leaves(5);
        other[4] = leaf_hash(b"another history");
        let split = scene.request(5, &other);
        let (seen, shown) = (root(&leaves(5)), root(&other));
        assert_eq!(scene.ask(&split), Err(Refusal::SplitView { size: 5, seen, shown }));
        other.push(leaf_hash(b"one more"));
        let rewritten = scene.request(5, &other);
        let error = ProofError::Root;
        assert_eq!(scene.ask(&rewritten), Err(Refusal::Proof { old_size: 5, size: 6, error }));

        let mut short = scene.request(5, &leaves(7));
        short.proof.pop();
        let error = ProofError::Length;
        assert_eq!(scene.ask(&short), Err(Refusal::Proof { old_size: 5, size: 7, error }));
        let honest = scene.request(5, &leaves(7));
        assert!(scene.ask(&honest).is_ok(), "the honest log goes on");
    }

    #[test]
    fn refuses_unknown_logs_and_unsigned_checkpoints() {
        let mut scene = Scene::new();
        let request = scene.request(0, &leaves(2));
        let text = request.to_string();
        let elsewhere =
            AddCheckpoint::parse(&text.replace("\nlog.example/a\n", "\nlog.example/b\n")).expect("a request");
        assert_eq!(scene.ask(&elsewhere), Err(Refusal::UnknownLog("log.example/b".into())));
        let larger = AddCheckpoint::parse(&text.replace("\n2\n", "\n3\n")).expect("a request");
        assert!(matches!(scene.ask(&larger), Err(Refusal::LogSignature(CheckpointError::Key(_)))));
        let renamed = AddCheckpoint::parse(&text.replace("— log.example/a", "— log.example/b")).expect("a request");
        assert_eq!(scene.ask(&renamed), Err(Refusal::LogSignature(CheckpointError::Missing)));
        let mut proven = scene.request(0, &leaves(2));
        proven.proof.push(Digest::ZERO);
        let error = ProofError::Length;
        assert_eq!(scene.ask(&proven), Err(Refusal::Proof { old_size: 0, size: 2, error }));
        let empty = Checkpoint { origin: ORIGIN.into(), size: 0, root: Digest::ZERO }.sign(&scene.log).expect("signed");
        let empty = AddCheckpoint { checkpoint: Note::parse(&empty).expect("a note"), ..scene.request(0, &[]) };
        assert_eq!(scene.ask(&empty), Err(Refusal::LogSignature(CheckpointError::Form)), "no root of an empty tree");
    }

    #[test]
    fn memories_of_another_form_are_refused() {
        let good = r#"{"kind":"witness-state","logs":[],"v":1}"#;
        assert!(WitnessState::parse(good.as_bytes()).is_ok());
        let log = format!(r#"{{"origin":"a","root":"{}","size":1}}"#, Digest::ZERO.to_hex());
        for bad in [
            good.replace("\"v\":1", "\"v\":2"),
            good.replace("witness-state", "trust-list"),
            good.replace("[]", &format!("[{log},{log}]")),
            good.replace("\"v\":1", "\"v\":1,\"w\":1"),
            String::new(),
        ] {
            assert!(WitnessState::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
