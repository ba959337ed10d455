//! The proofs of transparency-dev/merkle hold, and every one that is altered in its ways is refused.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kaoping_record::digest::Digest;
use kaoping_record::log::tree::{verify_consistency, verify_inclusion};
use serde::{Deserialize, Deserializer, de};

const PROOFS: &str = include_str!("../../../tests/vectors/merkle/proofs.json");

#[derive(Deserialize)]
struct Proofs {
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: Hash,
    leaf_hash: Hash,
    proof: Vec<Hash>,
}

#[derive(Clone, Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: Hash,
    root2: Hash,
    proof: Vec<Hash>,
}

#[derive(Clone, Copy, PartialEq)]
struct Hash(Digest);

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| de::Error::custom("32 bytes"))?;
        Ok(Self(Digest::from_bytes(bytes)))
    }
}

impl Inclusion {
    fn holds(&self) -> bool {
        let proof: Vec<Digest> = self.proof.iter().map(|hash| hash.0).collect();
        verify_inclusion(&self.leaf_hash.0, self.leaf_idx, self.tree_size, &proof, &self.root.0).is_ok()
    }

    fn altered(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        let mut add = |name: &str, alter: &dyn Fn(&mut Self)| {
            let mut altered = self.clone();
            alter(&mut altered);
            all.push((format!("{name} of leaf {} in {}", self.leaf_idx, self.tree_size), altered));
        };
        add("leafIdx - 1", &|it| it.leaf_idx = it.leaf_idx.wrapping_sub(1));
        add("leafIdx + 1", &|it| it.leaf_idx += 1);
        add("leafIdx ^ 2", &|it| it.leaf_idx ^= 2);
        add("treeSize * 2", &|it| it.tree_size *= 2);
        add("treeSize / 2", &|it| it.tree_size /= 2);
        add("wrong leaf", &|it| it.leaf_hash = garbage());
        add("random root", &|it| it.root = garbage());
        add("empty root", &|it| it.root = Hash(Digest::of(&[])));
        for (name, proof) in altered(&self.proof, &[("root", self.root)]) {
            add(&name, &|it| it.proof = proof.clone());
        }
        all
    }
}

impl Consistency {
    fn holds(&self) -> bool {
        let proof: Vec<Digest> = self.proof.iter().map(|hash| hash.0).collect();
        verify_consistency(self.size1, self.size2, &proof, &self.root1.0, &self.root2.0).is_ok()
    }

    fn altered(&self) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        let mut add = |name: &str, alter: &dyn Fn(&mut Self)| {
            let mut altered = self.clone();
            alter(&mut altered);
            all.push((format!("{name} from {} to {}", self.size1, self.size2), altered));
        };
        add("size1 - 1", &|it| it.size1 -= 1);
        add("size1 + 1", &|it| it.size1 += 1);
        add("size1 ^ 2", &|it| it.size1 ^= 2);
        add("size2 * 2", &|it| it.size2 *= 2);
        add("size2 / 2", &|it| it.size2 /= 2);
        add("wrong root1", &|it| it.root1 = garbage());
        add("wrong root2", &|it| it.root2 = garbage());
        add("swapped roots", &|it| std::mem::swap(&mut it.root1, &mut it.root2));
        for (name, proof) in altered(&self.proof, &[("root1", self.root1), ("root2", self.root2)]) {
            add(&name, &|it| it.proof = proof.clone());
        }
        all
    }
}

/// A proof with hashes added, taken away and changed.
fn altered(proof: &[Hash], roots: &[(&str, Hash)]) -> Vec<(String, Vec<Hash>)> {
    let mut all = vec![("empty proof".to_owned(), Vec::new())];
    let first = proof.first().map(|hash| ("proof[0]", *hash));
    for (name, hash) in roots.iter().copied().chain(first).chain([("garbage", garbage())]) {
        all.push((format!("preceding {name}"), [&[hash], proof].concat()));
        all.push((format!("trailing {name}"), [proof, &[hash]].concat()));
        let inserted =
            proof.iter().enumerate().flat_map(|(place, own)| (place == 1).then_some(hash).into_iter().chain([*own]));
        all.push((format!("inserted {name}"), inserted.collect::<Vec<_>>()));
    }
    for place in 0..proof.len() {
        let without = proof.iter().enumerate().filter(|(number, _)| *number != place).map(|(_, hash)| *hash);
        all.push((format!("removed proof[{place}]"), without.collect()));
        for bit in [3, 4] {
            let changed = proof.iter().enumerate().map(|(number, hash)| {
                let mut bytes = *hash.0.as_bytes();
                bytes.iter_mut().take(usize::from(number == place)).for_each(|byte| *byte ^= 1 << bit);
                Hash(Digest::from_bytes(bytes))
            });
            all.push((format!("modified proof[{place}] bit {bit}"), changed.collect()));
        }
    }
    all.retain(|(_, changed)| changed != proof);
    all
}

fn garbage() -> Hash {
    Hash(Digest::of(b"garbage"))
}

#[test]
fn inclusion() -> Result<(), serde_json::Error> {
    let proofs: Proofs = serde_json::from_str(PROOFS)?;
    assert_eq!(proofs.inclusion.len(), 4);
    for proof in proofs.inclusion {
        assert!(proof.holds(), "leaf {} in {}", proof.leaf_idx, proof.tree_size);
        for (name, altered) in proof.altered() {
            assert!(!altered.holds(), "{name}");
        }
    }
    Ok(())
}

#[test]
fn consistency() -> Result<(), serde_json::Error> {
    let proofs: Proofs = serde_json::from_str(PROOFS)?;
    assert_eq!(proofs.consistency.len(), 4);
    for proof in proofs.consistency {
        assert!(proof.holds(), "from {} to {}", proof.size1, proof.size2);
        for (name, altered) in proof.altered() {
            assert!(!altered.holds(), "{name}");
        }
    }
    Ok(())
}
