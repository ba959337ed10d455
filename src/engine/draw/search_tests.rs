//! The search against trying everything, on banks small enough for it.

use super::super::conflict::conflict;
use super::super::feasibility::Feasible;
use super::super::samples::{Sample, Shape, TestResult};
use super::super::seating::SeatedPaper;
use super::super::units::Units;
use super::*;
use crate::bank::element::ElementCode;
use crate::bank::index::IndexItem;
use crate::bank::item::GroupPlace;
use crate::bank::{Difficulty, Importance, Index, ItemType};
use crate::blueprint::{Blueprint, ImportanceBounds, Row, TypeRule};
use crate::marks::HalfMarks;
use kaoping_record::id::{GroupId, ItemId};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// An item in few numbers: difficulty, range, point in the range, importance, and which item it names as its enemy.
type Entry = (bool, bool, u8, u8, u8);

/// An item, its group with its place, and its unit's range.
type Written = (Entry, Option<(usize, u32)>, bool);

/// Up to eight single choices and three groups of two statements.
#[derive(Clone, Debug)]
struct Case {
    singles: Vec<Entry>,
    groups: Vec<[Entry; 2]>,
    importance: [[u32; 2]; 3],
    excluded: u16,
}

impl Case {
    fn index(&self, mut index: Index) -> TestResult<Index> {
        let pattern = index.items.first().ok_or("an item")?.clone();
        let singles = self.singles.iter().map(|entry| (*entry, None, entry.1));
        let grouped = self.groups.iter().enumerate().flat_map(|(group, [first, second])| {
            [(*first, Some((group, 0)), first.1), (*second, Some((group, 1)), first.1)]
        });
        let entries: Vec<Written> = singles.chain(grouped).collect();
        let id = |number: usize| ItemId::new(format!("i{number:02}"));
        let item = |(number, written): (usize, &Written)| {
            let ((hard, _, point, importance, enemy), group, range) = written;
            let place = |(group, place): (usize, u32)| {
                Ok::<_, Box<dyn std::error::Error>>(GroupPlace { id: GroupId::new(format!("g{group}"))?, place })
            };
            Ok::<_, Box<dyn std::error::Error>>(IndexItem {
                id: id(number)?,
                item_type: if group.is_some() { ItemType::TrueFalse } else { ItemType::SingleChoice },
                difficulty: Difficulty::new(if *hard { 5 } else { 1 })?,
                point: ElementCode::new(format!("A-{}-{point}", if *range { "A" } else { "B" }))?,
                importance: Importance::ALL[usize::from(*importance) % 3],
                enemies: if usize::from(*enemy) < entries.len() { vec![id((*enemy).into())?] } else { Vec::new() },
                group: group.map(place).transpose()?,
                ..pattern.clone()
            })
        };
        index.items = entries.iter().enumerate().map(item).collect::<TestResult<_>>()?;
        Ok(index)
    }

    /// Three single choices of 50 half-marks, and two statements of 25 in one group.
    fn blueprint(&self, blueprint: Blueprint) -> Blueprint {
        let rule = |item_type, count, half_marks| TypeRule { item_type, count, half_marks: HalfMarks::new(half_marks) };
        let row = |item_type, count, group_size| Row { item_type, count, group_size, ..blueprint.rows[0].clone() };
        let importance = Importance::ALL.iter().zip(self.importance);
        let bounds =
            importance.map(|(importance, [least, most])| ImportanceBounds { importance: *importance, least, most });
        Blueprint {
            types: vec![rule(ItemType::SingleChoice, 3, 50), rule(ItemType::TrueFalse, 2, 25)],
            rows: vec![row(ItemType::SingleChoice, 3, 1), row(ItemType::TrueFalse, 2, 2)],
            importance: bounds.collect(),
            ..blueprint
        }
    }
}

/// Whether a paper exists: every set of units is tried. Cells keep their most; of the other bounds those of `rules`.
fn exists(rules: &Rules<'_>, units: &Units<'_>, excluded: &[UnitNumber], kept: impl Fn(usize) -> bool) -> bool {
    let bounds = rules.bounds();
    let items =
        |unit: u32| units.units[rules.units[unit as usize]].items.iter().map(|item| units.items[*item as usize]);
    let clash = |one: u32, other: u32| {
        items(one)
            .any(|a| items(other).any(|b| a.point == b.point || a.enemies.contains(&b.id) || b.enemies.contains(&a.id)))
    };
    let legal = |paper: &[u32]| {
        let mut sums = vec![0; bounds.least.len()];
        for unit in paper {
            rules.weights.of(*unit).iter().for_each(|(rule, weight)| sums[*rule as usize] += weight);
        }
        let apart = |(place, unit): (usize, &u32)| paper[place + 1..].iter().all(|other| !clash(*unit, *other));
        let held = |(rule, sum): (usize, &u32)| {
            let most = *sum <= bounds.most[rule] || (rule >= rules.cells.len() && !kept(rule));
            most && (*sum >= bounds.least[rule] || !kept(rule))
        };
        sums.iter().enumerate().all(held) && paper.iter().enumerate().all(apart)
    };
    (0..1_u32 << rules.units.len()).any(|set| {
        let paper: Vec<u32> = (0..).take(rules.units.len()).filter(|unit| set >> unit & 1 == 1).collect();
        paper.iter().all(|unit| !excluded.contains(unit)) && legal(&paper)
    })
}

fn cases() -> impl Strategy<Value = Case> {
    let entry = || (any::<bool>(), any::<bool>(), 0..5_u8, 0..4_u8, 0..30_u8);
    let bounds = || (0..3_u32, 0..5_u32).prop_map(|(least, more)| [least, least + more]);
    (
        prop::collection::vec(entry(), 3..8),
        prop::collection::vec([entry(), entry()], 1..4),
        [bounds(), bounds(), bounds()],
        any::<u16>(),
        any::<u16>(),
    )
        .prop_map(|(singles, groups, importance, some, others)| Case {
            singles,
            groups,
            importance,
            excluded: some & others,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Catches a search that misses a paper, finds one that is not legal, or says that there is none without knowing it; and a
    // conflict that is none, or has a rule more than it needs.
    #[test]
    fn the_search_finds_a_paper_where_there_is_one(case in cases()) {
        let failed = |error: Box<dyn std::error::Error>| TestCaseError::fail(error.to_string());
        let shape = Shape { papers: 1, pools: [4, 4, 1], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 0 };
        let sample = Sample::new(&shape).map_err(failed)?;
        let indexes = [case.index(sample.indexes[0].clone()).map_err(failed)?];
        let blueprint = case.blueprint(sample.blueprint);
        let units = Units::new(&indexes).map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?;
        let rules = Rules::new(&blueprint, &units);
        let bounds = rules.bounds();
        let excluded: Vec<UnitNumber> = (0..).take(rules.units.len()).filter(|unit| case.excluded >> unit & 1 == 1).collect();
        let outcome = search(&rules, &bounds, excluded.iter().copied(), u64::from);
        let is_legal = |paper: &[UnitNumber]| {
            let others: Vec<UnitNumber> = (0..).take(rules.units.len()).filter(|unit| !paper.contains(unit)).collect();
            !excluded.iter().any(|unit| paper.contains(unit)) && exists(&rules, &units, &others, |_| true)
        };
        match &outcome {
            Outcome::Found(paper) => prop_assert!(is_legal(paper), "{paper:?} is not legal"),
            Outcome::Impossible => prop_assert!(!exists(&rules, &units, &excluded, |_| true), "there is a paper"),
            Outcome::GivenUp => prop_assert!(false, "given up"),
        }
        if excluded.is_empty() && outcome == Outcome::Impossible {
            let named: BTreeSet<String> = conflict(&rules, &bounds, true).rules.into_iter().map(|rule| rule.name).collect();
            let is_named = |rule: usize| named.contains(&rules.named(rule).name);
            prop_assert!(!exists(&rules, &units, &[], is_named), "{named:?} can be kept together");
            for rule in (0..bounds.least.len()).filter(|rule| is_named(*rule)) {
                prop_assert!(exists(&rules, &units, &[], |other| other != rule && is_named(other)), "{named:?} has one more");
            }
        }
    }
}

// By hand: pools of exactly one paper. Whatever of it was seen must return, with all that was seen before it.
#[test]
fn what_cannot_be_kept_out_returns_oldest_first() -> TestResult {
    let shape = Shape { papers: 3, pools: [4, 4, 1], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 0 };
    let mut sample = Sample::new(&shape)?;
    let ids = |ids: &[&str]| ids.iter().map(|id| ItemId::new(*id)).collect::<Result<Vec<_>, _>>();
    sample.seating.papers[1].avoid = ids(&["old.1", "i0001", "old.2", "old.3"])?;
    sample.seating.papers[2].avoid = ids(&["old.1", "old.2"])?;
    let papers: &[SeatedPaper] = &sample.seating.papers;
    let units = Units::new(&sample.indexes).map_err(|faults| format!("{faults:?}"))?;
    let feasible = Feasible::new(&sample.blueprint, units, papers)?;
    let returned: Vec<(&str, usize)> =
        feasible.returned().map(|(paper, items)| (paper.as_str(), items.len())).collect();
    assert_eq!(returned, [("p00001", 2)]);
    Ok(())
}

// By hand: i0001 names i0000; i0000 names i0003 and an item that the draw does not have.
#[test]
fn near_twins_of_what_was_seen_are_kept_out() -> TestResult {
    let shape = Shape { papers: 1, pools: [8, 8, 2], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 0 };
    let mut sample = Sample::new(&shape)?;
    let id = |id: &str| ItemId::new(id);
    sample.indexes[0].items[1].enemies = vec![id("i0000")?];
    sample.indexes[0].items[0].enemies = vec![id("i0003")?, id("old")?];
    let units = Units::new(&sample.indexes).map_err(|faults| format!("{faults:?}"))?;
    let rules = Rules::new(&sample.blueprint, &units);
    let excluded = |items: &[&str]| -> TestResult<Vec<String>> {
        let avoid = items.iter().map(|item| id(item)).collect::<Result<Vec<_>, _>>()?;
        Ok(rules.excluded(&avoid).iter().map(|unit| units.units[rules.units[*unit as usize]].id.to_string()).collect())
    };
    assert_eq!(excluded(&["i0000"])?, ["i0000", "i0001", "i0003"]);
    assert_eq!(excluded(&["i0001"])?, ["i0000", "i0001"]);
    assert_eq!(excluded(&["old", "older", "old"])?, ["i0000"]);
    // Groups have the ids g0008 and g0009: one item of a group excludes it.
    assert_eq!(excluded(&["i0017"])?, ["g0000"]);
    Ok(())
}
