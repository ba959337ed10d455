//! The sample score sheets, and a practical exam of level 5 scored on them from the first touch to
//! the total.

use kaoping_engine::bank::{Function, Level};
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::practical::code::AwardCode;
use kaoping_engine::practical::panel::{self, PanelDecisions, PanelMark, PanelOutcome};
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::session::{Assignment, HandedInSheet, SheetSession};
use kaoping_engine::practical::sheet::{ItemKind, SAMPLE_LABEL, ValidSheet, VetoEffect};
use kaoping_engine::practical::sheet_event::SheetEvent;
use kaoping_engine::practical::total::{
    FunctionWeight, FunctionWeights, PracticalOutcome, WeightedMark, practical_total,
};
use kaoping_engine::session::journal::{Journaled, Output};
use kaoping_record::event::Stream;
use kaoping_record::id::{AccountId, AssignmentId, SheetItemId};
use kaoping_record::time::Time;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The marks of an examiner's exceptions from full marks: item and award.
type Exceptions<'a> = &'a [(&'a str, &'a str)];

fn bank() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../question-bank")
}

/// All sheet files of the bank by name.
fn files() -> TestResult<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for level in std::fs::read_dir(bank().join("sheets"))? {
        for file in std::fs::read_dir(level?.path())? {
            let path = file?.path();
            files.insert(path.display().to_string(), std::fs::read(&path)?);
        }
    }
    Ok(files)
}

fn sheet(id: &str) -> TestResult<ValidSheet> {
    Ok(ValidSheet::from_json(&std::fs::read(bank().join("sheets/5").join(format!("{id}.json")))?)?)
}

fn schema() -> TestResult<jsonschema::Validator> {
    let schema: Value = serde_json::from_slice(&std::fs::read(bank().join("schema/sheet.schema.json"))?)?;
    jsonschema::meta::validate(&schema).map_err(|error| error.to_string())?;
    Ok(jsonschema::validator_for(&schema)?)
}

#[test]
fn every_sheet_of_the_bank_is_valid_by_program_and_schema() -> TestResult {
    let schema = schema()?;
    let files = files()?;
    assert!(files.len() >= 8, "{} sheets", files.len());
    let mut ids = BTreeSet::new();
    for (path, bytes) in &files {
        let valid = ValidSheet::from_json(bytes).map_err(|error| format!("{path}: {error}: {error:?}"))?;
        let errors: Vec<_> = schema
            .iter_errors(&serde_json::from_slice(bytes)?)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{path}");
        let sheet = valid.sheet();
        assert!(path.ends_with(&format!("{}/{}.json", sheet.level, sheet.id)), "{path} holds {}", sheet.id);
        assert!(ids.insert(sheet.id.clone()), "{} occurs twice", sheet.id);
        assert_eq!(sheet.label, SAMPLE_LABEL, "{path}");
        assert!(!sheet.vetoes.is_empty(), "{path}");
    }
    Ok(())
}

#[test]
fn level_five_covers_its_four_functions_and_every_kind() -> TestResult {
    let mut functions: BTreeMap<Function, usize> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    let mut effects = BTreeSet::new();
    for bytes in files()?.values() {
        let valid = ValidSheet::from_json(bytes)?;
        if valid.sheet().level != Level::Five {
            continue;
        }
        *functions.entry(valid.sheet().function).or_default() += 1;
        kinds.extend(valid.sheet().items().map(|(_, item)| match item.kind {
            ItemKind::Binary {} => "binary",
            ItemKind::Graded {} => "graded",
            ItemKind::DeductPerOmission { .. } => "deduct",
            ItemKind::Count { .. } => "count",
            ItemKind::Timed { .. } => "timed",
            ItemKind::Judge {} => "judge",
        }));
        effects.extend(valid.sheet().vetoes.iter().map(|veto| match veto.effect {
            VetoEffect::ZeroItem { .. } => "zero_item",
            VetoEffect::ZeroSheet {} => "zero_sheet",
            VetoEffect::Cap { .. } => "cap",
            VetoEffect::Terminate {} => "terminate",
        }));
    }
    let least = [
        (Function::DailyCare, 3),
        (Function::BasicNursing, 2),
        (Function::Emergency, 1),
        (Function::FunctionMaintenance, 2),
    ];
    for (function, least) in least {
        assert!(functions.get(&function).is_some_and(|number| *number >= least), "{function}: {functions:?}");
    }
    assert_eq!(functions.len(), 4, "level 5 examines no other function");
    assert_eq!((kinds.len(), effects.len()), (6, 4), "{kinds:?} {effects:?}");
    Ok(())
}

/// The worked sheet of the standard example, mark by mark in the order of work.
#[test]
fn the_feeding_sheet_has_the_marks_of_the_worked_example() -> TestResult {
    let valid = sheet("s5-feeding-in-bed")?;
    let marks: Vec<_> = valid.sheet().items().map(|(_, item)| item.half_marks.to_string()).collect();
    let expected = "3 3 4 2 3 4 4 8 4 3 6 5 6 5 8 5 5 4 5 3 2 4 4";
    assert_eq!(marks.join(" "), expected);
    assert_eq!((valid.sheet().minutes_prepare, valid.sheet().minutes), (5, 12));
    let oral: Vec<_> =
        valid.sheet().items().filter(|(_, item)| item.oral).map(|(_, item)| item.content.as_str()).collect();
    assert_eq!(oral, ["试温", "观察并说出处理", "保持体位"]);
    Ok(())
}

/// Catches a schema that says less than the program.
#[test]
fn schema_and_program_refuse_the_same_forms() -> TestResult {
    let schema = schema()?;
    let good: Value = serde_json::from_slice(&std::fs::read(bank().join("sheets/5/s5-feeding-in-bed.json"))?)?;
    let item = "/modules/0/sections/0/items/0";
    let changes = [
        ("/v".to_owned(), 2.into()),
        ("/level".to_owned(), 2.into()),
        ("/function".to_owned(), "ethics".into()),
        ("/title".to_owned(), "".into()),
        ("/title".to_owned(), "长".repeat(41).into()),
        ("/label".to_owned(), "国家题库".into()),
        ("/bank".to_owned(), "national".into()),
        ("/minutes".to_owned(), 0.into()),
        ("/sources".to_owned(), Value::Array(Vec::new())),
        ("/preparation/supplies/0".to_owned(), serde_json::json!({ "name": "床" })),
        ("/modules/0/weight".to_owned(), 0.into()),
        ("/modules/0/id".to_owned(), "模块".into()),
        (format!("{item}/half_marks"), 0.into()),
        (format!("{item}/half_marks"), 3.5.into()),
        (format!("{item}/oral"), 1.into()),
        (format!("{item}/kind"), serde_json::json!({ "type": "count" })),
        (format!("{item}/kind"), serde_json::json!({ "type": "binary" })),
        (format!("{item}/kind"), serde_json::json!({ "type": "judge", "full": 2 })),
        (format!("{item}/awards/0/code"), "full".into()),
        (format!("{item}/awards"), Value::Array(Vec::new())),
        ("/vetoes/0/effect".to_owned(), serde_json::json!({ "type": "cap", "half_marks": 120 })),
        ("/vetoes/0/effect".to_owned(), serde_json::json!({ "type": "zero_item" })),
        ("/vetoes/0/notes".to_owned(), Value::Array(Vec::new())),
    ];
    for (pointer, value) in changes {
        let mut sheet = good.clone();
        *sheet.pointer_mut(&pointer).ok_or(pointer.clone())? = value.clone();
        assert!(!schema.is_valid(&sheet), "schema accepts {pointer} = {value}");
        assert!(ValidSheet::from_json(sheet.to_string().as_bytes()).is_err(), "program accepts {pointer} = {value}");
    }
    Ok(())
}

/// An examiner's work on a sheet: full marks but for the exceptions, a restart after half of it,
/// and the hand-in.
fn examine(sheet: &ValidSheet, examiner: &str, exceptions: Exceptions) -> TestResult<HandedInSheet> {
    let task = format!("{}.{examiner}", sheet.sheet().id);
    let assignment = Assignment {
        id: AssignmentId::new(task.as_str())?,
        examiner: AccountId::new(examiner)?,
        stream: Stream::new(format!("tablet/{task}"))?,
    };
    let mut session = SheetSession::new(sheet.clone(), assignment.clone());
    let mut journal = Vec::new();
    let mut now = 1_790_000_000_000;
    let start = session.start();
    session.handle(Time::from_millis(now), &start)?;
    for (index, (_, item)) in sheet.sheet().items().enumerate() {
        now += 15_000;
        let exception = exceptions.iter().find(|(id, _)| *id == item.id.as_str());
        let award = match exception {
            Some((_, award)) => AwardCode::new(*award)?,
            None => item.awards.first().ok_or("an item without awards")?.code.clone(),
        };
        session.handle(Time::from_millis(now), &SheetEvent::Scored { item: item.id.clone(), award })?;
        journal.extend(persisted(&mut session));
        if index == sheet.sheet().items().count() / 2 {
            session = SheetSession::replay(sheet.clone(), assignment.clone(), journal.iter().map(Vec::as_slice))?;
        }
    }
    for (id, _) in exceptions {
        assert!(session.scoring().award(&SheetItemId::new(*id)?).is_some(), "no item {id}");
    }
    let total = session.scoring().total(sheet)?;
    session.handle(Time::from_millis(now), &SheetEvent::HandedIn { total })?;
    journal.extend(persisted(&mut session));
    let handed_in = session.handed_in(1)?.ok_or("not handed in")?;
    let audited = SheetSession::replay(sheet.clone(), assignment, journal.iter().map(Vec::as_slice))?;
    assert_eq!(audited.handed_in(1)?.as_ref(), Some(&handed_in), "an audit finds what the tablet said");
    Ok(handed_in)
}

fn persisted(session: &mut SheetSession) -> Vec<Vec<u8>> {
    let outputs = std::iter::from_fn(|| session.journal_mut().poll_output());
    outputs.filter_map(|output| if let Output::Persist(bytes) = output { Some(bytes) } else { None }).collect()
}

fn panel_mark(id: &str, exceptions: [Exceptions; 3]) -> TestResult<PanelMark> {
    let sheet = sheet(id)?;
    let examiners = ["e1", "e2", "e3"].into_iter().zip(exceptions);
    let handed_in =
        examiners.map(|(examiner, exceptions)| examine(&sheet, examiner, exceptions)).collect::<Result<Vec<_>, _>>()?;
    let policy = PanelPolicy::named("mean-1").ok_or("no such policy")?;
    match panel::form(&sheet, &handed_in, &policy, &PanelDecisions::default())? {
        PanelOutcome::Formed { mark } => Ok(*mark),
        other => Err(format!("{other:?}").into()),
    }
}

#[test]
fn three_examiners_make_a_level_five_total() -> TestResult {
    // Feeding: e1 100; e2 one omission (0.5) and no test of temperature (6): 93.5; e3 spoonfuls (3)
    // and respect (1): 96.
    let feeding =
        panel_mark("s5-feeding-in-bed", [&[], &[("1.3", "1"), ("2.4", "none")], &[("2.6", "b"), ("4.1", "b")]])?;
    let totals: Vec<_> = feeding.examiners.iter().map(|examiner| examiner.handed_in).collect();
    assert_eq!(totals, [HalfMarks::new(200), HalfMarks::new(187), HalfMarks::new(192)]);
    assert_eq!(feeding.mark, Exact::new(193, 2)?); // 289.5/3 = 96.5

    // Linen: each takes 3 marks for more than twelve minutes, e3 also 2 of 3 counted things of the
    // bed: 97, 97, 94.
    let linen = panel_mark("s5-change-bed-linen", [&[("4.1", "c")], &[("4.1", "c")], &[("4.1", "c"), ("2.6", "2")]])?;
    assert_eq!(linen.mark, Exact::whole(96));

    let vital_signs = panel_mark("s5-vital-signs", [&[], &[], &[]])?;
    assert_eq!(vital_signs.mark, Exact::whole(100));
    // Choking: recognised after ten seconds, which costs 4 with each; e2 hears five of six things
    // reported, 2 more.
    let choking =
        panel_mark("s5-choking-recognition", [&[("1.2", "b")], &[("1.2", "b"), ("2.3", "5")], &[("1.2", "b")]])?;
    assert_eq!(choking.mark, Exact::new(286, 3)?); // (96 + 94 + 96)/3
    // Transfer: 100, 99.5 and 98.5.
    let transfer = panel_mark("s5-bed-wheelchair-transfer", [&[], &[("3.2", "1")], &[("2.12", "b")]])?;
    assert_eq!(transfer.mark, Exact::new(298, 3)?);

    let weight = |function, percent| FunctionWeight { function, percent };
    let weights = FunctionWeights::new(vec![
        weight(Function::DailyCare, 50),
        weight(Function::BasicNursing, 25),
        weight(Function::Emergency, 10),
        weight(Function::FunctionMaintenance, 15),
    ])?;
    let marks = [feeding, linen, vital_signs, choking, transfer].map(|mark| WeightedMark { weight: 1, mark });
    let PracticalOutcome::Scored { functions, total, passed } = practical_total(&weights, &marks)? else {
        return Err("terminated".into());
    };
    let scores: Vec<_> = functions.iter().map(|function| function.score).collect();
    // Daily care (96.5 + 96)/2 = 96.25
    assert_eq!(scores, [Exact::new(385, 4)?, Exact::whole(100), Exact::new(286, 3)?, Exact::new(298, 3)?]);
    // 48.125 + 25 + 28.6/3 + 44.7/3 = 73.125 + 73.3/3 = 219.375/3 + 73.3/3 = 292.675/3 = 11707/120
    assert_eq!(total, Exact::new(11_707, 120)?);
    assert_eq!((passed, total.display_two_decimals(Exact::PASS_MARK).as_str()), (true, "97.56"));
    Ok(())
}
