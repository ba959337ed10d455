//! Tiles, proofs and notes are byte for byte those of Go's sumdb.

use kaoping_record::digest::Digest;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::cosignature::{self, Cosigned};
use kaoping_record::log::entries;
use kaoping_record::log::growth::GrowingTree;
use kaoping_record::log::node::Recipe;
use kaoping_record::log::note::{Note, NoteKey};
use kaoping_record::log::tile::{Tile, TilePath, Tiles};
use kaoping_record::log::tree::{ProofError, leaf_hash, verify_consistency, verify_inclusion};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;

const NOTES: &str = include_str!("../../../tests/vectors/log/notes.json");
const TREES: &str = include_str!("../../../tests/vectors/log/tree.json");

#[derive(Deserialize)]
struct Trees {
    trees: Vec<Tree>,
}

#[derive(Deserialize)]
struct Tree {
    size: u64,
    root: String,
    files: BTreeMap<String, String>,
    inclusion: Vec<Proof>,
    consistency: Vec<Proof>,
}

#[derive(Deserialize)]
struct Proof {
    number: u64,
    path: Vec<Digest>,
}

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn trees() -> Result<Vec<Tree>, serde_json::Error> {
    let trees: Trees = serde_json::from_str(TREES)?;
    assert_eq!(trees.trees.len(), 11);
    Ok(trees.trees)
}

fn entry(number: u64) -> Vec<u8> {
    format!("entry {number}").into_bytes()
}

/// Grows a tree to `size` and gives its files of hashes.
fn grown(size: u64) -> (GrowingTree, Vec<(Tile, Vec<u8>)>) {
    let mut tree = GrowingTree::default();
    for number in 0..size {
        tree.append(leaf_hash(&entry(number)));
    }
    let files = tree.take_complete().into_iter().chain(tree.incomplete()).collect();
    (tree, files)
}

#[test]
fn roots_and_files() -> TestResult {
    for expected in trees()? {
        let (tree, files) = grown(expected.size);
        assert_eq!(tree.root().to_hex(), expected.root, "root of {}", expected.size);
        let mut made = BTreeMap::new();
        for (tile, bytes) in files {
            made.insert(tile.path(), Digest::of(&bytes).to_hex());
            if let Some(path) = tile.entries_path() {
                let first = tile.index() * 256;
                let bundle: Vec<Vec<u8>> = (first..first + tile.width() as u64).map(entry).collect();
                made.insert(path, Digest::of(&entries::encode(&bundle)?).to_hex());
            }
        }
        assert_eq!(made, expected.files, "files of {}", expected.size);
        assert!(made.keys().all(|path| TilePath::parse(path).is_ok_and(|tile| &tile.to_string() == path)));
    }
    Ok(())
}

#[test]
fn proofs() -> TestResult {
    for expected in trees()? {
        let (tree, files) = grown(expected.size);
        let mut tiles = Tiles::default();
        for (tile, bytes) in &files {
            tiles.insert(*tile, bytes)?;
        }
        for proof in &expected.inclusion {
            let path = Recipe::inclusion(proof.number, expected.size)?.hashes(&tiles)?;
            assert_eq!(path, proof.path);
            let leaf = leaf_hash(&entry(proof.number));
            assert_eq!(verify_inclusion(&leaf, proof.number, expected.size, &path, &tree.root()), Ok(()));
        }
        for proof in &expected.consistency {
            let path = Recipe::consistency(proof.number, expected.size)?.hashes(&tiles)?;
            assert_eq!(path, proof.path);
            let old = grown(proof.number).0.root();
            assert_eq!(verify_consistency(proof.number, expected.size, &path, &old, &tree.root()), Ok(()));
        }
    }
    Ok(())
}

#[test]
fn a_flipped_bit_anywhere_in_a_proof_is_found() -> TestResult {
    let tree = trees()?.into_iter().find(|tree| tree.size == 1000).ok_or("no tree of 1000")?;
    let root = Digest::from_hex(&tree.root)?;
    let mut found = 0;
    for proof in &tree.inclusion {
        let leaf = leaf_hash(&entry(proof.number));
        for altered in flipped(&proof.path) {
            assert_eq!(verify_inclusion(&leaf, proof.number, 1000, &altered, &root), Err(ProofError::Root));
            found += 1;
        }
    }
    for proof in &tree.consistency {
        let old = grown(proof.number).0.root();
        for altered in flipped(&proof.path) {
            assert_eq!(verify_consistency(proof.number, 1000, &altered, &old, &root), Err(ProofError::Root));
            found += 1;
        }
    }
    assert!(found > 100, "{found} proofs altered");
    Ok(())
}

#[derive(Deserialize)]
struct Notes {
    log: String,
    first: String,
    second: String,
    alone: String,
    both: String,
    extended: String,
}

#[test]
fn notes() -> TestResult {
    let notes: Notes = serde_json::from_str(NOTES)?;
    let log = NoteKey::parse(&notes.log)?;
    let witnesses = [NoteKey::parse(&notes.first)?, NoteKey::parse(&notes.second)?];
    let [first, second] = [("first", 1_795_326_166_000), ("second", 1_795_326_167_000)]
        .map(|(name, at)| Cosigned { witness: format!("witness.example/{name}"), at: Time::from_millis(at) });
    let expected = Checkpoint { origin: log.name().into(), size: 1000, root: grown(1000).0.root() };
    for (text, seen) in
        [(&notes.alone, vec![]), (&notes.both, vec![first.clone(), second]), (&notes.extended, vec![first])]
    {
        let note = Note::parse(text)?;
        assert_eq!(&note.to_string(), text);
        assert_eq!(Checkpoint::verify_note(&note, &log)?, expected);
        assert_eq!(cosignature::witnesses(&note, &witnesses)?, seen);
    }
    Ok(())
}

/// Ed25519 is deterministic: from the same seeds come the same bytes.
#[test]
fn notes_are_signed_alike() -> TestResult {
    let notes: Notes = serde_json::from_str(NOTES)?;
    let signer = |seed| Ed25519Signer::from_seed(&[seed; 32]);
    let checkpoint = Checkpoint { origin: "log.example/kaoping".into(), size: 1000, root: grown(1000).0.root() };
    let alone = checkpoint.sign(&signer(1)?)?;
    assert_eq!(alone, notes.alone);
    let mut note = Note::parse(&alone)?;
    for (text, seed, at) in [(&notes.first, 2, 1_795_326_166_000), (&notes.second, 3, 1_795_326_167_000)] {
        let witness = NoteKey::parse(text)?;
        note = note.clone().with(cosignature::cosign(&note, &witness, &signer(seed)?, Time::from_millis(at))?);
        assert_eq!(&witness.to_string(), text);
    }
    assert_eq!(note.to_string(), notes.both);
    Ok(())
}

/// The proof with one bit of each hash in turn turned over.
fn flipped(path: &[Digest]) -> impl Iterator<Item = Vec<Digest>> {
    (0..path.len()).map(move |place| {
        let altered = path.iter().enumerate().map(|(number, hash)| {
            let mut bytes = *hash.as_bytes();
            if number == place {
                bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
            }
            Digest::from_bytes(bytes)
        });
        altered.collect()
    })
}
