//! The same for draws of several functions and ranges, national and extended banks, sessions, rooms, spares and a reserve:
//! everything is counted again from papers, indexes and blueprint, with nothing of the dealer's.

use super::super::certificate::PaperCertificate;
use super::super::samples::{Sample, Shape, TestResult};
use super::super::seating::PaperUse;
use super::super::{Draw, DrawError, Paper, draw};
use crate::bank::element::{ElementCode, RangeCode};
use crate::bank::{BankKind, Function, Importance, Index, ItemType, index::IndexItem};
use crate::blueprint::{FunctionWeight, ImportanceBounds, Row};
use kaoping_record::id::{BankId, RoomId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Checked = Result<(), TestCaseError>;
/// What a cell is told from others by: function, type, group size, kind of bank, place of the band.
type CellKey = (Function, ItemType, usize, BankKind, usize);

/// Items of each importance in every paper.
const IMPORTANCE: [(Importance, u32, u32); 2] = [(Importance::X, 6, 9), (Importance::Y, 1, 4)];

/// A unit as the indexes have it.
struct Unit<'a> {
    items: Vec<&'a IndexItem>,
    cell: CellKey,
    range: RangeCode,
}

/// A sample with two functions: of every four single choices two are of ethics, one of daily care, and one of daily care in
/// an extended bank, of which a paper takes one easy and one hard item, all that a cap of 20 % allows. Points lie in two ranges.
/// Papers lie in two sessions with two rooms each, spares and a reserve.
fn wide(shape: &Shape) -> TestResult<Sample> {
    let mut sample = Sample::new(shape)?;
    let mut extended = Index { bank: BankId::new("province")?, kind: BankKind::Extended, ..sample.indexes[0].clone() };
    let single = |item: &IndexItem| item.item_type == ItemType::SingleChoice;
    let national = &mut sample.indexes[0];
    for (number, item) in national.items.iter_mut().chain(&mut extended.items).enumerate() {
        let number = number % (shape.pools[0] + shape.pools[1] + 2 * shape.pools[2]);
        let (point, group) = (number / shape.per_point, number.saturating_sub(shape.pools[0] + shape.pools[1]) / 2);
        let range = if single(item) { point / 3 % 2 } else { group % 2 };
        item.point = ElementCode::new(format!("A-A-{range}-{point:04}"))?;
        item.function = if single(item) && number % 4 > 1 { Function::DailyCare } else { Function::Ethics };
    }
    let ids: BTreeSet<_> =
        national.items.iter().filter(|item| single(item)).skip(3).step_by(4).map(|item| item.id.clone()).collect();
    national.items.retain(|item| !ids.contains(&item.id));
    extended.items.retain(|item| ids.contains(&item.id));
    sample.indexes.push(extended);

    let row =
        |function, item_type, count, extended, group_size| Row { function, item_type, count, extended, group_size };
    let blueprint = &mut sample.blueprint;
    blueprint.functions = vec![
        FunctionWeight { function: Function::DailyCare, weight: 40 },
        FunctionWeight { function: Function::Ethics, weight: 60 },
    ];
    blueprint.rows = vec![
        row(Function::DailyCare, ItemType::SingleChoice, 4, 2, 1),
        row(Function::Ethics, ItemType::SingleChoice, 4, 0, 1),
        row(Function::Ethics, ItemType::TrueFalse, 2, 0, 2),
    ];
    blueprint.extended_cap = 20;
    blueprint.importance =
        IMPORTANCE.map(|(importance, least, most)| ImportanceBounds { importance, least, most }).to_vec();

    // An eighth for the reserve; the others in four rooms, the last of each a spare.
    let papers = sample.seating.papers.len();
    let placed = papers - papers / 8;
    for (number, seat) in sample.seating.papers.iter_mut().enumerate() {
        let (room, next) = (4 * number / placed.max(1), 4 * (number + 1) / placed.max(1));
        (seat.session, seat.room) =
            (Some(room as u32 / 2), Some(RoomId::new(if room % 2 == 0 { "r2" } else { "r1" })?));
        seat.paper_use = if room == next { PaperUse::Seat } else { PaperUse::Spare };
        if number >= placed {
            (seat.session, seat.room, seat.paper_use) = (None, None, PaperUse::Reserve);
        }
    }
    sample.rename()?;
    Ok(sample)
}

/// The units of all banks by their ids.
fn units(sample: &Sample) -> BTreeMap<String, Unit<'_>> {
    let mut units: BTreeMap<String, (BankKind, Vec<&IndexItem>)> = BTreeMap::new();
    for index in &sample.indexes {
        for item in &index.items {
            units.entry(unit_of(item)).or_insert_with(|| (index.kind, Vec::new())).1.push(item);
        }
    }
    let cell = |kind, items: &[&IndexItem]| {
        let hardest = items.iter().map(|item| item.difficulty).max();
        let band = sample.blueprint.bands.iter().position(|band| band.difficulties.iter().any(|d| Some(*d) == hardest));
        (items[0].function, items[0].item_type, items.len(), kind, band.unwrap_or(usize::MAX))
    };
    let unit = |(id, (kind, mut items)): (String, (BankKind, Vec<_>))| {
        items.sort_by_key(|item: &&IndexItem| item.group.as_ref().map(|group| group.place));
        let (cell, range) = (cell(kind, &items), items[0].point.range());
        (id, Unit { items, cell, range })
    };
    units.into_iter().map(unit).collect()
}

fn unit_of(item: &IndexItem) -> String {
    item.group.as_ref().map_or(item.id.as_str(), |group| group.id.as_str()).to_owned()
}

/// The units of a paper in its order; each whole, in the order of its places, and once.
fn hand(units: &BTreeMap<String, Unit<'_>>, sample: &Sample, paper: &Paper) -> Result<Vec<String>, TestCaseError> {
    let mut shown = paper.items.iter().filter_map(|entry| sample.item(&entry.item)).peekable();
    let mut hand = Vec::new();
    while let Some(first) = shown.peek().map(|item| unit_of(item)) {
        for member in &units[&first].items {
            prop_assert_eq!(shown.next().map(|item| &item.id), Some(&member.id), "group {} is split", first);
        }
        prop_assert!(!hand.contains(&first), "unit {} stands twice in {}", first, paper.paper);
        hand.push(first);
    }
    Ok(hand)
}

fn check_composition(sample: &Sample, units: &BTreeMap<String, Unit<'_>>, hand: &[String]) -> Checked {
    // 4 × (1 + 1) of daily care: one of each kind and band. Four of ethics: two of each band. One group, which is easy.
    let mut expected = BTreeMap::new();
    for band in 0..2 {
        expected.insert((Function::DailyCare, ItemType::SingleChoice, 1, BankKind::National, band), 1);
        expected.insert((Function::DailyCare, ItemType::SingleChoice, 1, BankKind::Extended, band), 1);
        expected.insert((Function::Ethics, ItemType::SingleChoice, 1, BankKind::National, band), 2);
    }
    expected.insert((Function::Ethics, ItemType::TrueFalse, 2, BankKind::National, 0), 1);
    let mut found: BTreeMap<CellKey, usize> = BTreeMap::new();
    hand.iter().for_each(|unit| *found.entry(units[unit].cell).or_default() += 1);
    prop_assert_eq!(&found, &expected);
    // Margins in half-marks: 20 an item, two a percent; true/false before single choice.
    let worth = |function| {
        20 * hand.iter().flat_map(|unit| &units[unit].items).filter(|item| item.function == function).count()
    };
    for entry in &sample.blueprint.functions {
        prop_assert_eq!(worth(entry.function), 2 * entry.weight as usize);
    }
    let types: Vec<_> = hand.iter().flat_map(|unit| &units[unit].items).map(|item| item.item_type).collect();
    prop_assert_eq!(&types[..2], &[ItemType::TrueFalse; 2]);
    prop_assert!(types[2..].iter().all(|item_type| *item_type == ItemType::SingleChoice));
    Ok(())
}

/// Each range has its share of its function's and bank kind's items by the number of its points, rounded down or up.
fn check_ranges(units: &BTreeMap<String, Unit<'_>>, hand: &[String]) -> Checked {
    let items = |key: (Function, BankKind), range: Option<&RangeCode>| -> usize {
        let own = hand.iter().map(|unit| &units[unit]).filter(|unit| (unit.cell.0, unit.cell.3) == key);
        own.filter(|unit| range.is_none_or(|range| unit.range == *range)).map(|unit| unit.items.len()).sum()
    };
    let mut points: BTreeMap<(Function, BankKind), BTreeMap<&RangeCode, BTreeSet<&ElementCode>>> = BTreeMap::new();
    for unit in units.values() {
        let of_part = points.entry((unit.cell.0, unit.cell.3)).or_default();
        of_part.entry(&unit.range).or_default().extend(unit.items.iter().map(|item| &item.point));
    }
    for (part, ranges) in points {
        let all: usize = ranges.values().map(BTreeSet::len).sum();
        for (range, points) in ranges {
            let share = items(part, None) * points.len();
            prop_assert!(
                (share / all..=share.div_ceil(all)).contains(&items(part, Some(range))),
                "{:?} of {:?}",
                range,
                part
            );
        }
    }
    Ok(())
}

fn check_importance(units: &BTreeMap<String, Unit<'_>>, hand: &[String]) -> Checked {
    for (importance, least, most) in IMPORTANCE {
        let items =
            hand.iter().flat_map(|unit| &units[unit].items).filter(|item| item.importance == importance).count();
        prop_assert!((least as usize..=most as usize).contains(&items), "{} items of {}", items, importance);
    }
    Ok(())
}

/// No point twice, no enemies, and nothing that the person has seen and that has not returned, nor its near-twins.
fn check_conflicts(
    sample: &Sample,
    units: &BTreeMap<String, Unit<'_>>,
    (place, certificate): (usize, &PaperCertificate),
    hand: &[String],
) -> Checked {
    let avoid = &sample.seating.papers[place].avoid;
    prop_assert!(avoid.starts_with(&certificate.returned));
    let seen: Vec<&IndexItem> =
        avoid[certificate.returned.len()..].iter().filter_map(|item| sample.item(item)).collect();
    for (number, unit) in hand.iter().enumerate() {
        for item in &units[unit].items {
            for other in &seen {
                let twins = item.enemies.contains(&other.id) || other.enemies.contains(&item.id);
                prop_assert!(item.id != other.id && !twins, "{} was seen before", item.id);
            }
            for other in hand[number + 1..].iter().flat_map(|other| &units[other].items) {
                prop_assert_ne!(&item.point, &other.point);
                prop_assert!(!item.enemies.contains(&other.id) && !other.enemies.contains(&item.id));
            }
        }
    }
    Ok(())
}

/// In one session each unit of a cell and range is in ⌊T/N⌋ or ⌈T/N⌉ papers, but for what forced cards explain: each gave its
/// unit one paper more, and took one from another unit.
fn check_exposure(
    units: &BTreeMap<String, Unit<'_>>,
    hands: &[Vec<String>],
    certificates: &[PaperCertificate],
) -> Checked {
    let count = |of: &mut dyn Iterator<Item = String>| {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        of.for_each(|unit| *times.entry(unit).or_default() += 1);
        times
    };
    let times = count(&mut hands.iter().flatten().cloned());
    let cards = || certificates.iter().flat_map(|certificate| &certificate.forced);
    let gained = count(&mut cards().map(|card| card.unit.to_string()));
    let lost = count(&mut cards().map(|card| card.instead.to_string()));
    let of = |times: &BTreeMap<String, usize>, unit: &str| times.get(unit).copied().unwrap_or_default();
    let mut strata: BTreeMap<(CellKey, &RangeCode), Vec<&str>> = BTreeMap::new();
    units.iter().for_each(|(id, unit)| strata.entry((unit.cell, &unit.range)).or_default().push(id));
    for pool in strata.values() {
        let sum = |times: &BTreeMap<String, usize>| -> usize { pool.iter().map(|unit| of(times, unit)).sum() };
        let (all, gains, losses) = (sum(&times), sum(&gained), sum(&lost));
        for unit in pool {
            let (dealt, extra) = (of(&times, unit), of(&gained, unit));
            let most = (all + losses).div_ceil(pool.len()) + extra;
            prop_assert!(dealt <= most, "unit {} is in {} papers, {} of them forced", unit, dealt, extra);
            let least = (all / pool.len()).saturating_sub(gains + losses);
            prop_assert!(dealt >= least, "unit {} is in {} papers alone", unit, dealt);
        }
    }
    Ok(())
}

fn check(sample: &Sample, drawn: &Draw) -> Checked {
    let units = units(sample);
    let hands = drawn.papers.iter().map(|paper| hand(&units, sample, paper)).collect::<Result<Vec<_>, _>>()?;
    // Spares and the reserve are papers like the others.
    prop_assert_eq!(hands.len(), sample.seating.papers.len());
    for (place, hand) in hands.iter().enumerate() {
        prop_assert_eq!(&drawn.papers[place].paper, &sample.seating.papers[place].paper);
        check_composition(sample, &units, hand)?;
        check_ranges(&units, hand)?;
        check_importance(&units, hand)?;
        check_conflicts(sample, &units, (place, &drawn.certificates[place]), hand)?;
        // A forced card lies in the paper, and stands for another one of its cell.
        let certificate = &drawn.certificates[place];
        for card in &certificate.forced {
            let cells = [&card.unit, &card.instead].map(|unit| units[unit.as_str()].cell);
            prop_assert!(hand.iter().any(|unit| *unit == card.unit.as_str()) && cells[0] == cells[1]);
        }
        prop_assert!(certificate.forced.is_empty() || certificate.search.is_some());
    }
    let forced = drawn.certificates.iter().flat_map(|certificate| certificate.forced.iter().map(|card| &card.unit));
    prop_assert!(drawn.equivalence.forced.iter().map(|card| &card.unit).eq(forced));
    let mut first = 0;
    for session in sample.seating.papers.chunk_by(|one, other| one.session == other.session) {
        let papers = first..first + session.len();
        check_exposure(&units, &hands[papers.clone()], &drawn.certificates[papers])?;
        first += session.len();
    }
    Ok(())
}

fn shapes() -> impl Strategy<Value = Shape> {
    let pools = [12..40_usize, 12..40, 2..8];
    (1..40_usize, pools, 1..3_usize, 0..6_usize, 0..4_usize, any::<u8>()).prop_map(
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
    #![proptest_config(ProptestConfig::with_cases(200))]

    // Catches a paper of another composition, too much of an extended bank, a group that is split, a conflict within or
    // across banks, a unit that comes twice at the seam of two decks, and an exposure that the certificate does not admit.
    #[test]
    fn wide_draws_are_alike_free_of_conflicts_and_evenly_exposed(shape in shapes()) {
        let sample = wide(&shape).map_err(|error| TestCaseError::fail(error.to_string()))?;
        match draw(&sample.input()) {
            Ok(drawn) => check(&sample, &drawn)?,
            Err(DrawError::Pool(_)) => {}
            Err(DrawError::Infeasible(infeasible)) => prop_assert!(infeasible.proved, "{infeasible:?}"),
            Err(refusal) => prop_assert!(false, "{refusal}"),
        }
    }
}

// The property above is not true of nothing: most shapes are drawn, and some with forced cards.
#[test]
fn most_shapes_are_drawn_and_some_with_forced_cards_or_returns() -> TestResult {
    let (mut drawn, mut forced, mut returned, mut refused) = (0, 0, 0, 0);
    for number in 0..54_usize {
        let papers = [5, 12, 30][number % 3];
        let (enemy_every, avoid_every) = ([0, 3, 5][number / 3 % 3], [0, 2, 3][number / 9 % 3]);
        let sample =
            wide(&Shape { papers, pools: [24, 24, 6], per_point: 1 + number / 27, enemy_every, avoid_every, salt: 7 })?;
        match draw(&sample.input()) {
            Ok(draw) => {
                drawn += 1;
                forced += u32::from(!draw.equivalence.forced.is_empty());
                returned += u32::from(draw.certificates.iter().any(|certificate| !certificate.returned.is_empty()));
            }
            Err(_) => refused += 1,
        }
    }
    assert!(
        drawn > refused && forced >= 5 && returned >= 1 && drawn >= forced + 10,
        "{drawn} drawn, {forced} with forced cards, {returned} with items that return, {refused} refused"
    );
    Ok(())
}

// The checker itself finds what it looks for.
#[test]
fn the_checker_finds_faults() -> TestResult {
    let sample =
        wide(&Shape { papers: 24, pools: [24, 24, 6], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 3 })?;
    let drawn = draw(&sample.input())?;
    assert!(check(&sample, &drawn).is_ok());
    let uses: BTreeSet<PaperUse> = sample.seating.papers.iter().map(|seat| seat.paper_use).collect();
    assert_eq!(uses.len(), 3, "seats, spares and a reserve");
    let with = |change: &dyn Fn(&mut Draw)| {
        let mut altered = drawn.clone();
        change(&mut altered);
        check(&sample, &altered).is_err()
    };
    assert!(with(&|drawn| drawn.papers[5].items.swap(0, 1)), "a group in another order");
    assert!(with(&|drawn| drawn.papers[5].items.swap(1, 2)), "a group that is split");
    assert!(with(&|drawn| drawn.papers[5].items[9] = drawn.papers[5].items[8].clone()), "an item twice");
    let same = |drawn: &mut Draw| {
        let items = drawn.papers[0].items.clone();
        drawn.papers[1..8].iter_mut().for_each(|paper| paper.items.clone_from(&items));
    };
    assert!(with(&same), "an exposure beyond the bound");
    assert!(with(&|drawn| drop(drawn.papers[0].items.pop())), "a short paper");
    assert!(with(&|drawn| drop(drawn.papers.pop())), "a reserve paper that is missing");
    Ok(())
}
