//! The outcome: theory ≥ 60 **and** practical ≥ 60; neither makes up for the other (医保发〔2025〕11号 三（七）).

use crate::marks::{Exact, HalfMarks};
use serde::{Deserialize, Serialize};

/// Passed or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both parts are passed (合格).
    Passed,
    /// At least one part is failed (不合格).
    Failed,
}

/// One part of the exam.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartResult {
    /// The exact marks, of 100.
    pub exact: Exact,
    /// The marks with two decimals, as people read them.
    pub shown: String,
    /// Whether the exact marks reach the pass mark.
    pub passed: bool,
}

impl PartResult {
    /// Marks against a pass mark. A practical exam that was terminated fails at any mark.
    #[must_use]
    pub fn new(exact: Exact, pass_mark: Exact, terminated: bool) -> Self {
        Self { exact, shown: exact.display_two_decimals(pass_mark), passed: exact >= pass_mark && !terminated }
    }

    /// The theory part from its half-marks.
    #[must_use]
    pub fn theory(half_marks: HalfMarks) -> Self {
        Self::new(Exact::from(half_marks), Exact::PASS_MARK, false)
    }
}

/// The outcome of both parts.
#[must_use]
pub fn decide(theory: &PartResult, practical: &PartResult) -> Outcome {
    if theory.passed && practical.passed { Outcome::Passed } else { Outcome::Failed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::MarksError;

    #[test]
    fn neither_part_makes_up_for_the_other() -> Result<(), MarksError> {
        let part = |num, den| Ok::<_, MarksError>(PartResult::new(Exact::new(num, den)?, Exact::PASS_MARK, false));
        assert_eq!(decide(&part(60, 1)?, &part(60, 1)?), Outcome::Passed);
        assert_eq!(decide(&part(100, 1)?, &part(119, 2)?), Outcome::Failed);
        assert_eq!(decide(&part(119, 2)?, &part(100, 1)?), Outcome::Failed);
        // 59.999…: shown as 59.99, failed on the exact value.
        let just_below = part(59_999, 1000)?;
        assert_eq!((just_below.shown.as_str(), just_below.passed), ("59.99", false));
        Ok(())
    }

    #[test]
    fn a_terminated_practical_fails_at_any_mark() {
        assert!(!PartResult::new(Exact::whole(80), Exact::PASS_MARK, true).passed);
    }
}
