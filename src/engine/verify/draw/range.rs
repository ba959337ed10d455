//! Some seats of a seating.

use crate::fault::{Fault, Text};
use serde::{Deserialize, Serialize};

/// Papers of the seating, counted from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatRange {
    /// The first, from 1.
    pub from: u32,
    /// The last.
    pub to: u32,
}

impl SeatRange {
    /// All papers of a seating with that many.
    #[must_use]
    pub fn all(papers: usize) -> Self {
        Self { from: 1, to: u32::try_from(papers).unwrap_or(u32::MAX) }
    }

    /// Reads `A..B`.
    ///
    /// # Errors
    /// `seats_form` for any other text; `seats_range` for a range that does not lie within the
    /// seating.
    pub fn parse(text: &str, papers: usize) -> Result<Self, Box<Fault>> {
        let ends = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let (from, to) = ends.ok_or_else(|| {
            refusal("seats_form", [format!("「{text}」不是座位范围"), format!("`{text}` is no range of seats")], papers)
        })?;
        let range = Self { from, to };
        if range.lies_within(papers) { Ok(range) } else { Err(range.outside(papers)) }
    }

    /// Whether the range is not empty and ends within a seating with that many papers.
    #[must_use]
    pub fn lies_within(self, papers: usize) -> bool {
        1 <= self.from && self.from <= self.to && self.to as usize <= papers
    }

    /// The places of the seating, counted from 0.
    #[must_use]
    pub fn places(self) -> std::ops::Range<usize> {
        (self.from as usize).saturating_sub(1)..self.to as usize
    }

    /// The fault of a range that does not lie within a seating.
    #[must_use]
    pub fn outside(self, papers: usize) -> Box<Fault> {
        let Self { from, to } = self;
        refusal(
            "seats_range",
            [
                format!("座位范围 {from}..{to} 不在座位表之内，座位表有 {papers} 份试卷"),
                format!("seats {from}..{to} are not within the seating, which has {papers} papers"),
            ],
            papers,
        )
    }
}

fn refusal(code: &str, [zh, en]: [String; 2], papers: usize) -> Box<Fault> {
    let cure = Text::new(
        format!("写成 A..B，从 1 起，两端都算，例如 1..{papers}"),
        format!("write A..B, counted from 1, both ends included, such as 1..{papers}"),
    );
    Box::new(Fault::new(code, "--seats", Text::new(zh, en), cure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_counts_from_one_with_both_ends() {
        let range = SeatRange::parse("2..4", 5).expect("a range");
        assert_eq!(range.places().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(SeatRange::parse("1..5", 5), Ok(SeatRange::all(5)));
        assert_eq!(SeatRange::parse("5..5", 5).map(|range| range.places().count()), Ok(1));
        for (text, code) in [
            ("", "seats_form"),
            ("3", "seats_form"),
            ("1-3", "seats_form"),
            ("1..=3", "seats_form"),
            ("-1..3", "seats_form"),
            ("..3", "seats_form"),
            ("0..3", "seats_range"),
            ("4..3", "seats_range"),
            ("1..6", "seats_range"),
        ] {
            assert_eq!(SeatRange::parse(text, 5).expect_err(text).code, code, "{text}");
        }
    }
}
