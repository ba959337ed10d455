//! The exact fractions of an equivalence certificate in decimals, for people.

use crate::draw::certificate::EquivalenceCertificate;
use crate::marks::Exact;
use serde::Serialize;

/// Each fraction with two decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EquivalenceDecimals {
    /// The mean difficulty of all papers.
    pub difficulty_mean: String,
    /// The mean difficulty of the easiest paper.
    pub difficulty_lowest: String,
    /// The mean difficulty of the hardest paper.
    pub difficulty_highest: String,
    /// The mean number of items that two papers have in common.
    pub overlap: String,
    /// How many items a person guesses who knows the pools alone.
    pub chance: String,
    /// How many items a person guesses who knows all other papers.
    pub others: String,
    /// How many items a person guesses who knows the papers of earlier sessions.
    pub earlier: Option<String>,
    /// How many items stand in a paper of an earlier session.
    pub repeated: Option<String>,
}

impl EquivalenceDecimals {
    /// The decimals of a certificate.
    #[must_use]
    pub fn of(certificate: &EquivalenceCertificate) -> Self {
        let EquivalenceCertificate { difficulty, overlap, prediction, .. } = certificate;
        Self {
            difficulty_mean: decimals(difficulty.mean),
            difficulty_lowest: decimals(difficulty.lowest),
            difficulty_highest: decimals(difficulty.highest),
            overlap: decimals(overlap.mean),
            chance: decimals(prediction.chance),
            others: decimals(prediction.others.mean),
            earlier: prediction.earlier.map(|guess| decimals(guess.mean)),
            repeated: prediction.repeated.map(|guess| decimals(guess.mean)),
        }
    }
}

/// Rounded half up; no pass mark applies to such a number.
fn decimals(value: Exact) -> String {
    value.display_two_decimals(Exact::ZERO)
}
