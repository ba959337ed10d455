//! Units to points: how many units could be taken if each used one point and had no enemies.
//!
//! A maximum matching of bipartite graphs by augmenting paths. By Hall's theorem cells that want more than all of
//! their points cannot be filled, and where units have one point and no enemies, nothing else can stand in the way.

#![expect(
    clippy::indexing_slicing,
    reason = "numbers of cells, points and candidates come from the problem that made them, in the innermost loop"
)]

use super::problem::Problem;
use super::search::{Budget, Spent};

/// A candidate for each unit that could be taken.
pub(super) struct Matching {
    /// The candidates, each beside the point that it was matched with.
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Matching {
    /// As many units as possible for what the cells want, passing over candidates that are `out`.
    ///
    /// # Errors
    /// [`Spent`] when the budget ends.
    pub(super) fn largest(
        problem: &Problem,
        wanted: &[usize],
        out: &[bool],
        budget: &mut Budget,
    ) -> Result<Self, Spent> {
        let mut graph = Graph { edges: edges(problem, wanted, out, budget)?, taken: vec![None; problem.points] };
        let mut visited = vec![0; wanted.len()];
        let mut round = 0;
        for (cell, count) in wanted.iter().enumerate() {
            for _ in 0..*count {
                round += 1;
                if !graph.augment(cell, &mut visited, round, budget)? {
                    break;
                }
            }
        }
        let taken = graph.taken.iter().enumerate();
        let pairs = taken.filter_map(|(point, edge)| edge.map(|(cell, edge)| (graph.edges[cell][edge].1, point)));
        Ok(Self { pairs: pairs.collect() })
    }
}

struct Graph {
    /// For each cell its points, each with the candidate that would be taken for it.
    edges: Vec<Vec<(usize, usize)>>,
    /// For each point the cell that has it, and by which of its edges.
    taken: Vec<Option<(usize, usize)>>,
}

impl Graph {
    /// Gives the cell one more point, moving others where needed.
    fn augment(&mut self, cell: usize, visited: &mut [u32], round: u32, budget: &mut Budget) -> Result<bool, Spent> {
        visited[cell] = round;
        budget.spend(self.edges[cell].len())?;
        for edge in 0..self.edges[cell].len() {
            if self.taken[self.edges[cell][edge].0].is_none() {
                self.taken[self.edges[cell][edge].0] = Some((cell, edge));
                return Ok(true);
            }
        }
        for edge in 0..self.edges[cell].len() {
            let point = self.edges[cell][edge].0;
            if let Some((other, _)) = self.taken[point]
                && visited[other] != round
                && self.augment(other, visited, round, budget)?
            {
                self.taken[point] = Some((cell, edge));
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// For each point of a cell the candidate that stands least in the way: fewest points, then fewest enemies, then first.
fn edges(
    problem: &Problem,
    wanted: &[usize],
    out: &[bool],
    budget: &mut Budget,
) -> Result<Vec<Vec<(usize, usize)>>, Spent> {
    let mut edges = vec![Vec::new(); wanted.len()];
    for (cell, edges) in edges.iter_mut().enumerate().filter(|(cell, _)| wanted[*cell] > 0) {
        let mut offers = Vec::new();
        for number in problem.of_cell[cell].iter().copied().filter(|number| !out[*number]) {
            let candidate = &problem.candidates[number];
            let weight = (candidate.points.len(), candidate.enemies.len(), number);
            offers.extend(candidate.points.iter().map(|point| (*point, weight)));
        }
        budget.spend(problem.of_cell[cell].len() + offers.len())?;
        offers.sort_unstable();
        offers.dedup_by_key(|(point, _)| *point);
        *edges = offers.into_iter().map(|(point, (_, _, number))| (point, number)).collect();
    }
    Ok(edges)
}
