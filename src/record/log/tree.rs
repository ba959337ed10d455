//! Hashes, roots and proofs of the tree (RFC 6962, section 2.1; RFC 9162, sections 2.1.3 and
//! 2.1.4).

use crate::digest::Digest;

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's number is not below the size, or the older size is not within the newer.
    #[error("the numbers of the proof lie outside the tree")]
    Range,
    /// Too few or too many hashes for these numbers.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The computed root is another.
    #[error("the proof leads to another root")]
    Root,
}

/// Hash of a leaf: SHA-256 of a zero byte and the entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of(&[&[0], entry].concat())
}

/// Hash of an inner node: SHA-256 of a one byte and both children.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of(&[&[1], left.as_bytes().as_slice(), right.as_bytes()].concat())
}

/// Root of the tree over these leaf hashes; SHA-256 of nothing for an empty tree.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = split(leaves);
            node_hash(&root(left), &root(right))
        }
    }
}

/// Hashes that lead from leaf `index` to the root, leaf's sibling first; `None` when there is no
/// such leaf.
#[must_use]
pub fn inclusion_proof(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = split(leaves);
    let (mut proof, sibling) = if index < left.len() {
        (inclusion_proof(left, index)?, root(right))
    } else {
        (inclusion_proof(right, index - left.len())?, root(left))
    };
    proof.push(sibling);
    Some(proof)
}

/// Hashes that show that the first `old_size` leaves are the beginning of these; `None` unless
/// `old_size` is from 1 to the number of leaves.
#[must_use]
pub fn consistency_proof(leaves: &[Digest], old_size: usize) -> Option<Vec<Digest>> {
    if old_size == 0 || old_size > leaves.len() {
        return None;
    }
    Some(subproof(leaves, old_size, true))
}

/// Checks that a leaf is at `index` of the tree of `size` leaves with this root (RFC 9162,
/// 2.1.3.2).
///
/// # Errors
/// [`ProofError`] naming what does not fit.
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    expected_root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *expected_root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the tree of `old_size` leaves is the beginning of the tree of `size` (RFC 9162,
/// 2.1.4.2).
///
/// # Errors
/// [`ProofError`] naming what does not fit.
pub fn verify_consistency(
    old_size: u64,
    size: u64,
    proof: &[Digest],
    old_root: &Digest,
    new_root: &Digest,
) -> Result<(), ProofError> {
    if old_size == 0 || old_size > size {
        return Err(ProofError::Range);
    }
    if old_size == size {
        return match (proof.is_empty(), old_root == new_root) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let mut hashes = proof.iter().copied();
    let (mut node, mut last) = (old_size - 1, size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    // A complete old tree is its own first hash.
    let first = if old_size.is_power_of_two() { *old_root } else { hashes.next().ok_or(ProofError::Length)? };
    let (mut old, mut new) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old = node_hash(&sibling, &old);
            new = node_hash(&sibling, &new);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, &sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if old == *old_root && new == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

/// Splits before the largest power of two that is smaller than the length.
fn split(leaves: &[Digest]) -> (&[Digest], &[Digest]) {
    leaves.split_at(leaves.len().next_power_of_two() / 2)
}

fn subproof(leaves: &[Digest], old_size: usize, complete: bool) -> Vec<Digest> {
    if old_size == leaves.len() {
        return if complete { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = split(leaves);
    let (mut proof, sibling) = if old_size <= left.len() {
        (subproof(left, old_size, complete), root(right))
    } else {
        (subproof(right, old_size - left.len(), false), root(left))
    };
    proof.push(sibling);
    proof
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u8) -> Vec<Digest> {
        (0..count).map(|n| leaf_hash(&[n])).collect()
    }

    /// Entries and roots of the reference tests of certificate transparency.
    #[test]
    fn roots_of_published_entries() {
        let entries: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let hashes: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        for (size, expected) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(root(&hashes[..size]).to_hex(), expected, "{size}");
        }
    }

    #[test]
    fn every_inclusion_up_to_33_leaves() {
        for size in 1..=33_u8 {
            let leaves = leaves(size);
            let root = root(&leaves);
            for index in 0..size {
                let proof = inclusion_proof(&leaves, index.into()).expect("within");
                let leaf = &leaves[usize::from(index)];
                assert_eq!(verify_inclusion(leaf, index.into(), size.into(), &proof, &root), Ok(()));
                let elsewhere = verify_inclusion(leaf, index.into(), size.into(), &proof, leaf);
                assert!(size == 1 || elsewhere == Err(ProofError::Root));
                let mut longer = proof.clone();
                longer.push(root);
                assert_eq!(verify_inclusion(leaf, index.into(), size.into(), &longer, &root), Err(ProofError::Length));
            }
        }
    }

    #[test]
    fn every_consistency_up_to_33_leaves() {
        for size in 1..=33_u8 {
            let new = leaves(size);
            for old_size in 1..=size {
                let old_root = root(&new[..usize::from(old_size)]);
                let proof = consistency_proof(&new, old_size.into()).expect("within");
                let check = |old: &Digest| verify_consistency(old_size.into(), size.into(), &proof, old, &root(&new));
                assert_eq!(check(&old_root), Ok(()), "{old_size} of {size}");
                assert_eq!(check(&Digest::of(b"other")), Err(ProofError::Root));
            }
        }
    }

    #[test]
    fn empty_proofs_prove_nothing() {
        let hash = leaf_hash(b"");
        assert_eq!(verify_inclusion(&hash, 0, 0, &[], &root(&[])), Err(ProofError::Range));
        assert_eq!(verify_consistency(0, 5, &[], &root(&[]), &hash), Err(ProofError::Range));
    }
}
