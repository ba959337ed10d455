//! Tiles (C2SP tlog-tiles): the tree as files that never change, from which anyone makes roots and
//! proofs.
//!
//! ```text
//! tile/<L>/<N>[.p/<W>]          hashes: W (256 when complete) of 32 bytes, one after another
//! tile/entries/<N>[.p/<W>]      entries of the leaves of tile 0/N, each after its length as two big-endian bytes
//! ```
//!
//! Level 0 holds the hashes of leaves; a hash of level L + 1 is the root of a complete tile of
//! level L. `<N>` has three digits a part, all but the last with an `x` before: 1234067 is
//! `x001/x234/067`.

use super::node::{Node, Nodes};
use super::tree;
use crate::digest::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Hashes of a complete tile.
pub const TILE_WIDTH: usize = 256;
/// Levels of the tree within a tile.
pub const TILE_HEIGHT: u32 = 8;
/// Levels of tiles that a tree of 2^63 leaves has.
const TILE_LEVELS: u32 = 8;

/// Which tile: its level, its number in the level, and how many hashes it has in the tree at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u32,
    index: u64,
    width: usize,
}

/// The subject of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TilePath {
    /// A tile of hashes at its level and index.
    Hashes(Tile),
    /// The entries of a tile of level 0.
    Entries(Tile),
}

/// Why text or bytes are no tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a path of a tile in its one writing.
    #[error("not the path of a tile")]
    Path,
    /// Not as many bytes as the tile's width asks for.
    #[error("the tile has the wrong length")]
    Length,
}

impl Tile {
    /// The tile of a level with this number, as it is in a tree of `size` leaves; `None` when the
    /// tree does not reach it.
    #[must_use]
    pub fn new(level: u32, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(level * TILE_HEIGHT)?;
        let before = index.checked_mul(TILE_WIDTH as u64)?;
        let width = hashes.checked_sub(before).filter(|width| *width > 0)?;
        Some(Self { level, index, width: usize::try_from(width).map_or(TILE_WIDTH, |width| width.min(TILE_WIDTH)) })
    }

    /// The tile that a subtree's hash is computed from, in a tree of `size` leaves.
    #[must_use]
    pub fn holding(node: Node, size: u64) -> Option<Self> {
        Self::new(node.height / TILE_HEIGHT, node.index >> (TILE_HEIGHT - node.height % TILE_HEIGHT), size)
    }

    /// The incomplete tiles at the right edge of a tree of `size` leaves, lowest level first.
    pub fn edge(size: u64) -> impl Iterator<Item = Self> {
        (0..TILE_LEVELS).filter_map(move |level| {
            let hashes = size >> (level * TILE_HEIGHT);
            Self::new(level, hashes / TILE_WIDTH as u64, size).filter(|tile| !tile.is_complete())
        })
    }

    /// The level, from 0 for leaves.
    #[must_use]
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// The number in the level, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes it has, from 1 to 256.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether it has all of its 256 hashes, and so never changes again.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path of its hashes.
    #[must_use]
    pub fn path(&self) -> String {
        TilePath::Hashes(*self).to_string()
    }

    /// The path of the entries below it; `None` above level 0.
    #[must_use]
    pub fn entries_path(&self) -> Option<String> {
        (self.level == 0).then(|| TilePath::Entries(*self).to_string())
    }

    /// Its hashes from their bytes.
    ///
    /// # Errors
    /// [`TileError::Length`] unless there are exactly as many as its width says.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<Digest>, TileError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() != self.width || !rest.is_empty() {
            return Err(TileError::Length);
        }
        Ok(hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect())
    }
}

/// The bytes of a tile with these hashes.
#[must_use]
pub fn encode(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(Digest::as_bytes).copied().collect()
}

impl TilePath {
    /// Reads a path, as [`fmt::Display`] writes it.
    ///
    /// # Errors
    /// [`TileError::Path`] for any other text, also for another writing of the same numbers.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        Self::read(path).filter(|tile| tile.to_string() == path).ok_or(TileError::Path)
    }

    /// Reads a path without looking at how its numbers are written.
    fn read(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (parts, width) = match rest.split_once(".p/") {
            Some((parts, width)) => (parts, width.parse().ok().filter(|width| (1..TILE_WIDTH).contains(width))?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for part in parts.split('/') {
            let digits: u64 = part.trim_start_matches('x').parse().ok()?;
            index = index.checked_mul(1000)?.checked_add(digits)?;
        }
        if level == "entries" {
            return Some(Self::Entries(Tile { level: 0, index, width }));
        }
        let level = level.parse().ok().filter(|level| *level < 64)?;
        Some(Self::Hashes(Tile { level, index, width }))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = match self {
            Self::Hashes(tile) => {
                write!(formatter, "tile/{}/", tile.level)?;
                tile
            }
            Self::Entries(tile) => {
                formatter.write_str("tile/entries/")?;
                tile
            }
        };
        let mut parts = vec![format!("{:03}", tile.index % 1000)];
        let mut rest = tile.index / 1000;
        while rest > 0 {
            parts.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        parts.reverse();
        formatter.write_str(&parts.join("/"))?;
        if tile.is_complete() { Ok(()) } else { write!(formatter, ".p/{}", tile.width) }
    }
}

/// Tiles at hand, as a source of hashes for [`super::node::Recipe`].
#[derive(Clone, Debug, Default)]
pub struct Tiles(BTreeMap<(u32, u64), Vec<Digest>>);

impl Tiles {
    /// Adds a tile, read from its bytes; a wider one takes the place of a narrower.
    ///
    /// # Errors
    /// [`TileError::Length`] when the bytes are not as many as the tile's width says.
    pub fn insert(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), TileError> {
        let hashes = tile.decode(bytes)?;
        let place = self.0.entry((tile.level, tile.index)).or_default();
        if place.len() < hashes.len() {
            *place = hashes;
        }
        Ok(())
    }

    /// The tiles that must be at hand for these subtrees, in a tree of `size` leaves.
    pub fn needed(nodes: impl Iterator<Item = Node>, size: u64) -> BTreeSet<Tile> {
        nodes.filter_map(|node| Tile::holding(node, size)).collect()
    }
}

impl Nodes for Tiles {
    fn node(&self, node: Node) -> Option<Digest> {
        let within = node.height % TILE_HEIGHT;
        let tile = self.0.get(&(node.height / TILE_HEIGHT, node.index >> (TILE_HEIGHT - within)))?;
        let start = usize::try_from((node.index << within) % TILE_WIDTH as u64).ok()?;
        Some(tree::root(tile.get(start..start + (1 << within))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_specification() {
        let tile = Tile { level: 0, index: 1_234_067, width: TILE_WIDTH };
        assert_eq!(tile.path(), "tile/0/x001/x234/067");
        assert_eq!(tile.entries_path().as_deref(), Some("tile/entries/x001/x234/067"));
        let tile = Tile { level: 3, index: 7, width: 8 };
        assert_eq!(tile.path(), "tile/3/007.p/8");
        assert_eq!(tile.entries_path(), None);
        for path in ["tile/0/x001/x234/067", "tile/3/007.p/8", "tile/entries/000.p/255", "tile/0/x999/999"] {
            assert_eq!(TilePath::parse(path).map(|tile| tile.to_string()).as_deref(), Ok(path));
        }
    }

    #[test]
    fn other_writings_of_a_path_are_refused() {
        for path in [
            "",
            "tile/0",
            "tile/0/7",
            "tile/00/007",
            "tile/64/007",
            "tile/-1/007",
            "tile/0/001/x234/067",
            "tile/0/x000/007",
            "tile/0/xx01/007",
            "tile/0/007.p/0",
            "tile/0/007.p/256",
            "tile/0/007.p/08",
            "tile/0/007/",
            "/tile/0/007",
            "tile/0/../checkpoint",
            "tile/0/x018/x446/x744/x073/x709/x551/616", // 2^64
        ] {
            assert_eq!(TilePath::parse(path), Err(TileError::Path), "{path}");
        }
    }

    #[test]
    fn the_tiles_of_the_specification_s_trees() {
        // "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0
        // tile of width 112, one full level 1 tile, one partial level 1 tile of width 17, and one
        // partial level 2 tile of width 1."
        let paths: Vec<String> = Tile::edge(70_000).map(|tile| tile.path()).collect();
        assert_eq!(paths, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert!(Tile::new(0, 272, 70_000).is_some_and(|tile| tile.is_complete()));
        assert!(Tile::new(1, 0, 70_000).is_some_and(|tile| tile.is_complete()));
        assert_eq!(Tile::new(0, 274, 70_000), None);
        // "A tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile
        // of width 1."
        assert!(Tile::new(0, 0, 256).is_some_and(|tile| tile.is_complete()));
        let paths: Vec<String> = Tile::edge(256).map(|tile| tile.path()).collect();
        assert_eq!(paths, ["tile/1/000.p/1"]);
        assert_eq!(Tile::edge(0).count(), 0);
        assert_eq!(Tile::edge(u64::MAX).count(), 8);
    }

    #[test]
    fn a_tile_of_another_length_is_refused() {
        let tile = Tile { level: 0, index: 0, width: 2 };
        assert_eq!(tile.decode(&[0; 64]).map(|hashes| hashes.len()), Ok(2));
        for length in [0, 63, 65, 96] {
            assert_eq!(tile.decode(&vec![0; length]), Err(TileError::Length), "{length}");
        }
    }
}
