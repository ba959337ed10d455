//! The rosters of `tests/suite/roster`, made by other people's software, lead to what `cases.json` says.

use kaoping_engine::bank::Level;
use kaoping_engine::date::Date;
use kaoping_engine::fault::Fault;
use kaoping_engine::roster::{AdmissionRules, ApplyConditions, Candidate};
use kaoping_files::roster::{MAX_FAULTS, MAX_ROWS, RosterFile, read_roster};
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// The seed of roster-40.xlsx.
const SEED: u64 = 20_261_201;

#[derive(Deserialize)]
struct Cases {
    exam_day: Date,
    level: Level,
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Accepted {
    file: String,
    format: String,
    rows: BTreeMap<u32, String>,
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Refused {
    file: String,
    faults: Vec<String>,
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/suite/roster")
}

fn read(bytes: &[u8], exam_day: Date, level: Level) -> Result<RosterFile, Vec<Fault>> {
    let conditions = ApplyConditions::standard();
    read_roster(bytes, &AdmissionRules { exam_day, levels: &[level], conditions: &conditions })
}

fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect()
}

fn codes(result: Result<RosterFile, Vec<Fault>>) -> Vec<String> {
    result.err().unwrap_or_default().into_iter().map(|fault| fault.code).collect()
}

fn people(count: u32, day: Date) -> Result<Vec<Candidate>, Box<dyn Error>> {
    Ok(synthetic_roster(count, SEED, day).map_err(|faults| told(&faults).join("; "))?)
}

#[test]
fn rosters_lead_to_what_is_expected() -> Result<(), Box<dyn Error>> {
    let cases: Cases = serde_json::from_slice(&std::fs::read(suite().join("cases.json"))?)?;
    for case in &cases.accepted {
        let roster = read(&std::fs::read(suite().join(&case.file))?, cases.exam_day, cases.level)
            .map_err(|faults| format!("{}: {:?}", case.file, told(&faults)))?;
        let found = |candidate: &Candidate| {
            format!("{} {} {}", candidate.name.as_str(), candidate.document.number(), candidate.birth_date)
        };
        let rows: BTreeMap<u32, String> = roster.rows.iter().map(|row| (row.row, found(&row.candidate))).collect();
        assert_eq!(rows, case.rows, "{}", case.file);
        assert_eq!(format!("{:?}", roster.format), case.format, "{}", case.file);
        assert_eq!(told(&roster.warnings), case.warnings, "{}", case.file);
    }
    for case in &cases.refused {
        let bytes = std::fs::read(suite().join(&case.file))?;
        let faults = read(&bytes, cases.exam_day, cases.level).err().unwrap_or_default();
        assert_eq!(told(&faults), case.faults, "{}", case.file);
        for fault in &faults {
            let said = format!("{} {} {} {}", fault.cause.zh, fault.cause.en, fault.cure.zh, fault.cure.en);
            assert!(!said.contains("19680314") && !said.contains("19660908"), "{}: {said}", case.file);
            let is_full =
                [&fault.cause.zh, &fault.cause.en, &fault.cure.zh, &fault.cure.en].iter().all(|text| text.len() > 4);
            assert!(is_full, "{}: a fault says why and what to do: {said}", case.file);
        }
    }
    assert!(cases.accepted.len() >= 8 && cases.refused.len() >= 31);
    Ok(())
}

#[test]
fn fields_of_the_good_file_are_typed() -> Result<(), Box<dyn Error>> {
    let roster = read(&std::fs::read(suite().join("good.xlsx"))?, "2026-12-01".parse()?, Level::Five)
        .map_err(|f| told(&f).join("; "))?;
    let [wang, li, ji] = roster.rows.as_slice() else { return Err("three candidates".into()) };
    assert_eq!(wang.candidate.phone.as_str(), "15400000001");
    assert_eq!(wang.candidate.work_since.map(|date| date.to_string()).as_deref(), Some("2015-07"));
    assert_eq!((wang.candidate.years_in_field, wang.candidate.postcode.as_deref()), (Some(3), Some("010000")));
    assert_eq!(li.candidate.source.chinese(), "农村转移劳动力");
    assert_eq!(ji.candidate.document.kind().chinese(), "港澳台居民居住证");
    assert_eq!(ji.candidate.brief_history.as_deref(), Some("2019 年起 在示例护理站"));
    Ok(())
}

/// The committed roster is the one that the generator makes: cell by cell, as bytes differ with the writer's version.
#[test]
fn roster_40_is_what_the_generator_makes() -> Result<(), Box<dyn Error>> {
    let day: Date = "2026-12-01".parse()?;
    let made = write_roster_xlsx(&people(40, day)?, day)?;
    let beside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("roster-40.xlsx");
    std::fs::write(&beside, &made)?;
    let committed = std::fs::read(suite().join("roster-40.xlsx"))?;
    let cells = |bytes: &[u8]| {
        kaoping_files::table::open(bytes, kaoping_files::table::Limits::ROSTER)
            .map(|(_, tables)| tables.into_iter().map(|t| (t.name, t.rows)).collect::<Vec<_>>())
    };
    assert_eq!(cells(&committed)?, cells(&made)?, "the new one is {}", beside.display());
    assert_eq!(
        read(&committed, day, Level::Five).map_err(|f| told(&f).join("; "))?.into_candidates(),
        people(40, day)?
    );
    Ok(())
}

#[test]
fn limits_are_kept() -> Result<(), Box<dyn Error>> {
    let day: Date = "2026-12-01".parse()?;
    let mut many = people(5001, day)?;
    let over = write_roster_xlsx(&many, day)?;
    assert_eq!(codes(read(&over, day, Level::Five)), ["too_many_rows"]);
    many.truncate(MAX_ROWS);
    let full = write_roster_xlsx(&many, day)?;
    assert_eq!(read(&full, day, Level::Five).map(|roster| roster.rows.len()).ok(), Some(MAX_ROWS));
    // Nobody is 16 yet on this day: each of the 5,000 rows is faulty, and the list of faults ends.
    let faults = read(&full, "1950-01-01".parse()?, Level::Five).err().unwrap_or_default();
    assert_eq!(faults.len(), MAX_FAULTS + 1);
    assert_eq!(faults.last().map(|fault| fault.code.as_str()), Some("more_faults"));
    assert_eq!(codes(read(&vec![b'a'; 10_000_001], day, Level::Five)), ["file_too_large"]);
    assert_eq!(codes(read(b"", day, Level::Five)), ["header_missing"]);
    Ok(())
}

#[test]
fn a_far_cell_costs_nothing() -> Result<(), Box<dyn Error>> {
    let day: Date = "2026-12-01".parse()?;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "姓名")?;
    sheet.write_string(1_048_575, 16_383, "远")?;
    assert_eq!(codes(read(&book.save_to_buffer()?, day, Level::Five)), ["header_missing"]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// A damaged file is refused or read, but it never breaks the reader.
    #[test]
    fn damage_never_breaks_the_reader(
        file in prop::sample::select(vec!["good.xls", "good.xlsx", "good-gbk.csv", "password.xlsx"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        keep in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = std::fs::read(suite().join(file)).unwrap_or_default();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            if let Some(byte) = bytes.get_mut(place) {
                *byte = value;
            }
        }
        if is_cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        if let Err(faults) = read(&bytes, "2026-12-01".parse().unwrap_or_else(|_| unreachable!()), Level::Five) {
            prop_assert!(!faults.is_empty());
        }
    }
}

// Catches time that grows with the square of merged cells, and warnings by the megabyte.
#[test]
fn merged_cells_without_end_are_refused() -> Result<(), Box<dyn Error>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..6_000 {
        sheet.merge_range(row, 40, row, 41, "说明", &rust_xlsxwriter::Format::new())?;
    }
    let bytes = book.save_to_buffer()?;
    let conditions = ApplyConditions::standard();
    let rules = AdmissionRules { exam_day: Date::new(2026, 12, 1)?, levels: &[Level::Five], conditions: &conditions };
    assert_eq!(codes(read_roster(&bytes, &rules)), ["too_many_merges"]);
    Ok(())
}
