//! Dealing: the decks of each session, of which its papers take their cards (section 5 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "units, cells, strata and papers are numbered here and by the rules, in the innermost loops"
)]

use super::feasibility::{Feasible, on_all_cores};
use super::rules::Rules;
use super::seating::Seating;
use super::seed::Seed;
use super::settle::settle;
use super::units::UnitNumber;
use std::collections::BTreeMap;

/// What was dealt: the papers of each session, in the seating's order.
#[derive(Debug)]
pub struct Hands {
    sessions: Vec<Session>,
}

/// The cards of one session.
#[derive(Debug)]
pub(super) struct Session {
    /// The seating's place of its first paper, and how many papers it has.
    pub(super) first: usize,
    pub(super) papers: usize,
    /// For each cell in turn the cards of all papers in turn.
    pub(super) cards: Vec<UnitNumber>,
    /// For each cell where its cards begin, and how many each paper has of it.
    cells: Vec<(usize, usize)>,
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
    of_cell: Vec<std::ops::Range<usize>>,
    /// For each unit its stratum.
    pub(super) of_unit: Vec<u32>,
}

/// The units of a cell and range.
pub(super) struct Stratum {
    pub(super) cell: usize,
    pub(super) range: u32,
    pub(super) units: Vec<UnitNumber>,
    /// For each paper of the book how many units of the stratum it has.
    takes: Vec<usize>,
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

impl Hands {
    /// Deals all papers of a seating.
    #[must_use]
    pub fn deal(feasible: &Feasible<'_>, seating: &Seating, seed: &Seed) -> Self {
        let strata = Strata::new(&feasible.rules, &feasible.book);
        let mut sessions: Vec<(Option<u32>, usize, usize)> = Vec::new();
        for (place, paper) in seating.papers.iter().enumerate() {
            match sessions.last_mut() {
                Some((session, _, papers)) if *session == paper.session => *papers += 1,
                _ => sessions.push((paper.session, place, 1)),
            }
        }
        let deal = |(session, first, papers): &(Option<u32>, usize, usize)| {
            let name = session.map_or_else(|| "reserve".to_owned(), |session| session.to_string());
            let dealt = deal_session(feasible, &strata, &name, *first, *papers, seed);
            settle(feasible, &strata, dealt, &name, seed)
        };
        Self { sessions: on_all_cores(&sessions, deal) }
    }

    /// The sessions in the seating's order.
    pub(super) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The units of a paper in one cell, in place order.
    pub(super) fn cards(&self, cell: usize, paper: usize) -> &[UnitNumber] {
        let (session, paper) = self.session(paper);
        session.cards(cell, paper)
    }

    /// The session of a paper, and the paper's place in it.
    pub(super) fn session(&self, paper: usize) -> (&Session, usize) {
        let after = self.sessions.partition_point(|session| session.first <= paper);
        let session = &self.sessions[after - 1];
        (session, paper - session.first)
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

/// Deals the decks of a session; no card is exchanged yet.
fn deal_session(
    feasible: &Feasible<'_>,
    strata: &Strata,
    name: &str,
    first: usize,
    papers: usize,
    seed: &Seed,
) -> Session {
    let (cells, book) = (&feasible.rules.cells, feasible.book.len());
    let patterns = patterns(book, papers, name, seed);
    let mut followed = vec![0; book];
    patterns.iter().for_each(|pattern| followed[*pattern] += 1);
    let (mut places, mut begin) = (Vec::with_capacity(cells.len()), 0);
    for cell in cells {
        places.push((begin, cell.quota));
        begin += papers * cell.quota;
    }
    let mut cards = vec![0; begin];
    for ((cell, (start, quota)), of_cell) in cells.iter().zip(&places).zip(&strata.of_cell) {
        let parts = cell.name.parts();
        let parts: Vec<&str> = [name].into_iter().chain(parts.iter().map(String::as_str)).collect();
        let mut stream = seed.stream("deck", &parts);
        // For each pattern where in a paper the cards of the next range lie.
        let mut lie = vec![0; book];
        for stratum in &strata.all[of_cell.clone()] {
            let total: usize = followed.iter().zip(&stratum.takes).map(|(papers, takes)| papers * takes).sum();
            let units = stratum.units.len();
            let mut shuffled = stratum.units.clone();
            stream.shuffle(&mut shuffled);
            let mut deck: Vec<UnitNumber> = Vec::with_capacity(total);
            (0..total / units).for_each(|_| deck.extend(&stratum.units));
            deck.extend(&shuffled[..total % units]);
            stream.shuffle(&mut deck);
            let mut rest = deck.as_slice();
            for (paper, pattern) in patterns.iter().enumerate() {
                let (taken, left) = rest.split_at(stratum.takes[*pattern]);
                let to = start + paper * quota + lie[*pattern];
                cards[to..to + taken.len()].copy_from_slice(taken);
                rest = left;
            }
            lie.iter_mut().zip(&stratum.takes).for_each(|(lie, takes)| *lie += takes);
        }
    }
    Session { first, papers, cards, cells: places, forced: Vec::new(), searched: Vec::new() }
}

/// For each paper the book's paper that it follows.
pub(super) fn patterns(book: usize, papers: usize, name: &str, seed: &Seed) -> Vec<usize> {
    let mut stream = seed.stream("patterns", &[name]);
    let mut shuffled: Vec<usize> = (0..book).collect();
    stream.shuffle(&mut shuffled);
    let whole = (0..papers / book).flat_map(|_| 0..book);
    let mut patterns: Vec<usize> = whole.chain(shuffled.iter().take(papers % book).copied()).collect();
    stream.shuffle(&mut patterns);
    patterns
}
