//! Batches against `tests/suite/verify/batches.json`: one that is whole, and every way in which one is not, by its name.

use kaoping_engine::result::batch::BatchCheck;
use kaoping_engine::result::verify::trust::TrustList;
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
    /// Every line of the cases once; a case names its own by number.
    lines: Vec<String>,
    trust: Value,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    about: String,
    lines: Vec<usize>,
    expect: Value,
}

#[test]
fn every_batch_gets_its_findings() -> Result<(), Box<dyn Error>> {
    let cases: Cases = serde_json::from_str(include_str!("../../../tests/suite/verify/batches.json"))?;
    let trust = TrustList::read(&cases.trust.to_string())?;
    let mut wrong = Vec::new();
    for case in &cases.cases {
        let mut check = BatchCheck::new(&trust, &SoftwareVerifier);
        case.lines.iter().for_each(|line| check.line(&cases.lines[*line]));
        let report = check.finish();
        let found = report.findings.iter().map(|finding| json!([finding.defect, finding.subject]));
        let found = Value::Array(found.collect());
        if found != case.expect || report.complete != report.findings.is_empty() {
            wrong.push(format!("{} ({}):\n  {found}\n  {}", case.name, case.about, case.expect));
        }
        if case.name == "whole" {
            assert_eq!((report.candidates, report.ends.result, report.leaves), (4, 2, 14));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.cases.len(), wrong.join("\n"));
    assert!(cases.cases.len() >= 37, "{} cases", cases.cases.len());
    Ok(())
}
