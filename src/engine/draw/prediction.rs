//! How well other papers predict one: what a person who knows them could guess of a paper that is still to be sat.
//!
//! The guess is a fixed one, so that anyone counts the same: in each cell the units that are most behind, at a tie the first
//! of the pool, as many as a paper takes. A unit is behind by how often the units of its cell and range are dealt on average,
//! in millionths rounded down, less how often it stands in the known papers. Even exposure has this price: whoever knows all
//! papers of a session but one knows which cards are left. That is why papers open at one time, and why figures are stated
//! beside chance.

#![expect(
    clippy::indexing_slicing,
    reason = "cards are places in their pool, and cells and papers are numbered by the deal, in the innermost loop"
)]

use super::deal::Hands;
use super::rules::Rules;
use super::seating::Seating;
use super::session::{Session, Strata};
use super::units::UnitNumber;
use crate::marks::{Exact, MarksError};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Averages are in millionths.
const MILLION: i64 = 1_000_000;

/// How many items of a paper a person guesses who knows other papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// Knowing alone how often the units of each cell and range are dealt: the sum of what is guessed, each unit's part of a
    /// paper rounded down to millionths.
    pub chance: Exact,
    /// Knowing all other papers of the same session, or of the reserve set.
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
pub(super) fn prediction(rules: &Rules<'_>, hands: &Hands, seating: &Seating) -> Result<Prediction, MarksError> {
    let strata = Strata::new(rules, &[]);
    let units = rules.units.len();
    let (mut known, mut all) = (vec![0; units], vec![0; units]);
    let (mut others, mut guessed, mut repeated) = (Tally::default(), Tally::default(), Tally::default());
    let mut is_first = true;
    for session in hands.sessions() {
        let counts = session.counts(units);
        add(&mut all, &counts);
        know_others(rules, &strata, session, &counts, &mut others);
        if seating.papers[session.first].session.is_none() {
            continue;
        }
        let mut expected = known.clone();
        add(&mut expected, &counts);
        // Papers of one session are sat together: they are known from the next session on.
        if !std::mem::take(&mut is_first) {
            let likely = likely(rules, &behind(&strata, &expected, &known));
            for paper in 0..session.papers {
                let items = |is: &dyn Fn(usize) -> bool| {
                    session
                        .paper(paper)
                        .filter(|unit| is(*unit as usize))
                        .map(|unit| u64::from(rules.size[unit as usize]))
                        .sum()
                };
                guessed.add(items(&|unit| likely[unit]));
                repeated.add(items(&|unit| known[unit] > 0));
            }
        }
        known = expected;
    }
    Ok(Prediction {
        chance: chance(rules, &strata, &all, seating.papers.len())?,
        others: others.guess()?.unwrap_or(Guess { mean: Exact::ZERO, most: 0 }),
        earlier: guessed.guess()?,
        repeated: repeated.guess()?,
    })
}

fn add(counts: &mut [u32], more: &[u32]) {
    counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
}

/// For each unit by how much it is behind, in millionths.
fn behind(strata: &Strata, expected: &[u32], known: &[u32]) -> Vec<i64> {
    let mut behind: Vec<i64> = known.iter().map(|known| -MILLION * i64::from(*known)).collect();
    for stratum in &strata.all {
        let (cards, units) = (stratum.sum(expected) as i64, stratum.units.len() as i64);
        stratum.units.iter().for_each(|unit| behind[*unit as usize] += cards * MILLION / units);
    }
    behind
}

fn chance(rules: &Rules<'_>, strata: &Strata, all: &[u32], papers: usize) -> Result<Exact, MarksError> {
    let behind = behind(strata, all, &vec![0; all.len()]);
    let likely = likely(rules, &behind);
    let guessed = (0..all.len()).filter(|unit| likely[*unit]);
    let parts = guessed.map(|unit| behind[unit].unsigned_abs() / papers.max(1) as u64 * u64::from(rules.size[unit]));
    super::certificate::fraction(parts.sum(), MILLION.unsigned_abs())
}

fn know_others(rules: &Rules<'_>, strata: &Strata, session: &Session, counts: &[u32], tally: &mut Tally) {
    let behind = behind(strata, counts, counts);
    let mut hits = vec![0_u64; session.papers];
    for (number, pool) in rules.pools.iter().enumerate() {
        let order = by_lack(pool, &behind);
        for (paper, hits) in hits.iter_mut().enumerate() {
            let right = guessed_right(&behind, &order, session.cards(number, paper)) as u64;
            *hits += right * u64::from(rules.cells[number].name.group_size);
        }
    }
    hits.into_iter().for_each(|hits| tally.add(hits));
}

/// How many of a paper's units are among as many that are most behind. `order` is that of `behind`, which counts this paper.
fn guessed_right(behind: &[i64], order: &[UnitNumber], own: &[UnitNumber]) -> usize {
    // A unit of this paper stands in one other paper fewer than it was dealt.
    let mut own: Vec<(Reverse<i64>, UnitNumber)> =
        own.iter().map(|unit| (Reverse(behind[*unit as usize] + MILLION), *unit)).collect();
    own.sort_unstable();
    let is_own = |unit: UnitNumber| own.iter().any(|(_, other)| *other == unit);
    let foreign = order.iter().filter(|unit| !is_own(**unit));
    let mut foreign = foreign.map(|unit| (Reverse(behind[*unit as usize]), *unit)).peekable();
    let mut right = 0;
    for _ in 0..own.len() {
        match (own.get(right), foreign.peek()) {
            (Some(unit), Some(other)) if unit > other => drop(foreign.next()),
            _ => right += 1,
        }
    }
    right
}

/// The units of each cell that are most behind, as many as a paper takes.
fn likely(rules: &Rules<'_>, behind: &[i64]) -> Vec<bool> {
    let mut likely = vec![false; behind.len()];
    for (cell, pool) in rules.cells.iter().zip(&rules.pools) {
        by_lack(pool, behind).into_iter().take(cell.quota).for_each(|unit| likely[unit as usize] = true);
    }
    likely
}

fn by_lack(pool: &[UnitNumber], behind: &[i64]) -> Vec<UnitNumber> {
    let mut order = pool.to_vec();
    // The sort is stable, so that ties keep the order of the pool.
    order.sort_by_key(|unit| Reverse(behind[*unit as usize]));
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

    // Five units of one range dealt 2, 1, 2, 1, 3 times. The other papers of one that holds units 0 and 4 have them 1, 1, 2, 1, 2
    // times: units 0 and 1 are guessed, one of them rightly. Of units 1 and 3 they have 2, 0, 2, 0, 3: both are guessed. Of
    // units 2 and 4 they have 2, 1, 1, 1, 2: units 1 and 2 are guessed.
    #[test]
    fn what_is_behind_in_the_other_papers_is_guessed() {
        let behind = [2, 1, 2, 1, 3].map(|dealt| 9 * MILLION / 5 - dealt * MILLION);
        let order = by_lack(&[0, 1, 2, 3, 4], &behind);
        assert_eq!(order, [1, 3, 0, 2, 4]);
        assert_eq!([[0, 4], [3, 1], [4, 2]].map(|own| guessed_right(&behind, &order, &own)), [1, 2, 1]);
    }

    // Two papers of one session, of 4 easy from 8, 4 hard from 8 and one group of two items from 2: whatever one of them does not have, the
    // other has, so that all ten items are known. By chance 16/8 + 16/8 + 2 · 1/2 = 5 are guessed.
    #[test]
    fn two_papers_that_use_up_a_deck_betray_each_other() -> TestResult {
        let shape = Shape { papers: 2, pools: [8, 8, 2], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 };
        let sample = Sample::new(&shape)?;
        let one_session = draw(&sample.input())?.equivalence.prediction;
        let all = Guess { mean: Exact::whole(10), most: 10 };
        let expected = Prediction { chance: Exact::whole(5), others: all, earlier: None, repeated: None };
        assert_eq!(one_session, expected);
        Ok(())
    }

    // Two sessions of one paper. Whoever knows the first guesses in the second all that the first does not have; nobody knows
    // another paper of a session, so that the first four, four and one units of the pools are guessed.
    #[test]
    fn sessions_of_one_paper_tell_nothing_but_what_was_used() -> TestResult {
        let shape = Shape { papers: 2, pools: [8, 8, 2], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 };
        let mut sample = Sample::new(&shape)?;
        sample.seating.papers[1].session = Some(2);
        sample.rename()?;
        let drawn = draw(&sample.input())?;
        let items = |paper: usize| drawn.papers[paper].items.iter().map(|entry| &entry.item);
        let common = items(1).filter(|item| items(0).any(|other| other == *item)).count() as u32;
        let whole = |items: u32| Some(Guess { mean: Exact::whole(items), most: items });
        let prediction = drawn.equivalence.prediction;
        assert_eq!((prediction.earlier, prediction.repeated), (whole(10 - common), whole(common)));
        let first = |item: &str| {
            ["i0000", "i0001", "i0002", "i0003", "i0008", "i0009", "i0010", "i0011", "i0016", "i0017"].contains(&item)
        };
        let hits = [0, 1].map(|paper| items(paper).filter(|item| first(item.as_str())).count() as u32);
        let mean = Exact::new((hits[0] + hits[1]).into(), 2)?;
        assert_eq!(prediction.others, Guess { mean, most: hits[0].max(hits[1]) });
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
