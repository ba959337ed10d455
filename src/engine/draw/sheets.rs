//! What every paper needs of an item, prepared once: the order in which its options are shuffled, and its bytes in a paper.

use super::lists::Lists;
use super::paper;
use super::units::ItemNumber;
use crate::bank::index::IndexItem;
use std::collections::BTreeMap;

/// Items as papers show them.
#[derive(Debug)]
pub(super) struct Sheets {
    /// For each item its pattern of options.
    pattern: Vec<u32>,
    /// For each pattern the places of the options: those that are not pinned, then the pinned ones. Most items share one.
    patterns: Lists,
    /// For each pattern how many are not pinned.
    loose: Vec<usize>,
    /// For each item the number of its first piece: its head, then its options in authored order.
    first: Vec<u32>,
    /// For each piece where it ends.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Sheets {
    /// Prepares the items of a draw.
    pub(super) fn new(items: &[&IndexItem]) -> Self {
        let mut known: BTreeMap<Vec<bool>, u32> = BTreeMap::new();
        let (mut pattern, mut patterns, mut loose) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
        let (mut first, mut ends, mut bytes) = (Vec::with_capacity(items.len()), Vec::new(), Vec::new());
        for item in items {
            let pinned: Vec<bool> = item.options.iter().map(|option| option.pinned).collect();
            let number = known.get(&pinned).copied().unwrap_or_else(|| {
                let of = |wanted: bool| (0..).zip(&pinned).filter(move |(_, pinned)| **pinned == wanted);
                patterns.push(of(false).chain(of(true)).map(|(place, _)| place).collect::<Vec<u32>>());
                loose.push(of(false).count());
                let next = number(known.len());
                known.insert(pinned.clone(), next);
                next
            });
            pattern.push(number);
            first.push(self::number(ends.len()));
            paper::write_head(&mut bytes, &item.id);
            ends.push(self::number(bytes.len()));
            for option in &item.options {
                paper::write_option(&mut bytes, &option.id);
                ends.push(self::number(bytes.len()));
            }
        }
        Self { pattern, patterns: Lists::new(patterns.iter()), loose, first, ends, bytes }
    }

    /// The places of an item's options before they are shuffled, and how many of them are.
    pub(super) fn options(&self, item: ItemNumber) -> (&[u32], usize) {
        let pattern = self.pattern.get(item as usize).copied().unwrap_or_default();
        (self.patterns.of(pattern), self.loose.get(pattern as usize).copied().unwrap_or_default())
    }

    /// The bytes that begin an item in a paper.
    pub(super) fn head(&self, item: ItemNumber) -> &[u8] {
        self.piece(item, 0)
    }

    /// The bytes of an option.
    pub(super) fn option(&self, item: ItemNumber, place: u32) -> &[u8] {
        self.piece(item, place as usize + 1)
    }

    fn piece(&self, item: ItemNumber, place: usize) -> &[u8] {
        let piece = self.first.get(item as usize).copied().unwrap_or_default() as usize + place;
        let end = |piece: Option<usize>| piece.and_then(|piece| self.ends.get(piece)).copied().unwrap_or_default();
        self.bytes.get(end(piece.checked_sub(1)) as usize..end(Some(piece)) as usize).unwrap_or_default()
    }
}

/// Bytes and pieces of a draw's items: banks are bounded far below 4 GB.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
