//! What every draw must satisfy, whatever the bank: checked on the papers alone, not on the dealer's own counts.

mod wide;

use super::certificate::{RangeExposure, Span};
use super::error::RuleName;
use super::samples::{Sample, Shape, TestResult};
use super::{Draw, DrawError, Paper, draw};
use crate::bank::element::RangeCode;
use crate::bank::index::IndexItem;
use crate::marks::Exact;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BandName, ItemId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn plain(papers: usize, pools: [usize; 3]) -> Shape {
    Shape { papers, pools, per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 }
}

fn items<'a>(sample: &'a Sample, paper: &Paper) -> Vec<&'a IndexItem> {
    paper.items.iter().filter_map(|entry| sample.item(&entry.item)).collect()
}

/// How often each item of the sample stands in the papers.
fn exposure(sample: &Sample, drawn: &Draw) -> BTreeMap<ItemId, usize> {
    let all = sample.indexes.iter().flat_map(|index| &index.items);
    let mut counts: BTreeMap<ItemId, usize> = all.map(|item| (item.id.clone(), 0)).collect();
    for entry in drawn.papers.iter().flat_map(|paper| &paper.items) {
        *counts.entry(entry.item.clone()).or_default() += 1;
    }
    counts
}

fn check_paper(sample: &Sample, place: usize, drawn: &Draw) -> Result<(), TestCaseError> {
    let paper = &drawn.papers[place];
    let items = items(sample, paper);
    // Composition: 1 group of 2 statements, then 4 easy and 4 hard single choices.
    prop_assert_eq!(items.len(), 10);
    let (statements, choices) = items.split_at(2);
    prop_assert!(statements.iter().all(|item| item.group.is_some()));
    prop_assert_eq!(
        statements.iter().map(|item| item.group.as_ref().map(|group| group.place)).collect::<Vec<_>>(),
        [Some(0), Some(1)]
    );
    prop_assert_eq!(
        statements.iter().map(|item| item.group.as_ref().map(|group| &group.id)).collect::<BTreeSet<_>>().len(),
        1
    );
    prop_assert_eq!(choices.iter().filter(|item| item.difficulty.get() == 1).count(), 4);
    prop_assert_eq!(choices.iter().filter(|item| item.difficulty.get() == 5).count(), 4);
    // No conflicts. The two items of a group may share a point and be enemies.
    let (avoid, returned) = (&sample.seating.papers[place].avoid, &drawn.certificates[place].returned);
    prop_assert!(avoid.starts_with(returned));
    let avoid = &avoid[returned.len()..];
    for (number, item) in items.iter().enumerate() {
        prop_assert!(!avoid.contains(&item.id), "{} was seen before", item.id);
        for other in items.iter().skip(number + 1) {
            let grouped = item.group.is_some() && other.group.is_some();
            let conflict =
                item.point == other.point || item.enemies.contains(&other.id) || other.enemies.contains(&item.id);
            prop_assert!(grouped || !conflict, "{} and {} in paper {}", item.id, other.id, paper.paper);
        }
    }
    // Options: those of the item, the pinned one last.
    for entry in &paper.items {
        let shown: BTreeSet<&str> = entry.options.iter().map(|option| option.as_str()).collect();
        prop_assert_eq!(shown, ["a", "b", "c", "z"].into());
        prop_assert_eq!(entry.options.last().map(|option| option.as_str()), Some("z"));
    }
    Ok(())
}

/// Exposure by the papers, against ⌊T/N⌋ and ⌈T/N⌉ computed here.
fn check_exposure(sample: &Sample, shape: &Shape, drawn: &Draw) -> Result<(), TestCaseError> {
    let [easy, hard, groups] = shape.pools;
    let forced: BTreeSet<&BandName> = drawn.equivalence.forced.iter().map(|card| &card.cell.band).collect();
    for (number, count) in exposure(sample, drawn).into_values().enumerate() {
        let (quota, pool, band) = match number {
            number if number < easy => (4, easy, "easy"),
            number if number < easy + hard => (4, hard, "hard"),
            _ => (1, groups, "easy"),
        };
        if forced.iter().all(|name| name.as_str() != band) {
            let cards = shape.papers * quota;
            prop_assert!(
                (cards / pool..=cards.div_ceil(pool)).contains(&count),
                "item {} stands in {} papers",
                number,
                count
            );
        }
    }
    Ok(())
}

fn shapes() -> impl Strategy<Value = Shape> {
    let pools = [4..20_usize, 4..20, 1..8];
    (1..30_usize, pools, 1..4_usize, 0..5_usize, 0..4_usize, any::<u8>()).prop_map(
        |(papers, pools, per_point, enemy_every, avoid_every, salt)| Shape {
            papers,
            pools,
            per_point,
            enemy_every,
            avoid_every,
            salt,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // Catches a short paper, a conflict, an exposure beyond the bound that no certificate admits, and any dependence on
    // the order in which indexes and secrets are given.
    #[test]
    fn papers_are_whole_free_of_conflicts_and_evenly_exposed(shape in shapes()) {
        let mut sample = Sample::new(&shape).map_err(|error| TestCaseError::fail(error.to_string()))?;
        match draw(&sample.input()) {
            Ok(drawn) => {
                prop_assert_eq!(drawn.papers.len(), shape.papers);
                for place in 0..drawn.papers.len() {
                    check_paper(&sample, place, &drawn)?;
                }
                check_exposure(&sample, &shape, &drawn)?;
                sample.secrets.reverse();
                prop_assert_eq!(draw(&sample.input()).ok(), Some(drawn));
            }
            Err(DrawError::Infeasible(infeasible)) => prop_assert!(infeasible.proved, "{infeasible:?}"),
            Err(refusal) => prop_assert!(false, "{refusal}"),
        }
    }

    // Without conflicts nothing is forced or refused, so the bound holds for every item.
    #[test]
    fn without_conflicts_the_bound_always_holds(papers in 1..40_usize, pools in [8..20_usize, 8..20, 2..8], salt in any::<u8>()) {
        let shape = Shape { salt, ..plain(papers, pools) };
        let sample = Sample::new(&shape).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let drawn = draw(&sample.input()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(drawn.equivalence.forced.is_empty());
        check_exposure(&sample, &shape, &drawn)?;
    }
}

// By hand: three papers of four easy items from eight are 12 cards, each item in 1 or 2 papers, four of them in 2; the same
// for the hard ones; two groups of two items in 1 or 2 papers, one of them in 2.
#[test]
fn the_equivalence_certificate_says_what_the_papers_show() -> TestResult {
    let sample = Sample::new(&plain(3, [8, 8, 2]))?;
    let drawn = draw(&sample.input())?;
    let certificate = &drawn.equivalence;
    assert_eq!((certificate.papers, certificate.items), (3, 10));
    let cells: Vec<_> =
        certificate.cells.iter().map(|cell| (cell.units, cell.pool, cell.dealt, cell.ranges.as_slice())).collect();
    let span = Span { least: 1, most: 2 };
    let range = RangeCode::new("A-A-A")?;
    let [easy, hard, groups] =
        [8, 8, 2].map(|pool| [RangeExposure { range: range.clone(), pool, dealt: span, bound: span }]);
    assert_eq!(cells, [(4, 8, span, &easy[..]), (4, 8, span, &hard[..]), (1, 2, span, &groups[..])]);
    // Ten items: four of difficulty 1, four of 5, two of 1, that is 26.
    assert_eq!(certificate.difficulty.mean, Exact::new(26, 10)?);
    assert_eq!(
        (certificate.difficulty.lowest, certificate.difficulty.highest),
        (Exact::new(13, 5)?, Exact::new(13, 5)?)
    );
    // 4 + 4 items in two papers and one group of two items: 10 over the 3 pairs.
    assert_eq!(certificate.overlap.mean, Exact::new(10, 3)?);
    let common = |one: &Paper, other: &Paper| {
        one.items.iter().filter(|entry| other.items.iter().any(|o| o.item == entry.item)).count()
    };
    let [first, second, third] = drawn.papers.as_slice() else { return Err("three papers".into()) };
    let most = [common(first, second), common(first, third), common(second, third)].into_iter().max();
    assert_eq!(certificate.overlap.most.map(|most| most as usize), most);
    let general = |paper: &Paper| items(&sample, paper).iter().filter(|item| item.importance.code() == "Y").count();
    let general: Vec<usize> = drawn.papers.iter().map(general).collect();
    let y = certificate.importance.get(1).ok_or("Y")?.items;
    assert_eq!(
        (Some(y.least as usize), Some(y.most as usize)),
        (general.iter().min().copied(), general.iter().max().copied())
    );
    Ok(())
}

// Papers made one at a time are those of the whole draw.
#[test]
fn papers_can_be_made_one_at_a_time() -> TestResult {
    let sample = Sample::new(&plain(5, [9, 9, 3]))?;
    let (whole, deal) = (draw(&sample.input())?, super::deal(&sample.input())?);
    assert_eq!(deal.paper(3).as_ref(), whole.papers.get(3));
    assert_eq!(deal.paper(5), None);
    let mut bytes = b"of another paper".to_vec();
    assert!(deal.paper_bytes(3, &mut bytes));
    assert_eq!(whole.papers.get(3).map(Paper::to_bytes), Some(bytes.clone()));
    assert_eq!(deal.certificate_of(3, Digest::of(&bytes)).as_ref(), whole.certificates.get(3));
    assert!(!deal.paper_bytes(5, &mut bytes) && bytes.is_empty());
    Ok(())
}

// A smaller pool than the quota asks for is named for every cell at once, with what is needed.
#[test]
fn short_pools_are_named_all_at_once() -> TestResult {
    let mut sample = Sample::new(&plain(2, [8, 7, 1]))?;
    sample.blueprint.minimum_multiple = 2;
    sample.rename()?;
    let Err(DrawError::Pool(short)) = draw(&sample.input()) else { return Err("must be refused".into()) };
    let figures: Vec<_> = short.iter().map(|short| (short.pool, short.quota, short.needed)).collect();
    assert_eq!(figures, [(7, 4, 8), (1, 1, 2)]);
    let faults = DrawError::Pool(short).faults();
    let cures: Vec<&str> = faults.iter().map(|fault| fault.cure.zh.as_str()).collect();
    assert_eq!(cures, ["补充 1 个这一难度的试题，或调整组卷方案"; 2]);
    Ok(())
}

// One point for all items: already the four easy ones cannot be of different points, and no other rule is needed for that.
#[test]
fn a_draw_that_nobody_can_get_a_paper_from_names_the_smallest_conflict() -> TestResult {
    let sample = Sample::new(&Shape { per_point: 100, ..plain(1, [8, 8, 2]) })?;
    let Err(refusal) = draw(&sample.input()) else { return Err("must be refused".into()) };
    assert_eq!(refusal.code(), "infeasible");
    let DrawError::Infeasible(infeasible) = &refusal else { return Err("infeasible".into()) };
    let name = "ethics/single_choice/1/national/easy".to_owned();
    assert_eq!(infeasible.rules, [RuleName { name, chinese: "职业道德·单选题·国家题库·easy".into() }]);
    assert!(infeasible.proved);
    assert_eq!(refusal.faults().len(), 1);
    Ok(())
}
