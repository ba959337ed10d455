//! Papers that exchanges could not settle: they are searched (section 5 of the specification).

#![expect(clippy::indexing_slicing, reason = "units are numbered by the rules")]

use super::search::search;
use super::stream::Stream;
use super::table::Table;
use super::units::UnitNumber;
use std::collections::BTreeSet;

/// How many searches by a shuffled ranking prefer the paper's own units, and how many do not.
const WITH_OWN: usize = 8;
const WITHOUT_OWN: usize = 4;

/// Puts a found paper in a paper's places; at worst the person's witness.
///
/// Almost always the first search finds one. A search that gives up has usually been led astray by its ranking, so that
/// another ranking succeeds at once.
pub(super) fn search_paper(table: &mut Table<'_>, paper: usize, seen: &[UnitNumber], stream: Stream) {
    let found = find(table, paper, seen, stream);
    let by_witness = found.is_none();
    let new = found.unwrap_or_else(|| table.feasible.witness(table.session.first + paper).to_vec());
    table.replace(paper, &new, by_witness);
}

fn find(table: &Table<'_>, paper: usize, seen: &[UnitNumber], mut stream: Stream) -> Option<Vec<UnitNumber>> {
    let Table { feasible, rules, session, counts, .. } = table;
    let own: BTreeSet<UnitNumber> = session.paper(paper).collect();
    let bound = |unit: UnitNumber| table.bound(unit);
    let is_full =
        |unit: &UnitNumber| counts[*unit as usize] >= bound(*unit) + (bound(*unit) / 8).max(1) && !own.contains(unit);
    let units = (0..).take(rules.units.len());
    let full: Vec<UnitNumber> = units.clone().filter(is_full).collect();
    let allowed = || seen.iter().chain(&full).copied();
    let others_last = |unit: UnitNumber| u64::from(!own.contains(&unit)) << 63;

    // By cards above the bound; with 2^24 added that number is never negative.
    let above = |unit: UnitNumber| (1_u64 << 24) + u64::from(counts[unit as usize]) - u64::from(bound(unit));
    let rank = |unit: UnitNumber| others_last(unit) | above(unit) << 32 | u64::from(unit);
    if let Some(found) = search(rules, &feasible.bounds, allowed(), rank).paper() {
        return Some(found);
    }
    let mut places = vec![0; rules.units.len()];
    let mut shuffle = || {
        let mut shuffled: Vec<UnitNumber> = units.clone().collect();
        stream.shuffle(&mut shuffled);
        (0_u64..).zip(shuffled).for_each(|(place, unit)| places[unit as usize] = place);
        places.clone()
    };
    let with_own = (0..WITH_OWN).find_map(|_| {
        let places = shuffle();
        let rank = |unit: UnitNumber| others_last(unit) | places[unit as usize];
        search(rules, &feasible.bounds, allowed(), rank).paper()
    });
    with_own.or_else(|| {
        (0..WITHOUT_OWN).find_map(|_| {
            let places = shuffle();
            search(rules, &feasible.bounds, seen.iter().copied(), |unit| places[unit as usize]).paper()
        })
    })
}
