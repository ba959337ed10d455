//! Batches against `tests/suite/verify/batches.json` and `signers.json`: one that is whole, and
//! every way in which one is not, by its name.

use kaoping_engine::verify::batch::BatchCheck;
use kaoping_engine::verify::file::status::Status;
use kaoping_engine::verify::file::trust::TrustList;
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
    trust: Value,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    about: String,
    lines: Vec<usize>,
    expect: Value,
}

#[derive(Deserialize)]
struct Signers {
    cases: Vec<SignersCase>,
    lines: Vec<String>,
    trusts: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct SignersCase {
    name: String,
    about: String,
    lines: Vec<usize>,
    /// Name of the trust list.
    trust: String,
    /// Status sets.
    status: Vec<String>,
    /// Defect and pseudonym of each result that was withdrawn.
    withdrawn: Value,
    /// Whether an outside witness cosigned.
    witnessed: bool,
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
            assert_eq!((report.candidates, report.ends.result, report.leaves), (4, 2, 15));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.cases.len(), wrong.join("\n"));
    assert!(cases.cases.len() >= 37, "{} cases", cases.cases.len());
    Ok(())
}

// Catches a batch that is taken as whole although its issuer was not filed, its key was given up,
// or nobody outside saw the log.
#[test]
fn every_signer_is_judged_as_by_a_single_file() -> Result<(), Box<dyn Error>> {
    let cases: Signers = serde_json::from_str(include_str!("../../../tests/suite/verify/signers.json"))?;
    let mut wrong = Vec::new();
    for case in &cases.cases {
        let trust = TrustList::read(&cases.trusts.get(&case.trust).ok_or("a trust list")?.to_string())?;
        let mut status = Status::default();
        for set in &case.status {
            status.add(set, &trust, &SoftwareVerifier).map_err(|text| format!("{}: {}", case.name, text.en))?;
        }
        let mut check = BatchCheck::new(&trust, &SoftwareVerifier);
        if !case.status.is_empty() {
            check = check.by_status(&status);
        }
        case.lines.iter().for_each(|line| check.line(&cases.lines[*line]));
        let report = check.finish();
        let found = report.findings.iter().map(|finding| json!([finding.defect, finding.subject])).collect::<Vec<_>>();
        let withdrawn = report.withdrawn.iter().map(|result| json!([result.defect, result.pseudonym]));
        let found = (json!(found), json!(withdrawn.collect::<Vec<_>>()));
        if found != (case.expect.clone(), case.withdrawn.clone()) || report.complete != report.findings.is_empty() {
            wrong.push(format!("{} ({}):\n  {found:?}\n  {}", case.name, case.about, case.expect));
        }
        let seen = report.checked.iter().any(|text| text.en.contains("witness.example/a"));
        let alone = report.not_checked.iter().any(|text| text.zh.contains("未经外部见证"));
        let forged = case.name == "witness-forged";
        assert_eq!((seen, alone), (case.witnessed, !case.witnessed && !forged), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.cases.len(), wrong.join("\n"));
    assert!(cases.cases.len() >= 24, "{} cases", cases.cases.len());
    Ok(())
}
