//! Dealing: the decks of each session, of which its papers take their cards (section 5 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "units, cells, strata and papers are numbered here and by the rules, in the innermost loops"
)]

use super::feasibility::{Feasible, on_all_cores};
use super::seating::Seating;
use super::seed::Seed;
use super::session::{Session, Strata};
use super::settle::settle;
use super::units::UnitNumber;

/// What was dealt: the papers of each session, in the seating's order.
#[derive(Debug)]
pub struct Hands {
    sessions: Vec<Session>,
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
