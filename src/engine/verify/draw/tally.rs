//! What all entries of a list come to: which papers are missing, stand twice, are out of order, or
//! differ.

use super::compare::{Compared, Comparison, List};
use super::fault_at;
use super::range::SeatRange;
use crate::fault::Fault;
use std::collections::BTreeMap;

/// The most faults of a list that are kept; the others are counted.
pub const MOST_FAULTS: usize = 100;

/// The entries of one list, while they are read; parts may come in any order.
#[derive(Debug)]
pub struct Tally {
    list: List,
    entries: Vec<Entry>,
    faults: Faults,
}

/// What a list came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOutcome {
    /// How many papers of the range the list has as they are drawn again.
    pub same: usize,
    /// The first faults, in the list's order.
    pub faults: Vec<Fault>,
    /// How many faults there are in all.
    pub all_faults: usize,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Names no paper, or was not read.
    Unknown,
    /// Names the paper at this place of the seating, but is not as drawn.
    Differs(usize),
    /// Is the paper at this place of the seating.
    Same(usize),
}

/// Faults by entry, so that the same ones are kept whoever finds them first.
#[derive(Debug, Default)]
struct Faults {
    kept: BTreeMap<(usize, usize), Box<Fault>>,
    all: usize,
}

impl Faults {
    fn add(&mut self, entry: usize, fault: Box<Fault>) {
        self.kept.insert((entry, self.all), fault);
        self.all += 1;
        if self.kept.len() > MOST_FAULTS {
            self.kept.pop_last();
        }
    }
}

impl Tally {
    /// A list of which nothing was read yet.
    #[must_use]
    pub fn new(list: List) -> Self {
        Self { list, entries: Vec::new(), faults: Faults::default() }
    }

    /// Takes what was found for entries that follow each other, the first counted from 1.
    pub fn add(&mut self, first: usize, compared: Vec<Compared>) {
        let end = (first + compared.len()).saturating_sub(1);
        if self.entries.len() < end {
            self.entries.resize(end, Entry::Unknown);
        }
        for (entry, Compared { place, fault }) in (first..).zip(compared) {
            if let Some(slot) = self.entries.get_mut(entry.saturating_sub(1)) {
                *slot = match place {
                    None => Entry::Unknown,
                    Some(place) if fault.is_some() => Entry::Differs(place),
                    Some(place) => Entry::Same(place),
                };
            }
            if let Some(fault) = fault {
                self.faults.add(entry, fault);
            }
        }
    }

    /// Takes a fault of the file itself at an entry, counted from 1.
    pub fn broken(&mut self, entry: usize, fault: Box<Fault>) {
        self.faults.add(entry, fault);
    }

    /// What the list comes to, when it must have the papers of a range, each once, and in a file in
    /// the seating's order.
    #[must_use]
    pub fn finish(self, comparison: &Comparison<'_>, range: SeatRange) -> ListOutcome {
        let Self { list, entries, mut faults } = self;
        let mut seen = vec![0_u32; comparison.papers()];
        let mut right = vec![false; comparison.papers()];
        let (mut before, mut in_order) = (None, list != List::Digests);
        for (number, entry) in (1..).zip(&entries) {
            let (place, is_same) = match *entry {
                Entry::Unknown => continue,
                Entry::Differs(place) => (place, false),
                Entry::Same(place) => (place, true),
            };
            let paper = comparison.paper(place).unwrap_or_default();
            let mut refuse = |code: &str, zh: &str, en: &str| {
                let cause = [format!("试卷 {paper} {zh}"), format!("paper `{paper}` {en}")];
                faults.add(number, fault_at(code, list.file(), &list.place(number, Some(paper)), cause, CURE));
            };
            if let Some(right) = right.get_mut(place) {
                *right |= is_same;
            }
            let count = seen.get_mut(place).map_or(1, |count| {
                *count += 1;
                *count
            });
            if count > 1 {
                refuse("paper_twice", "出现不止一次", "stands more than once");
            } else if !range.places().contains(&place) {
                refuse("paper_outside", "不在所写座位范围之内", "is outside the range of seats");
            } else {
                if in_order && before.is_some_and(|before| before > place) {
                    in_order = false;
                    refuse("paper_order", "的次序与座位表不同", "is not in the order of the seating");
                }
                before = Some(place);
            }
        }
        for place in range.places().filter(|place| seen.get(*place).is_none_or(|count| *count == 0)) {
            let paper = comparison.paper(place).unwrap_or_default();
            let cause = [format!("缺少试卷 {paper}"), format!("paper `{paper}` is missing")];
            // After all entries, so that what stands in the file comes first.
            faults.add(entries.len() + 2 + place, fault_at("paper_missing", list.file(), "", cause, CURE));
        }
        let same = range.places().filter(|place| right.get(*place) == Some(&true)).count();
        let all_faults = faults.all;
        ListOutcome { same, all_faults, faults: faults.kept.into_values().map(|fault| *fault).collect() }
    }
}

const CURE: [&str; 2] =
    ["向评价组织索取完整的原文件，并要求说明", "ask the organization for the whole file, and for an explanation"];
