//! Audits against `tests/suite/verify/audits.json`: one that agrees, and every way in which one
//! does not, by its name.

use kaoping_engine::verify::batch::LoggedResults;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::scores::{AuditCheck, AuditRules, LineCheck};
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
    /// What the log of its batch holds, where the two are joined.
    logged: Option<LoggedResults>,
    expect: Value,
}

#[test]
fn every_audit_gets_its_findings() -> Result<(), Box<dyn Error>> {
    let cases: Cases = serde_json::from_str(include_str!("../../../tests/suite/verify/audits.json"))?;
    let trust = TrustList::read(&cases.trust.to_string())?;
    let mut wrong = Vec::new();
    for case in &cases.cases {
        let mut lines = case.lines.iter().map(|line| cases.lines[*line].as_str());
        let rules = AuditRules::read(lines.next().unwrap_or_default(), &trust, &SoftwareVerifier);
        let (line_check, mut check) = (LineCheck::new(&rules, &trust, &SoftwareVerifier), AuditCheck::new(&rules));
        if let Some(logged) = &case.logged {
            check = check.of_log(logged);
        }
        lines.for_each(|line| check.take(line_check.check(line)));
        let report = check.finish();
        let found = report.findings.iter().map(|finding| json!([finding.defect, finding.subject]));
        let found = Value::Array(found.collect());
        if found != case.expect || report.agrees != report.findings.is_empty() {
            wrong.push(format!("{} ({}):\n  {found}\n  {}", case.name, case.about, case.expect));
            wrong.extend(report.findings.iter().map(|finding| format!("    {}", finding.detail)));
        }
        if case.name == "agrees" {
            assert_eq!((report.results, report.with_journal), (1, 1));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.cases.len(), wrong.join("\n"));
    assert!(cases.cases.len() >= 39, "{} cases", cases.cases.len());
    Ok(())
}

// serde takes a line's members as a list; no other reader does.
#[test]
fn a_line_as_a_list_is_refused() -> Result<(), Box<dyn Error>> {
    let cases: Cases = serde_json::from_str(include_str!("../../../tests/suite/verify/audits.json"))?;
    let trust = TrustList::read(&cases.trust.to_string())?;
    let signed = cases.cases.iter().find(|case| case.name == "signed-sheets").ok_or("the case")?;
    let mut lines = signed.lines.iter().map(|line| cases.lines[*line].as_str());
    let rules = AuditRules::read(lines.next().ok_or("a header")?, &trust, &SoftwareVerifier);
    let line: Value = serde_json::from_str(lines.next().ok_or("a line")?)?;
    let members = ["journal", "jws", "handed_in", "sheet_proofs", "marks", "paper", "pseudonym", "score"];
    let listed = Value::from_iter(members.map(|name| line[name].clone()));
    let (line_check, mut check) = (LineCheck::new(&rules, &trust, &SoftwareVerifier), AuditCheck::new(&rules));
    check.take(line_check.check(&listed.to_string()));
    let found: Vec<_> = check.finish().findings.into_iter().map(|finding| finding.detail).collect();
    assert!(matches!(found.as_slice(), [detail] if detail.contains("shape")), "{found:?}");
    Ok(())
}
