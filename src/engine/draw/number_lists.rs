//! NumberLists of numbers, one behind the other: the lists of fifty thousand units lie in a few pages, not in as many boxes.

/// For each number from 0 a list of numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberLists {
    ends: Vec<u32>,
    flat: Vec<u32>,
}

impl NumberLists {
    /// The lists in turn.
    pub(super) fn new<L: AsRef<[u32]>>(lists: impl Iterator<Item = L>) -> Self {
        let mut all = Self::default();
        for list in lists {
            all.flat.extend_from_slice(list.as_ref());
            // Items, points and options of a draw are bounded far below 2^32.
            all.ends.push(u32::try_from(all.flat.len()).unwrap_or(u32::MAX));
        }
        all
    }

    /// The list of a number; empty beyond the last.
    pub(super) fn of(&self, number: u32) -> &[u32] {
        let number = number as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.flat.get(start as usize..end as usize).unwrap_or_default()
    }
}
