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
