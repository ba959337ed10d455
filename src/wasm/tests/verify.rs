//! A result checked as the page checks it, in a browser.
#![expect(clippy::indexing_slicing, reason = "a JSON value answers null for what it does not hold")]

use kaoping_wasm::verify::{check_file, read_trust};
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const BUNDLE: &str = include_str!("../../../tests/vectors/result/bundle.json");
const CASES: [&str; 2] = [
    include_str!("../../../tests/suite/verify/cases.json"),
    include_str!("../../../tests/suite/verify/manifests.json"),
];
const TRUST: &str = include_str!("../../../tests/vectors/result/trust.json");

fn report(bundle: &str, trust: &str, person: Option<&str>) -> Result<Value, serde_json::Error> {
    against(bundle, trust, person, None, None)
}

/// 2026-12-01T04:00:00Z.
const NOW_MS: f64 = 1_796_097_600_000.0;

fn against(
    bundle: &str,
    trust: &str,
    person: Option<&str>,
    status: Option<&str>,
    beside: Option<&str>,
) -> Result<Value, serde_json::Error> {
    let beside = beside.map(|text| vec![text.to_owned()]);
    let answer = check_file(bundle, trust, person.map(str::to_owned), status.map(str::to_owned), beside, Some(NOW_MS));
    Ok(serde_json::from_str::<Value>(&answer)?["ok"]["report"].clone())
}

#[wasm_bindgen_test]
fn a_genuine_result_holds_for_its_person_alone() -> TestResult {
    let person = r#"{"name":"王𠮷","id_kind":"居民身份证","id_number":"100000196803140025"}"#;
    let found = report(BUNDLE, TRUST, Some(person))?;
    assert_eq!((found["verdict"].as_str(), found["sample"].as_bool()), (Some("valid"), Some(true)));
    assert_eq!(found["credential"]["credentialSubject"]["outcome"], "passed");
    let other = person.replace("100000196803140025", "10000019660908105X");
    assert_eq!(report(BUNDLE, TRUST, Some(&other))?["verdict"], "invalid");
    assert_eq!(report(BUNDLE, TRUST, None)?["not_checked"][0]["check"], "holder");
    Ok(())
}

#[wasm_bindgen_test]
fn an_altered_result_does_not_hold() -> TestResult {
    let place = BUNDLE.find("eyJ").ok_or("a JWS")? + 400;
    let other = if BUNDLE.get(place..=place) == Some("A") { "B" } else { "A" };
    let mut altered = BUNDLE.to_owned();
    altered.replace_range(place..=place, other);
    let verdict = report(&altered, TRUST, None)?["verdict"].clone();
    assert!(verdict == "invalid" || verdict == "unreadable", "{verdict}");
    Ok(())
}

#[wasm_bindgen_test]
fn a_trust_list_says_whom_it_trusts() -> TestResult {
    let list: Value = serde_json::from_str(&read_trust(TRUST))?;
    assert_eq!(list["ok"]["issuers"][0]["name"], "示例评价中心");
    assert_eq!(list["ok"]["log"], "pingjia.example/kaoping-log");
    let refused: Value = serde_json::from_str(&read_trust(BUNDLE))?;
    assert_eq!(refused["error"]["code"], "trust_list");
    Ok(())
}

// Catches a browser that finds something else than the program does.
#[wasm_bindgen_test]
fn every_case_gets_its_name() -> TestResult {
    let files: Vec<Value> = CASES.into_iter().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut checked = 0;
    for (file, case) in
        files.iter().flat_map(|file| file["cases"].as_array().into_iter().flatten().map(move |case| (file, case)))
    {
        // The page finds what lies beside a file by its kind. Another file in a secret's place is refused
        // where custodians open theirs (`ceremony.rs`).
        if case["secret"].as_str().is_some_and(|secret| !secret.contains("draw-secret")) {
            continue;
        }
        // The page takes one status set at a time, and no case needs two.
        let sets = case["status"].as_array().ok_or("status sets")?;
        assert!(sets.len() <= 1, "{}", case["name"]);
        let trust = file["trusts"][case["trust"].as_str().ok_or("a name")?].to_string();
        let person = case["person"].is_object().then(|| case["person"].to_string());
        let found = against(
            case["text"].as_str().ok_or("a text")?,
            &trust,
            person.as_deref(),
            sets.first().and_then(Value::as_str),
            ["record", "old", "secret"].iter().find_map(|beside| case[*beside].as_str()),
        )?;
        let failed = found["checks"].as_array().into_iter().flatten().filter(|check| check["ok"] == false);
        let defects: Vec<&Value> = failed.map(|check| &check["defect"]).collect();
        assert_eq!(found["verdict"], case["expect"]["verdict"], "{}", case["name"]);
        assert_eq!(serde_json::json!(defects), case["expect"]["defects"], "{}", case["name"]);
        checked += 1;
    }
    assert!(checked >= 286, "{checked} cases");
    Ok(())
}
