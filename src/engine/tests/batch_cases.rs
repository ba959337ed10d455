//! Batches against `tests/suite/verify/batches.json`: one that is whole, and every way in which one is not, by its name.

use kaoping_engine::result::batch::BatchCheck;
use kaoping_engine::result::verify::status::Status;
use kaoping_engine::result::verify::trust::TrustList;
use kaoping_record::software::SoftwareVerifier;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
    /// Every line of the cases once; a case names its own by number.
    lines: Vec<String>,
    trusts: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    about: String,
    lines: Vec<usize>,
    trust: String,
    status: Vec<String>,
    withdrawn: Value,
    witnessed: bool,
    expect: Value,
}

#[test]
fn every_batch_gets_its_findings() -> Result<(), Box<dyn Error>> {
    let cases: Cases = serde_json::from_str(include_str!("../../../tests/suite/verify/batches.json"))?;
    let trusts = cases.trusts.iter().map(|(name, trust)| Ok((name, TrustList::read(&trust.to_string())?)));
    let trusts: BTreeMap<&String, TrustList> = trusts.collect::<Result<_, Box<dyn Error>>>()?;
    let mut wrong = Vec::new();
    for case in &cases.cases {
        let trust = trusts.get(&case.trust).ok_or("a trust list of the file")?;
        let mut status = Status::default();
        for set in &case.status {
            status.add(set, trust, &SoftwareVerifier).map_err(|text| format!("{}: {}", case.name, text.en))?;
        }
        let mut check = BatchCheck::new(trust, (!case.status.is_empty()).then_some(&status), &SoftwareVerifier);
        case.lines.iter().for_each(|line| check.line(&cases.lines[*line]));
        let report = check.finish();
        let found = report.findings.iter().map(|finding| json!([finding.defect, finding.subject]));
        let found = Value::Array(found.collect());
        if found != case.expect || report.complete != report.findings.is_empty() {
            wrong.push(format!("{} ({}):\n  {found}\n  {}", case.name, case.about, case.expect));
        }
        let withdrawn = report.withdrawn.iter().map(|result| json!([result.defect, result.pseudonym]));
        assert_eq!(Value::Array(withdrawn.collect()), case.withdrawn, "{}", case.name);
        let witnessed = report.checked.iter().any(|text| text.en.contains("witness.example/a"));
        let alone = report.not_checked.iter().any(|text| text.zh.contains("未经外部见证"));
        assert_eq!((witnessed, alone && witnessed), (case.witnessed, false), "{}", case.name);
        if case.name == "whole" {
            assert_eq!((report.candidates, report.ends.result, report.leaves), (4, 2, 14));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.cases.len(), wrong.join("\n"));
    assert!(cases.cases.len() >= 55, "{} cases", cases.cases.len());
    Ok(())
}
