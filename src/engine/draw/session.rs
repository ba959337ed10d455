//! The cards of one session, and the strata that they come from (section 5 of the specification).

#![expect(clippy::indexing_slicing, reason = "units, cells and papers are numbered by the deal and the rules")]

use super::rules::Rules;
use super::units::UnitNumber;
use std::collections::BTreeMap;

/// The cards of one session.
#[derive(Debug)]
pub(super) struct Session {
    /// The seating's place of its first paper, and how many papers it has.
    pub(super) first: usize,
    pub(super) papers: usize,
    /// For each cell in turn the cards of all papers in turn.
    pub(super) cards: Vec<UnitNumber>,
    /// For each cell where its cards begin, and how many each paper has of it.
    pub(super) cells: Vec<(usize, usize)>,
    /// Cards that a search brought, in dealing order.
    pub(super) forced: Vec<ForcedCard>,
    /// Papers that were searched, in order; true when only the witness was left.
    pub(super) searched: Vec<(usize, bool)>,
}

/// A card that no exchange could supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ForcedCard {
    /// The paper's place in the session.
    pub(super) paper: usize,
    pub(super) cell: usize,
    /// The card that lay there, and the one dealt.
    pub(super) instead: UnitNumber,
    pub(super) unit: UnitNumber,
}

/// The strata: the units of each cell and range.
pub(super) struct Strata {
    pub(super) all: Vec<Stratum>,
    /// For each cell its strata, ranges sorted.
    pub(super) of_cell: Vec<std::ops::Range<usize>>,
    /// For each unit its stratum.
    pub(super) of_unit: Vec<u32>,
}

/// The units of a cell and range.
pub(super) struct Stratum {
    pub(super) cell: usize,
    pub(super) range: u32,
    pub(super) units: Vec<UnitNumber>,
    /// For each paper of the book how many units of the stratum it has.
    pub(super) takes: Vec<usize>,
}

impl Strata {
    /// The strata of all cells, in cell order, ranges sorted.
    pub(super) fn new(rules: &Rules<'_>, book: &[Vec<UnitNumber>]) -> Self {
        let mut units: BTreeMap<(u32, u32), Vec<UnitNumber>> = BTreeMap::new();
        for (unit, key) in (0..).zip(rules.cell.iter().copied().zip(rules.range.iter().copied())) {
            units.entry(key).or_default().push(unit);
        }
        let (mut all, mut of_unit) = (Vec::with_capacity(units.len()), vec![0; rules.units.len()]);
        for (number, ((cell, range), units)) in (0..).zip(units) {
            units.iter().for_each(|unit| of_unit[*unit as usize] = number);
            all.push(Stratum { cell: cell as usize, range, units, takes: vec![0; book.len()] });
        }
        for (pattern, paper) in book.iter().enumerate() {
            paper.iter().for_each(|unit| all[of_unit[*unit as usize] as usize].takes[pattern] += 1);
        }
        let begin = |cell: usize| all.partition_point(|stratum| stratum.cell < cell);
        let of_cell = (0..rules.cells.len()).map(|cell| begin(cell)..begin(cell + 1)).collect();
        Self { all, of_cell, of_unit }
    }
}

impl Stratum {
    /// The sum of what is counted of its units.
    pub(super) fn sum(&self, counts: &[u32]) -> usize {
        self.units.iter().map(|unit| counts[*unit as usize] as usize).sum()
    }
}

impl Session {
    /// The places of a paper's cards in one cell.
    pub(super) fn places(&self, cell: usize, paper: usize) -> std::ops::Range<usize> {
        let (start, quota) = self.cells[cell];
        start + paper * quota..start + (paper + 1) * quota
    }

    /// The units of a paper in one cell, in place order.
    pub(super) fn cards(&self, cell: usize, paper: usize) -> &[UnitNumber] {
        &self.cards[self.places(cell, paper)]
    }

    /// All cards of a paper, in cell order and place order.
    pub(super) fn paper(&self, paper: usize) -> impl Iterator<Item = UnitNumber> + '_ {
        (0..self.cells.len()).flat_map(move |cell| self.cards(cell, paper).iter().copied())
    }

    /// Whether a paper was searched; true when only its witness was left.
    pub(super) fn search_of(&self, paper: usize) -> Option<bool> {
        let found = self.searched.binary_search_by_key(&paper, |(paper, _)| *paper).ok()?;
        Some(self.searched[found].1)
    }

    /// The forced cards of a paper, in cell order and place order.
    pub(super) fn forced_of(&self, paper: usize) -> &[ForcedCard] {
        // Papers are settled in order.
        let begin = |paper: usize| self.forced.partition_point(|card| card.paper < paper);
        &self.forced[begin(paper)..begin(paper + 1)]
    }

    /// How often each unit was dealt.
    pub(super) fn counts(&self, units: usize) -> Vec<u32> {
        let mut counts = vec![0; units];
        self.cards.iter().for_each(|unit| counts[*unit as usize] += 1);
        counts
    }
}
