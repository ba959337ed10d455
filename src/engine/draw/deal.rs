//! Dealing: decks, and the exchanges that keep a paper free of conflicts (section 4 of the specification).

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of units, points, items and places are made here from the lists that they index, in the innermost loops"
)]

use super::cells::Cell;
use super::conflict;
use super::error::{DrawError, Short, Shortage, Stuck};
use super::exclusions::Exclusions;
use super::seating::Seating;
use super::seed::Seed;
use super::units::{ItemNumber, UnitNumber, Units};
use std::cmp::Reverse;

/// Places that step 2 looks at one by one; nearly always one of the first is admissible.
const NEAR: usize = 32;

/// What was dealt: for each cell a sequence of cards, of which each paper holds the next `quota`.
#[derive(Debug)]
pub struct Hands {
    /// The pool of each cell.
    pub pools: Vec<Vec<UnitNumber>>,
    /// The cards of each cell, as places in its pool; those beyond the last paper are left over.
    sequences: Vec<Vec<u32>>,
    /// How often each unit of each pool was dealt.
    pub dealt: Vec<Vec<u32>>,
    /// Cards that were dealt beyond the bound, in dealing order.
    pub forced: Vec<ForcedCard>,
}

/// A card that no exchange could supply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForcedCard {
    /// The paper's place in the seating.
    pub paper: usize,
    /// The cell's place in cell order.
    pub cell: usize,
    /// The unit.
    pub unit: UnitNumber,
}

impl Hands {
    /// The units of a paper in one cell, in place order.
    pub fn cards(&self, cell: usize, quota: usize, paper: usize) -> impl Iterator<Item = UnitNumber> + '_ {
        let pool = &self.pools[cell];
        self.places(cell, quota, paper).iter().map(|card| pool[*card as usize])
    }

    /// The same units as places in the cell's pool.
    pub(super) fn places(&self, cell: usize, quota: usize, paper: usize) -> &[u32] {
        &self.sequences[cell][paper * quota..(paper + 1) * quota]
    }
}

/// Deals all papers of a seating.
///
/// # Errors
/// [`DrawError::Pool`] with every pool that is too small, or [`DrawError::Stuck`] for the first paper that cannot be filled.
pub fn deal(
    cells: &[Cell],
    minimum_multiple: u32,
    units: &Units<'_>,
    seating: &Seating,
    seed: &Seed,
) -> Result<Hands, DrawError> {
    let pools = units.pools(cells);
    let shortages = shortages(cells, &pools, minimum_multiple);
    if !shortages.is_empty() {
        let explanation = conflict::explain(cells, &pools, units, &[]);
        return Err(DrawError::Pool(Box::new(Short { shortages, explanation })));
    }
    let mut table = Table::new(cells, pools, units, seating, seed);
    for paper in 0..seating.papers.len() {
        table.settle_paper(paper)?;
    }
    Ok(table.hands)
}

/// Every pool below its quota times the minimum multiple.
pub(super) fn shortages(cells: &[Cell], pools: &[Vec<UnitNumber>], minimum_multiple: u32) -> Vec<Shortage> {
    let short = |(cell, pool): (&Cell, &Vec<UnitNumber>)| {
        let needed = cell.quota * minimum_multiple as usize;
        (pool.len() < needed).then(|| Shortage { cell: cell.name.clone(), pool: pool.len(), quota: cell.quota, needed })
    };
    cells.iter().zip(pools).filter_map(short).collect()
}

struct Table<'a> {
    cells: &'a [Cell],
    units: &'a Units<'a>,
    seating: &'a Seating,
    papers: usize,
    /// The cells in settling order.
    order: Vec<usize>,
    hands: Hands,
    /// For each cell how many cards of each unit are left over.
    left_over: Vec<Vec<u32>>,
    /// What was written since the paper was begun.
    journal: Vec<Write>,
    /// Items that each paper's person has seen.
    avoid: Vec<Vec<ItemNumber>>,
    /// What the paper that is being settled already excludes.
    paper: Exclusions<'a>,
    /// What one unit excludes, while papers are searched that might take it.
    probe: Exclusions<'a>,
}

impl<'a> Table<'a> {
    fn new(
        cells: &'a [Cell],
        pools: Vec<Vec<UnitNumber>>,
        units: &'a Units<'a>,
        seating: &'a Seating,
        seed: &Seed,
    ) -> Self {
        let papers = seating.papers.len();
        let sequences: Vec<Vec<u32>> =
            cells.iter().zip(&pools).map(|(cell, pool)| sequence(cell, pool.len(), papers, seed)).collect();
        let left_over = cells.iter().zip(&pools).zip(&sequences).map(|((cell, pool), sequence)| {
            let mut left_over = vec![0; pool.len()];
            for card in &sequence[papers * cell.quota..] {
                left_over[*card as usize] += 1;
            }
            left_over
        });
        let numbers = |avoid: &Vec<_>| avoid.iter().filter_map(|item| units.number(item)).collect();
        Self {
            order: settling_order(cells, &pools),
            left_over: left_over.collect(),
            journal: Vec::new(),
            avoid: seating.papers.iter().map(|paper| numbers(&paper.avoid)).collect(),
            paper: Exclusions::new(units),
            probe: Exclusions::new(units),
            hands: Hands {
                dealt: pools.iter().map(|pool| vec![0; pool.len()]).collect(),
                pools,
                sequences,
                forced: Vec::new(),
            },
            cells,
            units,
            seating,
            papers,
        }
    }

    /// Settles a paper; when a cell is stuck, begins again with that cell in front.
    fn settle_paper(&mut self, paper: usize) -> Result<(), DrawError> {
        let mut order = self.order.clone();
        let mut moved = Vec::new();
        let forced = self.hands.forced.len();
        loop {
            self.journal.clear();
            match self.try_paper(paper, &order) {
                Ok(()) => return Ok(()),
                Err(cell) if moved.contains(&cell) => return Err(self.stuck(paper, cell)),
                Err(cell) => {
                    self.undo();
                    self.hands.forced.truncate(forced);
                    order.retain(|number| *number != cell);
                    order.insert(0, cell);
                    moved.push(cell);
                }
            }
        }
    }

    /// Settles a paper's cells in an order.
    ///
    /// # Errors
    /// The cell of which no unit is admissible.
    fn try_paper(&mut self, paper: usize, order: &[usize]) -> Result<(), usize> {
        self.paper.clear();
        self.avoid[paper].iter().for_each(|item| self.paper.see(*item));
        for number in order {
            let quota = self.cells[*number].quota;
            for place in paper * quota..(paper + 1) * quota {
                let card = self.settle_place(paper, *number, place)?;
                self.count(*number, card, 1);
                self.paper.add(self.unit(*number, card));
            }
        }
        Ok(())
    }

    /// Makes the card at a place admissible and returns it.
    fn settle_place(&mut self, paper: usize, cell: usize, place: usize) -> Result<u32, usize> {
        let card = self.hands.sequences[cell][place];
        if self.admissible(cell, card) {
            return Ok(card);
        }
        let mut admissible = Vec::new();
        let end = self.forward_end(cell, place);
        let near = end.min(place + 1 + NEAR);
        let mut forward = (place + 1..near).find(|other| self.admissible(cell, self.hands.sequences[cell][*other]));
        if forward.is_none() {
            // From here on each unit is asked once, not each of its cards.
            admissible = self.hands.pools[cell].iter().map(|unit| self.paper.admits(*unit)).collect();
            if !admissible.contains(&true) {
                return Err(cell);
            }
            forward = (near..end).find(|other| admissible[self.hands.sequences[cell][*other] as usize]);
        }
        let settled = if let Some(other) = forward {
            let found = self.hands.sequences[cell][other];
            if other >= self.papers * self.cells[cell].quota {
                self.leave_over(cell, card, 1);
                self.leave_over(cell, found, -1);
            }
            self.lay(cell, other, card);
            found
        } else if let Some(other) = self.backward(paper, cell, place, &admissible) {
            // The unit that moves here was counted where it was settled; now this one is settled there.
            let found = self.hands.sequences[cell][other];
            self.count(cell, found, -1);
            self.count(cell, card, 1);
            self.lay(cell, other, card);
            found
        } else {
            self.force(paper, cell, &admissible).ok_or(cell)?
        };
        self.lay(cell, place, settled);
        Ok(settled)
    }

    fn lay(&mut self, cell: usize, place: usize, card: u32) {
        let before = std::mem::replace(&mut self.hands.sequences[cell][place], card);
        self.journal.push(Write::Card { cell, place, before });
    }

    fn count(&mut self, cell: usize, card: u32, change: i32) {
        let count = &mut self.hands.dealt[cell][card as usize];
        self.journal.push(Write::Dealt { cell, card, before: *count });
        *count = count.saturating_add_signed(change);
    }

    fn leave_over(&mut self, cell: usize, card: u32, change: i32) {
        let count = &mut self.left_over[cell][card as usize];
        self.journal.push(Write::LeftOver { cell, card, before: *count });
        *count = count.saturating_add_signed(change);
    }

    fn undo(&mut self) {
        while let Some(write) = self.journal.pop() {
            match write {
                Write::Card { cell, place, before } => self.hands.sequences[cell][place] = before,
                Write::Dealt { cell, card, before } => self.hands.dealt[cell][card as usize] = before,
                Write::LeftOver { cell, card, before } => self.left_over[cell][card as usize] = before,
            }
        }
    }

    fn admissible(&self, cell: usize, card: u32) -> bool {
        self.paper.admits(self.unit(cell, card))
    }

    /// Step 2 looks at the places up to this one for the first whose unit is admissible.
    fn forward_end(&self, cell: usize, place: usize) -> usize {
        let sequence = &self.hands.sequences[cell];
        let pool = self.hands.pools[cell].len();
        let in_last_deck = place / pool + 1 == sequence.len() / pool;
        let may_be_left = in_last_deck && self.left_over[cell][sequence[place] as usize] == 0;
        if may_be_left { sequence.len() } else { self.papers * self.cells[cell].quota }
    }

    /// Step 3: the first place of an earlier paper, going back, whose unit fits here while this one fits there.
    fn backward(&mut self, paper: usize, cell: usize, place: usize, admissible: &[bool]) -> Option<usize> {
        let sequence = &self.hands.sequences[cell];
        let unit = self.unit(cell, sequence[place]);
        self.probe.clear();
        self.probe.add(unit);
        let hostile = self.hostile_cards();
        let quota = self.cells[cell].quota;
        for earlier in (0..paper).rev() {
            let places = (earlier * quota..(earlier + 1) * quota).rev();
            let mut offered = places.filter(|other| admissible[sequence[*other] as usize]).peekable();
            if offered.peek().is_none() || self.avoids(earlier, unit) {
                continue;
            }
            match self.conflicting(earlier, &hostile) {
                Conflicts::None => return offered.next(),
                Conflicts::One(conflict) if conflict.0 == cell => {
                    if let Some(other) = offered.find(|other| *other == conflict.1) {
                        return Some(other);
                    }
                }
                Conflicts::One(_) | Conflicts::More => {}
            }
        }
        None
    }

    /// The cells with units that conflict with the probed one, each with what is known of its units.
    fn hostile_cards(&self) -> Vec<(usize, Vec<bool>)> {
        let conflicts = |unit: &UnitNumber| self.probe.shares_point(*unit) || self.probe.has_enemy(*unit);
        let of_cells = self.hands.pools.iter().map(|pool| pool.iter().map(conflicts).collect::<Vec<bool>>());
        of_cells.enumerate().filter(|(_, hostile)| hostile.contains(&true)).collect()
    }

    /// The cards of a settled paper that conflict with the probed unit.
    fn conflicting(&self, paper: usize, hostile: &[(usize, Vec<bool>)]) -> Conflicts {
        let mut found = Conflicts::None;
        for (number, hostile) in hostile {
            let quota = self.cells[*number].quota;
            for place in paper * quota..(paper + 1) * quota {
                if hostile[self.hands.sequences[*number][place] as usize] {
                    match found {
                        Conflicts::None => found = Conflicts::One((*number, place)),
                        _ => return Conflicts::More,
                    }
                }
            }
        }
        found
    }

    fn avoids(&self, paper: usize, unit: UnitNumber) -> bool {
        let avoid = &self.avoid[paper];
        !avoid.is_empty() && self.units.items_of.of(unit).iter().any(|item| avoid.contains(item))
    }

    /// Step 4: the admissible unit that was dealt least often, at a tie the first of the pool.
    fn force(&mut self, paper: usize, cell: usize, admissible: &[bool]) -> Option<u32> {
        let cards = (0..).zip(&self.hands.dealt[cell]).zip(admissible).filter(|(_, admissible)| **admissible);
        let (card, _) = cards.map(|(card, _)| card).min_by_key(|(_, dealt)| **dealt)?;
        let unit = self.hands.pools[cell][card as usize];
        self.hands.forced.push(ForcedCard { paper, cell, unit });
        Some(card)
    }

    fn stuck(&self, paper: usize, cell: usize) -> DrawError {
        let (mut seen, mut same_point, mut enemies) = (0, 0, 0);
        for number in &self.hands.pools[cell] {
            if self.paper.has_seen(*number) {
                seen += 1;
            } else if self.paper.shares_point(*number) {
                same_point += 1;
            } else {
                enemies += 1;
            }
        }
        DrawError::Stuck(Box::new(Stuck {
            paper: self.seating.papers[paper].paper.clone(),
            cell: self.cells[cell].name.clone(),
            pool: self.hands.pools[cell].len(),
            quota: self.cells[cell].quota,
            seen,
            same_point,
            enemies,
            explanation: conflict::explain(
                self.cells,
                &self.hands.pools,
                self.units,
                &self.seating.papers[paper].avoid,
            ),
        }))
    }

    fn unit(&self, cell: usize, card: u32) -> UnitNumber {
        self.hands.pools[cell][card as usize]
    }
}

/// What stood at a place that was written.
#[derive(Clone, Copy, Debug)]
enum Write {
    Card { cell: usize, place: usize, before: u32 },
    Dealt { cell: usize, card: u32, before: u32 },
    LeftOver { cell: usize, card: u32, before: u32 },
}

/// The largest groups first, then the cells with the fewest units to spare: they leave the least choice.
fn settling_order(cells: &[Cell], pools: &[Vec<UnitNumber>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    // The sort is stable, so that ties keep cell order.
    order.sort_by_key(|number| {
        let (cell, pool) = (&cells[*number], &pools[*number]);
        (Reverse(cell.name.group_size), pool.len().saturating_sub(cell.quota))
    });
    order
}

/// Cards of a paper that conflict with a unit: cell and place.
enum Conflicts {
    None,
    One((usize, usize)),
    More,
}

/// Deck after deck, as many as the papers need.
fn sequence(cell: &Cell, pool: usize, papers: usize, seed: &Seed) -> Vec<u32> {
    let parts = cell.name.parts();
    let mut stream = seed.stream("deck", &parts.each_ref().map(String::as_str));
    let decks = (papers * cell.quota).div_ceil(pool);
    let mut sequence = Vec::with_capacity(decks * pool);
    for _ in 0..decks {
        let start = sequence.len();
        sequence.extend((0..).take(pool));
        stream.shuffle(&mut sequence[start..]);
    }
    sequence
}
