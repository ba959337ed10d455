//! Conflicts worked out by hand, and small random ones against trying everything.

use super::search::Budget;
use super::{BUDGET, Cause, Conflict, Explanation, Proof, explain_within};
use crate::bank::element::ElementCode;
use crate::bank::index::{INDEX_VERSION, IndexItem, IndexOption};
use crate::bank::item::GroupPlace;
use crate::bank::{BankKind, Difficulty, Function, Importance, Index, ItemType, Level};
use crate::draw::cells::{Cell, CellName};
use crate::draw::units::Units;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BandName, BankId, GroupId, ItemId, OptionId, PaperId};
use proptest::prelude::*;
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

/// A paper to be filled, in few numbers.
#[derive(Clone, Debug, Default)]
struct Case {
    /// For each cell its quota and group size.
    cells: Vec<(usize, usize)>,
    /// For each unit its cell and the points of its items.
    units: Vec<(usize, Vec<usize>)>,
    /// Units of which the first names the second as its enemy.
    enemies: Vec<(usize, usize)>,
    /// Units that the person has seen.
    seen: Vec<usize>,
}

fn item_id(unit: usize, place: usize) -> TestResult<ItemId> {
    Ok(ItemId::new(format!("u{unit:02}.{place}"))?)
}

impl Case {
    fn index(&self) -> TestResult<Index> {
        let mut items = Vec::new();
        for (number, (cell, points)) in self.units.iter().enumerate() {
            for (place, point) in points.iter().enumerate() {
                let group = GroupPlace { id: GroupId::new(format!("u{number:02}"))?, place: u32::try_from(place)? };
                let named = self.enemies.iter().filter(|(one, _)| *one == number);
                items.push(IndexItem {
                    id: item_id(number, place)?,
                    function: Function::Ethics,
                    item_type: ItemType::SingleChoice,
                    difficulty: Difficulty::new(u8::try_from(cell + 1)?)?,
                    point: ElementCode::new(format!("A-A-A-{point:03}"))?,
                    importance: Importance::X,
                    enemies: named.map(|(_, other)| item_id(*other, 0)).collect::<Result<_, _>>()?,
                    group: (points.len() > 1).then_some(group),
                    options: ["a", "b"]
                        .iter()
                        .map(|id| Ok::<_, Box<dyn Error>>(IndexOption { id: OptionId::new(*id)?, pinned: false }))
                        .collect::<Result<_, _>>()?,
                    content: Digest::ZERO,
                    key: Digest::ZERO,
                });
            }
        }
        let (bank, label) = (BankId::new("sample")?, "样题".to_owned());
        Ok(Index { bank, kind: BankKind::National, level: Level::Five, label, v: INDEX_VERSION, items })
    }

    fn explain(&self) -> TestResult<Explanation> {
        self.explain_within(&mut Budget::new(BUDGET))
    }

    fn explain_within(&self, budget: &mut Budget) -> TestResult<Explanation> {
        let indexes = [self.index()?];
        let units = Units::new(&indexes).map_err(|faults| format!("{faults:?}"))?;
        let cell = |(number, (quota, size)): (usize, &(usize, usize))| {
            let name = CellName {
                function: Function::Ethics,
                item_type: ItemType::SingleChoice,
                group_size: u32::try_from(*size)?,
                kind: BankKind::National,
                band: BandName::new(format!("b{number}"))?,
            };
            Ok::<_, Box<dyn Error>>(Cell {
                name,
                quota: *quota,
                difficulties: vec![Difficulty::new(u8::try_from(number + 1)?)?],
            })
        };
        let cells: Vec<Cell> = self.cells.iter().enumerate().map(cell).collect::<Result<_, _>>()?;
        let avoid: Vec<ItemId> = self.seen.iter().map(|unit| item_id(*unit, 0)).collect::<Result<_, _>>()?;
        Ok(explain_within(&cells, &units.pools(&cells), &units, &avoid, budget))
    }

    fn conflict(&self) -> TestResult<Conflict> {
        match self.explain()? {
            Explanation::Conflicts(conflicts) => Ok(conflicts.into_iter().next().ok_or("a conflict")?),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn excludes(&self, one: usize, other: usize) -> bool {
        let (a, b) = (&self.units[one].1, &self.units[other].1);
        a.iter().any(|point| b.contains(point))
            || self.enemies.contains(&(one, other))
            || self.enemies.contains(&(other, one))
    }

    /// The most units of a paper, by trying everything.
    fn most(&self, wanted: &[usize]) -> usize {
        self.most_from(0, &mut Vec::new(), &mut wanted.to_vec())
    }

    fn most_from(&self, unit: usize, chosen: &mut Vec<usize>, left: &mut Vec<usize>) -> usize {
        if unit == self.units.len() {
            return chosen.len();
        }
        let without = self.most_from(unit + 1, chosen, left);
        let cell = self.units[unit].0;
        let free = left[cell] > 0 && !self.seen.contains(&unit);
        if !free || chosen.iter().any(|other| self.excludes(unit, *other)) {
            return without;
        }
        chosen.push(unit);
        left[cell] -= 1;
        let with = self.most_from(unit + 1, chosen, left);
        left[cell] += 1;
        chosen.pop();
        with.max(without)
    }

    fn wanted(&self, cells: &[usize]) -> Vec<usize> {
        (0..self.cells.len()).map(|cell| if cells.contains(&cell) { self.cells[cell].0 } else { 0 }).collect()
    }

    fn fills(&self, cells: &[usize]) -> bool {
        let wanted = self.wanted(cells);
        self.most(&wanted) == wanted.iter().sum::<usize>()
    }
}

/// Single items: a list of points for each cell, with the cell's quota.
fn singles(cells: &[(usize, &[usize])]) -> Case {
    let units = cells.iter().enumerate().flat_map(|(cell, (_, points))| points.iter().map(move |p| (cell, vec![*p])));
    Case { cells: cells.iter().map(|(quota, _)| (*quota, 1)).collect(), units: units.collect(), ..Case::default() }
}

fn names(conflict: &Conflict) -> Vec<&str> {
    conflict.cells.iter().map(|cell| cell.cell.band.as_str()).collect()
}

// Cell 0 takes its only point, 7, which is the only one of cell 1 as well; cell 2 has points of its own.
#[test]
fn a_point_that_two_cells_need() -> TestResult {
    let conflict = singles(&[(1, &[7, 7]), (1, &[7]), (2, &[1, 2, 3])]).conflict()?;
    assert_eq!(names(&conflict), ["b0", "b1"]);
    assert_eq!((conflict.wanted, conflict.points, conflict.lack, conflict.anywhere), (2, 1, Some(1), true));
    assert_eq!((&conflict.cause, conflict.proof, conflict.seen_decides), (&Cause::Points, Proof::Smallest, false));
    let figures: Vec<_> =
        conflict.cells.iter().map(|cell| (cell.wanted, cell.pool, cell.points, cell.shared)).collect();
    assert_eq!(figures, [(1, 2, 1, 1), (1, 1, 1, 1)]);
    let fault = &Explanation::Conflicts(vec![conflict]).faults(None)[0];
    assert_eq!(
        (fault.code.as_str(), fault.place.as_str()),
        ("draw_conflict", "职业道德·单选题·国家题库·b0、职业道德·单选题·国家题库·b1")
    );
    assert_eq!(fault.cure.zh, "在其中任一单元补充 1 个其他鉴定点的试题，或调整组卷方案，使这些单元共少用 1 个");
    assert!(
        fault.cause.en.starts_with("these 2 cells want 2 units a paper and have 1 points, 1 are lacking"),
        "{}",
        fault.cause.en
    );
    Ok(())
}

// Hall: each cell has enough points by itself, and so has each pair (4 and 4 of 4 points), but three cells want 6 of 4.
#[test]
fn three_cells_of_which_no_two_are_in_conflict() -> TestResult {
    let conflict = singles(&[(1, &[9]), (2, &[1, 2, 3, 4]), (2, &[1, 2, 3, 4]), (2, &[1, 2, 3, 4])]).conflict()?;
    assert_eq!(names(&conflict), ["b1", "b2", "b3"]);
    assert_eq!((conflict.wanted, conflict.points, conflict.lack), (6, 4, Some(2)));
    assert_eq!((conflict.cause, conflict.proof), (Cause::Points, Proof::Smallest));
    Ok(())
}

// Cells 0, 1, 2 make a conflict of three (3 of 2 points); cells 2 and 3 one of two (2 of 1 point), which is smaller.
#[test]
fn the_smallest_of_several_conflicts() -> TestResult {
    let conflict = singles(&[(1, &[1, 2]), (1, &[1, 2]), (1, &[2]), (1, &[2])]).conflict()?;
    assert_eq!((names(&conflict), conflict.proof), (vec!["b2", "b3"], Proof::Smallest));
    Ok(())
}

// Two groups of cells without a common point, each in conflict: both are named at once.
#[test]
fn conflicts_that_have_nothing_to_do_with_each_other() -> TestResult {
    let case = singles(&[(1, &[1]), (1, &[1]), (2, &[5, 5])]);
    let Explanation::Conflicts(conflicts) = case.explain()? else { return Err("conflicts".into()) };
    assert_eq!(conflicts.iter().map(names).collect::<Vec<_>>(), [vec!["b0", "b1"], vec!["b2"]]);
    Ok(())
}

// A chain of enemies 0–1–2–3 in one cell that wants three of four: at most two stand together (0 2, 0 3 or 1 3). Without the
// pair 0–1 alone the units 0, 1 and 3 do.
#[test]
fn a_chain_of_enemies() -> TestResult {
    let mut case = singles(&[(3, &[1, 2, 3, 4]), (1, &[9])]);
    case.enemies = vec![(0, 1), (2, 1), (2, 3)];
    let conflict = case.conflict()?;
    assert_eq!((names(&conflict), conflict.lack, conflict.anywhere), (vec!["b0"], Some(1), false));
    assert_eq!((conflict.points, conflict.cells[0].enemies, conflict.cells[0].missing), (4, 4, 1));
    let Cause::Enemies(pairs) = conflict.cause else { return Err("enemies".into()) };
    assert_eq!(pairs.iter().map(|[one, other]| format!("{one} {other}")).collect::<Vec<_>>(), ["u00.0 u01.0"]);
    Ok(())
}

// Enemies across cells: each item of cell 0 excludes the only item of cell 1. A third item without enemies mends it.
#[test]
fn enemies_of_two_cells() -> TestResult {
    let mut case = singles(&[(1, &[1, 2]), (1, &[3])]);
    case.enemies = vec![(0, 2), (2, 1)];
    assert_eq!((names(&case.conflict()?), case.conflict()?.lack), (vec!["b0", "b1"], Some(1)));
    let mut mended = singles(&[(1, &[1, 2, 4]), (1, &[3])]);
    mended.enemies = vec![(0, 3), (3, 1)];
    assert_eq!(mended.explain()?, Explanation::Fillable);
    Ok(())
}

// Two of three points of cell 0 were seen; without that it would have three for its two.
#[test]
fn what_the_person_has_seen() -> TestResult {
    let mut case = singles(&[(2, &[1, 2, 3]), (1, &[8])]);
    case.seen = vec![0, 2];
    let conflict = case.conflict()?;
    assert_eq!((names(&conflict), conflict.lack, conflict.seen_decides), (vec!["b0"], Some(1), true));
    assert_eq!((conflict.cells[0].pool, conflict.cells[0].seen, conflict.cells[0].points), (3, 2, 1));
    case.seen = vec![0];
    assert_eq!(case.explain()?, Explanation::Fillable);
    Ok(())
}

// Three groups on points 12, 23, 31: any two share a point, though three points would do for two units of one point.
#[test]
fn groups_that_overlap() -> TestResult {
    let case =
        Case { cells: vec![(2, 2)], units: vec![(0, vec![1, 2]), (0, vec![2, 3]), (0, vec![3, 1])], ..Case::default() };
    let conflict = case.conflict()?;
    assert_eq!((&conflict.cause, conflict.lack, conflict.points), (&Cause::Groups, Some(1), 3));
    assert_eq!(conflict.cells[0].missing, 1);
    // A group whose two items have one point is as good as a single item.
    let mended =
        Case { units: [case.units, vec![(0, vec![4, 4])]].concat(), ..Case { cells: vec![(2, 2)], ..Case::default() } };
    assert_eq!(mended.explain()?, Explanation::Fillable);
    Ok(())
}

fn cases() -> impl Strategy<Value = Case> {
    let size = prop_oneof![4 => Just(1_usize), 1 => Just(2_usize)];
    let cells = prop::collection::vec((1..3_usize, size), 1..5);
    let units = prop::collection::vec((0..5_usize, prop::collection::vec(0..6_usize, 2)), 5..13);
    let pairs = prop::collection::vec((0..12_usize, 0..12_usize), 0..20);
    let seen = prop::collection::vec(0..12_usize, 0..3);
    (cells, units, pairs, seen).prop_map(|(cells, units, enemies, seen)| {
        let of_cell = |(cell, mut points): (usize, Vec<usize>)| {
            let cell = cell % cells.len();
            points.truncate(cells[cell].1);
            (cell, points)
        };
        let units: Vec<_> = units.into_iter().map(of_cell).collect();
        let enemies = enemies.into_iter().filter(|(one, other)| one != other && one.max(other) < &units.len());
        let enemies = enemies.collect();
        let seen = seen.into_iter().filter(|unit| *unit < units.len()).collect();
        Case { cells, units, enemies, seen }
    })
}

fn subsets(of: usize) -> impl Iterator<Item = Vec<usize>> {
    (1..1_u32 << of).map(move |bits| (0..of).filter(|cell| bits & (1 << cell) != 0).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    // Catches a conflict where a paper exists, a paper where none does, a set that is not the smallest, a wrong lack, and
    // a cure that does not cure.
    #[test]
    fn conflicts_are_those_that_trying_everything_finds(case in cases()) {
        let explanation = case.explain().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let all: Vec<usize> = (0..case.cells.len()).collect();
        let Explanation::Conflicts(conflicts) = explanation else {
            prop_assert_eq!(explanation, Explanation::Fillable);
            prop_assert!(case.fills(&all));
            return Ok(());
        };
        let smallest = subsets(case.cells.len()).filter(|set| !case.fills(set)).map(|set| set.len()).min();
        prop_assert_eq!(conflicts.iter().map(|conflict| conflict.cells.len()).min(), smallest);
        for conflict in &conflicts {
            let number = |band: &str| all.iter().copied().find(|cell| format!("b{cell}") == band);
            let set: Vec<usize> = names(conflict).into_iter().filter_map(number).collect();
            prop_assert_eq!(conflict.proof, Proof::Smallest);
            for part in subsets(set.len()) {
                let part: Vec<usize> = part.into_iter().map(|place| set[place]).collect();
                prop_assert_eq!(case.fills(&part), part.len() < set.len(), "{:?} of {:?}", part, set);
            }
            let wanted = case.wanted(&set);
            let lack = conflict.wanted - case.most(&wanted);
            prop_assert_eq!(conflict.lack, Some(lack));
            prop_assert_eq!(conflict.cells.iter().map(|cell| cell.missing).sum::<usize>(), lack);
            let mut fewer = wanted.clone();
            conflict.cells.iter().zip(&set).for_each(|(cell, number)| fewer[*number] -= cell.missing);
            prop_assert_eq!(case.most(&fewer), conflict.wanted - lack);
            for cell in set.iter().filter(|cell| conflict.anywhere && wanted[**cell] >= lack) {
                let mut fewer = wanted.clone();
                fewer[*cell] -= lack;
                prop_assert_eq!(case.most(&fewer), conflict.wanted - lack, "fewer of cell {}", cell);
            }
            if let Cause::Enemies(pairs) = &conflict.cause {
                let named = |pair: &(usize, usize)| {
                    let id = |unit: usize| if case.units[unit].1.len() > 1 { format!("u{unit:02}") } else { format!("u{unit:02}.0") };
                    pairs.iter().any(|[a, b]| {
                        [(pair.0, pair.1), (pair.1, pair.0)].iter().any(|(x, y)| id(*x) == a.as_str() && id(*y) == b.as_str())
                    })
                };
                prop_assert!(!pairs.is_empty());
                let enemies = case.enemies.iter().copied().filter(|pair| !named(pair)).collect();
                let resolved = Case { enemies, ..case.clone() };
                prop_assert!(resolved.fills(&set));
            }
        }
    }
}

// A paper that exists and was not found, and a search that ended early, are never called a conflict.
#[test]
fn no_conflict_is_claimed_that_is_not_proven() -> TestResult {
    let paper = PaperId::new("p1")?;
    let codes = |explanation: Explanation, paper: Option<&PaperId>| {
        explanation.faults(paper).into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect::<Vec<_>>()
    };
    assert_eq!(codes(Explanation::Fillable, Some(&paper)), ["draw_not_found 试卷 p1"]);
    assert_eq!(codes(Explanation::Fillable, None), Vec::<String>::new());
    assert_eq!(codes(Explanation::Open, Some(&paper)), ["draw_not_proven 试卷 p1"]);
    let case = singles(&[(1, &[7]), (1, &[7])]);
    assert_eq!(case.explain_within(&mut Budget::new(3))?, Explanation::Open);
    assert_ne!(case.explain_within(&mut Budget::new(1000))?, Explanation::Open);
    Ok(())
}
