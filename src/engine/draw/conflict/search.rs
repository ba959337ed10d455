//! Whether cells can be filled without a conflict: an exact search, bounded by matchings and by a budget of steps.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of cells, points and candidates come from the problem that made them, in the innermost loop"
)]

use super::matching::Matching;
use super::problem::Problem;

/// How much work an answer may take, in steps that do not depend on the machine.
#[derive(Debug)]
pub(super) struct Budget(usize);

/// The budget has ended.
#[derive(Debug)]
pub(super) struct Spent;

impl Budget {
    /// A budget of so many steps.
    pub(super) const fn new(steps: usize) -> Self {
        Self(steps)
    }

    /// Takes steps.
    ///
    /// # Errors
    /// [`Spent`] when there are not so many.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(steps.max(1)).ok_or(Spent)?;
        Ok(())
    }
}

/// Whether cells can be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// By these candidates.
    Filled(Vec<usize>),
    /// By none.
    Impossible,
    /// The budget ended first.
    Open,
}

/// Fills what the cells want, but for `missing` units that may stay away, without a conflict.
pub(super) fn fill(problem: &Problem, wanted: &[usize], missing: usize, budget: &mut Budget) -> Answer {
    let need = wanted.iter().sum::<usize>().saturating_sub(missing);
    let out = vec![false; problem.candidates.len()];
    let mut open = vec![Node { wanted: wanted.to_vec(), out, chosen: Vec::new() }];
    while let Some(node) = open.pop() {
        let left = need.saturating_sub(node.chosen.len());
        let Ok(matching) = Matching::largest(problem, &node.wanted, &node.out, budget) else { return Answer::Open };
        if matching.pairs.len() < left {
            continue;
        }
        match most_contested(problem, &matching) {
            None => {
                let taken = matching.pairs.iter().map(|(candidate, _)| *candidate);
                return Answer::Filled(node.chosen.iter().copied().chain(taken).collect());
            }
            Some(candidate) => {
                let mut without = node.clone();
                without.out[candidate] = true;
                open.push(without);
                open.push(node.with(problem, candidate));
            }
        }
    }
    Answer::Impossible
}

#[derive(Clone)]
struct Node {
    wanted: Vec<usize>,
    out: Vec<bool>,
    chosen: Vec<usize>,
}

impl Node {
    /// Takes a candidate, which leaves out all that conflict with it.
    fn with(mut self, problem: &Problem, candidate: usize) -> Self {
        let taken = &problem.candidates[candidate];
        self.wanted[taken.cell] = self.wanted[taken.cell].saturating_sub(1);
        for (number, other) in problem.candidates.iter().enumerate() {
            if other.points.iter().any(|point| taken.points.contains(point)) {
                self.out[number] = true;
            }
        }
        taken.enemies.iter().for_each(|enemy| self.out[*enemy] = true);
        self.chosen.push(candidate);
        self
    }
}

/// The candidate of a matching that conflicts most with the others, at a tie the first; `None` when there is no conflict.
fn most_contested(problem: &Problem, matching: &Matching) -> Option<usize> {
    let mut users = vec![0_usize; problem.points];
    let mut taken = vec![false; problem.candidates.len()];
    let mut special = Vec::new();
    for (number, _) in &matching.pairs {
        let candidate = &problem.candidates[*number];
        candidate.points.iter().for_each(|point| users[*point] += 1);
        taken[*number] = true;
        if candidate.points.len() > 1 || !candidate.enemies.is_empty() {
            special.push(*number);
        }
    }
    let conflicts = |number: usize| {
        let candidate = &problem.candidates[number];
        let points: usize = candidate.points.iter().map(|point| users[*point].saturating_sub(1)).sum();
        points + candidate.enemies.iter().filter(|enemy| taken[**enemy]).count()
    };
    // Two candidates of one point each never conflict by points, because a point is matched once: of every conflict
    // one side has enemies or several points.
    let mut most = None;
    for number in special {
        let count = conflicts(number);
        if count > 0 && most.is_none_or(|(most, _)| count > most) {
            most = Some((count, number));
        }
    }
    most.map(|(_, number)| number)
}
