//! Marks of panels, worked out by hand.

use super::super::code::NoteCode;
use super::super::example;
use super::super::scoring::{self, MarkedVeto, ScoringError};
use super::*;
use kaoping_record::id::{AssignmentId, PolicyId};
use kaoping_record::time::Time;
type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

// Awards of items b, g, d, c (module 1) and t, j (module 2), with their half-marks by hand.
const A: [&str; 6] = ["full", "a", "1", "3", "a", "b"]; // 20+20+25+40 + 40+30 = 105 + 70 = 175
const B: [&str; 6] = ["full", "b", "1", "3", "a", "b"]; // 20+10+25+40 + 40+30 =  95 + 70 = 165
const C: [&str; 6] = ["full", "b", "1", "2", "a", "a"]; // 20+10+25+25 + 40+40 =  80 + 80 = 160
const TOP: [&str; 6] = ["full", "a", "0", "3", "a", "a"]; // 200
const ZERO: [&str; 6] = ["none", "c", "3", "0", "c", "d"]; // 0

fn handed_in(examiner: &str, awards: [&str; 6], vetoes: &[&str]) -> TestResult<HandedInSheet> {
    let sheet = example::sheet()?;
    let scores = ["b", "g", "d", "c", "t", "j"].iter().zip(awards);
    let scores = scores
        .map(|(item, award)| Ok((SheetItemId::new(*item)?, AwardCode::new(award)?)))
        .collect::<TestResult<BTreeMap<_, _>>>()?;
    let marks = scores.iter().map(|(item, award)| Ok(scoring::find(&sheet, item, award)?.half_marks));
    let marked = MarkedVeto { note: NoteCode::new("n1")?, at_ms: Time::from_millis(7) };
    Ok(HandedInSheet {
        assignment: AssignmentId::new(format!("task-{examiner}"))?,
        examiner: AccountId::new(examiner)?,
        number: 1,
        sheet: sheet.sheet().id.clone(),
        sheet_digest: sheet.digest(),
        total: HalfMarks::sum(marks.collect::<Result<Vec<_>, ScoringError>>()?)?,
        scores,
        vetoes: vetoes.iter().map(|veto| Ok((VetoCode::new(*veto)?, marked.clone()))).collect::<TestResult<_>>()?,
        at_ms: Time::from_millis(9),
        last_event: Digest::of(examiner.as_bytes()),
    })
}

fn panel(sheets: &[([&str; 6], &[&str])]) -> TestResult<Vec<HandedInSheet>> {
    sheets.iter().zip(1..).map(|((awards, vetoes), number)| handed_in(&format!("e{number}"), *awards, vetoes)).collect()
}

fn on_veto(veto: &str, verdict: VetoVerdict) -> TestResult<VetoDecision> {
    let (veto, lead) = (VetoCode::new(veto)?, AccountId::new("lead")?);
    Ok(VetoDecision { veto, verdict, lead, at_ms: Time::from_millis(20), reason: "三人当场核实".into() })
}

fn on_spread(verdict: SpreadVerdict) -> TestResult<PanelDecisions> {
    let decision = SpreadDecision {
        verdict,
        lead: AccountId::new("lead")?,
        at_ms: Time::from_millis(20),
        reason: "回看录像".into(),
    };
    Ok(PanelDecisions { vetoes: Vec::new(), spread: Some(decision) })
}

fn confirmed_all(vetoes: &[&str]) -> TestResult<PanelDecisions> {
    let vetoes = vetoes.iter().map(|veto| on_veto(veto, VetoVerdict::Confirmed)).collect::<TestResult<_>>()?;
    Ok(PanelDecisions { vetoes, spread: None })
}

fn state(sheets: &[HandedInSheet], policy: &str, decisions: &PanelDecisions) -> TestResult<PanelOutcome> {
    let policy = PanelPolicy::named(policy).ok_or("no such policy")?;
    Ok(form(&example::sheet()?, sheets, &policy, decisions)?)
}

fn mark(sheets: &[HandedInSheet], policy: &str, decisions: &PanelDecisions) -> TestResult<PanelMark> {
    match state(sheets, policy, decisions)? {
        PanelOutcome::Formed { mark } => Ok(*mark),
        other => Err(format!("{other:?}").into()),
    }
}

fn refusal(sheets: &[HandedInSheet], decisions: &PanelDecisions) -> TestResult<PanelError> {
    let policy = PanelPolicy::named("mean-1").ok_or("no such policy")?;
    form(&example::sheet()?, sheets, &policy, decisions).err().ok_or_else(|| "accepted".into())
}

fn none() -> PanelDecisions {
    PanelDecisions::default()
}

#[test]
fn three_sheets_form_an_exact_mean_by_function() -> TestResult {
    let mark = mark(&panel(&[(A, &[]), (B, &[]), (C, &[])])?, "mean-1", &none())?;
    // (175 + 165 + 160) / 3 = 500/3 half-marks = 250/3 marks
    assert_eq!((mark.average, mark.mark), (Exact::new(250, 3)?, Exact::new(250, 3)?));
    // module 1: (105 + 95 + 80) / 3 = 280/3 half-marks of 120 = 700/9 of 100
    // module 2: (70 + 70 + 80) / 3 = 220/3 half-marks of 80 = 275/3 of 100
    let parts: Vec<_> = mark.parts.iter().map(|part| (part.function, part.weight, part.score)).collect();
    assert_eq!(
        parts,
        [(Function::DailyCare, 60, Exact::new(700, 9)?), (Function::BasicNursing, 40, Exact::new(275, 3)?)]
    );
    assert!(mark.examiners.iter().all(|examiner| examiner.averaged && examiner.counted == examiner.handed_in));
    Ok(())
}

#[test]
fn the_order_of_hand_ins_does_not_matter() -> TestResult {
    let mut sheets = panel(&[(A, &[]), (B, &[]), (C, &[])])?;
    let first = mark(&sheets, "mean-1", &none())?;
    sheets.reverse();
    assert_eq!(mark(&sheets, "mean-1", &none())?, first);
    Ok(())
}

#[test]
fn fewer_than_three_sheets_never_form_a_mark() -> TestResult {
    assert_eq!(refusal(&panel(&[(A, &[]), (B, &[])])?, &none())?, PanelError::TooFewSheets(2));
    assert_eq!(refusal(&[], &none())?, PanelError::TooFewSheets(0));
    let mut same = panel(&[(A, &[]), (B, &[]), (C, &[])])?;
    same.truncate(2);
    same.push(handed_in("e1", C, &[])?);
    assert_eq!(refusal(&same, &none())?, PanelError::ExaminerTwice(AccountId::new("e1")?));
    Ok(())
}

#[test]
fn five_sheets_trimmed_and_four_in_the_middle() -> TestResult {
    // 175, 165, 160 and with B and C again: 165, 160 → sorted 160 160 165 165 175
    let five = panel(&[(A, &[]), (B, &[]), (C, &[]), (B, &[]), (C, &[])])?;
    // mean 825/5 half-marks = 82.5; trimmed (160 + 165 + 165)/3 half-marks = 245/3 marks; median
    // 165/2
    assert_eq!(mark(&five, "mean-1", &none())?.mark, Exact::new(165, 2)?);
    let trimmed = mark(&five, "trimmed-1", &none())?;
    assert_eq!(trimmed.mark, Exact::new(245, 3)?);
    let left_out: Vec<_> =
        trimmed.examiners.iter().filter(|one| !one.averaged).map(|one| one.examiner.as_str()).collect();
    assert_eq!(left_out, ["e1", "e3"], "the highest, and of the two lowest the first by account");
    assert_eq!(mark(&five, "median-1", &none())?.mark, Exact::new(165, 2)?);
    // Four: 160 160 165 175, middle (160 + 165)/2 half-marks = 325/4 marks; too few to trim: 660/4
    // half-marks
    let four = panel(&[(A, &[]), (B, &[]), (C, &[]), (C, &[])])?;
    assert_eq!(mark(&four, "median-1", &none())?.mark, Exact::new(325, 4)?);
    assert_eq!(mark(&four, "trimmed-1", &none())?.mark, Exact::new(165, 2)?);
    Ok(())
}

#[test]
fn more_than_ten_marks_apart_waits_for_the_lead() -> TestResult {
    // 200 and 175 half-marks are 12.5 marks apart.
    let apart = panel(&[(TOP, &[]), (A, &[]), (A, &[])])?;
    let open = vec![OpenQuestion::Spread { highest: HalfMarks::new(200), lowest: HalfMarks::new(175) }];
    assert_eq!(state(&apart, "mean-1", &none())?, PanelOutcome::Pending { open });
    // (200 + 175 + 175)/3 half-marks = 275/3 marks
    assert_eq!(mark(&apart, "mean-1", &on_spread(SpreadVerdict::Stands)?)?.mark, Exact::new(275, 3)?);
    assert!(matches!(state(&apart, "mean-1", &on_spread(SpreadVerdict::Rerun)?)?, PanelOutcome::Rerun { .. }));
    // Just ten marks apart: 175 and 20+0+25+40 + 40+30 = 155; (175 + 175 + 155)/3 half-marks =
    // 505/6 marks
    let ten = panel(&[(A, &[]), (A, &[]), (["full", "c", "1", "3", "a", "b"], &[])])?;
    assert_eq!(mark(&ten, "mean-1", &none())?.mark, Exact::new(505, 6)?);
    Ok(())
}

#[test]
fn a_veto_waits_for_the_lead_and_a_dismissed_one_does_nothing() -> TestResult {
    let marked = panel(&[(A, &["sheet"]), (B, &[]), (C, &["sheet"])])?;
    let open = OpenQuestion::Veto {
        veto: VetoCode::new("sheet")?,
        examiners: vec![AccountId::new("e1")?, AccountId::new("e3")?],
    };
    assert_eq!(state(&marked, "mean-1", &none())?, PanelOutcome::Pending { open: vec![open] });
    let dismissed = PanelDecisions { vetoes: vec![on_veto("sheet", VetoVerdict::Dismissed)?], spread: None };
    let mark = mark(&marked, "mean-1", &dismissed)?;
    assert_eq!((mark.mark, mark.vetoes.len()), (Exact::new(250, 3)?, 0));
    Ok(())
}

#[test]
fn one_examiner_s_confirmed_veto_zeroes_the_sheet() -> TestResult {
    let marked = panel(&[(A, &[]), (B, &["sheet"]), (C, &[])])?;
    let mark = mark(&marked, "mean-1", &confirmed_all(&["sheet"])?)?;
    assert_eq!((mark.average, mark.mark, mark.terminated), (Exact::new(250, 3)?, Exact::ZERO, false));
    assert!(mark.parts.iter().all(|part| part.score == Exact::ZERO));
    Ok(())
}

#[test]
fn a_cap_takes_from_each_part_in_proportion_and_lifts_nobody() -> TestResult {
    let marked = panel(&[(A, &["cap"]), (B, &[]), (C, &[])])?;
    let capped = mark(&marked, "mean-1", &confirmed_all(&["cap"])?)?;
    assert_eq!(capped.mark, Exact::whole(59));
    // kept 59 / (250/3) = 177/250; 700/9 · 177/250 = 826/15; 275/3 · 177/250 = 649/10; 0.6 and 0.4
    // of them make 59
    let scores: Vec<_> = capped.parts.iter().map(|part| part.score).collect();
    assert_eq!(scores, [Exact::new(826, 15)?, Exact::new(649, 10)?]);
    let low = panel(&[(ZERO, &["cap"]), (ZERO, &[]), (ZERO, &[])])?;
    assert_eq!(mark(&low, "mean-1", &confirmed_all(&["cap"])?)?.mark, Exact::ZERO);
    Ok(())
}

#[test]
fn a_zeroed_item_is_zero_on_every_sheet() -> TestResult {
    let marked = panel(&[(A, &["item"]), (B, &[]), (C, &[])])?;
    let mark = mark(&marked, "mean-1", &confirmed_all(&["item"])?)?;
    // 20 half-marks less each: (155 + 145 + 140)/3 = 440/3 half-marks = 220/3 marks
    assert_eq!(mark.mark, Exact::new(220, 3)?);
    let counted: Vec<_> = mark.examiners.iter().map(|one| (one.handed_in.get(), one.counted.get())).collect();
    assert_eq!(counted, [(175, 155), (165, 145), (160, 140)]);
    Ok(())
}

#[test]
fn a_zeroed_item_can_settle_a_difference() -> TestResult {
    // 175 and 145 half-marks with item b are 15 marks apart, 155 and 145 without it are 5.
    let none_of_b = ["none", "b", "1", "3", "a", "b"]; // 145
    let top_b = ["full", "a", "1", "3", "a", "b"]; // 175
    let marked = panel(&[(top_b, &["item"]), (none_of_b, &[]), (none_of_b, &[])])?;
    let mark = mark(&marked, "mean-1", &confirmed_all(&["item"])?)?;
    // (155 + 145 + 145)/3 half-marks = 445/6 marks
    assert_eq!(mark.mark, Exact::new(445, 6)?);
    Ok(())
}

#[test]
fn a_termination_ends_as_zero_and_needs_no_word_on_differences() -> TestResult {
    let marked = panel(&[(TOP, &["end"]), (A, &[]), (ZERO, &[])])?;
    let mark = mark(&marked, "mean-1", &confirmed_all(&["end"])?)?;
    assert!(mark.terminated);
    assert_eq!(mark.mark, Exact::ZERO);
    Ok(())
}

#[test]
fn where_a_majority_is_asked_for_one_veto_has_no_effect() -> TestResult {
    let policy = PanelPolicy {
        version: PolicyId::new("site-mean-1")?,
        vetoes: VetoRule::MajorityOfPanel,
        ..PanelPolicy::named("mean-1").ok_or("no such policy")?
    };
    let sheet = example::sheet()?;
    let one = panel(&[(A, &["sheet"]), (B, &[]), (C, &[])])?;
    let PanelOutcome::Formed { mark } = form(&sheet, &one, &policy, &none())? else {
        return Err("not formed".into());
    };
    assert_eq!(mark.mark, Exact::new(250, 3)?);
    let two = panel(&[(A, &["sheet"]), (B, &["sheet"]), (C, &[])])?;
    assert!(matches!(form(&sheet, &two, &policy, &none())?, PanelOutcome::Pending { .. }));
    let PanelOutcome::Formed { mark } = form(&sheet, &two, &policy, &confirmed_all(&["sheet"])?)? else {
        return Err("not formed".into());
    };
    assert_eq!(mark.mark, Exact::ZERO);
    Ok(())
}

#[test]
fn what_does_not_belong_together_is_refused() -> TestResult {
    let good = panel(&[(A, &[]), (B, &[]), (C, &["cap"])])?;
    let e1 = AccountId::new("e1")?;
    let with = |change: fn(&mut HandedInSheet)| {
        let mut sheets = good.clone();
        sheets.iter_mut().take(1).for_each(change);
        sheets
    };
    assert_eq!(refusal(&with(|sheet| sheet.sheet_digest = Digest::ZERO), &none())?, PanelError::OtherSheet(e1.clone()));
    let raised = PanelError::Scoring {
        examiner: e1.clone(),
        error: ScoringError::Total { claimed: HalfMarks::new(200), sum: HalfMarks::new(175) },
    };
    assert_eq!(refusal(&with(|sheet| sheet.total = HalfMarks::new(200)), &none())?, raised);
    let missing = refusal(&with(|sheet| sheet.scores.retain(|item, _| item.as_str() != "g")), &none())?;
    assert_eq!(
        missing,
        PanelError::Scoring { examiner: e1, error: ScoringError::Unscored(vec![SheetItemId::new("g")?]) }
    );
    assert_eq!(refusal(&good, &confirmed_all(&["end"])?)?, PanelError::DecisionWithoutVeto(VetoCode::new("end")?));
    assert_eq!(refusal(&good, &confirmed_all(&["cap", "cap"])?)?, PanelError::DecisionTwice(VetoCode::new("cap")?));
    let mut silent = confirmed_all(&["cap"])?;
    silent.vetoes.iter_mut().for_each(|decision| decision.reason = " ".into());
    assert_eq!(refusal(&good, &silent)?, PanelError::Reason);
    let mut silent = on_spread(SpreadVerdict::Stands)?;
    silent.spread.iter_mut().for_each(|decision| decision.reason = "长".repeat(501));
    assert_eq!(refusal(&good, &silent)?, PanelError::Reason);
    Ok(())
}

#[test]
fn a_mark_comes_back_from_its_record() -> TestResult {
    let marked = panel(&[(A, &["cap"]), (B, &[]), (C, &[])])?;
    let state = state(&marked, "mean-1", &confirmed_all(&["cap"])?)?;
    let bytes = kaoping_record::canonical::to_bytes(&state)?;
    assert_eq!(kaoping_record::canonical::from_bytes::<PanelOutcome>(&bytes)?, state);
    Ok(())
}
