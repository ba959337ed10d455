//! How well other papers predict one: what a person who knows them could guess of a paper that is still to be sat.
//!
//! The guess is a fixed one, so that anyone counts the same: in each cell the units that stand in the fewest of the known
//! papers, at a tie the first of the pool, as many as a paper takes. Even exposure has this price: whoever knows all papers
//! but one knows which cards are left. That is why papers open at one time, and why figures are stated beside chance.

#![expect(
    clippy::indexing_slicing,
    reason = "cards are places in their pool, and cells and papers are numbered by the deal, in the innermost loop"
)]

use super::cells::Cell;
use super::deal::Hands;
use super::seating::Seating;
use crate::marks::{Exact, MarksError};
use serde::{Deserialize, Serialize};

/// The denominator of [`Prediction::chance`].
const MILLION: u64 = 1_000_000;

/// How many items of a paper a person guesses who knows other papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// Knowing the pools alone: Σ items of a unit × quota² ÷ pool, each cell's part rounded down to millionths.
    pub chance: Exact,
    /// Knowing all other papers of the batch, spares and reserve included.
    pub others: Guess,
    /// Knowing all papers of earlier sessions; papers of the second session and later. Null when there is one session.
    #[serde(deserialize_with = "Option::deserialize")]
    pub earlier: Option<Guess>,
    /// Items of these same papers that stand in a paper of an earlier session. Null when there is one session.
    #[serde(deserialize_with = "Option::deserialize")]
    pub repeated: Option<Guess>,
}

/// Items of a paper that were guessed or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guess {
    /// The mean over the papers.
    pub mean: Exact,
    /// Of the paper with the most.
    pub most: u32,
}

/// What the papers of a deal tell of each other.
///
/// # Errors
/// [`MarksError`] when a fraction leaves the range of records, which no allowed number of papers reaches.
pub(super) fn prediction(cells: &[Cell], hands: &Hands, seating: &Seating) -> Result<Prediction, MarksError> {
    let (mut guessed, mut repeated) = (Tally::default(), Tally::default());
    let mut known: Vec<Vec<u32>> = hands.pools.iter().map(|pool| vec![0; pool.len()]).collect();
    let mut likely = Vec::new();
    let mut session = None;
    let mut first = 0;
    for (paper, seated) in seating.papers.iter().enumerate().filter(|(_, seated)| seated.session.is_some()) {
        if session != seated.session {
            // Papers of one session are sat together: they are known from the next session on.
            for earlier in first..paper {
                for (number, cell) in cells.iter().enumerate() {
                    hands
                        .places(number, cell.quota, earlier)
                        .iter()
                        .for_each(|card| known[number][*card as usize] += 1);
                }
            }
            if session.is_some() {
                likely = cells.iter().zip(&known).map(|(cell, counts)| rarest(counts, cell.quota)).collect();
            }
            (session, first) = (seated.session, paper);
        }
        if !likely.is_empty() {
            let count = |is: &dyn Fn(usize, usize) -> bool| {
                let of = |(number, cell): (usize, &Cell)| {
                    let cards = hands.places(number, cell.quota, paper).iter();
                    cards.filter(|card| is(number, **card as usize)).count() as u64 * u64::from(cell.name.group_size)
                };
                cells.iter().enumerate().map(of).sum()
            };
            guessed.add(count(&|cell, card| likely[cell][card]));
            repeated.add(count(&|cell, card| known[cell][card] > 0));
        }
    }
    Ok(Prediction {
        chance: chance(cells, hands)?,
        others: others(cells, hands, seating.papers.len())?,
        earlier: guessed.guess()?,
        repeated: repeated.guess()?,
    })
}

fn chance(cells: &[Cell], hands: &Hands) -> Result<Exact, MarksError> {
    let part = |(cell, pool): (&Cell, &Vec<u32>)| {
        let quota = cell.quota as u64;
        u64::from(cell.name.group_size) * quota * quota * MILLION / (pool.len().max(1) as u64)
    };
    super::certificate::fraction(cells.iter().zip(&hands.pools).map(part).sum(), MILLION)
}

fn others(cells: &[Cell], hands: &Hands, papers: usize) -> Result<Guess, MarksError> {
    let mut hits = vec![0_u64; papers];
    for (number, cell) in cells.iter().enumerate() {
        let dealt = &hands.dealt[number];
        let order = by_rarity(dealt);
        for (paper, hits) in hits.iter_mut().enumerate() {
            let right = guessed_right(dealt, &order, hands.places(number, cell.quota, paper));
            *hits += right as u64 * u64::from(cell.name.group_size);
        }
    }
    let mut tally = Tally::default();
    hits.into_iter().for_each(|hits| tally.add(hits));
    Ok(tally.guess()?.unwrap_or(Guess { mean: Exact::ZERO, most: 0 }))
}

/// How many of a paper's cards are among as many that stand in the fewest of the other papers. `order` is that of `dealt`.
fn guessed_right(dealt: &[u32], order: &[u32], own: &[u32]) -> usize {
    // A card of this paper stands in one other paper fewer than it was dealt.
    let mut own: Vec<(u32, u32)> = own.iter().map(|card| (dealt[*card as usize].saturating_sub(1), *card)).collect();
    own.sort_unstable();
    let is_own = |card: u32| own.iter().any(|(_, other)| *other == card);
    let mut foreign = order.iter().filter(|card| !is_own(**card)).map(|card| (dealt[*card as usize], *card)).peekable();
    let mut right = 0;
    for _ in 0..own.len() {
        match (own.get(right), foreign.peek()) {
            (Some(card), Some(other)) if card > other => drop(foreign.next()),
            _ => right += 1,
        }
    }
    right
}

/// Which cards stand in the fewest papers, `quota` of them.
fn rarest(counts: &[u32], quota: usize) -> Vec<bool> {
    let mut rare = vec![false; counts.len()];
    by_rarity(counts).into_iter().take(quota).for_each(|card| rare[card as usize] = true);
    rare
}

fn by_rarity(counts: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..).take(counts.len()).collect();
    // The sort is stable, so that ties keep the order of the pool.
    order.sort_by_key(|card| counts[*card as usize]);
    order
}

#[derive(Default)]
struct Tally {
    papers: u64,
    sum: u64,
    most: u64,
}

impl Tally {
    fn add(&mut self, items: u64) {
        self.papers += 1;
        self.sum += items;
        self.most = self.most.max(items);
    }

    fn guess(&self) -> Result<Option<Guess>, MarksError> {
        if self.papers == 0 {
            return Ok(None);
        }
        let most = u32::try_from(self.most).map_err(|_| MarksError::Range)?;
        Ok(Some(Guess { mean: super::certificate::fraction(self.sum, self.papers)?, most }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::draw;
    use crate::draw::samples::{Sample, Shape, TestResult};

    // Five cards dealt 2, 1, 2, 1, 3 times. The other papers of one that holds cards 0 and 4 have them 1, 1, 2, 1, 2 times: cards 0 and 1
    // are guessed, one of them rightly. Of cards 1 and 3 they have 2, 0, 2, 0, 3: both are guessed. Of cards 2 and 4 they
    // have 2, 1, 1, 1, 2: cards 1 and 2 are guessed.
    #[test]
    fn the_rarest_of_the_other_papers_are_guessed() {
        let dealt = [2, 1, 2, 1, 3];
        let order = by_rarity(&dealt);
        assert_eq!(order, [1, 3, 0, 2, 4]);
        assert_eq!([[0, 4], [3, 1], [4, 2]].map(|own| guessed_right(&dealt, &order, &own)), [1, 2, 1]);
    }

    // Two papers of 4 easy from 8, 4 hard from 8 and one group of two items from 2: whatever one of them does not have, the
    // other has, so that all ten items are known. By chance 16/8 + 16/8 + 2 · 1/2 = 5 are guessed.
    #[test]
    fn two_papers_that_use_up_a_deck_betray_each_other() -> TestResult {
        let shape = Shape { papers: 2, pools: [8, 8, 2], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 };
        let mut sample = Sample::new(&shape)?;
        let one_session = draw(&sample.input())?.equivalence.prediction;
        let all = Guess { mean: Exact::whole(10), most: 10 };
        let expected = Prediction { chance: Exact::whole(5), others: all, earlier: None, repeated: None };
        assert_eq!(one_session, expected);
        sample.seating.papers[1].session = Some(2);
        sample.rename()?;
        let two_sessions = draw(&sample.input())?.equivalence.prediction;
        let none = Guess { mean: Exact::ZERO, most: 0 };
        assert_eq!(two_sessions, Prediction { earlier: Some(all), repeated: Some(none), ..expected });
        Ok(())
    }

    // Pools of exactly one paper: everything is known beforehand, and the second session repeats the first.
    #[test]
    fn a_pool_of_one_paper_is_repeated() -> TestResult {
        let shape = Shape { papers: 3, pools: [4, 4, 1], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 };
        let mut sample = Sample::new(&shape)?;
        sample.seating.papers[2].session = Some(2);
        sample.rename()?;
        let prediction = draw(&sample.input())?.equivalence.prediction;
        let all = Guess { mean: Exact::whole(10), most: 10 };
        let expected = Prediction { chance: Exact::whole(10), others: all, earlier: Some(all), repeated: Some(all) };
        assert_eq!(prediction, expected);
        Ok(())
    }
}
