//! Complete subtrees, and what roots and proofs are made of when the hashes come from elsewhere
//! than memory.
//!
//! A tree of any size is a row of complete subtrees, and so is each hash of a proof (RFC 6962,
//! section 2.1). A program that can look up a complete subtree's hash, from tiles for instance,
//! makes any root or proof with O(log n) of them.

use super::tree::node_hash;
use crate::digest::Digest;
use std::ops::Range;

/// A complete subtree: the leaves from `index << height` on, `1 << height` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Levels above the leaves, from 0 to 63.
    pub height: u32,
    /// Its number among those of the height, from 0.
    pub index: u64,
}

/// Gives the hashes of complete subtrees.
pub trait Nodes {
    /// The hash of a complete subtree, `None` when it is not at hand.
    fn node(&self, node: Node) -> Option<Digest>;
}

/// Why a root or proof cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodesError {
    /// The leaf's number is not below the size, or the older size is not from 1 to the newer.
    #[error("the numbers of the proof lie outside the tree")]
    Range,
    /// A subtree that is needed was not at hand.
    #[error("the hash of subtree {} at height {} is not at hand", .0.index, .0.height)]
    Missing(Node),
}

/// What a root or a proof is made of: for each of its hashes the range of leaves below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe(Vec<Range<u64>>);

impl Recipe {
    /// The root of the first `size` leaves: one hash, none for an empty tree.
    #[must_use]
    pub fn root(size: u64) -> Self {
        Self(if size == 0 { Vec::new() } else { vec![Range { start: 0, end: size }] })
    }

    /// The hashes that lead from leaf `index` to the root of `size` leaves, the leaf's sibling
    /// first (RFC 6962, 2.1.1).
    ///
    /// # Errors
    /// [`NodesError::Range`] unless `index < size`.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, NodesError> {
        if index >= size {
            return Err(NodesError::Range);
        }
        let mut siblings = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let middle = middle(start, end);
            if index < middle {
                siblings.push(middle..end);
                end = middle;
            } else {
                siblings.push(start..middle);
                start = middle;
            }
        }
        siblings.reverse();
        Ok(Self(siblings))
    }

    /// The hashes that show that the first `old_size` of `size` leaves are their beginning (RFC
    /// 6962, 2.1.2).
    ///
    /// # Errors
    /// [`NodesError::Range`] unless `1 <= old_size <= size`.
    pub fn consistency(old_size: u64, size: u64) -> Result<Self, NodesError> {
        if old_size == 0 || old_size > size {
            return Err(NodesError::Range);
        }
        let mut hashes = Vec::new();
        let (mut start, mut end) = (0, size);
        while end != old_size {
            let middle = middle(start, end);
            if old_size <= middle {
                hashes.push(middle..end);
                end = middle;
            } else {
                hashes.push(start..middle);
                start = middle;
            }
        }
        // The verifier knows a complete old tree, so that its hash is left out.
        if start != 0 {
            hashes.push(start..end);
        }
        hashes.reverse();
        Ok(Self(hashes))
    }

    /// Every subtree whose hash is needed.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.0.iter().flat_map(|range| complete(range.clone()))
    }

    /// The hashes.
    ///
    /// # Errors
    /// [`NodesError::Missing`] naming the first subtree that was not at hand.
    pub fn hashes(&self, nodes: &impl Nodes) -> Result<Vec<Digest>, NodesError> {
        self.0.iter().map(|range| hash(range.clone(), nodes)).collect()
    }
}

/// The subtrees of a range that begins at a multiple of the power of two that is its length or the
/// next above; the largest first.
pub(super) fn complete(range: Range<u64>) -> impl Iterator<Item = Node> {
    let Range { mut start, end } = range;
    std::iter::from_fn(move || {
        let height = (end - start).checked_ilog2()?;
        let node = Node { height, index: start >> height };
        start += 1 << height;
        Some(node)
    })
}

/// The hash of a row of subtrees, the largest first; SHA-256 of nothing for none.
pub(super) fn join(hashes: &[Digest]) -> Digest {
    let Some((last, before)) = hashes.split_last() else { return Digest::of(&[]) };
    before.iter().rev().fold(*last, |right, left| node_hash(left, &right))
}

fn hash(range: Range<u64>, nodes: &impl Nodes) -> Result<Digest, NodesError> {
    let hashes: Result<Vec<_>, _> =
        complete(range).map(|node| nodes.node(node).ok_or(NodesError::Missing(node))).collect();
    Ok(join(&hashes?))
}

/// Where RFC 6962 splits: before the largest power of two that is smaller than the length, which is
/// at least 2.
fn middle(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::tree::{self, leaf_hash};

    /// Hashes computed from all leaves, as the definition says.
    struct Leaves(Vec<Digest>);

    impl Nodes for Leaves {
        fn node(&self, node: Node) -> Option<Digest> {
            let start = usize::try_from(node.index << node.height).ok()?;
            Some(tree::root(self.0.get(start..start + (1 << node.height))?))
        }
    }

    #[test]
    fn agrees_with_the_recursive_definition_up_to_40_leaves() {
        let leaves: Vec<Digest> = (0..40_u8).map(|n| leaf_hash(&[n])).collect();
        for size in 0..=40 {
            let nodes = Leaves(leaves[..size].to_vec());
            let hashes = |recipe: Recipe| recipe.hashes(&nodes).expect("all at hand");
            let count = size as u64;
            assert_eq!(join(&hashes(Recipe::root(count))), tree::root(&nodes.0), "root of {size}");
            for index in 0..size {
                let recipe = Recipe::inclusion(index as u64, count).expect("within");
                assert_eq!(Some(hashes(recipe)), tree::inclusion_proof(&nodes.0, index), "{index} of {size}");
            }
            for old in 1..=size {
                let recipe = Recipe::consistency(old as u64, count).expect("within");
                assert_eq!(Some(hashes(recipe)), tree::consistency_proof(&nodes.0, old), "{old} in {size}");
            }
        }
    }

    #[test]
    fn numbers_outside_the_tree_are_refused() {
        for refused in
            [Recipe::inclusion(0, 0), Recipe::inclusion(5, 5), Recipe::consistency(0, 5), Recipe::consistency(6, 5)]
        {
            assert_eq!(refused, Err(NodesError::Range));
        }
    }

    #[test]
    fn a_missing_subtree_is_named() {
        let nodes = Leaves((0..4_u8).map(|n| leaf_hash(&[n])).collect());
        let recipe = Recipe::inclusion(0, 5).expect("within");
        assert_eq!(recipe.hashes(&nodes), Err(NodesError::Missing(Node { height: 0, index: 4 })));
    }

    #[test]
    fn the_largest_sizes_do_not_overflow() {
        let recipe = Recipe::inclusion(u64::MAX - 1, u64::MAX).expect("within");
        assert_eq!(recipe.nodes().count(), 63, "a left sibling at every level but that of the lone leaf");
        let recipe = Recipe::consistency(u64::MAX - 1, u64::MAX).expect("within");
        assert!(recipe.nodes().all(|node| node.height < 64));
    }
}
