//! A tree that grows at its right edge, without its past: each append costs O(log n) time, and
//! O(log n) hashes are kept.

use super::node::{complete, join};
use super::tile::{TILE_WIDTH, Tile, TileError, encode};
use super::tree::{self, node_hash};
use crate::digest::Digest;
use std::collections::BTreeMap;

/// A tree at its present size, and the tiles that became complete since they were last taken.
#[derive(Clone, Debug, Default)]
pub struct GrowingTree {
    size: u64,
    /// Hashes of the incomplete tile of each level, lowest first.
    edge: BTreeMap<u32, Vec<Digest>>,
    /// Roots of the complete subtrees, the largest first.
    peaks: Vec<Digest>,
    complete: Vec<(Tile, Vec<u8>)>,
}

impl GrowingTree {
    /// Goes on with a tree of `size` leaves; `read` gives the bytes of each tile of [`Tile::edge`].
    ///
    /// # Errors
    /// What `read` fails with, or [`TileError::Length`] for bytes that are not those of the tile.
    pub fn resume<E: From<TileError>>(size: u64, mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>) -> Result<Self, E> {
        let mut tree = Self { size, ..Self::default() };
        for tile in Tile::edge(size) {
            let hashes = tile.decode(&read(tile)?)?;
            tree.edge.insert(tile.level(), hashes);
        }
        for hashes in tree.edge.values().rev() {
            let width = hashes.len() as u64;
            let subtrees = complete(0..width).filter_map(|node| {
                let start = usize::try_from(node.index << node.height).ok()?;
                hashes.get(start..start + (1 << node.height))
            });
            tree.peaks.extend(subtrees.map(tree::root));
        }
        Ok(tree)
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree; SHA-256 of nothing when it is empty.
    #[must_use]
    pub fn root(&self) -> Digest {
        join(&self.peaks)
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Each complete pair of equal subtrees becomes one, as in counting by binary digits.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        self.fill(0, leaf);
    }

    /// The tiles that became complete since this was last called, with their bytes.
    pub fn take_complete(&mut self) -> Vec<(Tile, Vec<u8>)> {
        std::mem::take(&mut self.complete)
    }

    /// The incomplete tiles of the present tree, with their bytes: a checkpoint of this size needs
    /// them beside the complete ones.
    #[must_use]
    pub fn incomplete(&self) -> Vec<(Tile, Vec<u8>)> {
        Tile::edge(self.size)
            .zip(self.edge.values().filter(|hashes| !hashes.is_empty()).map(|hashes| encode(hashes)))
            .collect()
    }

    fn fill(&mut self, height: u32, hash: Digest) {
        let hashes = self.edge.entry(height).or_default();
        hashes.push(hash);
        if hashes.len() < TILE_WIDTH {
            return;
        }
        let (bytes, root) = (encode(hashes), tree::root(hashes));
        hashes.clear();
        let number = (self.size >> (8 * (height + 1))).saturating_sub(1);
        self.complete.extend(Tile::new(height, number, self.size).map(|tile| (tile, bytes)));
        self.fill(height + 1, root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::node::Recipe;
    use crate::log::tile::Tiles;
    use crate::log::tree::{leaf_hash, verify_consistency, verify_inclusion};

    fn leaf(number: u64) -> Digest {
        leaf_hash(&number.to_be_bytes())
    }

    #[test]
    fn roots_at_every_size_up_to_600() {
        let mut tree = GrowingTree::default();
        let mut leaves = Vec::new();
        assert_eq!(tree.root(), tree::root(&[]));
        for number in 0..600 {
            tree.append(leaf(number));
            leaves.push(leaf(number));
            assert_eq!((tree.size(), tree.root()), (number + 1, tree::root(&leaves)), "{number}");
        }
    }

    /// Grows to `size` and keeps what a store would keep.
    fn grown(size: u64) -> (GrowingTree, BTreeMap<String, Vec<u8>>) {
        let mut tree = GrowingTree::default();
        for number in 0..size {
            tree.append(leaf(number));
        }
        let files = tree.take_complete().into_iter().chain(tree.incomplete());
        let files = files.map(|(tile, bytes)| (tile.path(), bytes)).collect();
        (tree, files)
    }

    #[test]
    fn resumes_from_the_tiles_at_its_edge() {
        for size in [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
            let (mut tree, files) = grown(size);
            let read = |tile: Tile| files.get(&tile.path()).cloned().ok_or(TileError::Path);
            let mut resumed = GrowingTree::resume(size, read).expect("all tiles are there");
            assert_eq!((resumed.size(), resumed.root()), (size, tree.root()), "{size}");
            for number in size..size + 300 {
                tree.append(leaf(number));
                resumed.append(leaf(number));
            }
            assert_eq!(resumed.root(), tree.root(), "{size} and 300 more");
            assert_eq!(resumed.take_complete(), tree.take_complete());
            assert_eq!(resumed.incomplete(), tree.incomplete());
        }
    }

    #[test]
    fn proofs_come_from_tiles_alone() {
        let size = 66_000;
        let (tree, files) = grown(size);
        let prove = |recipe: Recipe, size: u64| {
            let mut tiles = Tiles::default();
            for tile in Tiles::needed(recipe.nodes(), size) {
                tiles.insert(tile, &files[&tile.path()]).expect("as many hashes as it says");
            }
            recipe.hashes(&tiles).expect("all that is needed")
        };
        for index in [0, 1, 255, 256, 65_535, 65_536, 65_800, 65_999] {
            let proof = prove(Recipe::inclusion(index, size).expect("within"), size);
            assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, &tree.root()), Ok(()), "{index}");
        }
        for old in [1, 2, 255, 256, 257, 4_096, 65_536, 65_537, 65_999, 66_000] {
            let proof = prove(Recipe::consistency(old, size).expect("within"), size);
            let old_root = grown(old).0.root();
            assert_eq!(verify_consistency(old, size, &proof, &old_root, &tree.root()), Ok(()), "{old}");
        }
    }

    #[test]
    fn a_tile_of_another_length_is_refused() {
        let refused = GrowingTree::resume(300, |tile| Ok::<_, TileError>(vec![0; 32 * tile.width() - 1]));
        assert_eq!(refused.map(|tree| tree.size()), Err(TileError::Length));
    }
}
