//! What the events of a sheet add up to, worked out by hand.

use super::super::example;
use super::*;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn item(id: &str) -> Result<SheetItemId, kaoping_record::id::IdError> {
    SheetItemId::new(id)
}

fn scored(id: &str, award: &str) -> TestResult<SheetEvent> {
    Ok(SheetEvent::Scored { item: item(id)?, award: AwardCode::new(award)? })
}

fn opened(sheet: &ValidSheet) -> TestResult<Scoring> {
    let assignment = AssignmentId::new("a1")?;
    let mut scoring = Scoring::new(assignment.clone());
    let started = SheetEvent::Started { assignment, sheet: sheet.sheet().id.clone(), sheet_digest: sheet.digest() };
    scoring.apply(sheet, Time::from_millis(0), &started)?;
    assert_eq!(scoring.apply(sheet, Time::from_millis(0), &started), Err(ScoringError::StartedTwice));
    Ok(scoring)
}

#[test]
fn nothing_happens_before_the_start_or_on_another_sheet() -> TestResult {
    let sheet = example::sheet()?;
    let assignment = AssignmentId::new("a1")?;
    let mut scoring = Scoring::new(assignment.clone());
    let now = Time::from_millis(0);
    assert_eq!(scoring.apply(&sheet, now, &scored("b", "full")?), Err(ScoringError::NotStarted));
    let id = sheet.sheet().id.clone();
    let other_text =
        SheetEvent::Started { assignment: assignment.clone(), sheet: id.clone(), sheet_digest: Digest::ZERO };
    assert!(matches!(scoring.apply(&sheet, now, &other_text), Err(ScoringError::OtherSheet { .. })));
    let other_task =
        SheetEvent::Started { assignment: AssignmentId::new("a2")?, sheet: id, sheet_digest: sheet.digest() };
    assert!(matches!(scoring.apply(&sheet, now, &other_task), Err(ScoringError::OtherAssignment { .. })));
    assert_eq!(scoring, Scoring::new(assignment));
    Ok(())
}

#[test]
fn every_kind_earns_what_its_table_says() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    // 0 + 5 + 12.5 + 6 + 10 + 5 marks, half-marks 0 + 10 + 25 + 12 + 20 + 10.
    for (id, award) in [("b", "none"), ("g", "b"), ("d", "1"), ("c", "1"), ("t", "b"), ("j", "c")] {
        scoring.apply(&sheet, Time::from_millis(1), &scored(id, award)?)?;
    }
    assert_eq!(scoring.total(&sheet)?, HalfMarks::new(77));
    assert_eq!(scoring.unscored(&sheet), []);
    Ok(())
}

#[test]
fn a_hand_in_lists_what_is_left_and_stands_by_its_sum() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    let now = Time::from_millis(1);
    for (id, award) in [("b", "full"), ("d", "0"), ("t", "a")] {
        scoring.apply(&sheet, now, &scored(id, award)?)?;
    }
    let early = SheetEvent::HandedIn { total: HalfMarks::new(100) };
    assert_eq!(
        scoring.apply(&sheet, now, &early),
        Err(ScoringError::Unscored(vec![item("g")?, item("c")?, item("j")?]))
    );
    for (id, award) in [("g", "a"), ("c", "3"), ("j", "a")] {
        scoring.apply(&sheet, now, &scored(id, award)?)?;
    }
    let sum = HalfMarks::new(200);
    assert_eq!(scoring.apply(&sheet, now, &early), Err(ScoringError::Total { claimed: HalfMarks::new(100), sum }));
    scoring.apply(&sheet, now, &SheetEvent::HandedIn { total: sum })?;
    for event in [SheetEvent::HandedIn { total: sum }, scored("b", "none")?] {
        assert_eq!(scoring.apply(&sheet, now, &event), Err(ScoringError::HandedIn));
    }
    assert_eq!((scoring.total(&sheet)?, scoring.can_undo()), (sum, false));
    Ok(())
}

#[test]
fn refusals_name_what_is_unknown_and_change_nothing() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    scoring.apply(&sheet, Time::from_millis(5), &scored("b", "full")?)?;
    let before = scoring.clone();
    let (veto, note) = (VetoCode::new("cap")?, NoteCode::new("n9")?);
    let timer = Timer::Item { item: item("b")? };
    let refused = [
        (scored("x", "full")?, ScoringError::UnknownItem(item("x")?)),
        (scored("b", "half")?, ScoringError::UnknownAward { item: item("b")?, award: AwardCode::new("half")? }),
        (SheetEvent::Cleared { item: item("g")? }, ScoringError::NotScored(item("g")?)),
        (
            SheetEvent::VetoMarked { veto: VetoCode::new("x")?, note: note.clone() },
            ScoringError::UnknownVeto(VetoCode::new("x")?),
        ),
        (
            SheetEvent::VetoMarked { veto: veto.clone(), note: note.clone() },
            ScoringError::UnknownNote { veto: veto.clone(), note },
        ),
        (SheetEvent::VetoWithdrawn { veto: veto.clone() }, ScoringError::VetoNotMarked(veto)),
        (SheetEvent::TimerStarted { timer }, ScoringError::NotTimed(item("b")?)),
        (SheetEvent::TimerStopped { timer: Timer::Task {} }, ScoringError::TimerStands),
    ];
    for (event, error) in refused {
        assert_eq!(scoring.apply(&sheet, Time::from_millis(6), &event), Err(error));
        assert_eq!(scoring, before);
    }
    assert_eq!(scoring.apply(&sheet, Time::from_millis(4), &scored("g", "a")?), Err(ScoringError::Time));
    Ok(())
}

// Catches an undo that undoes the undo: pressed twice, it left the sheet as it was.
#[test]
fn each_undo_goes_back_one_step_further() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    let (cap, n1) = (VetoCode::new("cap")?, NoteCode::new("n1")?);
    let steps = [
        scored("g", "a")?,
        scored("g", "c")?,
        SheetEvent::VetoMarked { veto: cap.clone(), note: n1 },
        SheetEvent::VetoWithdrawn { veto: cap },
        SheetEvent::Cleared { item: item("g")? },
        scored("g", "c")?,
    ];
    let mut before = Vec::new();
    for (at, step) in (1..).zip(&steps) {
        before.push((scoring.scores().clone(), scoring.vetoes().clone()));
        scoring.apply(&sheet, Time::from_millis(at), step)?;
    }
    while let Some(expected) = before.pop() {
        assert!(scoring.can_undo());
        scoring.apply(&sheet, Time::from_millis(9), &SheetEvent::Undone {})?;
        // A veto that comes back keeps the time at which it was marked.
        assert_eq!((scoring.scores(), scoring.vetoes()), (&expected.0, &expected.1));
    }
    assert!(!scoring.can_undo());
    let nothing = scoring.apply(&sheet, Time::from_millis(9), &SheetEvent::Undone {});
    assert_eq!(nothing, Err(ScoringError::NothingToUndo));
    Ok(())
}

// Catches an undo that skips what the examiner did by hand after an earlier undo.
#[test]
fn what_is_done_after_an_undo_is_undone_first() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    let now = Time::from_millis(1);
    for step in [scored("g", "a")?, scored("b", "full")?, SheetEvent::Undone {}, scored("g", "c")?] {
        scoring.apply(&sheet, now, &step)?;
    }
    let award = |scoring: &Scoring| item("g").map(|g| scoring.award(&g).map(|award| award.as_str().to_owned()));
    assert_eq!(award(&scoring)?.as_deref(), Some("c"));
    scoring.apply(&sheet, now, &SheetEvent::Undone {})?;
    assert_eq!(award(&scoring)?.as_deref(), Some("a"));
    scoring.apply(&sheet, now, &SheetEvent::Undone {})?;
    assert_eq!((award(&scoring)?, scoring.can_undo()), (None, false));
    Ok(())
}

#[test]
fn timers_count_on_and_speak_for_an_award() -> TestResult {
    let sheet = example::sheet()?;
    let mut scoring = opened(&sheet)?;
    let timer = Timer::Item { item: item("t")? };
    let (start, stop) =
        (SheetEvent::TimerStarted { timer: timer.clone() }, SheetEvent::TimerStopped { timer: timer.clone() });
    assert_eq!(scoring.suggested(&sheet, &item("t")?, Time::from_millis(0)), None);
    scoring.apply(&sheet, Time::from_millis(1_000), &start)?;
    assert_eq!(scoring.apply(&sheet, Time::from_millis(1_000), &start), Err(ScoringError::TimerRuns));
    scoring.apply(&sheet, Time::from_millis(41_000), &stop)?;
    scoring.apply(&sheet, Time::from_millis(100_000), &start)?;
    // 40 s, then 20 s more: exactly one minute.
    assert_eq!(scoring.used_ms(&timer, Time::from_millis(120_000)), 60_000);
    let suggested = |at: i64| -> Result<_, kaoping_record::id::IdError> {
        Ok(scoring.suggested(&sheet, &item("t")?, Time::from_millis(at)).map(|award| award.code.as_str()))
    };
    assert_eq!(suggested(120_000)?, Some("a"));
    assert_eq!(suggested(120_001)?, Some("b"));
    assert_eq!(scoring.award(&item("t")?), None, "only the examiner's touch scores");
    Ok(())
}
