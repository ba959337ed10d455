//! The verifier against `cases.json` and `manifests.json` of `tests/suite/verify`: files that hold,
//! and every way of tampering by its name.

use kaoping_engine::verify::file::bundle::Person;
use kaoping_engine::verify::file::status::Status;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::file::{Beside, Verification};
use kaoping_record::software::SoftwareVerifier;
use kaoping_record::time::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

/// 2026-12-01T04:00:00Z.
const NOW: Time = Time::from_millis(1_796_097_600_000);

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
    trusts: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    about: String,
    text: String,
    trust: String,
    status: Vec<String>,
    person: Option<Person>,
    /// What a proof of the log is about.
    record: Option<String>,
    old: Option<String>,
    /// The custodian's secret that a manifest is held against.
    secret: Option<String>,
    expect: Value,
}

#[test]
fn every_case_gets_its_name() -> Result<(), Box<dyn Error>> {
    let files: [Cases; 2] = [
        serde_json::from_str(include_str!("../../../tests/suite/verify/cases.json"))?,
        serde_json::from_str(include_str!("../../../tests/suite/verify/manifests.json"))?,
    ];
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    let mut count = 0;
    for (file, case) in files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case))) {
        count += 1;
        let trust = file.trusts.get(&case.trust).ok_or("a trust list of the file")?;
        let trust = TrustList::read(&trust.to_string()).map_err(|error| format!("{}: {error}", case.trust))?;
        let mut status = Status::default();
        for set in &case.status {
            status.add(set, &trust, &SoftwareVerifier).map_err(|text| format!("{}: {}", case.name, text.en))?;
        }
        let against = Verification {
            trust: &trust,
            status: (!case.status.is_empty()).then_some(&status),
            person: case.person.as_ref(),
            now: Some(NOW),
            verifier: &SoftwareVerifier,
        };
        let beside =
            Beside { record: case.record.as_deref(), old: case.old.as_deref(), secret: case.secret.as_deref() };
        let report = against.check_with(&case.text, beside);
        let defects: Vec<_> = report.failed().map(|check| check.defect).collect();
        names.extend(defects.iter().flatten().copied());
        let found = json!({ "verdict": report.verdict, "defects": defects });
        if found != case.expect {
            wrong.push(format!("{} ({}): {found} instead of {}", case.name, case.about, case.expect));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 286 && names.len() >= 60, "{count} cases, {} names", names.len());
    Ok(())
}
