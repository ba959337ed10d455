//! The log's tree in memory: hashes of all complete subtrees, made from the events of the log's
//! stream once and then event by event. Each must continue the one before. Documents of leaves are
//! not asked: a changed one must not change the root.

use crate::aggregates::log::{KEY, LogEvent, LogState};
use crate::refusal::Refusal;
use crate::work::{stream, unseal};
use kaoping_record::digest::Digest;
use kaoping_record::event::Head;
use kaoping_record::log::node::{Node, Nodes, NodesError, Recipe};
use kaoping_record::log::tile::{TILE_HEIGHT, TILE_WIDTH, Tile};
use kaoping_record::log::tree::{self, leaf_hash, node_hash};
use kaoping_store::{Store, StoreError};

/// Events that are read from the store at once.
const PAGE: u32 = 1000;

/// Hashes by height, each row from the left.
#[derive(Clone, Debug)]
pub struct LogTree {
    rows: Vec<Vec<Digest>>,
    /// The log's stream up to the last event that was read.
    head: Head,
}

impl Default for LogTree {
    fn default() -> Self {
        Self { rows: Vec::new(), head: Head::EMPTY }
    }
}

impl Nodes for LogTree {
    fn node(&self, node: Node) -> Option<Digest> {
        self.row(node.height).get(usize::try_from(node.index).ok()?).copied()
    }
}

impl LogTree {
    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.row(0).len() as u64
    }

    /// Root of the first `size` leaves.
    ///
    /// # Errors
    /// [`NodesError`] when there are fewer.
    pub fn root(&self, size: u64) -> Result<Digest, NodesError> {
        if size > self.size() {
            return Err(NodesError::Range);
        }
        Ok(Recipe::root(size).hashes(self)?.first().copied().unwrap_or_else(|| tree::root(&[])))
    }

    /// The hashes that lead from a leaf to the root of the first `size` leaves.
    ///
    /// # Errors
    /// [`NodesError`] when there is no such leaf or fewer leaves.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Digest>, NodesError> {
        if size > self.size() {
            return Err(NodesError::Range);
        }
        Recipe::inclusion(index, size)?.hashes(self)
    }

    /// The hashes that show that the first `old` leaves begin the first `size` leaves.
    ///
    /// # Errors
    /// [`NodesError`] when the sizes do not fit.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Vec<Digest>, NodesError> {
        if size > self.size() {
            return Err(NodesError::Range);
        }
        Recipe::consistency(old, size)?.hashes(self)
    }

    /// The hashes of a tile; `None` when the tree does not reach it.
    #[must_use]
    pub fn tile(&self, tile: &Tile) -> Option<&[Digest]> {
        let start = usize::try_from(tile.index()).ok()?.checked_mul(TILE_WIDTH)?;
        self.row(tile.level() * TILE_HEIGHT).get(start..start + tile.width())
    }

    /// The hash of a leaf; `None` when there are fewer.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<Digest> {
        self.node(Node { height: 0, index })
    }

    /// Reads what the log's stream holds beyond what is known.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails, or the stream is broken.
    pub async fn catch_up(&mut self, store: &Store) -> Result<(), Refusal> {
        let stream = stream::<LogState>(KEY)?;
        loop {
            let events = store.events(&stream, self.head.next_seq, PAGE).await?;
            for event in &events {
                event
                    .continues(&stream, self.head)
                    .map_err(|source| StoreError::Broken { stream: stream.clone(), source })?;
                if let LogEvent::Appended { leaf } = unseal::<LogState>(event)? {
                    self.append(leaf_hash(&leaf.entry()?));
                }
                self.head = event.head();
            }
            if events.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    fn row(&self, height: u32) -> &[Digest] {
        self.rows.get(height as usize).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn append(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for height in 0.. {
            if self.rows.len() == height {
                self.rows.push(Vec::new());
            }
            let Some(row) = self.rows.get_mut(height) else { return };
            row.push(hash);
            let [.., left, right] = row.as_slice() else { return };
            if row.len() % 2 == 1 {
                return;
            }
            hash = node_hash(left, right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::log::tree::{consistency_proof, inclusion_proof};

    #[test]
    fn agrees_with_the_tree_that_hashes_everything() -> Result<(), NodesError> {
        let leaves: Vec<Digest> = (0..300_u32).map(|number| leaf_hash(&number.to_be_bytes())).collect();
        let mut grown = LogTree::default();
        assert_eq!(grown.root(0)?, tree::root(&[]));
        for leaf in &leaves {
            grown.append(*leaf);
        }
        for size in [1, 2, 3, 7, 8, 255, 256, 257, 300_usize] {
            let first = leaves.get(..size).unwrap_or_default();
            assert_eq!(grown.root(size as u64)?, tree::root(first));
            for index in [0, size / 2, size - 1] {
                assert_eq!(Some(grown.inclusion(index as u64, size as u64)?), inclusion_proof(first, index));
            }
            assert_eq!(Some(grown.consistency(1, size as u64)?), consistency_proof(first, 1));
        }
        assert_eq!(grown.root(301), Err(NodesError::Range));
        Ok(())
    }
}
