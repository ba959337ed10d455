//! Lists, one behind the other: the lists of fifty thousand units lie in a few pages, not in as many boxes.

/// For each number from 0 a list.
#[derive(Clone, Debug)]
pub(super) struct Lists<T = u32> {
    ends: Vec<u32>,
    flat: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// The lists in turn.
    pub(super) fn new<L: AsRef<[T]>>(lists: impl Iterator<Item = L>) -> Self {
        let (mut ends, mut flat) = (Vec::new(), Vec::new());
        for list in lists {
            flat.extend_from_slice(list.as_ref());
            // Items, points and options of a draw are bounded far below 2^32.
            ends.push(u32::try_from(flat.len()).unwrap_or(u32::MAX));
        }
        Self { ends, flat }
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The list of a number; empty beyond the last.
    pub(super) fn of(&self, number: u32) -> &[T] {
        let number = number as usize;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.flat.get(start as usize..end as usize).unwrap_or_default()
    }
}
