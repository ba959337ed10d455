//! The practical total: functions' scores from panels' marks, and their weighted sum, exact.

use super::code::VetoCode;
use super::panel::PanelMark;
use super::sheet::VetoEffect;
use crate::bank::Function;
use crate::marks::{Exact, MarksError};
use kaoping_record::id::SheetId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The weight of a function in the practical total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionWeight {
    /// The function.
    pub function: Function,
    /// Its weight, 1 to 100.
    pub percent: u32,
}

/// The weights of all functions that a plan examines: each once, 100 % in all. In JSON the list of [`FunctionWeight`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<FunctionWeight>", into = "Vec<FunctionWeight>")]
pub struct FunctionWeights(Vec<FunctionWeight>);

/// A panel's mark with its sheet's weight among those of its function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightedMark {
    /// The sheet's weight within its function, from 1; 1 each for a plain mean.
    pub weight: u32,
    /// The mark.
    pub mark: PanelMark,
}

/// How the practical exam of one sitting ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum PracticalOutcome {
    /// All functions were examined.
    Scored {
        /// Their scores, in the order of the weights.
        functions: Vec<FunctionScore>,
        /// Σ weight × score, 0 to 100.
        total: Exact,
        /// Whether the exact total reaches 60.
        passed: bool,
    },
    /// A confirmed veto ended it; it is failed, and has no total.
    Terminated {
        /// The sheet.
        sheet: SheetId,
        /// The veto.
        veto: VetoCode,
    },
}

/// A function's score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionScore {
    /// The function.
    pub function: Function,
    /// Its weight in the total.
    pub percent: u32,
    /// The mean of its sheets' marks, weighted by sheet, 0 to 100.
    pub score: Exact,
}

/// Why there is no practical total.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotalError {
    /// Weights that are not 100 % in all, are 0, or name a function twice.
    #[error("weights of functions must be at least 1, name each function once and add up to 100")]
    Weights,
    /// A function with a weight, but without a mark.
    #[error("function `{0}` is weighted but was not examined")]
    NotExamined(Function),
    /// A mark of a function without a weight.
    #[error("sheet `{sheet}` counts for function `{function}`, which has no weight")]
    NotWeighted {
        /// The sheet.
        sheet: SheetId,
        /// The function.
        function: Function,
    },
    /// A sheet that comes twice.
    #[error("sheet `{0}` comes twice")]
    SheetTwice(SheetId),
    /// A sheet with a weight of 0.
    #[error("sheet `{0}` has no weight")]
    SheetWeight(SheetId),
    /// Marks beyond what can be counted.
    #[error(transparent)]
    Marks(#[from] MarksError),
}

impl FunctionWeights {
    /// Weights from a list.
    ///
    /// # Errors
    /// [`TotalError::Weights`] unless each is at least 1, each function comes once and the sum is 100.
    pub fn new(weights: Vec<FunctionWeight>) -> Result<Self, TotalError> {
        let functions: BTreeMap<_, _> = weights.iter().map(|weight| (weight.function, weight.percent)).collect();
        let sum: u64 = weights.iter().map(|weight| u64::from(weight.percent)).sum();
        let positive = weights.iter().all(|weight| weight.percent > 0);
        if functions.len() == weights.len() && positive && sum == 100 {
            Ok(Self(weights))
        } else {
            Err(TotalError::Weights)
        }
    }

    /// The list.
    #[must_use]
    pub fn as_slice(&self) -> &[FunctionWeight] {
        &self.0
    }
}

/// The total of a sitting from all its panels' marks.
///
/// A sheet that counts for several functions (an integrated case) counts for each with its part's score and
/// its own weight. A terminating veto ends the exam whatever else was examined.
///
/// # Errors
/// [`TotalError`] when marks and weights do not fit together.
pub fn practical_total(weights: &FunctionWeights, marks: &[WeightedMark]) -> Result<PracticalOutcome, TotalError> {
    let mut functions: BTreeMap<Function, Vec<(u32, Exact)>> = BTreeMap::new();
    let mut sheets = std::collections::BTreeSet::new();
    for WeightedMark { weight, mark } in marks {
        if !sheets.insert(&mark.sheet) {
            return Err(TotalError::SheetTwice(mark.sheet.clone()));
        }
        if *weight == 0 {
            return Err(TotalError::SheetWeight(mark.sheet.clone()));
        }
        for part in &mark.parts {
            if !weights.0.iter().any(|known| known.function == part.function) {
                return Err(TotalError::NotWeighted { sheet: mark.sheet.clone(), function: part.function });
            }
            functions.entry(part.function).or_default().push((*weight, part.score));
        }
    }
    if let Some(ended) = marks.iter().find_map(|weighted| terminated(&weighted.mark)) {
        return Ok(ended);
    }
    let scores = weights.0.iter().map(|FunctionWeight { function, percent }| {
        let marks = functions.remove(function).ok_or(TotalError::NotExamined(*function))?;
        Ok(FunctionScore { function: *function, percent: *percent, score: Exact::weighted_mean(marks)? })
    });
    let functions = scores.collect::<Result<Vec<_>, TotalError>>()?;
    // The weights add up to 100, so their weighted mean is the weighted sum.
    let total = Exact::weighted_mean(functions.iter().map(|function| (function.percent, function.score)))?;
    Ok(PracticalOutcome::Scored { functions, total, passed: total >= Exact::PASS_MARK })
}

impl PracticalOutcome {
    /// Whether the practical exam is passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self, Self::Scored { passed: true, .. })
    }
}

impl TryFrom<Vec<FunctionWeight>> for FunctionWeights {
    type Error = TotalError;
    fn try_from(weights: Vec<FunctionWeight>) -> Result<Self, TotalError> {
        Self::new(weights)
    }
}

impl From<FunctionWeights> for Vec<FunctionWeight> {
    fn from(weights: FunctionWeights) -> Self {
        weights.0
    }
}

fn terminated(mark: &PanelMark) -> Option<PracticalOutcome> {
    let veto = mark.vetoes.iter().find(|veto| matches!(veto.effect, VetoEffect::Terminate {}))?;
    mark.terminated.then(|| PracticalOutcome::Terminated { sheet: mark.sheet.clone(), veto: veto.veto.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::panel::{AppliedVeto, FunctionPart, PanelDecisions};
    use super::super::panel_policy::PanelPolicy;
    use super::*;
    use kaoping_record::digest::Digest;
    type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

    /// Level 5: 50, 25, 10, 15.
    fn level_five() -> TestResult<FunctionWeights> {
        let json = r#"[{"function":"daily_care","percent":50},{"function":"basic_nursing","percent":25},
            {"function":"emergency","percent":10},{"function":"function_maintenance","percent":15}]"#;
        Ok(serde_json::from_str(json)?)
    }

    fn weighted(sheet: &str, weight: u32, parts: &[(Function, u32, Exact)]) -> TestResult<WeightedMark> {
        let mark = Exact::weighted_mean(parts.iter().map(|(_, share, score)| (*share, *score)))?;
        let parts = parts.iter().map(|(function, weight, score)| FunctionPart {
            function: *function,
            weight: *weight,
            score: *score,
        });
        Ok(WeightedMark {
            weight,
            mark: PanelMark {
                sheet: SheetId::new(sheet)?,
                sheet_digest: Digest::ZERO,
                policy: PanelPolicy::named("mean-1").ok_or("no such policy")?,
                examiners: Vec::new(),
                average: mark,
                mark,
                parts: parts.collect(),
                vetoes: Vec::new(),
                terminated: false,
                decisions: PanelDecisions::default(),
            },
        })
    }

    fn single(sheet: &str, function: Function, mark: Exact) -> TestResult<WeightedMark> {
        weighted(sheet, 1, &[(function, 100, mark)])
    }

    fn total(marks: &[WeightedMark]) -> TestResult<(Exact, bool)> {
        match practical_total(&level_five()?, marks)? {
            PracticalOutcome::Scored { total, passed, .. } => Ok((total, passed)),
            other => Err(format!("{other:?}").into()),
        }
    }

    fn four(daily_care: Exact, others: u32) -> TestResult<Vec<WeightedMark>> {
        Ok(vec![
            single("a", Function::DailyCare, daily_care)?,
            single("b", Function::BasicNursing, Exact::whole(others))?,
            single("c", Function::Emergency, Exact::whole(others))?,
            single("d", Function::FunctionMaintenance, Exact::whole(others))?,
        ])
    }

    #[test]
    fn sheets_form_functions_and_functions_the_total() -> TestResult {
        let marks = [
            single("feeding", Function::DailyCare, Exact::new(515, 6)?)?,
            single("linen", Function::DailyCare, Exact::whole(80))?,
            single("vital-signs", Function::BasicNursing, Exact::whole(70))?,
            single("choking", Function::Emergency, Exact::whole(66))?,
            single("transfer", Function::FunctionMaintenance, Exact::whole(75))?,
        ];
        let outcome = practical_total(&level_five()?, &marks)?;
        let PracticalOutcome::Scored { functions, total, passed } = outcome else {
            return Err("terminated".into());
        };
        // daily care (515/6 + 480/6)/2 = 995/12
        let scores: Vec<_> = functions.iter().map(|function| function.score).collect();
        assert_eq!(scores, [Exact::new(995, 12)?, Exact::whole(70), Exact::whole(66), Exact::whole(75)]);
        // 0.5·995/12 + 0.25·70 + 0.1·66 + 0.15·75 = 995/24 + 707/20 = 9217/120 = 76.808…
        assert_eq!((total, passed), (Exact::new(9217, 120)?, true));
        assert_eq!(total.display_two_decimals(Exact::PASS_MARK), "76.81");
        Ok(())
    }

    #[test]
    fn the_exact_total_decides() -> TestResult {
        assert_eq!(total(&four(Exact::whole(60), 60)?)?, (Exact::whole(60), true));
        // 0.5·59.99 + 0.5·60 = 59.995, half up 60.00, and still a fail
        let (close, passed) = total(&four(Exact::new(5999, 100)?, 60)?)?;
        assert_eq!((close, passed), (Exact::new(11_999, 200)?, false));
        assert_eq!(close.display_two_decimals(Exact::PASS_MARK), "59.99");
        Ok(())
    }

    #[test]
    fn sheets_of_a_function_count_by_their_weight() -> TestResult {
        let mut marks = four(Exact::whole(90), 60)?;
        marks.push(weighted("e", 2, &[(Function::DailyCare, 100, Exact::whole(60))])?);
        // daily care (90 + 2·60)/3 = 70; 35 + 30 = 65
        assert_eq!(total(&marks)?, (Exact::whole(65), true));
        Ok(())
    }

    #[test]
    fn an_integrated_case_counts_for_each_of_its_functions() -> TestResult {
        let case = [
            (Function::DailyCare, 50, Exact::whole(80)),
            (Function::BasicNursing, 25, Exact::whole(60)),
            (Function::Emergency, 10, Exact::whole(50)),
            (Function::FunctionMaintenance, 15, Exact::whole(40)),
        ];
        // 40 + 15 + 5 + 6 = 66, which is the case's own mark
        assert_eq!(total(&[weighted("case", 1, &case)?])?, (Exact::whole(66), true));
        Ok(())
    }

    #[test]
    fn a_termination_fails_whatever_was_reached() -> TestResult {
        let mut marks = four(Exact::whole(100), 100)?;
        for last in marks.iter_mut().skip(3) {
            last.mark.terminated = true;
            last.mark.vetoes = vec![AppliedVeto { veto: VetoCode::new("fall")?, effect: VetoEffect::Terminate {} }];
        }
        let ended = PracticalOutcome::Terminated { sheet: SheetId::new("d")?, veto: VetoCode::new("fall")? };
        assert_eq!(practical_total(&level_five()?, &marks)?, ended);
        assert!(!ended.passed());
        // The stations after it are never examined.
        assert_eq!(practical_total(&level_five()?, marks.get(3..).ok_or("four marks")?)?, ended);
        Ok(())
    }

    #[test]
    fn what_is_weighted_is_examined_and_the_other_way_round() -> TestResult {
        let weights = level_five()?;
        let mut marks = four(Exact::whole(80), 80)?;
        let last = marks.pop();
        assert_eq!(practical_total(&weights, &marks), Err(TotalError::NotExamined(Function::FunctionMaintenance)));
        marks.extend(last);
        marks.push(single("x", Function::DiseaseCare, Exact::whole(80))?);
        let not_weighted = TotalError::NotWeighted { sheet: SheetId::new("x")?, function: Function::DiseaseCare };
        assert_eq!(practical_total(&weights, &marks), Err(not_weighted));
        let mut twice = four(Exact::whole(80), 80)?;
        twice.push(single("a", Function::DailyCare, Exact::whole(100))?);
        assert_eq!(practical_total(&weights, &twice), Err(TotalError::SheetTwice(SheetId::new("a")?)));
        let nothing = [weighted("a", 0, &[(Function::DailyCare, 100, Exact::whole(80))])?];
        assert_eq!(practical_total(&weights, &nothing), Err(TotalError::SheetWeight(SheetId::new("a")?)));
        Ok(())
    }

    #[test]
    fn weights_are_complete_and_named_once() {
        let weight = |function, percent| FunctionWeight { function, percent };
        let refused = [
            vec![],
            vec![weight(Function::DailyCare, 99)],
            vec![weight(Function::DailyCare, 100), weight(Function::Emergency, 0)],
            vec![weight(Function::DailyCare, 50), weight(Function::DailyCare, 50)],
        ];
        for weights in refused {
            assert_eq!(FunctionWeights::new(weights), Err(TotalError::Weights));
        }
        assert!(FunctionWeights::new(vec![weight(Function::DailyCare, 100)]).is_ok());
    }
}
