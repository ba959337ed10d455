//! Whether every person can get a legal paper: witness papers, and seen items that return (section 3 of the specification).
//!
//! Nothing here depends on a seed, so whoever makes a basis learns the same before anybody commits.

use super::book::book;
use super::conflict::conflict;
use super::error::{DrawError, Shortage};
use super::rules::{Bounds, Rules};
use super::search::{Outcome, search};
use super::seating::SeatedPaper;
use super::units::{UnitNumber, Units};
use crate::blueprint::Blueprint;
use kaoping_record::id::{ItemId, PaperId};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// A batch of which every paper can be dealt.
#[derive(Debug)]
pub struct Feasible<'a> {
    pub(super) units: Units<'a>,
    pub(super) rules: Rules<'a>,
    pub(super) bounds: Bounds,
    /// How papers are spread over cells and ranges.
    pub(super) book: Vec<Vec<UnitNumber>>,
    /// What each paper's person has seen, by its place among all that was seen.
    pub(super) seen: Vec<usize>,
    pub(super) all_seen: Vec<Seen<'a>>,
    papers: &'a [SeatedPaper],
}

/// What some persons have seen before.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    /// The first items of `avoid`, which return.
    pub(super) returned: &'a [ItemId],
    /// The units that these persons must not get, sorted.
    pub(super) excluded: Vec<UnitNumber>,
    /// A legal paper for them, when it is not the one for persons who have seen nothing.
    witness: Option<Vec<UnitNumber>>,
}

impl<'a> Feasible<'a> {
    /// Finds a legal paper for each person; `blueprint` and the seating passed their checks.
    ///
    /// # Errors
    /// [`DrawError::Pool`] when pools are too small, [`DrawError::Infeasible`] when no paper is found with nothing excluded.
    pub fn new(blueprint: &Blueprint, units: Units<'a>, papers: &'a [SeatedPaper]) -> Result<Self, DrawError> {
        let rules = Rules::new(blueprint, &units);
        let shortages = shortages(&rules, blueprint.minimum_multiple);
        if !shortages.is_empty() {
            return Err(DrawError::Pool(shortages));
        }
        let bounds = rules.bounds();
        let first = match search(&rules, &bounds, [], u64::from) {
            Outcome::Found(paper) => paper,
            outcome => {
                return Err(DrawError::Infeasible(Box::new(conflict(&rules, &bounds, outcome == Outcome::Impossible))));
            }
        };
        let mut lists: BTreeMap<&[ItemId], usize> = BTreeMap::new();
        let seen = papers.iter().map(|paper| {
            let next = lists.len();
            *lists.entry(&paper.avoid).or_insert(next)
        });
        let seen: Vec<usize> = seen.collect();
        let mut avoided: Vec<(usize, &[ItemId])> = lists.into_iter().map(|(avoid, place)| (place, avoid)).collect();
        avoided.sort_unstable_by_key(|(place, _)| *place);
        let avoided: Vec<&[ItemId]> = avoided.into_iter().map(|(_, avoid)| avoid).collect();
        let all_seen = on_all_cores(&avoided, |avoid| look(&rules, &bounds, &first, avoid));
        Ok(Self { book: book(&rules, &bounds, first), all_seen, seen, units, rules, bounds, papers })
    }

    /// The papers for which seen items return, each with the items.
    pub fn returned(&self) -> impl Iterator<Item = (&PaperId, &[ItemId])> {
        let papers = self.papers.iter().enumerate();
        let returned = papers.filter_map(|(place, paper)| Some((&paper.paper, self.seen(place)?.returned)));
        returned.filter(|(_, returned)| !returned.is_empty())
    }

    /// What the person of a paper has seen; `None` beyond the last.
    pub(super) fn seen(&self, paper: usize) -> Option<&Seen<'a>> {
        self.seen.get(paper).and_then(|seen| self.all_seen.get(*seen))
    }

    /// A legal paper for a person.
    pub(super) fn witness(&self, paper: usize) -> &[UnitNumber] {
        let own = self.seen(paper).and_then(|seen| seen.witness.as_ref());
        own.or_else(|| self.book.first()).map_or(&[], Vec::as_slice)
    }
}

/// Every pool below its quota times the minimum multiple.
fn shortages(rules: &Rules<'_>, minimum_multiple: u32) -> Vec<Shortage> {
    let short = |(cell, pool): (&super::cells::Cell, &Vec<UnitNumber>)| {
        let needed = cell.quota * minimum_multiple as usize;
        (pool.len() < needed).then(|| Shortage { cell: cell.name.clone(), pool: pool.len(), quota: cell.quota, needed })
    };
    rules.cells.iter().zip(&rules.pools).filter_map(short).collect()
}

fn look<'a>(rules: &Rules<'_>, bounds: &Bounds, first: &[UnitNumber], avoid: &'a [ItemId]) -> Seen<'a> {
    // `Some(None)` when the first paper serves.
    let witness = |avoid: &[ItemId]| {
        let excluded = rules.excluded(avoid);
        if first.iter().all(|unit| excluded.binary_search(unit).is_err()) {
            return Some(None);
        }
        search(rules, bounds, excluded, u64::from).paper().map(Some)
    };
    if let Some(witness) = witness(avoid) {
        return Seen { returned: &[], excluded: rules.excluded(avoid), witness };
    }
    let (mut low, mut high, mut found) = (0, avoid.len(), None);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        match avoid.get(middle..).and_then(witness) {
            Some(witness) => (high, found) = (middle, witness),
            None => low = middle,
        }
    }
    let (returned, rest) = avoid.split_at_checked(high).unwrap_or((avoid, &[]));
    Seen { returned, excluded: rules.excluded(rest), witness: found }
}

/// Does the same with each of many, on all cores; the results stand in the order of the list.
pub(super) fn on_all_cores<T: Sync, U: Send>(list: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if cores == 1 || list.len() < 2 {
        return list.iter().map(work).collect();
    }
    // Several parts a core, for their work is not equal.
    let part = list.len().div_ceil(8 * cores).max(1);
    let parts: Vec<&[T]> = list.chunks(part).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut done: Vec<(usize, Vec<U>)> = std::thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(part) = parts.get(number) else { return done };
                done.push((number, part.iter().map(&work).collect()));
            }
        };
        let workers: Vec<_> = (1..cores).map(|_| scope.spawn(worker)).collect();
        let own = worker();
        let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))
        };
        let theirs: Vec<(usize, Vec<U>)> = workers.into_iter().flat_map(join).collect();
        own.into_iter().chain(theirs).collect()
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, results)| results).collect()
}
