//! The verifier's page, large files: the records of a closed batch, its scores with answers and
//! keys, or its draw.
//!
//! Such a file is read line by line and never held whole, except for a draw, which is one document.

use super::error::BoundaryError;
use super::verify::{status_set, trust_list};
use crate::verify::batch::finding::BatchReport;
use crate::verify::batch::{BatchCheck, LoggedResults};
use crate::verify::draw::bundle::Bundle;
use crate::verify::draw::input_files::File;
use crate::verify::draw::report::Report;
use crate::verify::draw::{HEAD_FILE, audit};
use crate::verify::file::file_head::{HEAD_BYTES, HeadKind};
use crate::verify::file::status::Status;
use crate::verify::file::trust::TrustList;
use crate::verify::scores::finding::AuditReport;
use crate::verify::scores::{AuditCheck, AuditRules, LineCheck};
use kaoping_record::software::SoftwareVerifier;
use serde::Serialize;
use std::iter;

/// How many papers are compared between two calls of the progress function.
const STEP: usize = 100;

/// An open file of the page.
pub trait Source {
    /// The next line; `None` after the last.
    fn line(&self) -> Option<Vec<u8>>;

    /// The whole file, whatever was read before.
    fn whole(&self) -> Vec<u8>;
}

/// The kind that a large file names, and the findings.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind")]
pub enum CheckedBundle {
    /// The records of a closed batch.
    #[serde(rename = "batch-bundle")]
    Batch {
        /// What was found.
        report: BatchReport,
        /// What its log holds, as text, for the checks of the batch's scores and draw.
        logged: String,
    },
    /// The scores of a batch, computed again.
    #[serde(rename = "audit-bundle")]
    Scores {
        /// What was found.
        report: AuditReport,
    },
    /// A draw, drawn again.
    #[serde(rename = "draw-bundle")]
    Draw {
        /// What was found.
        report: Report,
    },
    /// A trust list, which is no record to check.
    #[serde(rename = "trust-list")]
    TrustList,
    /// Another file, for [`super::verify::check_file`].
    #[serde(rename = "other")]
    Other,
}

/// Checks a file when it is a batch bundle, an audit bundle or a published draw.
///
/// `status` is a set of corrections and revocations, against which a batch is held; `logged` is
/// what the logs of batches were found to hold, with which scores and draws are joined; `progress`
/// gets the number of papers that are drawn again and the number of all papers.
///
/// # Errors
/// `trust_list`, `status_set` or `input` when that argument cannot be read; a defect of the file is
/// in the report.
pub fn check(
    source: &impl Source,
    trust: &str,
    status: Option<&str>,
    logged: &[String],
    progress: impl FnMut(usize, usize),
) -> Result<CheckedBundle, BoundaryError> {
    let trust = trust_list(trust)?;
    let logs: Result<Vec<LoggedResults>, _> = logged.iter().map(|text| serde_json::from_str(text)).collect();
    let logs = logs.map_err(BoundaryError::input)?;
    let first = source.line().unwrap_or_default();
    // Bytes that are not UTF-8 stay unreadable: no signed text holds their replacement.
    let text = String::from_utf8_lossy(&first);
    let lines = iter::from_fn(|| source.line()).map(|line| String::from_utf8_lossy(&line).into_owned());
    // An indented document names its kind on a later line.
    let mut head = first.get(..HEAD_BYTES).unwrap_or(&first).to_vec();
    while head.len() < HEAD_BYTES && HeadKind::of(&head) == HeadKind::Other {
        let Some(line) = source.line() else { break };
        head.push(b'\n');
        head.extend(line.iter().take(HEAD_BYTES));
    }
    Ok(match HeadKind::of(&head) {
        HeadKind::Batch => {
            let status = status_set(status, &trust)?;
            let (report, logged) = check_batch(&text, lines, &trust, status.as_ref());
            CheckedBundle::Batch { report, logged: serde_json::to_string(&logged).map_err(BoundaryError::input)? }
        }
        HeadKind::Audit => CheckedBundle::Scores { report: check_scores(&text, lines, &trust, &logs) },
        HeadKind::Draw => CheckedBundle::Draw { report: check_draw(&source.whole(), Some(&trust), &logs, progress) },
        HeadKind::Trust => CheckedBundle::TrustList,
        HeadKind::Status | HeadKind::Other => CheckedBundle::Other,
    })
}

/// Draws again what a service published and compares each paper; with a trust list it also checks
/// who signed the manifest, and with what the log of its batch holds the papers of its results.
pub fn check_draw(
    bundle: &[u8],
    trust: Option<&TrustList>,
    logs: &[LoggedResults],
    progress: impl FnMut(usize, usize),
) -> Report {
    let file = File { name: HEAD_FILE, bytes: bundle };
    audit::bundle(Bundle::read(file), trust, &SoftwareVerifier, logs, |comparison, papers| {
        audit::in_turn(comparison, papers, STEP, progress)
    })
}

fn check_batch(
    first: &str,
    lines: impl Iterator<Item = String>,
    trust: &TrustList,
    status: Option<&Status>,
) -> (BatchReport, LoggedResults) {
    let mut check = BatchCheck::new(trust, &SoftwareVerifier);
    if let Some(status) = status {
        check = check.by_status(status);
    }
    check.line(first);
    lines.for_each(|line| check.line(&line));
    check.finish_with_results()
}

fn check_scores(
    first: &str,
    lines: impl Iterator<Item = String>,
    trust: &TrustList,
    logs: &[LoggedResults],
) -> AuditReport {
    let rules = AuditRules::read(first, trust, &SoftwareVerifier);
    let line_check = LineCheck::new(&rules, trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules);
    if let Some(logged) = LoggedResults::of(logs, rules.batch()) {
        check = check.of_log(logged);
    }
    lines.for_each(|line| check.take(line_check.check(&line)));
    check.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::batch::BATCH_BUNDLE_KIND;
    use crate::verify::scores::AUDIT_BUNDLE_KIND;
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::error::Error;

    #[derive(Deserialize)]
    struct Suite {
        cases: Vec<Case>,
        lines: Vec<String>,
        #[serde(default)]
        trust: Value,
        #[serde(default)]
        trusts: BTreeMap<String, Value>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        lines: Vec<usize>,
        expect: Vec<(String, String)>,
        trust: Option<String>,
        #[serde(default)]
        status: Vec<String>,
        #[serde(default)]
        withdrawn: Value,
        /// What the log of the batch holds, where an audit is joined with it.
        #[serde(default)]
        logged: Value,
    }

    struct Lines(RefCell<std::vec::IntoIter<String>>, String);

    impl Source for Lines {
        fn line(&self) -> Option<Vec<u8>> {
            self.0.borrow_mut().next().map(String::into_bytes)
        }

        fn whole(&self) -> Vec<u8> {
            self.1.clone().into_bytes()
        }
    }

    fn lines(lines: Vec<String>) -> Lines {
        let whole = lines.join("\n");
        Lines(RefCell::new(lines.into_iter()), whole)
    }

    fn without_progress(_done: usize, _all: usize) {}

    /// The answer to the page for each case, beside the case.
    fn answers(suite: &str) -> Result<Vec<(Case, Value)>, Box<dyn Error>> {
        let suite: Suite = serde_json::from_str(suite)?;
        let mut answers = Vec::new();
        for case in suite.cases {
            let trust = match &case.trust {
                Some(name) => suite.trusts.get(name).ok_or("a trust list")?,
                None => &suite.trust,
            };
            let file: Option<Vec<String>> = case.lines.iter().map(|line| suite.lines.get(*line).cloned()).collect();
            let status = case.status.first().map(String::as_str);
            assert!(case.status.len() <= 1, "{}", case.name);
            let logged = Vec::from_iter((!case.logged.is_null()).then(|| case.logged.to_string()));
            let checked = check(&lines(file.ok_or("a line")?), &trust.to_string(), status, &logged, without_progress)
                .map_err(|error| error.detail)?;
            answers.push((case, serde_json::to_value(checked)?));
        }
        Ok(answers)
    }

    fn member<T: DeserializeOwned>(value: &Value, name: &str) -> Result<T, Box<dyn Error>> {
        Ok(serde_json::from_value(value.get(name).ok_or_else(|| format!("no {name} in {value}"))?.clone())?)
    }

    /// Defect and subject of each finding.
    fn found(answer: &Value) -> Result<Vec<(String, String)>, Box<dyn Error>> {
        let findings: Vec<Value> = member(&member(answer, "report")?, "findings")?;
        findings.iter().map(|one| Ok((member(one, "defect")?, member(one, "subject")?))).collect()
    }

    /// A case whose header does not name its kind is another file.
    fn is_of_kind(answer: &Value, kind: &str) -> bool {
        answer.get("kind").is_some_and(|named| named == kind)
    }

    // Catches a check that loses the last line, takes the header twice or reports on another batch.
    #[test]
    fn every_batch_of_the_suite_gets_its_findings() -> Result<(), Box<dyn Error>> {
        let answers = answers(include_str!("../../../tests/suite/verify/batches.json"))?;
        let mut checked = 0;
        for (case, answer) in answers.iter().filter(|(_, answer)| is_of_kind(answer, BATCH_BUNDLE_KIND)) {
            assert_eq!(found(answer)?, case.expect, "{}", case.name);
            checked += 1;
        }
        assert!(checked >= 33, "{checked} of {}", answers.len());
        Ok(())
    }

    // Catches a check that ignores the status set, or takes its keys without what was withdrawn.
    #[test]
    fn every_batch_is_held_against_its_status_set() -> Result<(), Box<dyn Error>> {
        let answers = answers(include_str!("../../../tests/suite/verify/signers.json"))?;
        let mut withdrawn = 0;
        for (case, answer) in &answers {
            assert_eq!(found(answer)?, case.expect, "{}", case.name);
            let report: Value = member(answer, "report")?;
            let named: Vec<Value> = member(&report, "withdrawn")?;
            let named = named.iter().map(|one| json!([one.get("defect"), one.get("pseudonym")]));
            assert_eq!(Value::Array(named.collect()), case.withdrawn, "{}", case.name);
            withdrawn += case.withdrawn.as_array().map_or(0, Vec::len);
        }
        assert!(answers.len() >= 24 && withdrawn >= 2, "{} cases, {withdrawn}", answers.len());
        Ok(())
    }

    #[test]
    fn every_audit_of_the_suite_gets_its_findings() -> Result<(), Box<dyn Error>> {
        let answers = answers(include_str!("../../../tests/suite/verify/audits.json"))?;
        let mut checked = 0;
        for (case, answer) in answers.iter().filter(|(_, answer)| is_of_kind(answer, AUDIT_BUNDLE_KIND)) {
            assert_eq!(found(answer)?, case.expect, "{}", case.name);
            checked += 1;
        }
        assert!(checked >= 28, "{checked} of {}", answers.len());
        Ok(())
    }

    // Catches a document whose kind is looked for on its first line alone.
    #[test]
    fn an_indented_document_is_known_too() -> Result<(), Box<dyn Error>> {
        let trust = include_str!("../../../tests/vectors/result/trust.json");
        let indented = serde_json::to_string_pretty(&serde_json::from_str::<Value>(trust)?)?;
        let file = lines(indented.lines().map(str::to_owned).collect());
        let checked = check(&file, trust, None, &[], without_progress).map_err(|error| error.detail)?;
        assert_eq!(serde_json::to_value(checked)?, json!({ "kind": "trust-list" }));
        Ok(())
    }
}
