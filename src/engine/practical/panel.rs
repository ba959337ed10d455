//! The panel's mark: from three or more sheets that examiners handed in independently.
//!
//! Confirmed vetoes on items zero them on every sheet; then the totals are compared; then the policy forms
//! the panel's average; then a confirmed veto on the sheet zeroes or caps it. Whatever the lead examiner must
//! decide first is listed, and without it no mark is formed.

use super::code::{AwardCode, VetoCode};
use super::panel_policy::{Average, PanelPolicy, VetoRule};
use super::scoring::ScoringError;
use super::session::HandedInSheet;
use super::sheet::{Module, SheetItem, ValidSheet, VetoEffect};
use crate::bank::Function;
use crate::marks::{Exact, HalfMarks, MarksError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, PolicyId, SheetId, SheetItemId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use super::panel_decision::{
    MAX_REASON, OpenQuestion, PanelDecisions, SpreadDecision, SpreadVerdict, VetoDecision, VetoVerdict,
};

/// Fewer sheets never form a mark.
pub const MIN_SHEETS: usize = 3;

/// How far a panel has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum PanelState {
    /// The lead examiner must decide first.
    Pending {
        /// On what, in this order.
        open: Vec<OpenQuestion>,
    },
    /// The mark.
    Formed {
        /// It.
        mark: Box<PanelMark>,
    },
    /// The lead examiner had the candidate examined again.
    Rerun {
        /// The decision.
        decision: SpreadDecision,
    },
}

/// The mark of a panel on one sheet for one sitting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelMark {
    /// The sheet.
    pub sheet: SheetId,
    /// What the sheet said.
    pub sheet_digest: Digest,
    /// How the mark was formed.
    pub policy: PanelPolicy,
    /// What was handed in, by account.
    pub examiners: Vec<ExaminerTotal>,
    /// The panel's average before a zero or a cap, 0 to 100.
    pub average: Exact,
    /// The mark, 0 to 100.
    pub mark: Exact,
    /// The mark split by function, each 0 to 100; one part unless the sheet is an integrated case.
    pub parts: Vec<FunctionPart>,
    /// The confirmed vetoes with what they did.
    pub vetoes: Vec<AppliedVeto>,
    /// Whether the practical exam ended here as failed.
    pub terminated: bool,
    /// The decisions that it rests on.
    pub decisions: PanelDecisions,
}

/// An examiner's part in a mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExaminerTotal {
    /// Who.
    pub examiner: AccountId,
    /// The total that was handed in.
    pub handed_in: HalfMarks,
    /// The total after items were zeroed.
    pub counted: HalfMarks,
    /// Whether it is in the average: a trimmed mean and a median leave some out.
    pub averaged: bool,
    /// Identity of the last event of the examiner's stream.
    pub last_event: Digest,
}

/// A mark's part for one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionPart {
    /// The function.
    pub function: Function,
    /// The sum of its modules' weights, in marks of the sheet.
    pub weight: u32,
    /// What was reached of it, brought to 0 to 100.
    pub score: Exact,
}

/// A veto that bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedVeto {
    /// The veto.
    pub veto: VetoCode,
    /// What it does.
    pub effect: VetoEffect,
}

/// Why a panel's mark cannot be formed from what was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PanelError {
    /// Fewer than [`MIN_SHEETS`] sheets: examine again, or void.
    #[error("{0} sheets are handed in, a mark needs at least {MIN_SHEETS}")]
    TooFewSheets(usize),
    /// Two sheets of one examiner.
    #[error("examiner `{0}` has handed in twice")]
    ExaminerTwice(AccountId),
    /// A sheet of another kind, or of another text.
    #[error("examiner `{0}` has scored another sheet, or another text of it")]
    OtherSheet(AccountId),
    /// A sheet whose awards are incomplete or not the sheet's.
    #[error("sheet of examiner `{examiner}` cannot count: {error}")]
    Scoring {
        /// The examiner.
        examiner: AccountId,
        /// The reason.
        error: ScoringError,
    },
    /// A decision on a veto that nobody marked.
    #[error("a decision is on veto `{0}`, which no examiner has marked")]
    DecisionWithoutVeto(VetoCode),
    /// Two decisions on one veto.
    #[error("there are two decisions on veto `{0}`")]
    DecisionTwice(VetoCode),
    /// A decision without a reason, or with one that is too long.
    #[error("a decision needs a reason of 1 to {MAX_REASON} characters")]
    Reason,
    /// A policy that bears the name of a known one, but differs from it.
    #[error("policy `{0}` is not the known policy of that name")]
    Policy(PolicyId),
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

/// Forms the mark from the sheets of one sitting, as far as the decisions allow.
///
/// # Errors
/// [`PanelError`] when sheets, policy or decisions do not belong together.
pub fn form(
    sheet: &ValidSheet,
    handed_in: &[HandedInSheet],
    policy: &PanelPolicy,
    decisions: &PanelDecisions,
) -> Result<PanelState, PanelError> {
    if !policy.is_valid() {
        return Err(PanelError::Policy(policy.version.clone()));
    }
    check_sheets(sheet, handed_in)?;
    let marked = marked_vetoes(handed_in);
    check_decisions(&marked, decisions)?;

    let open = undecided(&marked, handed_in.len(), policy, decisions);
    if !open.is_empty() {
        return Ok(PanelState::Pending { open });
    }
    let vetoes = confirmed(sheet, &marked, handed_in.len(), policy, decisions);
    let counted = count(sheet, handed_in, &vetoes)?;

    let is = |effect: fn(&VetoEffect) -> bool| vetoes.iter().any(|veto| effect(&veto.effect));
    let terminated = is(|effect| matches!(effect, VetoEffect::Terminate {}));
    let zeroed = terminated || is(|effect| matches!(effect, VetoEffect::ZeroSheet {}));
    // When the mark is 0 whatever the totals are, their difference is not worth a decision.
    if !zeroed && let Some(spread) = spread(&counted, policy) {
        match &decisions.spread {
            None => return Ok(PanelState::Pending { open: vec![spread] }),
            Some(decision) if decision.verdict == SpreadVerdict::Rerun => {
                return Ok(PanelState::Rerun { decision: decision.clone() });
            }
            Some(_) => {}
        }
    }

    let averaged = policy.average.choose(&counted);
    let average = mean(averaged.iter().map(|sheet| sheet.total))?;
    let cap = vetoes.iter().filter_map(|veto| match &veto.effect {
        VetoEffect::Cap { half_marks } => Some(Exact::from(*half_marks)),
        _ => None,
    });
    let mark = if zeroed { Exact::ZERO } else { cap.fold(average, Exact::min) };
    let parts = parts(sheet, &averaged, average, mark)?;
    let in_average: BTreeSet<_> = averaged.iter().map(|sheet| sheet.examiner.clone()).collect();
    let mut examiners: Vec<_> = counted
        .into_iter()
        .map(|sheet| ExaminerTotal {
            averaged: in_average.contains(&sheet.examiner),
            examiner: sheet.examiner,
            handed_in: sheet.handed_in,
            counted: sheet.total,
            last_event: sheet.last_event,
        })
        .collect();
    examiners.sort_by(|a, b| a.examiner.cmp(&b.examiner));
    Ok(PanelState::Formed {
        mark: Box::new(PanelMark {
            sheet: sheet.sheet().id.clone(),
            sheet_digest: sheet.digest(),
            policy: policy.clone(),
            examiners,
            average,
            mark,
            parts,
            vetoes,
            terminated,
            decisions: decisions.clone(),
        }),
    })
}

/// An examiner's sheet after items were zeroed.
#[derive(Clone, Debug)]
struct Counted {
    examiner: AccountId,
    handed_in: HalfMarks,
    total: HalfMarks,
    modules: Vec<HalfMarks>,
    last_event: Digest,
}

type Marked = BTreeMap<VetoCode, Vec<AccountId>>;

fn check_sheets(sheet: &ValidSheet, handed_in: &[HandedInSheet]) -> Result<(), PanelError> {
    if handed_in.len() < MIN_SHEETS {
        return Err(PanelError::TooFewSheets(handed_in.len()));
    }
    let mut examiners = BTreeSet::new();
    for one in handed_in {
        if !examiners.insert(&one.examiner) {
            return Err(PanelError::ExaminerTwice(one.examiner.clone()));
        }
        if one.sheet != sheet.sheet().id || one.sheet_digest != sheet.digest() {
            return Err(PanelError::OtherSheet(one.examiner.clone()));
        }
        check_scoring(sheet, one).map_err(|error| PanelError::Scoring { examiner: one.examiner.clone(), error })?;
    }
    Ok(())
}

fn check_scoring(sheet: &ValidSheet, one: &HandedInSheet) -> Result<(), ScoringError> {
    let (mut unscored, mut awards) = (Vec::new(), Vec::with_capacity(one.scores.len()));
    for (_, item) in sheet.sheet().items() {
        match one.scores.get(&item.id) {
            Some(award) => awards.push((item, award)),
            None => unscored.push(item.id.clone()),
        }
    }
    if !unscored.is_empty() {
        return Err(ScoringError::Unscored(unscored));
    }
    if awards.len() != one.scores.len()
        && let Some(item) = one.scores.keys().find(|item| sheet.item(item).is_none())
    {
        return Err(ScoringError::UnknownItem(item.clone()));
    }
    let half_marks = |(item, award): (&SheetItem, &AwardCode)| match item.award(award) {
        Some(known) => Ok(known.half_marks),
        None => Err(ScoringError::UnknownAward { item: item.id.clone(), award: award.clone() }),
    };
    let sum = HalfMarks::sum(awards.into_iter().map(half_marks).collect::<Result<Vec<_>, _>>()?)?;
    if sum != one.total {
        return Err(ScoringError::Total { claimed: one.total, sum });
    }
    match one.vetoes.keys().find(|veto| sheet.veto(veto).is_none()) {
        Some(veto) => Err(ScoringError::UnknownVeto(veto.clone())),
        None => Ok(()),
    }
}

fn marked_vetoes(handed_in: &[HandedInSheet]) -> Marked {
    let mut marked = Marked::new();
    for sheet in handed_in {
        for veto in sheet.vetoes.keys() {
            marked.entry(veto.clone()).or_default().push(sheet.examiner.clone());
        }
    }
    marked.values_mut().for_each(|examiners| examiners.sort());
    marked
}

fn check_decisions(marked: &Marked, decisions: &PanelDecisions) -> Result<(), PanelError> {
    let mut decided = BTreeSet::new();
    for decision in &decisions.vetoes {
        if !marked.contains_key(&decision.veto) {
            return Err(PanelError::DecisionWithoutVeto(decision.veto.clone()));
        }
        if !decided.insert(&decision.veto) {
            return Err(PanelError::DecisionTwice(decision.veto.clone()));
        }
    }
    if decisions.are_reasoned() { Ok(()) } else { Err(PanelError::Reason) }
}

/// Whether enough examiners have marked a veto for it to go to the lead examiner.
fn enough(examiners: usize, panel: usize, policy: &PanelPolicy) -> bool {
    match policy.vetoes {
        VetoRule::AnyExaminer => examiners > 0,
        VetoRule::MajorityOfPanel => examiners * 2 > panel,
    }
}

fn undecided(marked: &Marked, panel: usize, policy: &PanelPolicy, decisions: &PanelDecisions) -> Vec<OpenQuestion> {
    marked
        .iter()
        .filter(|(_, examiners)| enough(examiners.len(), panel, policy))
        .filter(|(veto, _)| !decisions.vetoes.iter().any(|decision| decision.veto == **veto))
        .map(|(veto, examiners)| OpenQuestion::Veto { veto: veto.clone(), examiners: examiners.clone() })
        .collect()
}

fn confirmed(
    sheet: &ValidSheet,
    marked: &Marked,
    panel: usize,
    policy: &PanelPolicy,
    decisions: &PanelDecisions,
) -> Vec<AppliedVeto> {
    let bites = |veto: &VetoCode| {
        decisions.vetoes.iter().any(|decision| decision.veto == *veto && decision.verdict == VetoVerdict::Confirmed)
            && marked.get(veto).is_some_and(|examiners| enough(examiners.len(), panel, policy))
    };
    let vetoes = sheet.sheet().vetoes.iter().filter(|veto| bites(&veto.id));
    vetoes.map(|veto| AppliedVeto { veto: veto.id.clone(), effect: veto.effect.clone() }).collect()
}

fn count(sheet: &ValidSheet, handed_in: &[HandedInSheet], vetoes: &[AppliedVeto]) -> Result<Vec<Counted>, PanelError> {
    let zeroed: BTreeSet<&SheetItemId> = vetoes
        .iter()
        .filter_map(|veto| match &veto.effect {
            VetoEffect::ZeroItem { item } => Some(item),
            _ => None,
        })
        .collect();
    handed_in
        .iter()
        .map(|one| {
            let modules = sheet.sheet().modules.iter().map(|module| module_marks(module, &one.scores, &zeroed));
            let modules = modules.collect::<Result<Vec<_>, MarksError>>()?;
            Ok(Counted {
                examiner: one.examiner.clone(),
                handed_in: one.total,
                total: HalfMarks::sum(modules.iter().copied())?,
                modules,
                last_event: one.last_event,
            })
        })
        .collect()
}

fn module_marks(
    module: &Module,
    scores: &BTreeMap<SheetItemId, AwardCode>,
    zeroed: &BTreeSet<&SheetItemId>,
) -> Result<HalfMarks, MarksError> {
    let items = module.sections.iter().flat_map(|section| &section.items);
    let counting = items.filter(|item| !zeroed.contains(&item.id));
    HalfMarks::sum(counting.filter_map(|item| Some(item.award(scores.get(&item.id)?)?.half_marks)))
}

fn spread(counted: &[Counted], policy: &PanelPolicy) -> Option<OpenQuestion> {
    let highest = counted.iter().map(|sheet| sheet.total).max()?;
    let lowest = counted.iter().map(|sheet| sheet.total).min()?;
    let alert = highest.distance(lowest) > policy.alert_above;
    alert.then_some(OpenQuestion::Spread { highest, lowest })
}

impl Average {
    /// The sheets that are averaged. Equal totals are ordered by account, so that the choice never
    /// depends on who handed in first.
    fn choose(self, counted: &[Counted]) -> Vec<Counted> {
        let mut sorted = counted.to_vec();
        sorted.sort_by(|a, b| (a.total, &a.examiner).cmp(&(b.total, &b.examiner)));
        let number = sorted.len();
        let dropped = match self {
            Self::Mean => 0,
            Self::TrimmedFromFive => usize::from(number >= 5),
            Self::Median => number.saturating_sub(1) / 2,
        };
        sorted.into_iter().skip(dropped).take(number.saturating_sub(2 * dropped)).collect()
    }
}

fn mean(marks: impl Iterator<Item = HalfMarks>) -> Result<Exact, MarksError> {
    Exact::weighted_mean(marks.map(|mark| (1, Exact::from(mark))))
}

/// The mark by function. A zero or a cap takes from every part in proportion.
fn parts(
    sheet: &ValidSheet,
    averaged: &[Counted],
    average: Exact,
    mark: Exact,
) -> Result<Vec<FunctionPart>, MarksError> {
    let kept = if average == Exact::ZERO { Exact::ZERO } else { mark.checked_div(average)? };
    let mut sums: BTreeMap<Function, (u32, Exact)> = BTreeMap::new();
    for (index, module) in sheet.sheet().modules.iter().enumerate() {
        let marks = mean(averaged.iter().filter_map(|sheet| sheet.modules.get(index).copied()))?;
        let (weight, sum) = sums.entry(sheet.sheet().function_of(module)).or_insert((0, Exact::ZERO));
        *weight = weight.checked_add(module.weight).ok_or(MarksError::Range)?;
        *sum = sum.checked_add(marks)?;
    }
    let parts = sums.into_iter().map(|(function, (weight, sum))| {
        let share = sum.checked_mul(Exact::whole(100))?.checked_div(Exact::whole(weight))?;
        Ok(FunctionPart { function, weight, score: share.checked_mul(kept)? })
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::super::code::NoteCode;
    use super::super::example;
    use super::super::scoring::{self, MarkedVeto};
    use super::*;
    use kaoping_record::id::AssignmentId;
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
        sheets
            .iter()
            .zip(1..)
            .map(|((awards, vetoes), number)| handed_in(&format!("e{number}"), *awards, vetoes))
            .collect()
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

    fn state(sheets: &[HandedInSheet], policy: &str, decisions: &PanelDecisions) -> TestResult<PanelState> {
        let policy = PanelPolicy::named(policy).ok_or("no such policy")?;
        Ok(form(&example::sheet()?, sheets, &policy, decisions)?)
    }

    fn mark(sheets: &[HandedInSheet], policy: &str, decisions: &PanelDecisions) -> TestResult<PanelMark> {
        match state(sheets, policy, decisions)? {
            PanelState::Formed { mark } => Ok(*mark),
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
        // mean 825/5 half-marks = 82.5; trimmed (160 + 165 + 165)/3 half-marks = 245/3 marks; median 165/2
        assert_eq!(mark(&five, "mean-1", &none())?.mark, Exact::new(165, 2)?);
        let trimmed = mark(&five, "trimmed-1", &none())?;
        assert_eq!(trimmed.mark, Exact::new(245, 3)?);
        let left_out: Vec<_> =
            trimmed.examiners.iter().filter(|one| !one.averaged).map(|one| one.examiner.as_str()).collect();
        assert_eq!(left_out, ["e1", "e3"], "the highest, and of the two lowest the first by account");
        assert_eq!(mark(&five, "median-1", &none())?.mark, Exact::new(165, 2)?);
        // Four: 160 160 165 175, middle (160 + 165)/2 half-marks = 325/4 marks; too few to trim: 660/4 half-marks
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
        assert_eq!(state(&apart, "mean-1", &none())?, PanelState::Pending { open });
        // (200 + 175 + 175)/3 half-marks = 275/3 marks
        assert_eq!(mark(&apart, "mean-1", &on_spread(SpreadVerdict::Stands)?)?.mark, Exact::new(275, 3)?);
        assert!(matches!(state(&apart, "mean-1", &on_spread(SpreadVerdict::Rerun)?)?, PanelState::Rerun { .. }));
        // Just ten marks apart: 175 and 20+0+25+40 + 40+30 = 155; (175 + 175 + 155)/3 half-marks = 505/6 marks
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
        assert_eq!(state(&marked, "mean-1", &none())?, PanelState::Pending { open: vec![open] });
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
        // kept 59 / (250/3) = 177/250; 700/9 · 177/250 = 826/15; 275/3 · 177/250 = 649/10; 0.6 and 0.4 of them make 59
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
        let PanelState::Formed { mark } = form(&sheet, &one, &policy, &none())? else {
            return Err("not formed".into());
        };
        assert_eq!(mark.mark, Exact::new(250, 3)?);
        let two = panel(&[(A, &["sheet"]), (B, &["sheet"]), (C, &[])])?;
        assert!(matches!(form(&sheet, &two, &policy, &none())?, PanelState::Pending { .. }));
        let PanelState::Formed { mark } = form(&sheet, &two, &policy, &confirmed_all(&["sheet"])?)? else {
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
        assert_eq!(
            refusal(&with(|sheet| sheet.sheet_digest = Digest::ZERO), &none())?,
            PanelError::OtherSheet(e1.clone())
        );
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
        assert_eq!(kaoping_record::canonical::from_bytes::<PanelState>(&bytes)?, state);
        Ok(())
    }
}
