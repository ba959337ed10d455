//! The face of everybody who has a large file: the records of a closed batch, its scores with answers and keys, or its
//! draw. Such a file is read line by line and never held whole, but for a draw, which is one document.

use crate::audit::{Progress, report as draw};
use crate::boundary::{BoundaryError, answer};
use kaoping_engine::draw::package::bundle::BUNDLE_KIND;
use kaoping_engine::result::audit::finding::AuditReport;
use kaoping_engine::result::audit::{AUDIT_BUNDLE_KIND, AuditCheck, AuditRules, LineCheck};
use kaoping_engine::result::batch::finding::BatchReport;
use kaoping_engine::result::batch::{BATCH_BUNDLE_KIND, BatchCheck};
use kaoping_engine::result::verify::status::Status;
use kaoping_engine::result::verify::trust::TrustList;
use kaoping_engine::view::verify::{status_set, trust_list};
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;
use serde_json::{Value, json};
use std::iter;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The page's open file: its lines one after the other, and all of it.
    #[wasm_bindgen(typescript_type = "{ line(): Uint8Array | undefined; whole(): Uint8Array }")]
    pub type Source;

    #[wasm_bindgen(method, structural)]
    fn line(this: &Source) -> Option<Vec<u8>>;

    #[wasm_bindgen(method, structural)]
    fn whole(this: &Source) -> Vec<u8>;
}

/// Tells what a file calls itself, and checks it when it is a batch bundle, an audit bundle or a published draw:
/// `{kind, report}`. `kind` is null for what is no JSON with a kind, `report` for what this face does not check; such files are
/// the verify face's. `status` is a status set, against which a batch is held; it may be absent. It returns when all is done, so
/// that a page calls it in a worker.
#[wasm_bindgen]
#[must_use]
pub fn check(source: &Source, trust: &str, status: Option<String>, progress: &Progress) -> String {
    answer(checked(source, trust, status.as_deref(), progress))
}

fn checked(source: &Source, trust: &str, status: Option<&str>, progress: &Progress) -> Result<Value, BoundaryError> {
    let list = trust_list(trust)?;
    let first = source.line().unwrap_or_default();
    // Bytes that are no UTF-8 stay unreadable: what replaces them is in no signed text.
    let text = String::from_utf8_lossy(&first);
    let lines = iter::from_fn(|| source.line()).map(|line| String::from_utf8_lossy(&line).into_owned());
    // A document that is laid out for people says its kind on a later line.
    let (kind, whole) = match kind_of(&first) {
        None if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') => {
            let whole = source.whole();
            (kind_of(&whole), Some(whole))
        }
        kind => (kind, None),
    };
    let report = match kind.as_deref() {
        Some(BATCH_BUNDLE_KIND) => {
            let known = status_set(status, &list)?;
            json!(batch(&text, lines, &list, known.as_ref()))
        }
        Some(AUDIT_BUNDLE_KIND) => json!(scores(&text, lines, &list)),
        Some(BUNDLE_KIND) => {
            let whole = whole.unwrap_or_else(|| source.whole());
            json!(draw(&whole, Some(trust), |done, all| progress.papers(done, all))?)
        }
        _ => Value::Null,
    };
    Ok(json!({ "kind": kind, "report": report }))
}

/// Whether a closed batch is whole, by the lines of its bundle; with a status set also which of its results were withdrawn.
pub fn batch(
    first: &str,
    lines: impl Iterator<Item = String>,
    trust: &TrustList,
    status: Option<&Status>,
) -> BatchReport {
    let mut check = BatchCheck::new(trust, &SoftwareVerifier);
    if let Some(status) = status {
        check = check.by_status(status);
    }
    check.line(first);
    lines.for_each(|line| check.line(&line));
    check.finish()
}

/// Computes all scores of a batch again, by the lines of its audit bundle.
pub fn scores(first: &str, lines: impl Iterator<Item = String>, trust: &TrustList) -> AuditReport {
    let rules = AuditRules::read(first, trust, &SoftwareVerifier);
    let line_check = LineCheck::new(&rules, trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules);
    lines.for_each(|line| check.take(line_check.check(&line)));
    check.finish()
}

/// What a JSON object calls itself; everything else in it is passed over.
fn kind_of(json: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        kind: String,
    }
    let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    serde_json::from_slice::<Named>(json).ok().map(|named| named.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use std::collections::BTreeMap;
    use std::error::Error;

    #[derive(Deserialize)]
    struct Suite {
        cases: Vec<Case>,
        lines: Vec<String>,
        trust: TrustList,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        lines: Vec<usize>,
        expect: Vec<(String, String)>,
    }

    /// Defect and subject of each finding of a report.
    fn found(findings: &impl serde::Serialize) -> Result<Vec<(String, String)>, Box<dyn Error>> {
        fn member<T: DeserializeOwned>(finding: &Value, name: &str) -> Result<T, Box<dyn Error>> {
            Ok(serde_json::from_value(finding.get(name).ok_or("a member")?.clone())?)
        }
        let findings = serde_json::to_value(findings)?;
        let list = findings.as_array().ok_or("a list")?;
        list.iter().map(|one| Ok((member(one, "defect")?, member(one, "subject")?))).collect()
    }

    fn every_case(
        suite: &str,
        check: impl Fn(&str, std::vec::IntoIter<String>, &TrustList) -> Result<Vec<(String, String)>, Box<dyn Error>>,
    ) -> Result<usize, Box<dyn Error>> {
        let suite: Suite = serde_json::from_str(suite)?;
        for case in &suite.cases {
            let lines: Option<Vec<String>> = case.lines.iter().map(|line| suite.lines.get(*line).cloned()).collect();
            let mut lines = lines.ok_or("a line")?.into_iter();
            let first = lines.next().unwrap_or_default();
            assert_eq!(check(&first, lines, &suite.trust)?, case.expect, "{}", case.name);
        }
        Ok(suite.cases.len())
    }

    // Catches a page that loses the last line, takes the header twice or reports on another batch.
    #[test]
    fn every_batch_of_the_suite_gets_its_findings() -> Result<(), Box<dyn Error>> {
        let suite = include_str!("../../tests/suite/verify/batches.json");
        let cases = every_case(suite, |first, lines, trust| found(&batch(first, lines, trust, None).findings))?;
        assert!(cases >= 35, "{cases} cases");
        Ok(())
    }

    // Catches a page that leaves the status set out, or takes its keys without what was withdrawn.
    #[test]
    fn every_batch_is_held_against_its_status_set() -> Result<(), Box<dyn Error>> {
        #[derive(Deserialize)]
        struct Signers {
            cases: Vec<Signed>,
            lines: Vec<String>,
            trusts: BTreeMap<String, TrustList>,
        }
        #[derive(Deserialize)]
        struct Signed {
            name: String,
            lines: Vec<usize>,
            trust: String,
            status: Vec<String>,
            expect: Vec<(String, String)>,
            withdrawn: Value,
        }
        let suite: Signers = serde_json::from_str(include_str!("../../tests/suite/verify/signers.json"))?;
        let mut withdrawn = 0;
        for case in &suite.cases {
            let trust = suite.trusts.get(&case.trust).ok_or("a trust list")?;
            assert!(case.status.len() <= 1, "{}", case.name);
            let set = case.status.first().map(String::as_str);
            let known = status_set(set, trust).map_err(|error| error.detail)?;
            let lines: Option<Vec<String>> = case.lines.iter().map(|line| suite.lines.get(*line).cloned()).collect();
            let mut lines = lines.ok_or("a line")?.into_iter();
            let first = lines.next().unwrap_or_default();
            let report = batch(&first, lines, trust, known.as_ref());
            assert_eq!(found(&report.findings)?, case.expect, "{}", case.name);
            let named = report.withdrawn.iter().map(|one| json!([one.defect, one.pseudonym]));
            assert_eq!(Value::Array(named.collect()), case.withdrawn, "{}", case.name);
            withdrawn += report.withdrawn.len();
        }
        assert!(suite.cases.len() >= 24 && withdrawn >= 2, "{} cases, {withdrawn}", suite.cases.len());
        Ok(())
    }

    #[test]
    fn every_audit_of_the_suite_gets_its_findings() -> Result<(), Box<dyn Error>> {
        let suite = include_str!("../../tests/suite/verify/audits.json");
        let cases = every_case(suite, |first, lines, trust| found(&scores(first, lines, trust).findings))?;
        assert!(cases >= 30, "{cases} cases");
        Ok(())
    }

    // A file that is taken for another kind would be refused, although it holds.
    #[test]
    fn a_file_is_known_by_the_kind_that_it_names() {
        assert_eq!(kind_of(br#"{"v":1,"x":{"kind":"inner"},"kind":"batch-bundle"}"#).as_deref(), Some("batch-bundle"));
        assert_eq!(kind_of("\u{feff}{\"kind\":\"trust-list\"}\n".as_bytes()).as_deref(), Some("trust-list"));
        assert_eq!(kind_of(b"{\n").as_deref(), None);
        assert_eq!(kind_of(b"eyJhbGciOiJFUzI1NiJ9.e30.AA").as_deref(), None);
        assert_eq!(kind_of(br#"{"kind":7}"#).as_deref(), None);
    }
}
