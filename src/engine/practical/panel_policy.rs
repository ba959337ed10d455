//! How a panel's mark is formed: fixed in the plan before the exam, named in every mark.

use crate::marks::HalfMarks;
use kaoping_record::id::PolicyId;
use serde::{Deserialize, Serialize};

/// How a panel's mark is formed. A policy that has been used is never changed; a new one gets a new version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelPolicy {
    /// Its name with its version, such as `mean-1`.
    pub version: PolicyId,
    /// How totals become one.
    pub average: Average,
    /// Two totals that differ by more than this go to the lead examiner.
    pub alert_above: HalfMarks,
    /// How many examiners must have marked a veto for the lead examiner to confirm it.
    pub vetoes: VetoRule,
}

/// How totals become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The mean of all.
    Mean,
    /// The mean without one highest and one lowest from five sheets on; the mean of all below that.
    TrimmedFromFive,
    /// The middle one; of an even number the mean of the middle two.
    Median,
}

/// How many examiners must have marked a veto.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VetoRule {
    /// One is enough.
    AnyExaminer,
    /// More than half of the panel; fewer have no effect.
    MajorityOfPanel,
}

impl PanelPolicy {
    /// The policies that every program knows by name: `mean-1` (the usual), `trimmed-1` and `median-1`, each with
    /// an alert above 10 marks and any one examiner's veto. `None` for another name.
    #[must_use]
    pub fn named(version: &str) -> Option<Self> {
        let average = match version {
            "mean-1" => Average::Mean,
            "trimmed-1" => Average::TrimmedFromFive,
            "median-1" => Average::Median,
            _ => return None,
        };
        Some(Self {
            version: PolicyId::new(version).ok()?,
            average,
            alert_above: HalfMarks::new(20),
            vetoes: VetoRule::AnyExaminer,
        })
    }

    /// Whether it does not pass itself off as a known policy.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Self::named(self.version.as_str()).is_none_or(|known| known == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_policies_cannot_be_bent() {
        for name in ["mean-1", "trimmed-1", "median-1"] {
            let known = PanelPolicy::named(name);
            assert!(known.as_ref().is_some_and(PanelPolicy::is_valid), "{name}");
            let bent = known.map(|policy| PanelPolicy { alert_above: HalfMarks::new(200), ..policy });
            assert!(bent.is_some_and(|policy| !policy.is_valid()), "{name}");
        }
        assert_eq!(PanelPolicy::named("mean-2"), None);
    }

    #[test]
    fn json_of_version_1_stays() {
        let json = PanelPolicy::named("mean-1").and_then(|policy| serde_json::to_string(&policy).ok());
        assert_eq!(
            json.as_deref(),
            Some(r#"{"version":"mean-1","average":"mean","alert_above":20,"vetoes":"any_examiner"}"#)
        );
    }
}
