//! Marks: exact half-marks on the way in, exact fractions on the way out. No floating point anywhere.

use kaoping_record::canonical::MAX_INTEGER;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::cmp::Ordering;
use std::fmt;

/// A mark (分) counted in half-marks: `HalfMarks::new(5)` is 2.5 marks. In JSON the integer of half-marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HalfMarks(u32);

/// Why marks cannot be added, divided or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// A sum, product or fraction leaves the range that records can hold.
    #[error("mark lies beyond the range of records")]
    Range,
    /// A fraction with a denominator of zero, or the mean of nothing.
    #[error("mark is divided by zero")]
    DivisionByZero,
    /// A fraction that is read must be in lowest terms with a positive denominator.
    #[error("fraction is not in lowest terms with a positive denominator")]
    Form,
}

impl HalfMarks {
    /// No marks.
    pub const ZERO: Self = Self(0);
    /// What every score sheet and every theory paper is worth: 100 marks.
    pub const HUNDRED: Self = Self(200);

    /// A mark from its half-marks.
    #[must_use]
    pub const fn new(half_marks: u32) -> Self {
        Self(half_marks)
    }

    /// The half-marks.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MarksError::Range`] beyond 2^32−1 half-marks.
    pub fn checked_add(self, other: Self) -> Result<Self, MarksError> {
        self.0.checked_add(other.0).map(Self).ok_or(MarksError::Range)
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`MarksError::Range`] beyond 2^32−1 half-marks.
    pub fn sum(marks: impl IntoIterator<Item = Self>) -> Result<Self, MarksError> {
        marks.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// How far apart two marks are.
    #[must_use]
    pub const fn distance(self, other: Self) -> Self {
        Self(self.0.abs_diff(other.0))
    }
}

impl fmt::Display for HalfMarks {
    /// Marks as people write them: `6`, `2.5`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.0 / 2, if self.0.is_multiple_of(2) { "" } else { ".5" })
    }
}

/// An exact number of marks: a fraction in lowest terms, `den` > 0, both within ±(2^53−1).
/// In JSON `{"num": …, "den": …}`; any other writing of the same value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Exact {
    num: i64,
    den: i64,
}

impl Exact {
    /// No marks.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// The pass mark of either part of the exam (standard 2024): 60 marks.
    pub const PASS_MARK: Self = Self { num: 60, den: 1 };

    /// A fraction, brought to lowest terms.
    ///
    /// # Errors
    /// [`MarksError::DivisionByZero`] for `den` = 0, [`MarksError::Range`] when a reduced term lies beyond ±(2^53−1).
    pub fn new(num: i64, den: i64) -> Result<Self, MarksError> {
        Self::reduced(i128::from(num), i128::from(den))
    }

    /// Whole marks.
    #[must_use]
    pub const fn whole(marks: u32) -> Self {
        Self { num: marks as i64, den: 1 }
    }

    /// The numerator.
    #[must_use]
    pub const fn num(self) -> i64 {
        self.num
    }

    /// The denominator, at least 1.
    #[must_use]
    pub const fn den(self) -> i64 {
        self.den
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MarksError::Range`].
    pub fn checked_add(self, other: Self) -> Result<Self, MarksError> {
        // Each product is below 2^106 and their sum below 2^107, so i128 cannot overflow.
        let num = self.wide_num() * other.wide_den() + other.wide_num() * self.wide_den();
        Self::reduced(num, self.wide_den() * other.wide_den())
    }

    /// The product, as of a score and a weight.
    ///
    /// # Errors
    /// [`MarksError::Range`].
    pub fn checked_mul(self, other: Self) -> Result<Self, MarksError> {
        Self::reduced(self.wide_num() * other.wide_num(), self.wide_den() * other.wide_den())
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`MarksError::DivisionByZero`] or [`MarksError::Range`].
    pub fn checked_div(self, other: Self) -> Result<Self, MarksError> {
        Self::reduced(self.wide_num() * other.wide_den(), self.wide_den() * other.wide_num())
    }

    /// Σ weight × value ÷ Σ weight.
    ///
    /// # Errors
    /// [`MarksError::DivisionByZero`] when the weights add up to 0, else [`MarksError::Range`].
    pub fn weighted_mean(parts: impl IntoIterator<Item = (u32, Self)>) -> Result<Self, MarksError> {
        let mut total = Self::ZERO;
        let mut weights = 0_u32;
        for (weight, value) in parts {
            total = total.checked_add(value.checked_mul(Self::whole(weight))?)?;
            weights = weights.checked_add(weight).ok_or(MarksError::Range)?;
        }
        total.checked_div(Self::whole(weights))
    }

    /// The mark with two decimals: rounded half up, but cut off when it fails `pass_mark`, so that 59.996
    /// reads `59.99` and never `60.00`. Decisions are taken on the exact value, never on this text.
    #[must_use]
    pub fn display_two_decimals(self, pass_mark: Self) -> String {
        let hundredfold = self.wide_num() * 100;
        let hundredths = if self < pass_mark {
            hundredfold / self.wide_den()
        } else {
            (2 * hundredfold + self.wide_den()).div_euclid(2 * self.wide_den())
        };
        let sign = if hundredths < 0 { "-" } else { "" };
        let size = hundredths.unsigned_abs();
        format!("{sign}{}.{:02}", size / 100, size % 100)
    }

    fn reduced(num: i128, den: i128) -> Result<Self, MarksError> {
        if den == 0 {
            return Err(MarksError::DivisionByZero);
        }
        let divisor = greatest_common_divisor(num.unsigned_abs(), den.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| MarksError::Range)? * den.signum();
        Ok(Self { num: in_range(num / divisor)?, den: in_range(den / divisor)? })
    }

    const fn wide_num(self) -> i128 {
        self.num as i128
    }

    const fn wide_den(self) -> i128 {
        self.den as i128
    }
}

impl From<HalfMarks> for Exact {
    fn from(marks: HalfMarks) -> Self {
        let half_marks = i64::from(marks.0);
        if half_marks % 2 == 0 { Self { num: half_marks / 2, den: 1 } } else { Self { num: half_marks, den: 2 } }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.wide_num() * other.wide_den()).cmp(&(other.wide_num() * self.wide_den()))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            num: i64,
            den: i64,
        }
        let written = Written::deserialize(deserializer)?;
        let exact = Self::new(written.num, written.den).map_err(de::Error::custom)?;
        if exact.num == written.num && exact.den == written.den {
            Ok(exact)
        } else {
            Err(de::Error::custom(MarksError::Form))
        }
    }
}

fn in_range(term: i128) -> Result<i64, MarksError> {
    let term = i64::try_from(term).map_err(|_| MarksError::Range)?;
    if (-MAX_INTEGER..=MAX_INTEGER).contains(&term) { Ok(term) } else { Err(MarksError::Range) }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type TestResult = Result<(), MarksError>;

    #[test]
    fn half_marks_add_and_read() -> TestResult {
        assert_eq!(HalfMarks::sum([5, 6, 0].map(HalfMarks::new))?, HalfMarks::new(11));
        assert_eq!(HalfMarks::new(11).to_string(), "5.5");
        assert_eq!(HalfMarks::HUNDRED.to_string(), "100");
        assert_eq!(HalfMarks::new(3).distance(HalfMarks::new(10)), HalfMarks::new(7));
        assert_eq!(HalfMarks::new(u32::MAX).checked_add(HalfMarks::new(1)), Err(MarksError::Range));
        Ok(())
    }

    #[test]
    fn fractions_are_in_lowest_terms_with_positive_denominator() -> TestResult {
        let mark = Exact::new(-6, -4)?;
        assert_eq!((mark.num(), mark.den()), (3, 2));
        assert_eq!(Exact::new(0, -7)?, Exact::ZERO);
        assert_eq!(Exact::from(HalfMarks::new(5)), Exact::new(5, 2)?);
        assert_eq!(Exact::new(1, 0), Err(MarksError::DivisionByZero));
        Ok(())
    }

    #[test]
    fn thirds_add_up_without_loss() -> TestResult {
        let third = Exact::new(1, 3)?;
        assert_eq!(third.checked_add(third)?.checked_add(third)?, Exact::whole(1));
        // (50·80 + 25·(200/3) + 25·70) / 100 = (4000 + 5000/3 + 1750) / 100 = 22250/300 = 445/6
        let mean = Exact::weighted_mean([(50, Exact::whole(80)), (25, Exact::new(200, 3)?), (25, Exact::whole(70))])?;
        assert_eq!(mean, Exact::new(445, 6)?);
        assert_eq!(Exact::weighted_mean([]), Err(MarksError::DivisionByZero));
        Ok(())
    }

    #[test]
    fn a_failing_mark_is_never_shown_as_sixty() -> TestResult {
        let shown = |num, den| Ok::<_, MarksError>(Exact::new(num, den)?.display_two_decimals(Exact::PASS_MARK));
        assert_eq!(shown(59_999, 1000)?, "59.99"); // half up would say 60.00
        assert_eq!(shown(59_995, 1000)?, "59.99");
        assert_eq!(shown(179, 3)?, "59.66"); // 59.666…, failing, cut off
        assert_eq!(shown(60, 1)?, "60.00");
        assert_eq!(shown(60_005, 1000)?, "60.01"); // exactly half, up
        assert_eq!(shown(60_004, 1000)?, "60.00");
        assert_eq!(shown(200, 3)?, "66.67");
        assert_eq!(shown(0, 1)?, "0.00");
        assert_eq!(shown(-1, 2)?, "-0.50");
        assert_eq!(shown(-1, 1000)?, "0.00");
        Ok(())
    }

    #[test]
    fn what_records_cannot_hold_is_refused() -> TestResult {
        let largest = Exact::new(MAX_INTEGER, 1)?;
        assert_eq!(largest.checked_add(Exact::whole(1)), Err(MarksError::Range));
        assert_eq!(largest.checked_mul(largest), Err(MarksError::Range));
        assert_eq!(Exact::new(1, MAX_INTEGER + 1), Err(MarksError::Range));
        assert_eq!(Exact::new(i64::MIN, i64::MIN)?, Exact::whole(1));
        assert_eq!(Exact::whole(1).checked_div(Exact::ZERO), Err(MarksError::DivisionByZero));
        Ok(())
    }

    #[test]
    fn json_has_one_writing_for_each_value() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(serde_json::to_string(&Exact::new(445, 6)?)?, r#"{"num":445,"den":6}"#);
        assert_eq!(serde_json::from_str::<Exact>(r#"{"num":445,"den":6}"#)?, Exact::new(445, 6)?);
        for other in [
            r#"{"num":4,"den":2}"#,
            r#"{"num":1,"den":-2}"#,
            r#"{"num":1,"den":0}"#,
            r#"{"num":1,"den":2,"x":0}"#,
            r#"{"num":0.5,"den":1}"#,
        ] {
            assert!(serde_json::from_str::<Exact>(other).is_err(), "{other}");
        }
        assert_eq!(serde_json::to_string(&HalfMarks::new(7))?, "7");
        assert!(serde_json::from_str::<HalfMarks>("-1").is_err());
        Ok(())
    }

    proptest! {
        // Catches an order that divides first: compared with whole numbers over one denominator.
        #[test]
        fn order_is_that_of_the_values(a in -500_i64..500, b in -500_i64..500, scale in 1_i64..500) {
            prop_assert_eq!(Exact::new(a, scale)?.cmp(&Exact::new(b, scale)?), a.cmp(&b));
        }

        #[test]
        fn multiplying_and_dividing_come_back(a in -5000_i64..5000, b in 1_i64..5000, c in 1_i64..5000) {
            let (left, right) = (Exact::new(a, b)?, Exact::new(c, b)?);
            prop_assert_eq!(left.checked_mul(right)?.checked_div(right)?, left);
        }
    }
}
