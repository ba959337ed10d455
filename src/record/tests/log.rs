//! Tiles, proofs and notes are byte for byte those of Go's sumdb.

use kaoping_record::digest::Digest;
use kaoping_record::log::entries;
use kaoping_record::log::growth::GrowingTree;
use kaoping_record::log::node::Recipe;
use kaoping_record::log::tile::{Tile, TilePath, Tiles};
use kaoping_record::log::tree::{ProofError, leaf_hash, verify_consistency, verify_inclusion};
use serde::Deserialize;
use std::collections::BTreeMap;

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
    path: Vec<String>,
}

fn trees() -> Vec<Tree> {
    let trees: Trees = serde_json::from_str(TREES).expect("vectors");
    assert_eq!(trees.trees.len(), 11);
    trees.trees
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
fn roots_and_files() {
    for expected in trees() {
        let (tree, files) = grown(expected.size);
        assert_eq!(tree.root().to_hex(), expected.root, "root of {}", expected.size);
        let mut made = BTreeMap::new();
        for (tile, bytes) in files {
            made.insert(tile.path(), Digest::of(&bytes).to_hex());
            if let Some(path) = tile.entries_path() {
                let first = tile.index() * 256;
                let bundle: Vec<Vec<u8>> = (first..first + tile.width() as u64).map(entry).collect();
                made.insert(path, Digest::of(&entries::encode(&bundle).expect("a bundle")).to_hex());
            }
        }
        assert_eq!(made, expected.files, "files of {}", expected.size);
        assert!(made.keys().all(|path| TilePath::parse(path).is_ok_and(|tile| &tile.to_string() == path)));
    }
}

#[test]
fn proofs() {
    for expected in trees() {
        let (tree, files) = grown(expected.size);
        let mut tiles = Tiles::default();
        for (tile, bytes) in &files {
            tiles.insert(*tile, bytes).expect("of its width");
        }
        let hashes = |recipe: Recipe| -> Vec<Digest> { recipe.hashes(&tiles).expect("all at hand") };
        for proof in &expected.inclusion {
            let path = hashes(Recipe::inclusion(proof.number, expected.size).expect("within"));
            assert_eq!(path.iter().map(Digest::to_hex).collect::<Vec<_>>(), proof.path);
            let leaf = leaf_hash(&entry(proof.number));
            assert_eq!(verify_inclusion(&leaf, proof.number, expected.size, &path, &tree.root()), Ok(()));
        }
        for proof in &expected.consistency {
            let path = hashes(Recipe::consistency(proof.number, expected.size).expect("within"));
            assert_eq!(path.iter().map(Digest::to_hex).collect::<Vec<_>>(), proof.path);
            let old = grown(proof.number).0.root();
            assert_eq!(verify_consistency(proof.number, expected.size, &path, &old, &tree.root()), Ok(()));
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_proof_is_found() {
    let tree = trees().into_iter().find(|tree| tree.size == 1000).expect("a tree of 1000");
    let digest = |text: &String| Digest::from_hex(text).expect("a digest");
    let root = digest(&tree.root);
    for proof in tree.inclusion.iter().filter(|proof| !proof.path.is_empty()) {
        let path: Vec<Digest> = proof.path.iter().map(digest).collect();
        let leaf = leaf_hash(&entry(proof.number));
        for altered in flipped(&path) {
            assert_eq!(verify_inclusion(&leaf, proof.number, 1000, &altered, &root), Err(ProofError::Root));
        }
    }
    for proof in tree.consistency.iter().filter(|proof| !proof.path.is_empty()) {
        let path: Vec<Digest> = proof.path.iter().map(digest).collect();
        let old = grown(proof.number).0.root();
        for altered in flipped(&path) {
            assert_eq!(verify_consistency(proof.number, 1000, &altered, &old, &root), Err(ProofError::Root));
        }
    }
}

/// The proof with one bit of each hash in turn turned over.
fn flipped(path: &[Digest]) -> impl Iterator<Item = Vec<Digest>> {
    (0..path.len()).map(move |place| {
        let mut altered = path.to_vec();
        let mut bytes = *altered[place].as_bytes();
        bytes[place % 32] ^= 1 << (place % 8);
        altered[place] = Digest::from_bytes(bytes);
        altered
    })
}
