use super::*;
use crate::bank::element::RangeCode;
use crate::bank::{BankKind, Difficulty, Function, Importance, ItemType};
use crate::blueprint::{ImportanceBounds, RangeWeight};
use kaoping_record::canonical;
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn level_five() -> Result<Blueprint, canonical::CanonicalError> {
    canonical::from_authored(include_bytes!("../../../question-bank/blueprints/5.json"))
}

fn codes(blueprint: &Blueprint) -> Vec<String> {
    check(blueprint).into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
}

#[test]
fn level_five_has_no_fault() -> TestResult {
    let blueprint = level_five()?;
    assert_eq!(codes(&blueprint), Vec::<String>::new());
    assert_eq!((blueprint.items(), blueprint.half_marks(ItemType::TrueFalse)), (100, Some(HalfMarks::new(2))));
    assert_eq!(blueprint.half_marks(ItemType::MultipleChoice), None);
    Ok(())
}

// The classical scheme: 160 single choice and 40 true/false at half a mark, doubled row by row.
#[test]
fn half_mark_papers_can_be_written() -> TestResult {
    let mut blueprint = level_five()?;
    for rule in &mut blueprint.types {
        rule.count *= 2;
        rule.half_marks = HalfMarks::new(1);
    }
    for row in &mut blueprint.rows {
        row.count *= 2;
    }
    assert_eq!(codes(&blueprint), Vec::<String>::new());
    Ok(())
}

#[test]
fn all_faults_are_named_at_once() -> TestResult {
    let mut blueprint = level_five()?;
    blueprint.v = 2;
    blueprint.title = "\u{200b}".into();
    blueprint.minutes = 59;
    blueprint.pass_half_marks = HalfMarks::new(201);
    blueprint.minimum_multiple = 0;
    blueprint.extended_cap = 101;
    assert_eq!(
        codes(&blueprint),
        [
            "blueprint_version /v",
            "blueprint_text /title",
            "blueprint_minutes /minutes",
            "blueprint_pass_mark /pass_half_marks",
            "blueprint_minimum_multiple /minimum_multiple",
            "blueprint_extended_cap /extended_cap",
        ]
    );
    Ok(())
}

#[test]
fn margins_are_exact() -> TestResult {
    let mut blueprint = level_five()?;
    let [first, second, ..] = blueprint.rows.as_mut_slice() else { return Err("two rows".into()) };
    first.count -= 1;
    second.count += 1;
    assert_eq!(codes(&blueprint), ["blueprint_function_margin /functions/0", "blueprint_function_margin /functions/1"]);
    let mut blueprint = level_five()?;
    blueprint.types.first_mut().ok_or("a type")?.count = 79;
    assert_eq!(codes(&blueprint), ["blueprint_total /types", "blueprint_type_margin /types/0"]);
    Ok(())
}

#[test]
fn rows_are_whole_groups_under_the_cap() -> TestResult {
    let mut blueprint = level_five()?;
    let row = blueprint.rows.get_mut(2).ok_or("third row")?;
    row.extended = 21; // 42 half-marks are 21 % of a paper.
    assert_eq!(codes(&blueprint), ["blueprint_extended_cap /extended_cap"]);
    let row = blueprint.rows.get_mut(2).ok_or("third row")?;
    (row.extended, row.group_size) = (20, 3); // neither 28 nor 20 is a multiple of 3
    assert_eq!(codes(&blueprint), ["blueprint_row_count /rows/2"]);
    let row = blueprint.rows.get_mut(2).ok_or("third row")?;
    row.group_size = 0;
    assert_eq!(codes(&blueprint), ["blueprint_group_size /rows/2/group_size"]);
    Ok(())
}

#[test]
fn doubles_are_refused() -> TestResult {
    let mut blueprint = level_five()?;
    let first = blueprint.rows.first().ok_or("a row")?.clone();
    blueprint.rows.push(Row { count: 0, ..first });
    assert_eq!(codes(&blueprint), ["blueprint_row_twice /rows/12", "blueprint_row_count /rows/12"]);

    let mut blueprint = level_five()?;
    blueprint.bands.get_mut(1).ok_or("a band")?.difficulties.push(Difficulty::new(5)?);
    blueprint.bands.get_mut(2).ok_or("a band")?.share = 19;
    assert_eq!(codes(&blueprint), ["blueprint_band /bands/2", "blueprint_band_shares /bands"]);

    let mut blueprint = level_five()?;
    blueprint.functions.pop();
    assert_eq!(
        codes(&blueprint),
        ["blueprint_weights /functions", "blueprint_row_unknown /rows/5", "blueprint_row_unknown /rows/11"]
    );
    Ok(())
}

#[test]
fn ranges_and_importances_are_listed_once_within_bounds() -> TestResult {
    let range = |function, kind, weight| {
        Ok::<_, Box<dyn Error>>(RangeWeight { function, kind, range: RangeCode::new("B-A-A")?, weight })
    };
    let mut blueprint = level_five()?;
    blueprint.ranges = vec![
        range(Function::DailyCare, BankKind::National, 10_000)?,
        range(Function::DailyCare, BankKind::Extended, 1)?,
        range(Function::DailyCare, BankKind::National, 2)?,
        range(Function::SymptomCare, BankKind::National, 1)?,
        range(Function::Ethics, BankKind::National, 0)?,
        range(Function::Foundations, BankKind::National, 10_001)?,
    ];
    assert_eq!(codes(&blueprint), [2, 3, 4, 5].map(|place| format!("blueprint_range /ranges/{place}")));

    let bounds = |importance, least, most| ImportanceBounds { importance, least, most };
    let mut blueprint = level_five()?;
    blueprint.importance = vec![bounds(Importance::X, 90, 100), bounds(Importance::Y, 10, 10)];
    assert_eq!(codes(&blueprint), Vec::<String>::new());
    blueprint.importance.push(bounds(Importance::Z, 1, 0));
    blueprint.importance.push(bounds(Importance::X, u32::MAX, u32::MAX));
    assert_eq!(
        codes(&blueprint),
        [
            "blueprint_importance /importance/2",
            "blueprint_importance /importance/3",
            "blueprint_importance_sum /importance"
        ]
    );
    Ok(())
}

// Catches sums that leave their type: such a blueprint ended the program instead of being refused.
#[test]
fn the_greatest_numbers_are_refused_without_overflow() -> TestResult {
    let mut blueprint = level_five()?;
    for rule in &mut blueprint.types {
        (rule.count, rule.half_marks) = (u32::MAX, HalfMarks::new(u32::MAX));
    }
    for row in &mut blueprint.rows {
        (row.count, row.extended) = (u32::MAX, u32::MAX);
    }
    blueprint.functions.iter_mut().for_each(|entry| entry.weight = u32::MAX);
    blueprint.bands.iter_mut().for_each(|band| band.share = u32::MAX);
    blueprint.extended_cap = u32::MAX;
    assert!(codes(&blueprint).contains(&"blueprint_total /types".to_owned()));
    Ok(())
}

// `-0` is no integer of a document: one reader would write 0 for it, and another -0.
#[test]
fn minus_zero_is_not_read() -> TestResult {
    let text = String::from_utf8(include_bytes!("../../../question-bank/blueprints/5.json").to_vec())?;
    let altered = text.replacen("\"extended\": 0", "\"extended\": -0", 1);
    assert_ne!(altered, text);
    assert!(canonical::from_authored::<Blueprint>(altered.as_bytes()).is_err());
    Ok(())
}
