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
    /// How many items occur in a paper of an earlier session.
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    // Catches a fraction under another's name, and one that is cut off as if it could fail.
    #[test]
    fn each_fraction_is_rounded_under_its_own_name() -> Result<(), Box<dyn std::error::Error>> {
        let exact = |num: i64, den: i64| json!({ "num": num, "den": den });
        let digest = "0".repeat(64);
        let written = json!({
            "algorithm": "a", "batch": "b", "attempt": 1, "manifest": digest, "papers": 2, "items": 100,
            "cells": [], "importance": [],
            "exceptions": { "forced": 0, "searched": 0, "witnesses": 0, "returned": 0 },
            "difficulty": { "mean": exact(5, 2), "lowest": exact(7, 3), "highest": exact(8, 3) },
            "overlap": { "mean": exact(1, 200), "most": 1 },
            "prediction": {
                "chance": exact(333_333, 1_000_000),
                "others": { "mean": exact(12, 1), "most": 20 },
                "earlier": { "mean": exact(9, 4), "most": 3 },
                "repeated": Value::Null,
            },
        });
        let decimals = serde_json::to_value(EquivalenceDecimals::of(&serde_json::from_value(written)?))?;
        let expected = json!({
            "difficulty_mean": "2.50", "difficulty_lowest": "2.33", "difficulty_highest": "2.67", "overlap": "0.01",
            "chance": "0.33", "others": "12.00", "earlier": "2.25", "repeated": null,
        });
        assert_eq!(decimals, expected);
        Ok(())
    }
}
